// The console: which page is shown, what is heard, what keys do.
import { html, render } from "../vendor/preact-htm.js";
import { Clock } from "../clock.js";
import { boot, sim, Refused } from "./api.js";
import { Live } from "./live.js";
import { settled, speak, link } from "./parts.js";
import { listen, KeyList } from "./keys.js";
import { everywhere, offers, pages } from "./commands.js";
import { Palette } from "./palette.js";
import { NewPayment } from "./newpayment.js";
import { Shell } from "./shell.js";
import { Payments } from "./payments.js";
import { Webhooks } from "./webhooks.js";
import { Merchants } from "./merchants.js";
import { Control } from "./control.js";
import { Requests, commands as ofRequests } from "./requests.js";
import { Codes, commands as ofCodes } from "./codes.js";
import { Scenarios, commands as ofScenarios } from "./scenarios.js";
import { Settings, commands as ofSettings } from "./settings.js";

const clock = new Clock();
clock.told(boot.clock);

let s = { path: "", version: 0, live: "connecting", toast: null, trouble: "", real: null, over: "" };

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

// servers are the pages that the server draws whole.
const servers = ["/phone", "/console/start", "/docs", "/docs/scenarios", "/demo/shop", "/demo/taxi"];
const known = (path) => Boolean(route(path)) || servers.includes(path);

const here = () => location.pathname.slice(boot.prefix.length) || "/";

function go(path, { replace } = {}) {
  if (!route(path)) return location.assign(link(path));
  history[replace ? "replaceState" : "pushState"](null, "", link(path));
  arrive();
}

function arrive() {
  const found = route(here());
  document.title = titles[found.name] + " – Liksom";
  set({ path: here(), trouble: "" });
}

let toasts;
// act does something for somebody who clicked, tells of a refusal, and has
// what is shown asked for anew.
async function act(doing, said) {
  try {
    const out = await doing();
    set({ trouble: "" });
    if (said) notify(said);
    return out;
  } catch (error) {
    set({ trouble: error.message });
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
  next: () => act(async () => {
    const { now, deadlines } = await sim("/deadlines?limit=1");
    if (!deadlines.length) throw new Refused("Nothing is due.");
    tellClock(await sim("/clock/advance", "POST", { by: Math.max(1, Date.parse(deadlines[0].at) - Date.parse(now)) + "ms" }));
  }),
  speed: (speed) => act(async () => tellClock(await sim("/clock", "PUT", { speed }))),
};

const open = (over) => set({ over });
const close = () => set({ over: "" });
const overs = { palette: Palette, keys: KeyList, payment: NewPayment };

// view is all that pages are given.
function view() {
  const found = route(s.path);
  return { ...s, clock, turn, go, act, say: notify, open, known, commands, retry: () => live.now(), hold: () => live.hold(), calm: () => set({ trouble: "" }), name: found?.name, args: found?.args || [] };
}

function draw() {
  const found = route(s.path);
  if (!found) return;
  const v = view();
  const Over = overs[s.over];
  render(html`<${Shell} v=${v}><${found.page} key=${found.name} v=${v}/><//>${Over && html`<${Over} v=${v} close=${close}/>`}`, document.getElementById("app"));
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

// step moves through the rows of the list.
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((r) => r.offsetParent);
  const on = rows.findIndex((r) => r.dataset.row === "on");
  const next = rows[Math.max(0, Math.min(rows.length - 1, on + by))];
  next?.click();
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

// escape goes up from what is chosen to the list it is chosen from.
function escape() {
  const up = here().match(/^\/console\/([a-z]+)\/./);
  if (up) go(up[1] === "payments" ? "/" : "/console/" + up[1]);
}

const places = () => pages.filter((p) => known(p.path)).map((p) => ({ ...p, run: () => go(p.path) }));

// ofPages are the commands that pages have wherever one is, without the ways
// to go, which are listed apart.
const ofPages = (v) => [...ofRequests, ...ofCodes, ...ofScenarios, ...ofSettings].filter((c) => !pages.some((p) => p.id === "go-" + c.id)).map((c) => ({ ...c, run: () => c.run(v) }));

// commands are all there are now; those of what is shown come before those of
// every page.
function commands() {
  const v = view();
  return [
    ...offers(), ...everywhere(v), ...ofPages(v), ...places(),
    { id: "palette", run: () => set({ over: "palette" }) },
    { id: "next", run: () => step(1) }, { id: "previous", run: () => step(-1) }, { id: "close", run: escape },
    { id: "open", run: () => (document.querySelector('[data-row="on"]') || document.querySelector("[data-row]"))?.click() },
  ];
}

// The keys of what cannot be done now say why.
const pressed = () => commands().map((c) => (c.why ? { ...c, run: () => notify(c.why, true) } : c));

listen(pressed);

s.path = here();
const live = new Live({ changed, state: (live) => live !== s.live && set({ live }) });
draw();
setInterval(draw, 1000);
// Somebody else may have turned the clock without a word.
setInterval(readClock, 5000);
