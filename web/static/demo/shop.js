// The sock shop: cart, checkout, and what became of the order.
import { html, render } from "../vendor/preact-htm.js";
import { amount } from "../format.js";
import { Calls, Silent, follow, post } from "./calls.js";

const boot = JSON.parse(document.getElementById("boot").textContent);
const base = `${boot.prefix}/demo/shop`;
const goods = [
  { id: "rust", name: "Wool socks, rust", fill: "#C8553D", trim: "#F2D0A4" },
  { id: "fjord", name: "Wool socks, fjord", fill: "#2F5D8C", trim: "#BFD8EE", dots: true },
];
const price = 17500;
const ways = [
  ["vipps", "Vipps", "Pay with the simulated wallet"],
  ["mobilepay", "MobilePay", "The same wallet in Denmark and Finland"],
  ["push", "Send a request to my phone", "No landing page, the push message comes straight away"],
];
// Who pays where: the shop has a sales unit in each country.
const home = { vipps: ["NOK", "Kari Demo", "+47 123 45 678"], mobilepay: ["DKK", "Freja Demo", "+45 12 34 56 78"] };
const unitOf = (way) => home[way] || home.vipps;
const money = (value, currency = unitOf(s.way)[0]) => amount("en", currency, value);
const s = { cart: ["rust", "fjord"], way: "vipps", name: "Kari Demo", phone: "+47 123 45 678", calls: [], order: null, known: true, busy: false, problem: "", line: "connecting", reference: boot.order };
let source;

function set(change) {
  Object.assign(s, change);
  document.documentElement.dataset.brand = s.way === "mobilepay" ? "mobilepay" : "vipps";
  render(html`<${Page}/>`, document.getElementById("app"));
}

function listen() {
  source?.close();
  source = follow(`${base}/stream?order=${encodeURIComponent(s.reference)}`, (v) => {
    set({ calls: v.calls, order: v.order || null, known: v.known });
    document.documentElement.dataset.ready = "true";
  }, (line) => set({ line }));
}

async function doing(work) {
  set({ busy: true, problem: "" });
  try {
    await work();
  } catch (error) {
    set({ problem: `The wallet isn’t answering. Your cart is safe. (${error.message})` });
  }
  set({ busy: false });
}

const follows = (order) => {
  s.reference = order.reference;
  history.replaceState(null, "", `${base}?order=${order.reference}`);
  set({ order });
  listen();
};

// choose takes a way to pay, and who lives where it is used, unless somebody
// typed another.
function choose(way) {
  const [, name, phone] = unitOf(way);
  const [, oldName, oldPhone] = unitOf(s.way);
  set({ way, name: s.name === oldName ? name : s.name, phone: s.phone === oldPhone ? phone : s.phone });
}

const pay = () => doing(async () => {
  const order = await post(`${base}/orders`, { phone: s.phone, way: s.way, items: s.cart });
  if (s.way !== "push") return location.assign(order.redirectUrl);
  follows(order);
});

const act = (what) => doing(async () => {
  const order = await post(`${base}/orders/${s.reference}/${what}`);
  if (what === "again" && order.redirectUrl) return location.assign(order.redirectUrl);
  follows(order);
});

const Sock = ({ of }) => html`<svg width="46" height="46" viewBox="0 0 46 46" aria-hidden="true"><path d="M18 4h13v18.500L20 36a6.400 6.400 0 01-9.600-8.400L18 19z" fill=${of.fill}/><path d="M18 4h13v6H18zM12 30l7 6.2c-2.6 2.6-6.600 2.300-8.600-.2-1.600-2-1-4.600 1.600-6z" fill=${of.trim}/>${of.dots ? html`<g fill=${of.trim}><circle cx="22" cy="15" r="1.700"/><circle cx="27" cy="18" r="1.700"/><circle cx="22" cy="21" r="1.700"/></g>` : html`<path d="M18 14h13M18 18h13" stroke=${of.trim} stroke-width="2.400"/>`}</svg>`;

function Summary() {
  const total = price * s.cart.length;
  const put = (id) => set({ cart: s.cart.includes(id) ? s.cart.filter((x) => x !== id) : [...s.cart, id] });
  return html`<aside class="sum" data-testid="shop-summary"><h2>Your order</h2>
    ${goods.map((g) => html`<div class="it"><span class="th"><${Sock} of=${g}/></span><span class="grow"><b>${g.name}</b><br/><span class="dim">Size 40 to 42</span>
      <button class="btn sm quiet" aria-pressed=${s.cart.includes(g.id)} onClick=${() => put(g.id)}>${s.cart.includes(g.id) ? "Remove" : "Add"}</button></span><span class="num">${s.cart.includes(g.id) ? money(price) : "–"}</span></div>`)}
    <div class="tt"><span>Delivery</span><span>Free</span></div><div class="tt dim"><span>Of which VAT</span><span>${money(total / 5)}</span></div><div class="tt t"><span>To pay</span><span>${money(total)}</span></div></aside>`;
}

