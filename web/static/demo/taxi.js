// The taxi: meter, phone and tablet of one ride, told by one server.
import { html, render } from "../vendor/preact-htm.js";
import { Calls, follow, money, post } from "./calls.js";
import { play } from "./auto.js";

const boot = JSON.parse(document.getElementById("boot").textContent);
const base = `${boot.prefix}/demo/taxi`;
const steps = ["Drive", "Scan", "Share number", "Pay", "Receipt"];
const s = { ride: { calls: [], meter: 7900 }, pane: "seat", chosen: false, problem: "", at: performance.now(), stop: null };

export function set(change) {
  Object.assign(s, change);
  if (!s.chosen) s.pane = ["seat", "seat", "phone", "phone", "tablet"][step()];
  render(html`<${Page}/>`, document.getElementById("app"));
}

const waits = (o) => o && ["saved", "waiting", "reserved"].includes(o.state);

// screen is what the passenger's phone shows, which only that page knows.
function screen() {
  return document.querySelector("iframe")?.contentDocument?.querySelector("[data-testid=phone]")?.dataset.screen;
}

function step() {
  const { ended, order, cash } = s.ride;
  if (!ended) return 0;
  if (cash || order?.state === "paid") return 4;
  if (!waits(order)) return 1;
  return ["pay", "pin", "cards"].includes(screen()) ? 3 : 2;
}

async function drive(act) {
  set({ problem: "" });
  try {
    set({ ride: await post(`${base}/rides/${boot.id}/${act}`), at: performance.now() });
  } catch (error) {
    set({ problem: error.message });
  }
}

// metered is what the meter shows: while it runs, on from the server's word.
function metered() {
  const r = s.ride;
  return r.ended ? r.meter : Math.min(31000, r.meter + 10 * Math.floor((performance.now() - s.at) / 400));
}

const kroner = (ore) => (ore / 100).toFixed(2).replace(".", ",");

// City is what passes by the windows.
const City = () => html`<svg class="city" viewBox="0 0 440 130" preserveAspectRatio="xMidYMax slice" aria-hidden="true"><g fill="#1a1f45">${[[0, 78], [34, 40], [86, 62], [130, 28], [188, 74], [228, 46], [280, 66], [330, 20], [388, 58]].map(([x, y]) => html`<rect x=${x} y=${y} width="44" height=${130 - y}/>`)}</g><g fill="#F5C769">${[[12, 92], [48, 60], [60, 84], [142, 50], [158, 80], [242, 64], [254, 88], [344, 42], [358, 70], [402, 84]].map(([x, y]) => html`<rect x=${x} y=${y} width="7" height="7"/>`)}</g></svg>`;

