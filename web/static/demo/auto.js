// The ride by itself: it taps what a passenger and a driver would, by the
// simulator's clock. Any touch stops it and leaves the ride as it is.
import { clock } from "./parts.js";
import { screen, tap, touch } from "./passenger.js";

const id = (name) => `[data-testid=${name}]`;

// patience is how long a button that is not there yet is waited for, in real
// milliseconds, and beat how often is looked.
const patience = 5000;
const beat = 100;

// script gives each act its second, so that the whole ride takes 25. An act
// that says false could not be done yet.
const script = (drive) => [
  [0, () => drive("restart")],
  [0, () => screen() === "success" && tap(id("success-done"))],
  [4, () => (touch(document.querySelector(id("taxi-end"))), drive("end"))],
  [7, () => tap(id("scan-desk-item"))],
  [9.5, () => tap(id("passenger-pay"))],
  [14, () => tap(id("consent-allow"))],
  [18, () => tap(id("pay-confirm"))],
  [23, () => tap(id("success-done"))],
  [25, () => true],
];

export function play({ drive, ended }) {
  const began = clock.now();
  const acts = script(drive);
  const frame = document.querySelector("iframe").contentWindow;
  let waited = 0;
  let busy = false;
  const stop = () => {
    clearInterval(timer);
    removeEventListener("pointerdown", touched, true);
    frame.removeEventListener("pointerdown", inside, true);
    ended();
  };
  const inside = (event) => event.isTrusted && stop();
  // The button that stops it is no touch of its own.
  const touched = (event) => event.isTrusted && !event.target.closest(id("taxi-auto")) && stop();
  const go = async () => {
    if (busy || clock.now() - began < acts[0][0] * 1000) return;
    busy = true;
    const done = await acts[0][1]();
    busy = false;
    waited += beat;
    if (done === false && acts[0][0] > 0 && waited < patience) return;
    waited = 0;
    acts.shift();
    if (!acts.length) stop();
  };
  addEventListener("pointerdown", touched, true);
  frame.addEventListener("pointerdown", inside, true);
  const timer = setInterval(go, beat);
  return stop;
}
