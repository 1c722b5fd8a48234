// The payer's page, live: hears what concerns its payment, lets the server
// draw the new state, keeps the countdown going by the server's clock, and
// goes home once. Everything else works without it.
import { Clock, ringState } from "./clock.js";
import { remaining } from "./format.js";
import { shows, switches } from "./appswitch.js";
import { guard } from "./leaving.js";

const root = document.documentElement;
const clock = new Clock();
let source = null;
let journey = null; // the way home that is under way
let spoken = "";

const main = () => document.querySelector("[data-testid=landing]");
const state = () => main().dataset.state;

function readClock() {
  const d = main().dataset;
  if (d.now) clock.told({ now: d.now, speed: Number(d.speed), frozen: d.frozen === "true" });
}

// countdown shows what is left. At zero it waits: the server says "expired".
function countdown() {
  const d = main().dataset;
  if (!d.deadline) return;
  const left = clock.left(d.deadline, d.since);
  const share = Math.min(1, left / Math.max(1, Date.parse(d.deadline) - Date.parse(d.since)));
  for (const ring of document.querySelectorAll(".ring")) {
    const value = ring.querySelector(".val");
    const round = 2 * Math.PI * value.r.baseVal.value;
    value.setAttribute("stroke-dasharray", `${(round * share).toFixed(1)} ${round.toFixed(1)}`);
    const digits = ring.querySelector("[data-digits]");
    const text = remaining(root.lang, left);
    if (digits.textContent !== text) digits.textContent = text;
    digits.classList.toggle("long", text.length > 6);
    ring.dataset.left = ringState(left);
  }
  for (const note of document.querySelectorAll("[data-clock-frozen]")) note.hidden = !clock.frozen;
  for (const button of document.querySelectorAll("[data-testid=sim-freeze]")) button.hidden = (button.dataset.frozen === "true") !== clock.frozen;
  speak(left);
}

// speak tells those who do not see the ring of its marks, each once.
function speak(left) {
  const region = document.querySelector("[data-testid=live-region]");
  let words = "";
  if (left <= 0) words = region.dataset.ended;
  else if (left <= 10000) words = "0:10";
  else if (left <= 60000) words = region.dataset.soon;
  if (words === spoken) return;
  spoken = words;
  region.textContent = words;
}

// What is fetched may be overtaken on its way: by a newer page, or by news of
// the clock. The newest stands.
let asked = 0;
let moved = 0;

