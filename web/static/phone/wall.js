// Many phones at once, each with a line of its own, drawn only when something
// has changed or a countdown runs on it.
import { html, render } from "../vendor/preact-htm.js";
import { Clock } from "../clock.js";
import { amount, dayAndTime, remaining } from "../format.js";
import { singleKeys } from "../console/prefs.js";
import { Device, notifications, secondary, typed } from "./device.js";
import { Screen } from "./screens.js";
import { Controls, behaviour } from "./controls.js";
import { Avatar, Icon } from "./draw.js";
import { endOf, looked } from "./looking.js";
import { pending } from "./state.js";
import { wanted, want } from "./senses.js";
import { Form } from "./request.js";
import { Bar } from "./bar.js";
import { Dialog } from "./dialog.js";
import { KeyList } from "./keys.js";
import { follow, spared } from "./news.js";
import { pasted } from "./codes.js";
import { roved, stop } from "./roving.js";
import { speak } from "./spoken.js";
import { trap } from "./trap.js";
import { lang, t } from "./words.js";

const root = document.documentElement;
const boot = JSON.parse(document.getElementById("boot").textContent);
const clock = new Clock();
clock.told(boot.clock);
// A story's phones stand still, each in a state of its own.
const stories = boot.story && (await import("./stories.js"));
const make = (made, i) => (stories ? stories.staged(made, stories.onWall[i % stories.onWall.length]) : new Device(made));
const grid = document.getElementById("wall");
let turns = 0; // how often a phone got a request
const places = new Map(); // number → {device, element}
const sizes = { S: 150, M: 210, L: 390 };
const page = { size: "M", sheet: "", asking: null, adding: new URLSearchParams(location.search).get("add") === "1", keys: false, busy: "" };

const pushes = new Map(); // unit and reference → what became of the push, as far as this page heard

const all = () => [...places.values()].map((p) => p.device);
const waitingOn = (d) => d.s.requests.filter((r) => r.state === "PENDING");

// standing tells how a phone stands: badge, and what is said beside it.
function standing(d) {
  const s = d.s;
  const r = waitingOn(d).find((o) => o.id === s.current) || waitingOn(d)[0];
  const left = r && t("wall.left", { t: remaining(lang, clock.left(r.expiresAt, r.since)) });
  if (!s.phone.online) return { kind: "offline", tone: "warn", icon: "offline", badge: t("wall.offline"), beside: t("wall.held", { n: s.waiting }) };
  if (r?.autopilotAt) return { kind: "acting", r, tone: "warn", icon: "bolt", badge: t("wall.acts", { n: Math.ceil(clock.left(r.autopilotAt) / 1000) }), beside: left };
  if (r?.failure && r.failure.code !== "authentication_needed") return { kind: "refused", r, tone: "bad", icon: "card", badge: t("wall.refused"), beside: left };
  const push = r && pushes.get(r.msn + " " + r.reference);
  if (["held", "dropped"].includes(push)) return { kind: "waiting", r, tone: d.s.phone.pushOn ? "fault" : "warn", icon: "bell", badge: t("wall.push." + push), beside: left };
  if (r) return { kind: "waiting", r, tone: "info", icon: "clock", badge: notifications(s).some((o) => o.id === r.id) ? t("wall.push") : t("wall.waits"), beside: left };
  const last = looked(s)[0];
  if (pending(s).length) return { kind: "busy", tone: "info", icon: "clock", badge: t("wall.paying"), beside: "" };
  if (!last) return { kind: "idle", beside: t("wall.ready") };
  const words = { APPROVED: ["ok", "check", t("ph.st.paid")], EXPIRED: ["warn", "clock", t("ph.st.expired")], TERMINATED: ["", "undo", t("log.TERMINATED")] };
  const [tone, icon, badge] = words[last.state] || ["", "cross", t("ph.st.declined")];
  return { kind: "finished", tone, icon, badge, beside: ago(endOf(last)) };
}

// ago tells how long something is past, and from a day on when it was.
function ago(at) {
  const s = Math.max(0, Math.round((clock.now() - at) / 1000));
  if (s < 60) return t("wall.ago.s", { n: s });
  if (s < 3600) return t("wall.ago.min", { n: Math.floor(s / 60) });
  return s < 86400 ? t("wall.ago.h", { n: Math.floor(s / 3600) }) : dayAndTime(lang, at);
}

// answer gives a phone's yes or no to what it waits for.
function answer(d, yes) {
  const r = standing(d).r;
  if (!r) return;
  if (d.s.current !== r.id) d.do.open(r.id);
  return yes ? d.do.approve() : d.do.decline();
}

