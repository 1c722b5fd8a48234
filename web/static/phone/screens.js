// The screens of a phone: state in, view out. What a touch does is in `do`.
import { html } from "../vendor/preact-htm.js";
import { amount, number, phone as phoneNumber, timeOfDay, date, dayAndTime, remaining } from "../format.js";
import { Avatar, Grey, Icon, Left, say, sayWith } from "./draw.js";
import { cardOf, current, lasting, pending, placed, steps, totalOf } from "./state.js";
import { Days, endOf, Past, Receipt } from "./looking.js";
import { cardOutcomes, Me, Profile } from "./me.js";
import { trap } from "./trap.js";
import { CheckIn, MyQR, Opened, pasted, Scan } from "./codes.js";
import { roved, stop, walked } from "./roving.js";
import { Web } from "./browser.js";

const money = (v, r) => amount(v.lang, r.amount.currency, totalOf(v.s, r));

export function Nav({ v, r, title, back, icon = "cross", testid, timer = true }) {
  return html`<div class="nav"><button class="ib" onClick=${back} data-testid=${testid} aria-label=${say(v.lang, "common.close")}><${Icon} name=${icon} stroke=${2}/></button>
    <span class="t">${title}</span>${timer && r ? html`<${Left} r=${r} lang=${v.lang} clock=${v.clock} testid="pay-countdown"/>` : html`<span></span>`}</div>`;
}

export function Tabs({ v }) {
  const tab = (name, icon, key) => html`<button aria-current=${v.s.screen === name} onClick=${() => v.do.go(name)}><${Icon} name=${icon}/>${say(v.lang, key)}</button>`;
  return html`<nav class="tab" aria-label="${v.s.phone.name}, +${v.s.phone.number}">${tab("home", "home", "ph.tab.home")}${tab("scan", "qr", "ph.tab.scan")}${tab("activity", "list", "ph.home.activity")}${tab("me", "user", "ph.tab.me")}</nav>`;
}

// came tells how long a notification has been there.
function came(v, r) {
  const minutes = Math.floor((v.clock.now() - Date.parse(r.since || r.createdAt)) / 60000);
  if (minutes < 1) return say(v.lang, "ph.now");
  return minutes < 60 ? `${minutes}\u00a0min` : timeOfDay(v.lang, new Date(r.since || r.createdAt));
}

// stays tells how long it can be answered: in minutes, or in hours and days.
function stays(v, r) {
  const left = v.clock.left(r.expiresAt, r.since);
  if (left > 3600000) return say(v.lang, "ph.left", { t: remaining(v.lang, left) });
  return say(v.lang, "ph.push.left", { n: left < 30000 ? 0 : Math.ceil(left / 60000 - 0.001) });
}

// Push is one notification; touching it anywhere opens the request.
export function Push({ v, r }) {
  const inner = (act) => (event) => (event.stopPropagation(), act());
  return html`<div class="ntf" role="alertdialog" aria-label=${say(v.lang, "ph.push.title", { merchant: r.merchantName, amount: money(v, r) })}
    data-testid="push" data-reference=${r.reference} onClick=${() => v.do.open(r.id)}>
    <div class="h"><span class="app"><${Icon} name="check" size=${15} stroke=${2.6}/></span><span>${say(v.lang, "wallet.simulator", { wallet: v.wallet })}</span><span class="num">${came(v, r)}</span></div>
    <b>${say(v.lang, "ph.push.title", { merchant: r.merchantName, amount: money(v, r) })}</b>
    <p>${r.description ? r.description + ". " : ""}${stays(v, r)}</p>
    <div class="a"><button data-testid="push-dismiss" onClick=${inner(() => v.do.later(r.id))}>${say(v.lang, "ph.push.later")}</button>
    <button class="p" data-testid="push-open" onClick=${inner(() => v.do.open(r.id))}>${say(v.lang, "ph.push.open")}</button></div></div>`;
}

function Lock({ v }) {
  const now = new Date(v.clock.now());
  const shown = v.pushes;
  return html`<${Wallpaper}/><button class="clock ib-none unlock" onClick=${() => v.do.go("home")}><span class="vh">${say(v.lang, "ph.tab.home")}, </span><span class="d">${date(v.lang, now)}</span><br/><span class="h">${timeOfDay(v.lang, now)}</span></button>
    <div class="fill"></div><div class="stack">${shown.slice(0, 3).map((r) => html`<${Push} key=${r.id} v=${v} r=${r}/>`)}
    ${shown.length > 3 && html`<p class="more">${say(v.lang, "ph.push.more", { n: shown.length - 3 })}</p>`}</div>
    <button class="unlock" onClick=${() => (shown[0] ? v.do.open(shown[0].id) : v.do.go("home"))}>${shown.length ? say(v.lang, "ph.unlock") : html`<span class="vh">${say(v.lang, "ph.tab.home")}</span>\u00a0`}</button>`;
}