// redraw asks the server for the page as it is now and shows its new state.
async function redraw() {
  const before = state();
  const mine = ++asked;
  const then = moved;
  const answer = await fetch(main().dataset.self, { headers: { Accept: "text/html" }, cache: "no-store" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-testid=landing]");
  if (mine !== asked) return;
  if (!next || (next.dataset.state === "enter" && ["enter", "app-switch"].includes(before))) return; // keep what is being typed
  main().replaceWith(next);
  document.querySelector("footer").className = page.querySelector("footer").className;
  document.title = page.title;
  if (then === moved) readClock();
  if (next.dataset.state !== before) arrived();
  countdown();
}

// arrived is called once for each state the page comes to.
function arrived() {
  const heading = document.querySelector("h1");
  if (heading && root.dataset.ready) heading.focus({ preventScroll: true });
  if (state() === "waiting") guardBack();
  if (!["enter", "waiting"].includes(state())) {
    source?.close();
    goHome();
  }
}

// guardBack makes going back in the browser cancel the payment, as on the
// real page: back from where this page waits, or to the page the number was
// given on.
function guardBack() {
  if (history.state?.waiting) return;
  const came = performance.getEntriesByType("navigation")[0]?.type;
  if (came === "back_forward" && !new URLSearchParams(location.search).has("seen")) return cancel();
  history.pushState({ waiting: true }, "");
}

function cancel() {
  const button = document.querySelector("[data-testid=landing-cancel]");
  button?.form.requestSubmit(button);
}

guard({ waiting: () => state() === "waiting", framed: self !== top, form: () => document.querySelector("[data-testid=landing-cancel]")?.form });

addEventListener("popstate", () => state() === "waiting" && cancel());

// beenHome tells whether this browser has gone home from here before, in whatever
// tab; leave notes that it goes now. The last few payments are enough.
const key = location.pathname + " " + new URLSearchParams(location.search).get("token");

function been() {
  try {
    return JSON.parse(localStorage.getItem("liksom.home")) || [];
  } catch {
    return []; // storage may be forbidden
  }
}

const beenHome = () => been().includes(key);

function leave() {
  try {
    localStorage.setItem("liksom.home", JSON.stringify([...been().filter((k) => k !== key), key].slice(-50)));
  } catch {
    // then it may be gone to twice
  }
}

// goHome counts down to the shop and goes there, once for a payment in this
// browser: whoever comes back by its button stays, and so does a second tab.
function goHome() {
  const box = document.querySelector("[data-return]");
  const link = document.querySelector("[data-testid=landing-return]");
  if (!box || !link || journey) return;
  if ("still" in box.dataset) return document.querySelector("[data-stay]")?.removeAttribute("hidden");
  if (beenHome()) {
    box.hidden = true;
    return;
  }
  const total = Number(box.dataset.seconds) * 1000;
  const start = performance.now();
  const words = box.querySelector("[data-return-text]");
  const bar = box.querySelector("progress");
  const stay = document.querySelector("[data-stay]");
  const stop = () => {
    clearInterval(journey);
    box.hidden = true;
    if (stay) stay.hidden = true;
  };
  const step = () => {
    const gone = performance.now() - start;
    bar.value = Math.min(100, (100 * gone) / Math.max(1, total));
    const n = Math.max(1, Math.ceil((total - gone) / 1000));
    write(words, n === 1 ? box.dataset.one : box.dataset.many, n);
    if (gone < total) return;
    if (beenHome()) return stop();
    clearInterval(journey);
    leave();
    location.assign(link.getAttribute("href"));
  };
  journey = setInterval(step, 100);
  step();
  if (stay) {
    stay.hidden = false;
    stay.addEventListener("click", stop);
  }
  const card = document.querySelector(".card");
  const touched = (event) => {
    if (event.type === "keydown" && ["Tab", "Shift"].includes(event.key)) return;
    if (event.target.closest?.("[data-testid=landing-return]")) return;
    stop();
  };
  for (const kind of ["pointerdown", "keydown"]) card.addEventListener(kind, touched, { once: kind === "pointerdown" });
  link.addEventListener("click", () => {
    clearInterval(journey);
    leave();
  });
}

// write puts the number into its own element, for those who look for it.
function write(words, text, n) {
  const [head, tail = ""] = text.split("{n}");
  if (words.dataset.n === String(n)) return;
  words.dataset.n = n;
  const number = document.createElement("span");
  number.className = "num";
  number.dataset.testid = "landing-return-in";
  number.textContent = text.includes("{n}") ? n : "";
  words.replaceChildren(head, number, tail);
}

function listen() {
  const d = main().dataset;
  if (!d.stream) return;
  source = new EventSource(d.stream);
  source.addEventListener("payment", () => redraw().catch(lost));
  source.addEventListener("push", () => state() === "waiting" && redraw().catch(lost));
  source.addEventListener("clock", (event) => {
    moved++;
    clock.told(JSON.parse(event.data));
    countdown();
  });
  source.onopen = () => lost(null);
  source.onerror = () => lost(true);
}

function lost(problem) {
  for (const line of document.querySelectorAll("[data-lost]")) line.hidden = !problem;
}

// A whole number pasted or filled in sets the country code by itself.
document.addEventListener("change", (event) => {
  if (event.target.id !== "number") return;
  const digits = event.target.value.replace(/[^\d+]/g, "").replace(/^00/, "+");
  if (!digits.startsWith("+")) return;
  const select = event.target.form.elements.prefix;
  for (const option of select.options) {
    if (option.value && digits.startsWith("+" + option.value)) {
      select.value = option.value;
      event.target.value = digits.slice(option.value.length + 1);
      return;
    }
  }
});

readClock();
if (self !== top) root.dataset.framed = "";
const { story } = main().dataset;
if (state() === "enter" && story === "app-switch") shows(main());
else if (state() === "enter") switches(main());
if (story === "lost") lost(true);
listen();
arrived();
countdown();
setInterval(countdown, 200);
root.dataset.ready = "true";