// unasked tells why no request can be sent, where none can.
const unasked = () => (boot.shops?.length ? {} : { "aria-disabled": true, title: t("ask.noshop") });

function Buttons({ d, at }) {
  if (at.kind === "offline") return html`<button class="btn wide" data-testid="wall-online" onClick=${() => d.do.change({ online: true })}><${Icon} name="online" size=${16}/>${t("wall.online")}</button>`;
  if (at.kind === "acting") return html`<button class="btn wide" data-testid="wall-hold" onClick=${() => d.do.hold(at.r.id)}><${Icon} name="pause" size=${16}/>${t("wall.hold")}</button>`;
  if (at.r) return html`<button class="btn yes" data-testid="wall-approve" onClick=${() => answer(d, true)}><${Icon} name="check" size=${16}/>${t("wall.approve")}</button><button class="btn" data-testid="wall-decline" onClick=${() => answer(d, false)}><${Icon} name="cross" size=${16}/>${t("wall.decline")}</button>`;
  return html`<button class="btn wide" data-testid="wall-ask" ...${unasked()} onClick=${() => ask(d.s.phone.number)}><${Icon} name="bolt" size=${16}/>${t("wall.ask.this")}</button>`;
}

function Place({ d }) {
  const { phone } = d.s;
  const at = standing(d);
  const seen = d.view();
  const v = { ...seen, do: { ...seen.do, sheet: () => sheet(phone.number) } };
  const first = phone.name.split(" ")[0];
  return html`<div class="whose"><span class="pic" aria-hidden="true">${phone.name[0]}</span><a class="grow" href="${boot.prefix}/phone/${phone.number}" data-testid="wall-open"><b class="trunc">${first}</b><small class="trunc">${behaviour(phone)}</small></a>
    <button class="ib" aria-label=${t("wall.controls", { name: phone.name })} aria-expanded=${page.sheet === phone.number} onClick=${() => sheet(phone.number)}><${Icon} name="settings" size=${20}/></button></div>
    ${framed() ? html`<div class="mini"><div class="fit"><div class="frame" data-brand=${d.brand}><${Screen} v=${v}/></div></div></div>`
      : at.r && html`<p class="asks"><${Avatar} r=${at.r} size="s"/><span class="grow trunc">${at.r.merchantName}</span><b class="num">${amount(lang, at.r.amount.currency, at.r.amount.value)}</b></p>`}
    <div class="how"><span class="badge ${at.tone || ""}" data-testid="wall-badge" hidden=${!at.badge}>${at.badge && html`<${Icon} name=${at.icon} size=${14}/>`}${at.badge}</span><span class="dim num">${at.beside}</span></div>
    <div class="acts"><${Buttons} d=${d} at=${at}/></div>`;
}

const narrow = matchMedia("(max-width: 860px)");
const framed = () => !narrow.matches;

function put(phone) {
  const element = document.createElement("li");
  const place = { element, turn: 0, told: "" };
  place.device = make({ phone, boot, clock, changed: (d, before) => {
    if (before && d.s.requests.length > before.requests.length) place.turn = ++turns;
    soon(place);
  } }, places.size);
  places.set(phone.number, place);
  element.dataset.testid = "wall-phone";
  element.dataset.msisdn = phone.number;
  element.tabIndex = 0;
  element.addEventListener("paste", (event) => framed() && !event.target.closest("input, textarea") && pasted(place.device, event.clipboardData) && event.preventDefault());
  grid.insertBefore(element, grid.querySelector(".more-phones"));
  soon(place);
}

// soon draws what has changed together, once a frame.
const stale = new Set();
let frame = 0;
function soon(place) {
  stale.add(place);
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    for (const p of stale) show(p);
    stale.clear();
    if (wanted("newest")) arrange();
    head();
  });
}

// gone takes away a phone that was removed.
function gone(number) {
  const place = places.get(number);
  if (!place) return;
  places.delete(number);
  stale.delete(place);
  place.device.line.end?.();
  render(null, place.element);
  place.element.remove();
  if (page.sheet === number) page.sheet = "";
  head();
}

function show(place) {
  const { element, device } = place;
  const at = standing(device);
  if (place.told && at.badge && place.told !== at.kind) speak(`${device.s.phone.name}: ${at.badge}`);
  place.told = at.kind;
  element.dataset.brand = device.brand;
  element.dataset.state = at.kind;
  element.dataset.waits = String(Boolean(at.r));
  element.setAttribute("aria-label", `${device.s.phone.name}, ${at.badge || t("wall.ready")}`);
  render(html`<${Place} d=${device}/>`, element);
}