const Wallpaper = () => html`<svg class="wp" viewBox="0 0 390 844" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><defs>
  <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#16203f"/><stop offset=".38" stop-color="#3d4a7d"/><stop offset=".58" stop-color="#c98a76"/><stop offset=".66" stop-color="#f0bf8f"/></linearGradient>
  <linearGradient id="sea" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#d99a7c"/><stop offset=".35" stop-color="#4a4d78"/><stop offset="1" stop-color="#10172e"/></linearGradient></defs>
  <rect width="390" height="844" fill="url(#sky)"/><circle cx="286" cy="492" r="26" fill="#ffe3b8"/><path d="M0 520l70-92 40 44 62-104 54 80 40-46 60 82 64-58v150H0z" fill="#56588a"/>
  <path d="M0 560l48-64 60 50 74-86 60 74 58-38 90 62v60H0z" fill="#343a66"/><rect y="588" width="390" height="256" fill="url(#sea)"/><path d="M0 592l90-20 80 14 96-22 124 22v22H0z" fill="#1f2747"/>
  <path d="M262 606h48M250 622h70M266 640h40" stroke="#ffd9a8" stroke-width="3" stroke-linecap="round" opacity=".55"/></svg>`;

// Offline says so and leads back: as a box on the home screen, as a bar over
// what else is shown.
function Offline({ v, bar }) {
  const button = html`<button class=${bar ? "btn sm" : "btn tall gap"} data-testid="phone-go-online" onClick=${() => v.do.change({ online: true })}>${say(v.lang, "ph.online")}</button>`;
  return html`<div class="offbox ${bar ? "bar" : ""}" role="status" data-testid="phone-offline"><${Icon} name="offline" stroke=${2}/><span class="grow"><b>${say(v.lang, "ph.offline.title")}</b>${!bar && say(v.lang, "ph.offline.text", { n: v.s.waiting })}</span>${bar && button}</div>${!bar && button}`;
}

function Home({ v }) {
  const waits = v.s.phone.online ? pending(v.s) : [];
  return html`<div class="hello"><div class="grow"><b>${say(v.lang, "ph.home.hi", { name: v.owner })}</b><span class="num">${phoneNumber(v.s.phone.number)}</span></div>
    <button class="ib" onClick=${() => v.do.go("lock")} aria-label=${say(v.lang, "ph.lock")}><${Icon} name="bell"/></button><button class="ib sliders" data-testid="phone-settings" onClick=${() => v.do.sheet(true)} aria-label=${say(v.lang, "ph.settings")}><${Icon} name="settings"/></button></div>
    <div class="body">${v.s.phone.online ? html`
      <div class="tiles"><button class="tile" data-testid="home-scan" onClick=${() => v.do.go("scan")}><${Icon} name="qr" size=${26}/>${say(v.lang, "ph.home.scan")}</button>
        <button class="tile soft" data-testid="home-myqr" onClick=${v.do.mine}><${Icon} name="user" size=${26}/>${say(v.lang, "ph.home.myqr")}</button></div>
      <div class="sec">${say(v.lang, "ph.home.pending")}${waits.length > 0 && html`<span class="badge count">${waits.length}</span>`}</div>
      ${waits.length ? html`<ul>${waits.map((r) => html`<li key=${r.id}><${Pending} v=${v} r=${r}/></li>`)}</ul>`
        : v.s.greeted ? html`<div class="empty none"><span class="dot"><${Icon} name="check" stroke=${2.4}/></span>${say(v.lang, "ph.home.pending.none")}</div>` : html`<${Grey} rows=${2}/>`}` : html`<${Offline} v=${v}/>`}
    <div class="sec">${say(v.lang, "ph.home.activity")}</div><${Past} v=${v} most=${5}/></div><${Tabs} v=${v}/>`;
}

const Pending = ({ v, r }) => html`<button class="req" data-testid="pending-item" data-reference=${r.reference} onClick=${() => v.do.open(r.id)}><${Avatar} r=${r}/>
  <span class="grow"><b class="trunc">${r.merchantName}</b><small class="trunc">${r.description}</small></span>
  <span class="m"><b class="num">${money(v, r)}</b><small class="num">${r.state === "PROCESSING" ? say(v.lang, "ph.pay.busy") : say(v.lang, "ph.left", { t: remaining(v.lang, v.clock.left(r.expiresAt, r.since)) })}</small></span></button>`;

const Activity = ({ v }) => html`<div class="hello"><b>${say(v.lang, "ph.home.activity")}</b></div><div class="body"><${Days} v=${v}/></div><${Tabs} v=${v}/>`;

const Own = ({ v }) => html`<${Me} v=${v}/><${Tabs} v=${v}/>`;

