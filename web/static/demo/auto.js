// The ride by itself: it taps what a passenger and a driver would. Any touch
// stops it and leaves the ride as it is.
import { screen, tap, touch } from "./passenger.js";

const id = (name) => `[data-testid=${name}]`;

// Each tap has its second, so that the whole ride takes 25.
const taps = [
  [7, id("scan-desk-item")], [9.5, id("passenger-pay")], [14, id("consent-allow")], [18, id("pay-confirm")], [23, id("success-done")],
];

export function play({ drive, ended }) {
  const timers = [];
  const at = (seconds, work) => timers.push(setTimeout(work, seconds * 1000));
  const stop = () => {
    timers.forEach(clearTimeout);
    removeEventListener("pointerdown", touched, true);
    frame?.removeEventListener("pointerdown", inside, true);
    ended();
  };
  const inside = (event) => event.isTrusted && stop();
  // The button that stops it is no touch of its own.
  const touched = (event) => event.isTrusted && !event.target.closest(id("taxi-auto")) && stop();
  const frame = document.querySelector("iframe").contentWindow;
  const trying = (selector, left = 20) => {
    if (!tap(selector) && left > 0) at(0.25, () => trying(selector, left - 1));
  };
  addEventListener("pointerdown", touched, true);
  frame.addEventListener("pointerdown", inside, true);
  at(0, () => drive("restart"));
  at(0, () => screen() === "success" && tap(id("success-done")));
  at(4, () => {
    touch(document.querySelector(id("taxi-end")));
    drive("end");
  });
  for (const [second, selector] of taps) at(second, () => trying(selector));
  at(25, stop);
  return stop;
}