// newest puts the phones that got a request last in front, or each back to its
// own place.
function newest() {
  want("newest", !wanted("newest"));
  arrange();
  head();
}

const asked = (d) => Math.max(0, ...waitingOn(d).map((r) => Date.parse(r.createdAt)));

// arrange keeps the places in order. The focus stays where it is: elements are
// moved by their order alone, and only where that differs.
function arrange() {
  const order = [...places.values()];
  if (wanted("newest")) order.sort((a, b) => asked(b.device) - asked(a.device) || b.turn - a.turn);
  const now = [...grid.querySelectorAll("[data-testid=wall-phone]")];
  if (order.every((p, i) => p.element === now[i])) return;
  const focus = document.activeElement;
  grid.prepend(...order.map((p) => p.element));
  if (focus !== document.activeElement && grid.contains(focus)) focus.focus({ preventScroll: true });
}

const showAll = () => places.forEach(soon);

function sheet(number) {
  page.sheet = page.sheet === number ? "" : number;
  showAll();
}

function ask(number) {
  if (!boot.shops?.length) return;
  page.asking = number;
  head();
}

async function many(what, act) {
  page.busy = what;
  head();
  await Promise.all(all().map((d) => Promise.resolve(act(d)).catch(() => {})));
  page.busy = "";
  head();
}

const fresh = { online: true, pushOn: true, latency: "0s", jitter: "0s", autopilot: { mode: "off", delay: "0s" } };
const bulk = [
  [t("wall.all.approve"), "check", (d) => d.s.phone.online && answer(d, true)],
  [t("wall.all.decline"), "cross", (d) => d.s.phone.online && answer(d, false)],
  [t("wall.all.offline"), "offline", (d) => d.do.change({ online: false })],
  [t("wall.all.reset"), "refresh", (d) => d.do.change(fresh).then(() => d.do.go("lock"))],
];

async function add(event) {
  event.preventDefault();
  const { number, name } = event.target.elements;
  const answer = await fetch(`${boot.prefix}/sim/v1/phones`, {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ number: number.value.replace(/\D/g, ""), ...(name.value && { name: name.value }) }),
  }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!answer?.ok) {
    page.problem = said?.extraDetails?.[0]?.reason || said?.detail || t("ph.notsent");
    return head();
  }
  page.problem = "";
  page.adding = false;
  if (!places.has(said.number)) put(said); // the stream may have told of it before
  head();
}

const close = () => {
  page.asking = null;
  page.adding = false;
  page.keys = false;
  page.problem = "";
  head();
};