function Terms({ v, r }) {
  const link = (href, key) => href && html`<a class="r" href=${href} target="_blank" rel="noopener noreferrer"><span class="grow"><b>${say(v.lang, key)}</b></span><${Icon} name="external" size=${20}/></a>`;
  return html`<${Nav} v=${v} r=${r} title=${stepOf(v, r, "terms")} back=${v.do.back}/><div class="body"><div class="mer"><${Avatar} r=${r} size="l"/></div>
    <h2 class="ask">${say(v.lang, "ph.terms.title", { merchant: r.merchantName })}</h2><div class="grp gap-l">${link(r.legalLinks.termsOfSaleUrl, "ph.terms.sale")}${link(r.legalLinks.privacyPolicyUrl, "ph.terms.privacy")}</div></div>
    <div class="foot2"><button class="btn brand act2" data-testid="terms-accept" data-primary onClick=${() => v.do.next("terms")}>${say(v.lang, "ph.terms.accept")}</button>
    <button class="lnk" data-testid="pay-cancel" onClick=${v.do.decline}>${say(v.lang, "ph.pay.cancel")}</button></div>`;
}

function stepOf(v, r, screen) {
  const all = steps(r);
  return say(v.lang, "ph.consent.step", { a: all.indexOf(screen) + 1, b: all.length });
}

const placeOf = (a) => [a.addressLine1, a.addressLine2, `${a.postCode} ${a.city}`, a.country].filter(Boolean).join(", ");

function Address({ v, r }) {
  const all = r.shipping.addresses;
  const chosen = placed(v.s, r);
  return html`<${Nav} v=${v} r=${r} title=${stepOf(v, r, "address")} back=${v.do.back}/><div class="body"><div class="mer"><${Avatar} r=${r} size="l"/></div>
    <h2 class="ask">${say(v.lang, "ph.address.title")}</h2>
    ${all.length > 0 && html`<div class="grp gap-l" role="radiogroup" aria-label=${say(v.lang, "ph.address.title")} onKeyDown=${roved}>${all.map((a) => html`<button class="r" key=${a.id} role="radio" aria-checked=${a.id === chosen} aria-disabled=${!a.reachable} tabindex=${stop(a.id === chosen, !a.reachable || !chosen)} data-testid="address-item" data-address=${a.id} onClick=${() => a.reachable && v.do.address(a.id)}>
      <${Icon} name=${a.type === "work" ? "shop" : "home"}/><span class="grow"><b>${say(v.lang, "ph.address." + (a.type || "home"))}</b><small>${placeOf(a)}</small>${!a.reachable && html`<small class="bad">${say(v.lang, "ph.address.far")}</small>`}</span><i class="radio"></i></button>`)}</div>`}
    ${!chosen && html`<p class="offbox red gap-l flat" role="alert" id="no-address-${v.s.phone.number}"><${Icon} name="warning"/><span>${say(v.lang, all.length ? "ph.address.nowhere" : "ph.address.none")}</span></p>`}</div>
    <div class="foot2"><button class="btn brand act2" data-testid="address-next" data-primary aria-disabled=${!chosen} aria-describedby=${chosen ? null : "no-address-" + v.s.phone.number} onClick=${() => chosen && v.do.next("address")}>${say(v.lang, "ph.continue")}</button>
    <button class="lnk" data-testid="pay-cancel" onClick=${v.do.decline}>${say(v.lang, "ph.pay.cancel")}</button></div>`;
}

function Delivery({ v, r }) {
  const { state, groups, remedy } = v.s.offer;
  const cost = (o) => (o.amount.value ? amount(v.lang, o.amount.currency, o.amount.value) : say(v.lang, "ph.delivery.free"));
  const first = groups[0]?.options[0];
  const option = (g, o) => html`<button class="r" key=${o.id} role="radio" aria-checked=${o.id === v.s.option} tabindex=${stop(o.id === v.s.option, !v.s.option && o === first)} data-testid="delivery-item" data-option=${o.id} onClick=${() => v.do.option(o.id)}>
    <span class="grow"><b>${o.name}</b><small>${[g.brand !== "OTHER" && g.brand, o.estimatedDelivery, o.meta].filter(Boolean).join(" · ")}</small></span><span class="num">${cost(o)}</span><i class="radio"></i></button>`;
  return html`<${Nav} v=${v} r=${r} title=${stepOf(v, r, "delivery")} back=${() => v.do.go("address")} icon="chevron-left"/><div class="body"><div class="mer"><${Avatar} r=${r} size="l"/></div>
    <h2 class="ask">${say(v.lang, "ph.delivery.title")}</h2>
    ${state === "asking" && html`<div class="grp gap-l" role="status" aria-label=${say(v.lang, "ph.scan.waitmerchant")} data-testid="delivery-asking">${[1, 2, 3].map((i) => html`<div class="r ghost" key=${i}><i></i></div>`)}</div>`}
    ${state === "failed" && html`<div class="offbox red gap-l flat" role="alert" data-testid="delivery-failed"><${Icon} name="warning"/><span><b>${say(v.lang, remedy === "address" ? "ph.address.far" : "ph.delivery.failed")}</b></span></div>
      <button class="btn tall gap" data-testid="delivery-retry" onClick=${() => (remedy === "address" ? v.do.go("address") : v.do.options(placed(v.s, r)))}>${say(v.lang, remedy === "address" ? "ph.address.other" : "ph.again")}</button>`}
    ${state === "here" && (groups.length ? html`<div class="grp gap-l" role="radiogroup" aria-label=${say(v.lang, "ph.delivery.title")} onKeyDown=${roved}>${groups.map((g) => g.options.map((o) => option(g, o)))}</div>` : html`<p class="why gap-l">${say(v.lang, "ph.address.far")}</p>`)}</div>
    <div class="foot2"><div class="total"><span>${say(v.lang, "ph.pay.total")}</span><b class="num" data-testid="delivery-total">${money(v, r)}</b></div><button class="btn brand act2" data-testid="delivery-next" data-primary aria-disabled=${!v.s.option} title=${v.s.option ? "" : say(v.lang, "ph.delivery.title")} onClick=${() => v.s.option && v.do.next("delivery")}>${say(v.lang, "ph.continue")}</button>
    <button class="lnk" data-testid="pay-cancel" onClick=${v.do.decline}>${say(v.lang, "ph.pay.cancel")}</button></div>`;
}

