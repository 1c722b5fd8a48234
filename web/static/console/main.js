// The console: which page is shown, what is heard, what keys do.
import { html, render } from "../vendor/preact-htm.js";
import { Clock } from "../clock.js";
import { boot, sim } from "./api.js";
import { Live } from "./live.js";
import { settled, speak, link } from "./parts.js";
import { Shell } from "./shell.js";
import { Payments } from "./payments.js";
import { Webhooks } from "./webhooks.js";
import { Merchants } from "./merchants.js";
import { Control } from "./control.js";
import { Requests } from "./requests.js";
import { Codes } from "./codes.js";
import { Scenarios } from "./scenarios.js";
import { Settings } from "./settings.js";
import { singleKeys } from "./prefs.js";

const clock = new Clock();
clock.told(boot.clock);

let s = { path: "", version: 0, live: "connecting", toast: null, real: null };

function set(change) {
  s = { ...s, ...change };
  draw();
}

// routes lead from a path to a page.
const routes = [
  [/^\/$/, "payments", Payments],
  [/^\/console\/payments\/([^/]+)\/([^/]+)$/, "payments", Payments],
  [/^\/console\/webhooks(?:\/([^/]+))?$/, "webhooks", Webhooks],
  [/^\/console\/merchants$/, "merchants", Merchants],
  [/^\/console\/control$/, "control", Control],
  [/^\/console\/requests(?:\/(\d+))?$/, "requests", Requests],
  [/^\/console\/qr$/, "qr", Codes],
  [/^\/console\/scenarios(?:\/([^/]+))?$/, "scenarios", Scenarios],
  [/^\/console\/settings$/, "settings", Settings],
];
const titles = { payments: "Payments", webhooks: "Webhooks", merchants: "Merchants", control: "Clock and faults", requests: "Requests", qr: "QR codes", scenarios: "Scenarios", settings: "Settings" };

function route(path) {
  for (const [pattern, name, page] of routes) {
    const found = path.match(pattern);
    if (found) return { name, page, args: found.slice(1).map((a) => a && decodeURIComponent(a)) };
  }
  return null;
}

const here = () => location.pathname.slice(boot.prefix.length) || "/";

function go(path, { replace } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", link(path));
  arrive();
}

function arrive() {
  const found = route(here());
  document.title = titles[found.name] + " – Liksom";
  set({ path: here() });
}

let toasts;
// act does something for somebody who clicked, tells of a refusal, and has
// what is shown asked for anew.
async function act(doing, said) {
  try {
    const out = await doing();
    if (said) notify(said);
    return out;
  } catch (error) {
    notify(error.message, true);
    return undefined;
  } finally {
    changed();
  }
}

function notify(text, bad) {
  clearTimeout(toasts);
  set({ toast: { text, bad } });
  speak(text);
  hush();
}

// hush takes the toast away after a while, but not from under a pointer.
function hush() {
  toasts = setTimeout(() => {
    if (document.querySelector("[data-testid=toast]:is(:hover, :focus-within)")) return hush();
    set({ toast: null });
  }, 4000);
}

async function changed() {
  set({ version: s.version + 1 });
  await Promise.all([settled(), readClock()]);
}

async function readClock() {
  const told = await sim("/clock").catch(() => null);
  if (told) tellClock(told);
}

function tellClock(told) {
  clock.told(told);
  set({ real: Date.parse(told.now) - Date.parse(told.real) });
}

const turn = {
  freeze: () => act(async () => tellClock(await sim(clock.frozen ? "/clock/resume" : "/clock/freeze", "POST"))),
  advance: (by) => act(async () => tellClock(await sim("/clock/advance", "POST", { by }))),
  speed: (speed) => act(async () => tellClock(await sim("/clock", "PUT", { speed }))),
};

function draw() {
  const found = route(s.path);
  if (!found) return;
  const v = { ...s, clock, turn, go, act, say: notify, name: found.name, args: found.args };
  render(html`<${Shell} v=${v}><${found.page} key=${found.name} v=${v}/><//>`, document.getElementById("app"));
}

addEventListener("popstate", arrive);

// A click on a link to one of our pages changes the page without leaving it.
addEventListener("click", (event) => {
  const a = event.target.closest?.("a[href]");
  if (!a || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || a.target) return;
  const url = new URL(a.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(boot.prefix + "/")) return;
  const path = url.pathname.slice(boot.prefix.length);
  if (!route(path) || url.hash) return;
  event.preventDefault();
  if (path !== here()) go(path);
});

const goes = { p: "/", w: "/console/webhooks", t: "/phone", m: "/console/merchants", r: "/console/requests", q: "/console/qr", s: "/console/scenarios", c: "/console/control" };
let going = 0;

// step moves through the rows of the list.
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((r) => r.offsetParent);
  const on = rows.findIndex((r) => r.dataset.row === "on");
  const next = rows[Math.max(0, Math.min(rows.length - 1, on + by))];
  next?.click();
  next?.scrollIntoView({ block: "nearest" });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, dialog, [role=tablist], [role=radiogroup]")) return;
  if (!singleKeys() && event.key.length === 1) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.timeStamp - going < 1500 && goes[key]) {
    going = 0;
    if (route(goes[key])) return go(goes[key]);
    return location.assign(link(goes[key]));
  }
  if (key === "g") return void (going = event.timeStamp);
  if (event.key === " " && event.target.closest("button, a, summary, pre")) return;
  const acts = {
    j: () => step(1), k: () => step(-1), " ": turn.freeze,
    "+": () => turn.advance(event.shiftKey && event.code !== "Equal" && event.code !== "Minus" ? "5m" : "1m"),
    Escape: () => s.path.startsWith("/console/payments/") && go("/"),
  };
  const button = /^[a-z]$/.test(key) && !acts[key] && document.querySelector(`[data-key="${key}"]`);
  if (!acts[key] && !button) return;
  event.preventDefault();
  if (button) button.click();
  else acts[key]();
});

s.path = here();
new Live({ changed, state: (live) => live !== s.live && set({ live }) });
draw();
setInterval(draw, 1000);
// Somebody else may have turned the clock without a word.
setInterval(readClock, 5000);
