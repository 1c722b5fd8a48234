// The pages that stand in for Stripe's own, live: the countdown goes by the
// server's clock, and the page is asked for anew when it is over. Everything
// else works without it.
import { Clock, ringState } from "./clock.js";
import { remaining } from "./format.js";

const main = document.querySelector("main");
const { now, speed, frozen, deadline, since } = main.dataset;
const watch = "watch" in main.dataset; // somebody decides elsewhere
const clock = new Clock();

// draw shows what is left, and looks again at its end.
function draw() {
  const left = clock.left(deadline, since);
  const share = Math.min(1, left / Math.max(1, Date.parse(deadline) - Date.parse(since)));
  const ring = document.querySelector(".ring");
  const value = ring.querySelector(".val");
  const round = 2 * Math.PI * value.r.baseVal.value;
  value.setAttribute("stroke-dasharray", `${(round * share).toFixed(1)} ${round.toFixed(1)}`);
  ring.querySelector("[data-digits]").textContent = remaining(document.documentElement.lang, left);
  ring.dataset.left = ringState(left);
  if (left > 0) return;
  clearInterval(ticking);
  setTimeout(() => location.reload(), 1000); // the server ends it, at its own time
}

let ticking = 0;
if (deadline) {
  clock.told({ now, speed: Number(speed), frozen: frozen === "true" });
  ticking = setInterval(draw, 500);
  draw();
}

// look asks whether the phone has decided.
async function look() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected || page.querySelector("main")?.dataset.state !== main.dataset.state) location.reload();
}

if (watch) setInterval(look, 2000);