const scopeIcons = { name: "user", email: "mail", phoneNumber: "phone", address: "home", birthDate: "clock", nin: "key" };
const scopeOrder = ["name", "email", "phoneNumber", "address", "birthDate", "nin"];

function shared(v, scope) {
  const p = v.s.phone.profile;
  const home = (p.addresses || [])[0];
  return {
    name: [p.firstName, p.lastName].filter(Boolean).join(" ") || v.s.phone.name,
    email: p.email, phoneNumber: phoneNumber(v.s.phone.number), birthDate: p.birthDate, nin: p.nin,
    address: home && [home.addressLine1, home.addressLine2, `${home.postCode} ${home.city}`].filter(Boolean).join(", "),
  }[scope] || "\u2013";
}

function Consent({ v, r }) {
  const scopes = [...r.scopes].sort((a, b) => scopeOrder.indexOf(a) - scopeOrder.indexOf(b));
  return html`<${Nav} v=${v} r=${r} title=${stepOf(v, r, "consent")} back=${v.do.back}/><div class="body" tabindex="0"><div class="mer"><${Avatar} r=${r} size="l"/></div>
    <h2 class="ask">${say(v.lang, "ph.consent.title", { merchant: r.merchantName })}</h2>
    <p class="why">${sayWith(v.lang, "ph.consent.text", "amount", money(v, r))}</p>
    <div class="grp" data-testid="consent-list">${scopes.map((s) => html`<div class="r" key=${s} data-testid="consent-${s}"><${Icon} name=${scopeIcons[s] || "info"}/><span class="grow"><b>${say(v.lang, "scope." + s)}</b><small class="num">${shared(v, s)}</small></span><span class="yes"><${Icon} name="check" size=${20} stroke=${2.4}/></span></div>`)}</div>
    <p class="note"><${Icon} name="info" size=${18}/><span>${say(v.lang, "ph.consent.all")} ${say(v.lang, "ph.consent.legal", { merchant: r.company || r.merchantName })}</span></p></div>
    <div class="foot2"><button class="btn brand act2" data-testid="consent-allow" data-primary onClick=${() => v.do.next("consent")}>${say(v.lang, "ph.consent.allow")}</button>
    <button class="lnk" data-testid="consent-deny" onClick=${v.do.deny}>${say(v.lang, "ph.consent.deny")}</button></div>`;
}

// Lines are shown as the merchant sent them, never corrected.
function Lines({ v, r }) {
  const { orderLines, bottomLine } = r.receipt;
  const vat = orderLines.reduce((sum, l) => sum + (l.isReturn ? -l.totalTaxAmount : l.totalTaxAmount), 0);
  const name = (l) => (Number(l.quantity) > 1 ? `${l.quantity} × ${l.name}` : l.name);
  return html`<ul class="lines" tabindex=${orderLines.length > 6 ? 0 : null} aria-label=${orderLines.length > 6 ? say(v.lang, "ph.pay.details") : null}>${orderLines.map((l, i) => html`<li key=${i}><span>${name(l)}</span><span>${number(v.lang, l.isReturn ? -l.totalAmount : l.totalAmount)}</span></li>`)}</ul>
    <ul>${r.shipping && !r.shipping.chosen && totalOf(v.s, r) > r.amount.value && html`<li><span>${say(v.lang, "ph.delivery")}</span><span>${number(v.lang, totalOf(v.s, r) - r.amount.value)}</span></li>`}<li class="sub"><span>${say(v.lang, "ph.pay.vat")}</span><span>${number(v.lang, vat)}</span></li>
    ${bottomLine.tipAmount > 0 && html`<li class="sub"><span>${say(v.lang, "ph.pay.tip")}</span><span>${number(v.lang, bottomLine.tipAmount)}</span></li>`}
    <li class="tot"><span>${say(v.lang, "ph.pay.total")}</span><span>${money(v, r)}</span></li></ul>`;
}

const CardFace = ({ v, c, i, outcome, small }) => html`<span class="chip c${i % 4}"></span><span class="grow"><b>${c.name}</b> <span class="num dim">${c.last4}</span>
  ${outcome && html`<br/><span class="simnote">${say(v.lang, outcomeKeys[c.outcome] || "ph.cards.ok")}</span>`}${small && html`<small class="bad">${small}</small>`}</span>`;