function Seat() {
  const r = s.ride;
  const code = r.sticker && r.sticker.replace(/^.*\/qr\//, `${boot.prefix}/qr/`);
  return html`<section class="p-seat"><p class="lab3">In the back seat</p><div class=${`cab ${step() === 1 ? "scan" : ""}`} data-testid="taxi-cab"><${City}/><div class="seat"></div>
    ${code && html`<a class="sticker" data-testid="taxi-sticker" data-says=${r.sticker} href=${code} target="_blank" rel="noopener"><span>Betal med Vipps</span><img alt="QR code to scan" src=${`${base}/sticker.svg?id=${boot.id}`}/>Taxi ${boot.id}</a>`}
    <div class="meter" data-testid="taxi-meter"><span>${r.ended ? "Trip ended, 11.4 km, 14 min" : "On the way"}</span><b class="num">${kroner(metered())}</b></div></div></section>`;
}

function status() {
  const { ended, order, cash } = s.ride;
  if (cash) return ["cash", "Paid in cash", "No request is open."];
  if (!ended) return ["driving", "Meter running", "End the trip when you are there."];
  if (!order) return ["scan", "Ask the passenger to scan the code", "It leads to this ride."];
  if (waits(order)) return step() === 2 ? ["waiting", "The passenger is reading the request", "They can still say no."] : ["waiting", "Waiting for the passenger", "They opened the request in the app."];
  if (order.state === "paid") return ["paid", "Paid", `${money(order.captured)} captured. Receipt sent.`];
  return [order.state, "Not paid", { declined: "The passenger said no.", expired: "Nobody answered in time.", cancelled: "You cancelled the request." }[order.state] || order.why];
}

function Tablet() {
  const r = s.ride;
  const [state, word, hint] = status();
  const o = r.order;
  const over = o && !waits(o) && state !== "paid" && state !== "cash";
  return html`<section class="p-tablet"><p class="lab3">The driver’s tablet</p><div class="tab" data-testid="taxi-tablet"><header><b>Demo Taxi</b><span>Car ${boot.id}</span></header><div class="in"><p class="dim">Fare</p><p class="fare num">${money(metered())}</p>
    <div class="stat" data-testid="taxi-status" data-state=${state} aria-live="polite">${state === "paid" && html`<i class="tick" aria-hidden="true">✓</i>`}<span><b>${word}</b>${hint}</span></div>
    <dl><div><dt>Trip</dt><dd>11.4 km, 14 min</dd></div><div><dt>Passenger</dt><dd class=${o?.phone ? "num" : "dim"} data-testid="taxi-passenger">${o?.phone ? `+${o.phone}, shared with consent` : r.known ? "as on the last trip" : "number comes when they have paid"}</dd></div>
    ${o && html`<div><dt>Reference</dt><dd class="mono">${o.reference}</dd></div>`}</dl>${s.problem && html`<p class="bad" role="alert">${s.problem}</p>`}</div>
    <footer>${state === "driving" && html`<button class="btn tall primary" data-testid="taxi-end" onClick=${() => drive("end")}>End trip</button>`}
      ${waits(o) && !r.cash && html`<button class="btn tall" data-testid="taxi-cancel" onClick=${() => drive("cancel")}>Cancel request</button>`}
      ${over && html`<button class="btn tall primary" data-testid="taxi-ask" onClick=${() => drive("ask")}>Ask again</button>`}
      ${r.ended && !r.cash && state !== "paid" && html`<button class="btn tall" data-testid="taxi-cash" onClick=${() => drive("cash")}>Take cash</button>`}
      ${state === "paid" && html`<button class="btn tall" onClick=${() => print()}>Print receipt</button>`}
      ${(state === "paid" || state === "cash") && html`<button class="btn tall primary" data-testid="taxi-next" onClick=${() => drive("next")}>Next trip</button>`}</footer></div></section>`;
}

function Page() {
  const at = step();
  const auto = () => set({ stop: play({ base, boot, drive, ended: () => set({ stop: null }) }) });
  return html`<div class="dh"><h1>A ride with taxi ${boot.id}</h1><ol class="prog" data-testid="taxi-progress" data-step=${at + 1}>${steps.map((name, i) => html`<li class=${i < at ? "ok" : i === at ? "now" : ""} aria-current=${i === at ? "step" : undefined}><i>${i < at ? "✓" : i + 1}</i>${name}</li>`)}</ol><span class="grow"></span>
    <button class="btn sm quiet" data-testid="taxi-auto" aria-pressed=${Boolean(s.stop)} onClick=${() => (s.stop ? s.stop() : auto())}>${s.stop ? "Stop" : "Play it by itself"}</button><button class="btn sm quiet" data-testid="taxi-restart" onClick=${() => { s.stop?.(); drive("restart"); }}>New ride</button></div>
    <div class="seg switch" role="group" aria-label="What to look at">${["seat", "phone", "tablet"].map((p) => html`<button aria-checked=${s.pane === p} role="radio" onClick=${() => set({ pane: p, chosen: true })}>${p[0].toUpperCase() + p.slice(1)}</button>`)}</div>
    <div class="st3" data-testid="taxi-panes" data-pane=${s.pane}><${Seat}/><section class="p-phone"><p class="lab3">The passenger’s phone</p><div class="dev"><iframe title="The passenger’s phone" src=${`${boot.prefix}/phone/4712345678?embed=1`}></iframe></div></section><${Tablet}/></div>
    <${Calls} id="taxi-calls" title="What the taxi company’s server did" calls=${s.ride.calls} next=${waits(s.ride.order) && "wait for the webhook authorized, then capture and read the shared number"}/>`;
}

addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey) document.documentElement.toggleAttribute("data-full");
});

const live = document.querySelector("[data-testid=live]");
follow(`${base}/stream?id=${encodeURIComponent(boot.id)}`, (ride) => set({ ride, at: performance.now() }), (line) => {
  live.dataset.state = line;
  live.textContent = { open: "Live", closed: "Offline" }[line];
});
set({});
setInterval(() => set({}), 400);