function Checkout() {
  const why = s.busy ? "The order is on its way" : s.cart.length ? "" : "Nothing to pay for: add a pair of socks";
  const button = s.busy ? "Sending you to the wallet" : s.way === "push" ? "Send the request" : `Pay with ${s.way === "mobilepay" ? "MobilePay" : "Vipps"}`;
  return html`<main class="co" data-testid="shop-checkout"><section><h1>Checkout</h1><h2>Delivery</h2>
    <div class="f2"><label class="inp"><small>Name</small><input value=${s.name} autocomplete="off" onInput=${(e) => set({ name: e.target.value })}/></label>
      <label class="inp"><small>Phone, used to fill in ${s.way === "mobilepay" ? "MobilePay" : "Vipps"}</small><input class="num" type="tel" value=${s.phone} autocomplete="off" onInput=${(e) => set({ phone: e.target.value })}/></label></div>
    <h2 id="ways">Payment</h2><div class="pm" role="radiogroup" aria-labelledby="ways">${ways.map(([id, label, hint]) => html`<label><input type="radio" name="way" value=${id} checked=${s.way === id} data-testid=${`shop-way-${id}`} onChange=${() => choose(id)}/><span class="grow">${label}<small>${hint}</small></span></label>`)}</div>
    <button class="btn brand" data-testid="shop-pay" aria-disabled=${String(Boolean(why))} title=${why} onClick=${() => why || pay()}>${s.cart.length ? button : "Your cart is empty"}</button>
    ${s.problem ? html`<p class="bad" role="alert">${s.problem}</p>` : html`<p class="note">${s.way === "push" ? "The request rings on the phone." : "You will come back here when you have paid."}</p>`}</section><${Summary}/></main>`;
}

const open = ["saved", "waiting", "reserved"];

function Result() {
  const o = s.order;
  const state = !o ? (s.known ? "asking" : "unknown") : open.includes(o.state) ? "waiting" : o.state;
  return html`<main class="co"><section data-testid="shop-result" data-state=${state} aria-live="polite"><h1>${o ? o.says : s.known ? "The shop is looking for your order." : "The shop knows no such order."}</h1>
    ${!s.known && html`<p>Its book is in memory, and the wallet knows of no payment by this name.</p><div class="acts"><a class="btn" href=${base}>New order</a></div>`}
    ${o && html`<p>${state === "paid" ? (o.refunded ? `${money(o.refunded, o.currency)} was given back.` : "Your socks are on their way.") : state === "waiting" ? "The shop asks the wallet until it knows. Coming back here proves nothing." : { declined: "You said no.", expired: "You ran out of time.", cancelled: "The order was cancelled.", failed: o.why }[o.state]}</p>
    <div class="acts">${state === "waiting" && html`<button class="btn" disabled=${s.busy} data-testid="shop-cancel" onClick=${() => act("cancel")}>Cancel order</button>`}
      ${state === "waiting" && o.redirectUrl && html`<a class="btn" href=${o.redirectUrl}>Back to the wallet</a>`}
      ${state === "paid" && o.captured > o.refunded && html`<button class="btn" disabled=${s.busy} data-testid="shop-refund" onClick=${() => act("refund")}>Send back, refund</button>`}
      ${!["waiting", "paid"].includes(state) && html`<button class="btn primary" disabled=${s.busy} data-testid="shop-again" onClick=${() => act("again")}>Try again</button>`}
      <a class="btn quiet" href=${base}>New order</a></div>`}
    ${s.problem && html`<p class="bad" role="alert">${s.problem}</p>`}</section>
    <aside class="sum" data-testid="shop-summary"><h2>Receipt</h2>${o && html`<div class="tt"><span>Order</span><span class="mono">${o.reference}</span></div><div class="tt dim"><span>Of which VAT</span><span>${money(o.amount / 5, o.currency)}</span></div>
    <div class="tt t"><span>${state === "paid" ? "Paid" : "To pay"}</span><span>${money(o.amount, o.currency)}</span></div>`}</aside></main>`;
}

const Page = () => html`<header class="sh"><svg width="34" height="34" viewBox="0 0 34 34" aria-hidden="true"><rect width="34" height="34" rx="10" fill="#17493B"/><path d="M13 6h9v12.400l-7.600 8.900a4 4 0 01-6-5.200L13 16.600z" fill="#F7C6A8"/><path d="M13 6h9v4.500h-9z" fill="#E8483B"/></svg><b>Demo Webshop</b><span class="grow"></span><span class="dim">Cart, ${s.cart.length} ${s.cart.length === 1 ? "pair" : "pairs"}</span></header>
  <div class="wrap"><${Silent} line=${s.line} again=${() => source.now()}/></div>
  ${s.reference ? html`<${Result}/>` : html`<${Checkout}/>`}
  <div class="wrap"><${Calls} id="shop-calls" title="What the shop’s server did" calls=${s.calls} next=${s.order?.state === "waiting" && "wait for the webhook, and ask every three seconds until it comes"}/></div>`;

set({});
listen();