const outcomeKeys = Object.fromEntries(cardOutcomes);

const Merchant = ({ r }) => html`<div class="mer"><${Avatar} r=${r} size="l"/><h2 data-testid="pay-merchant">${r.merchantName}</h2><p>${r.company ? r.company + ", " : ""}${r.msn}</p></div>`;

function Pay({ v, r, sheet }) {
  const card = cardOf(v.s, r);
  const index = r.cards.indexOf(card);
  const busy = v.s.screen === "busy";
  return html`<${Nav} v=${v} r=${r} title=${steps(r).length > 1 ? stepOf(v, r, "pay") : say(v.lang, "ph.pay.title")} back=${v.do.back} testid="pay-later"/>
    <div class="body" tabindex="0"><${Merchant} r=${r}/><div class="pamt num" data-testid="pay-amount">${money(v, r)}</div>${r.description && html`<p class="pmsg" data-testid="pay-message">${r.description}</p>`}
    ${r.receipt && html`<div class="grp ol gap-l" data-testid="pay-orderlines"><h3><${Icon} name="receipt" size=${16}/>${r.receipt.bottomLine.receiptNumber ? say(v.lang, "ph.pay.receipt", { n: r.receipt.bottomLine.receiptNumber }) : say(v.lang, "ph.pay.details")}</h3><${Lines} v=${v} r=${r}/></div>`}
    <div class="grp ${r.receipt ? "gap" : "gap-l"}"><button class="r" data-testid="pay-card" aria-disabled=${busy} title=${busy ? say(v.lang, "ph.pay.busy") : ""} onClick=${() => busy || v.do.go("cards")}><span class="chip c${index % 4}"></span><span class="grow"><b>${card.name}</b><small class="num">•••• ${card.last4}</small></span><span class="go">${say(v.lang, "ph.pay.change")}</span></button>${r.shipping && html`<${Parcel} v=${v} r=${r} busy=${busy}/>`}</div></div>
    <div class="foot2">${r.autopilotAt && !busy && html`<${Auto} v=${v} r=${r}/>`}
    ${busy ? html`<button class="slide busy" aria-disabled="true">${say(v.lang, "ph.pay.busy")}</button>` : html`<${Slide} v=${v} r=${r}/>${lasting(r) && html`<button class="lnk" data-testid="pay-wait" onClick=${v.do.back}>${say(v.lang, "ph.push.later")}</button>`}<button class="lnk" data-testid="pay-cancel" onClick=${v.do.decline}>${say(v.lang, "ph.pay.cancel")}</button>`}</div>
    ${sheet && html`<${Cards} v=${v} r=${r}/>`}`;
}

// Parcel tells where it goes, and how.
function Parcel({ v, r, busy }) {
  const a = r.shipping.addresses.find((o) => o.id === placed(v.s, r));
  const option = v.s.offer.groups.flatMap((g) => g.options).find((o) => o.id === v.s.option);
  return html`<button class="r" aria-disabled=${busy} title=${busy ? say(v.lang, "ph.pay.busy") : ""} data-testid="pay-delivery" onClick=${() => busy || v.do.go("address")}><${Icon} name="home"/><span class="grow"><b>${option ? option.name : say(v.lang, "ph.delivery.title")}</b>${a && html`<small>${placeOf(a)}</small>`}</span><span class="go">${say(v.lang, "ph.pay.change")}</span></button>`;
}

function Auto({ v, r }) {
  const key = v.s.phone.autopilot.mode === "decline" ? "ph.auto.decline" : "ph.auto.approve";
  return html`<div class="auto" data-testid="auto-countdown"><${Icon} name="bolt" size=${20}/><span class="grow">${say(v.lang, key, { n: Math.ceil(v.clock.left(r.autopilotAt) / 1000) })}</span>
    <button data-testid="auto-stop" onClick=${() => v.do.hold(r.id)}>${say(v.lang, "ph.auto.stop")}</button></div>`;
}

// Slide is a button: touch, click, Enter and Space pay; so does dragging the
// knob past 80 % of the way. Letting go earlier springs back.
function Slide({ v, r }) {
  const start = (event) => {
    const button = event.currentTarget;
    const knob = button.querySelector(".knob");
    const from = event.clientX;
    const way = button.clientWidth - knob.offsetWidth - 14;
    const scale = button.getBoundingClientRect().width / button.clientWidth;
    let moved = 0;
    const move = (e) => {
      moved = Math.max(0, Math.min(way, (e.clientX - from) / scale));
      knob.style.transform = `translateX(${moved}px)`;
    };
    const end = (e) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      knob.style.transform = "";
      delete knob.dataset.held;
      // The click that follows a drag is none.
      button.dragged = moved > 8;
      setTimeout(() => (button.dragged = false));
      if (e.type === "pointerup" && moved > way * 0.8) v.do.pay();
    };
    knob.dataset.held = "";
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  };
  const click = (event) => event.currentTarget.dragged || v.do.pay();
  return html`<button class="slide" data-testid="pay-confirm" data-primary onPointerDown=${start} onClick=${click}>
    <span class="knob"><${Icon} name="arrow-right" size=${24} stroke=${2.2}/></span>${say(v.lang, "ph.pay.confirm")}<span class="vh">, ${say(v.lang, "ph.pay.confirm.long", { amount: money(v, r), merchant: r.merchantName })}</span></button>`;
}