function head() {
  const phones = all();
  const waits = phones.reduce((n, d) => n + waitingOn(d).length, 0);
  root.dataset.size = page.size;
  render(html`<h1>${t("wall.phones")}</h1><p class="dim grow" role="status">${t("wall.count", { n: phones.length })}, ${t("wall.waiting", { n: waits })}</p>
    <span class="seg sizes" role="radiogroup" aria-label=${t("wall.size")} onKeyDown=${roved}>${Object.keys(sizes).map((k) => html`<button key=${k} role="radio" aria-checked=${page.size === k} tabindex=${stop(page.size === k)} onClick=${() => ((page.size = k), head())}>${k}</button>`)}</span>
    <button class="btn quiet" role="switch" aria-checked=${wanted("newest")} data-testid="wall-newest" onClick=${newest}>${wanted("newest") && html`<${Icon} name="check" size=${16}/>`}${t("wall.newest")}</button>
    <button class="btn primary" data-testid="request-new" ...${unasked()} onClick=${() => ask(phones[0]?.s.phone.number || "")}><${Icon} name="bolt" size=${16}/>${t("wall.ask")}</button>`, document.getElementById("head"));
  render(html`<b>${t("wall.all")}</b>${bulk.map(([words, icon, act]) => html`<button key=${words} class="btn sm" aria-disabled=${page.busy === words} onClick=${() => page.busy !== words && many(words, act)}><${Icon} name=${icon} size=${16}/>${words}</button>`)}`, document.getElementById("bulk"));
  const chosen = places.get(page.sheet)?.device;
  render(html`${chosen && html`<button class="scrim over" aria-label=${t("common.close")} onClick=${() => sheet(page.sheet)}></button><div class="side" ref=${trap}><${Controls} v=${closing(chosen)} device=${chosen} key=${page.sheet}/></div>`}
    ${page.keys && html`<${KeyList} page="wall" close=${close}/>`}
    ${page.asking !== null && html`<${Dialog} close=${close} title=${t("wall.ask")}><${Form} boot=${boot} phones=${phones.map((d) => d.s.phone)} number=${page.asking} done=${close}/><//>`}
    ${page.adding && html`<${Dialog} close=${close} title=${t("wall.add")}><form class="asking" onSubmit=${add}><label>${t("wall.add.number")}<input name="number" type="tel" required maxlength="24" placeholder="47 900 00 001" aria-invalid=${Boolean(page.problem)} aria-describedby="add-problem"/></label><label>${t("wall.add.name")}<input name="name" maxlength="60" placeholder="Nora Demo"/></label><p class="problem" id="add-problem" role="alert">${page.problem}</p><button class="btn primary" data-testid="phone-add">${t("wall.add.go")}</button></form><//>`}`, document.getElementById("over"));
  const lines = phones.map((d) => d.s.line);
  bar(lines.includes("closed") ? "closed" : lines.includes("connecting") ? "connecting" : "open");
  document.getElementById("bulk").hidden = !phones.length;
  render(!phones.length && html`<${Icon} name="phones" size=${32}/><p>${t("wall.none")}</p>`, document.getElementById("nobody"));
  if (phones.every((d) => d.s.greeted)) root.dataset.ready = "true";
}

const again = () => all().forEach((d) => d.do.retry());
const bar = (line) => render(html`<${Bar} prefix=${boot.prefix} clock=${clock} line=${line} retry=${again}/>`, document.getElementById("bar"));

// closing lets a sheet's own button close it.
function closing(d) {
  const v = d.view();
  return { ...v, do: { ...v.do, sheet: () => sheet(page.sheet) } };
}

function step(from, by) {
  const elements = [...grid.querySelectorAll("[data-testid=wall-phone]")];
  elements[(elements.indexOf(from) + by + elements.length) % elements.length]?.focus();
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") return page.sheet ? sheet(page.sheet) : close();
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, [role=dialog]")) return;
  const element = event.target.closest("[data-testid=wall-phone]");
  const d = element && places.get(element.dataset.msisdn)?.device;
  if (d && typed(d, event)) return event.preventDefault();
  if (event.key.length === 1 && !singleKeys()) return;
  const wide = Math.max(1, Math.round(grid.clientWidth / (element?.offsetWidth + 28 || 1)));
  const acts = {
    ArrowRight: () => step(element, 1), ArrowLeft: () => step(element, -1), ArrowDown: () => step(element, wide), ArrowUp: () => step(element, -wide),
    a: () => answer(d, true), d: () => answer(d, false), f: () => secondary.f(d), x: () => secondary.x(d), "?": () => ((page.keys = true), head()), r: () => ask(d ? d.s.phone.number : all()[0]?.s.phone.number || ""),
    Enter: () => event.target === element && location.assign(`${boot.prefix}/phone/${d.s.phone.number}`),
  };
  const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || (!d && !["r", "R", "?"].includes(event.key))) return;
  if (event.key === "Enter" && event.target !== element) return;
  event.preventDefault();
  act();
});

// told notes what became of a push.
function told({ msn, reference, phone, state }) {
  const key = msn + " " + reference;
  pushes.delete(key); // so that the newest stand last
  pushes.set(key, state);
  if (pushes.size > 1000) pushes.delete(pushes.keys().next().value);
  if (places.has(phone)) soon(places.get(phone));
}

// match has the wall show the phones that there are.
async function match() {
  const answer = await fetch(`${boot.prefix}/sim/v1/phones`).catch(() => null);
  if (!answer?.ok) return;
  const { phones } = await answer.json();
  for (const number of [...places.keys()]) if (!phones.some((p) => p.number === number)) gone(number);
  for (const phone of phones) if (!places.has(phone.number)) put(phone);
  head();
}

// hear follows what no phone's own line tells: whether a push came is no
// business of the phone it did not come to.
function hear() {
  const desks = spared(() => all().filter((d) => d.s.screen === "scan").forEach((d) => d.do.desk()));
  follow(boot.prefix, { push: told, qr: desks, payment: desks, reset: () => (pushes.clear(), match()), phone: ({ number, removed }) => (removed ? gone(number) : places.has(number) || match()) }, match);
}

document.querySelector(".more-phones button").addEventListener("click", () => ((page.adding = true), head()));
narrow.addEventListener("change", showAll);
document.querySelectorAll(".grey-phone").forEach((e) => e.remove());
boot.phones.forEach(put);
head();
if (!stories) hear();
// Only what counts down is drawn again and again.
setInterval(() => places.forEach((p) => pending(p.device.s).length && soon(p)), 500);
setInterval(showAll, 5000);
setInterval(() => bar(document.querySelector("[data-testid=live]").dataset.state), 500);