function Cards({ v, r }) {
  const chosen = cardOf(v.s, r);
  return html`<button class="scrim" aria-label=${say(v.lang, "common.close")} onClick=${() => v.do.go("pay")}></button>
    <div class="bs" role="dialog" ref=${trap} aria-modal="true" aria-label=${say(v.lang, "ph.cards.title")} data-testid="card-picker"><h2>${say(v.lang, "ph.cards.title")}</h2>
    <div class="grp" role="radiogroup" aria-label=${say(v.lang, "ph.cards.title")} onKeyDown=${walked}>${r.cards.map((c, i) => html`<button class="r" key=${c.id} role="radio" aria-checked=${c === chosen} tabindex=${stop(c === chosen)} data-testid="card-${c.last4}" onClick=${() => v.do.choose(c.id)}><${CardFace} v=${v} c=${c} i=${i} outcome/><i class="radio"></i></button>`)}</div>
    <p class="tiny">${say(v.lang, "ph.cards.note")}</p></div>`;
}

function Pin(props) {
  if (props.v.s.phone.confirmWith === "fingerprint") return html`<${Touch} ...${props}/>`;
  return html`<${Keypad} ...${props} title="ph.pin.title" touch/>`;
}

// Code is what the bank asks for before it takes the card.
const Code = (props) => html`<${Keypad} ...${props} title="ph.sca"/>`;

function Keypad({ v, r, title, touch }) {
  const key = (d) => html`<button key=${d} data-testid="pin-${d}" onClick=${() => v.do.digit(String(d))}>${d}</button>`;
  return html`<${Nav} v=${v} r=${r} title="" back=${() => v.do.go("pay")} icon="chevron-left"/><div class="body"><div class="mid-page"><${Icon} name="lock" size=${34}/><h2>${say(v.lang, title)}</h2>
    <p>${sayWith(v.lang, "ph.pin.to", "amount", money(v, r), { merchant: r.merchantName })}</p><div class="dots" data-testid="pin-dots" role="img" aria-label="${v.s.pin.length}/4">${[0, 1, 2, 3].map((i) => html`<i class=${i < v.s.pin.length ? "on" : ""}></i>`)}</div>
    ${v.s.pinWrong > 0 && html`<p class="wrong" role="alert" data-testid="pin-wrong">${say(v.lang, "ph.pin.wrong", { n: 3 - v.s.pinWrong })}</p>`}<span class="simnote">${say(v.lang, "ph.pin.hint")}</span></div></div>
    <div class="keys">${[1, 2, 3, 4, 5, 6, 7, 8, 9].map(key)}${touch ? html`<button class="n" data-testid="pin-biometric" aria-label=${say(v.lang, "ph.touch")} onClick=${() => v.do.digit("touch")}><${Icon} name="fingerprint" size=${30}/></button>` : html`<span></span>`}${key(0)}<button class="n" aria-label=${say(v.lang, "ph.delete")} onClick=${() => v.do.digit("")}><${Icon} name="arrow-left" size=${24}/></button></div>`;
}

// Touch is the sheet of the fingerprint reader: it is done in a moment.
const Touch = ({ v, r }) => html`<${Pay} v=${v} r=${r}/><button class="scrim" aria-label=${say(v.lang, "common.close")} onClick=${() => v.do.go("pay")}></button>
  <div class="bs touch" role="dialog" ref=${trap} aria-modal="true" aria-label=${say(v.lang, "ph.touch")}><h2>${say(v.lang, "ph.touch")}</h2><button class="finger" data-testid="pin-biometric" data-primary aria-label=${say(v.lang, "ph.touch")} onClick=${() => v.do.digit("touch")}>
  <svg class="grow-ring" width="96" height="96" viewBox="0 0 96 96" fill="none" aria-hidden="true"><circle cx="48" cy="48" r="44" stroke-width="5"/></svg><${Icon} name="fingerprint" size=${48}/></button></div>`;

function Success({ v, r }) {
  // Which card was taken is known here, or told with what the phone looks back on.
  const last4 = v.s.past?.find((p) => p.id === r.id)?.cardLast4 || (v.s.mine === r.id && cardOf(v.s, r).last4);
  const at = endOf(r);
  return html`<div class="body"><div class="mid-page"><span class="dot ok draws"><${Icon} name="check" size=${48} stroke=${2.6}/></span><h2 class="paid">${say(v.lang, "result.paid")}</h2>
    <div class="pamt num" data-testid="success-amount">${money(v, r)}</div><p>${say(v.lang, "result.paid.to", { merchant: r.merchantName })}</p>${v.s.elsewhere && html`<p>${say(v.lang, "ph.elsewhere")}</p>`}</div>
    <div class="rcp" data-testid="success-receipt"><div class="top0"><${Avatar} r=${r} size="s"/><span class="grow">${r.company || r.merchantName}</span><span class="num">${dayAndTime(v.lang, at)}</span></div>
    <div class="ol">${r.receipt ? html`<${Lines} v=${v} r=${r}/>` : html`<ul><li class="tot"><span>${r.description || say(v.lang, "ph.pay.total")}</span><span>${money(v, r)}</span></li></ul>`}</div>
    <p class="end num">${r.receipt?.bottomLine.receiptNumber && html`${say(v.lang, "ph.pay.receipt", { n: r.receipt.bottomLine.receiptNumber })}<br/>`}
    ${last4 && html`${say(v.lang, "ph.paidwith", { last4 })}<br/>`}${r.scopes.length > 0 && say(v.lang, "ph.shared", { list: r.scopes.map((s) => say(v.lang, "scope." + s).toLowerCase()).join(", ") })}</p>
    ${r.receiptUrl && v.leads(r.receiptUrl) && html`<p class="end"><a class="lnk" href=${r.receiptUrl} target="_blank" rel="noopener noreferrer" data-testid="success-own-receipt">${say(v.lang, "ph.receipt.own")}</a></p>`}</div></div>
    <div class="foot2"><button class="btn brand act2 green" data-testid="success-done" data-primary onClick=${() => v.do.go("home")}>${say(v.lang, "ph.done")}</button><${Homeward} v=${v}/></div>`;
}

// Why a card was refused; the last four are amounts to test with, whose
// refusal is not the card's own.
const reasons = {
  insufficient_funds: "ph.declined.funds", declined: "ph.declined.bank", expired: "ph.declined.expired.now",
  fraud_suspected: "ph.declined.fraud", limit_exceeded: "ph.declined.limit", invalid: "ph.declined.invalid", authentication_denied: "ph.declined.denied",
};

const Sum = ({ v, r, off }) => html`<div class="sum ${off ? "off" : ""}"><${Avatar} r=${r}/><span class="grow"><b class="trunc">${r.merchantName}</b><small>${r.description}</small></span><b class="num">${money(v, r)}</b></div>`;

function DeclinedCard({ v, r }) {
  const over = r.state !== "PENDING"; // the shop takes no second try
  const failed = r.cards.find((c) => c.id === v.s.tried) || r.cards[0];
  const chosen = cardOf(v.s, r);
  return html`<${Nav} v=${v} r=${r} title=${say(v.lang, "ph.pay.title")} back=${v.do.back} timer=${!over}/><div class="body">
    <div class="mid-page"><span class="dot bad"><${Icon} name="card" size=${38}/></span><h2 data-testid="declined-title">${say(v.lang, "ph.declined.title")}</h2>
    <p data-testid="declined-reason">${say(v.lang, reasons[r.failure?.code] || reasons[failed.outcome] || "ph.declined.bank", { last4: failed.last4 })} ${!over && say(v.lang, "ph.declined.retry")}</p></div><${Sum} v=${v} r=${r} off=${over}/>
    ${!over && html`<div class="grp" role="radiogroup" aria-label=${say(v.lang, "ph.cards.title")} onKeyDown=${roved}>${r.cards.map((c, i) => html`<button class="r" key=${c.id} role="radio" aria-checked=${c === chosen} tabindex=${stop(c === chosen)} data-testid="card-${c.last4}" onClick=${() => v.do.choose(c.id, "declined")}><${CardFace} v=${v} c=${c} i=${i} small=${c === failed && say(v.lang, "ph.declined.now")}/><i class="radio"></i></button>`)}</div>`}</div>
    ${over ? html`<${Ways} v=${v} r=${r}/>` : html`<div class="foot2"><button class="btn brand act2" data-testid="declined-retry" data-primary onClick=${v.do.pay}>${say(v.lang, "ph.declined.paywith", { last4: chosen.last4 })}</button><button class="lnk" data-testid="declined-cancel" onClick=${v.do.decline}>${say(v.lang, "ph.pay.cancel")}</button></div>`}`;
}

// Taken is the screen of a request that another phone has open.
const Taken = ({ v }) => html`<${Nav} v=${v} title=${say(v.lang, "ph.pay.title")} back=${() => v.do.go("home")} timer=${false}/><div class="body centre"><div class="mid-page"><span class="dot warn"><${Icon} name="phones" size=${44}/></span><h2>${say(v.lang, "ph.taken")}</h2></div></div>
  <div class="foot2"><button class="btn brand act2" data-testid="taken-again" data-primary onClick=${() => (v.s.taken ? v.do.open(v.s.taken) : v.do.link(v.s.takenLink))}>${say(v.lang, "ph.again")}</button><button class="lnk" onClick=${() => v.do.go("home")}>${say(v.lang, "ph.home.go")}</button></div>`;

// Homeward tells of the way back to the shop, which can be stopped.
const Homeward = ({ v }) => v.s.homeIn !== null && html`<p class="homein" role="status" data-testid="phone-return-in">${say(v.lang, "ph.back.in", { n: v.s.homeIn })} <button class="lnk in" data-testid="phone-stay" onClick=${v.do.stay}>${say(v.lang, "ph.back.stay")}</button></p>`;

// Ways lead on from a payment that came to nothing: to the shop where it is
// worth a second try, and home.
function Ways({ v, r, shop = true }) {
  const back = shop && r.returnUrl && v.leads(r.returnUrl);
  const leave = (event) => (event.preventDefault(), v.do.home(r.returnUrl));
  return html`<div class="foot2">${back && html`<a class="btn brand act2" href=${r.returnUrl} data-testid="expired-back" data-primary onClick=${leave}>${say(v.lang, "result.return")}</a>`}<button class=${back ? "lnk" : "btn brand act2"} data-primary=${String(!back)} onClick=${() => v.do.go("home")}>${say(v.lang, "ph.home.go")}</button><${Homeward} v=${v}/></div>`;
}

function Ended({ v, r, tone, icon, title, text }) {
  return html`<${Nav} v=${v} title=${say(v.lang, "ph.pay.title")} back=${() => v.do.go("home")} timer=${false}/><div class="body centre">
    <div class="mid-page"><span class="dot ${tone}"><${Icon} name=${icon} size=${44}/></span><h2>${title}</h2>${text && html`<p>${text}</p>`}${v.s.elsewhere && html`<p>${say(v.lang, "ph.elsewhere")}</p>`}</div><${Sum} v=${v} r=${r} off/></div>
    <${Ways} v=${v} r=${r} shop=${tone === "warn"}/>`;
}

const TooLate = ({ v, r }) => html`<${Ended} v=${v} r=${r} tone="warn" icon="clock" title=${say(v.lang, "ph.expired.title")}
  text=${say(v.lang, "ph.expired.text", { merchant: r.merchantName, time: timeOfDay(v.lang, endOf(r)) })}/>`;

const Cancelled = ({ v, r }) => html`<${Ended} v=${v} r=${r} tone="mute" icon="cross" title=${say(v.lang, "result.cancelled")}
  text=${say(v.lang, r.state === "TERMINATED" ? "ph.withdrawn" : "ph.cancelled", { merchant: r.merchantName })}/>`;

const needs = { terms: Terms, consent: Consent, address: Address, delivery: Delivery, pay: Pay, busy: Pay, pin: Pin, code: Code, success: Success, declined: DeclinedCard, expired: TooLate, cancelled: Cancelled };
const free = { web: Web, lock: Lock, home: Home, activity: Activity, receipt: ({ v }) => html`<${Receipt} v=${v} Nav=${Nav} Lines=${Lines}/>`, me: Own, profile: ({ v }) => html`<${Profile} v=${v} Nav=${Nav}/>`, taken: Taken, opened: Opened, scan: Scan, checkin: CheckIn, myqr: MyQR };

// Screen draws the phone.
export function Screen({ v }) {
  const { s } = v;
  const r = current(s);
  const screen = (needs[s.screen] || s.screen === "cards") && !r ? "home" : s.screen;
  const inside = screen === "cards" ? html`<${Pay} v=${v} r=${r} sheet/>` : needs[screen] ? html`<${needs[screen]} v=${v} r=${r}/>` : html`<${free[screen] || Home} v=${v}/>`;
  const look = screen === "lock" ? "lock" : screen === "success" ? "green-page" : screen === "scan" ? "dark-page" : "";
  const banner = screen !== "lock" && v.pushes.find((p) => p.id !== s.current);
  const drop = (event) => {
    event.preventDefault();
    pasted({ do: v.do }, event.dataTransfer);
  };
  return html`<section class="ph ${look}" data-testid="phone" data-screen=${screen} data-offline=${String(!s.phone.online)} data-msisdn=${s.phone.number} aria-label="${say(v.lang, "ph.of", { name: v.owner })}, +${s.phone.number}" lang=${v.lang} onDragOver=${(e) => e.preventDefault()} onDrop=${drop}>
    <i class="island"></i><div class="stripe" data-testid="sim-stripe">${say(v.lang, "sim.stripe.phone")}</div>
    <div class="sb"><span class="l">${timeOfDay(v.lang, new Date(v.clock.now()))} <span class="tag">sim</span></span><span class="r"><${Icon} name=${s.phone.online ? "online" : "offline"} size=${17} stroke=${2.2}/><i class="bat"></i></span></div>
    ${s.line === "closed" && html`<div class="offbox red" role="status" data-testid="phone-noanswer"><${Icon} name="offline"/><span class="grow"><b>${say(v.lang, "ph.noanswer")}</b></span><button class="btn sm" data-testid="phone-retry" onClick=${v.do.retry}>${say(v.lang, "ph.again")}</button></div>`}
    ${!s.phone.online && screen !== "home" && html`<${Offline} v=${v} bar/>`}${banner && html`<div class="banner"><${Push} v=${v} r=${banner}/></div>`}
    ${inside}${s.notice && screen !== "scan" && html`<div class="toastline" role="alert" data-testid="toast">${s.notice}</div>`}<i class="hi"></i></section>`;
}
