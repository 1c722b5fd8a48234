// The owner: who they are, what they pay with, and what they shared with whom.
import { html } from "../vendor/preact-htm.js";
import { dayAndTime, phone as phoneNumber } from "../format.js";
import { Icon, say } from "./draw.js";

export const cardOutcomes = [["works", "ph.cards.ok"], ["works_after_decline", "ph.cards.second"], ["works_slowly", "ph.cards.slow"], ["declined", "ph.cards.declined"], ["insufficient_funds", "ph.cards.funds"], ["expired", "ph.cards.expired.now"]];

// newCard is a card to add by hand, which works.
export function newCard(name) {
  const last4 = String(1000 + Math.floor(Math.random() * 9000));
  return { id: "card-" + last4, name, bin: "429198", last4, outcome: "works" };
}

function Cards({ v }) {
  const { cards } = v.s.phone;
  const put = (i, card) => v.do.change({ cards: cards.map((c, k) => (k === i ? { ...c, ...card } : c)) });
  return html`<div class="sec">${say(v.lang, "ph.me.cards")}</div><div class="grp">${cards.map((c, i) => html`<div class="r mine" key=${c.id} data-testid="me-card" data-card=${c.last4}><span class="chip c${i % 4}"></span><span class="grow"><b class="trunc">${c.name}</b> <span class="num dim">${c.last4}</span>
    <label class="simnote pick"><span class="vh">${say(v.lang, "ph.me.outcome", { card: `${c.name} ${c.last4}` })}</span><select value=${c.outcome} onChange=${(e) => put(i, { outcome: e.target.value })}>${cardOutcomes.map(([o, key]) => html`<option key=${o} value=${o}>${say(v.lang, key)}</option>`)}</select></label></span>
    <button class="ib" aria-label=${say(v.lang, "ph.me.remove", { card: `${c.name} ${c.last4}` })} aria-disabled=${cards.length === 1} title=${cards.length === 1 ? say(v.lang, "ph.me.lastcard") : ""} onClick=${() => cards.length > 1 && v.do.change({ cards: cards.filter((o) => o !== c) })}><${Icon} name="cross" size=${18}/></button></div>`)}</div>
    <button class="btn tall gap" data-testid="me-card-add" onClick=${() => v.do.change({ cards: [...cards, newCard(say(v.lang, "ph.me.newcard"))] })}><${Icon} name="plus" size=${18}/>${say(v.lang, "ph.me.addcard")}</button>`;
}

const Shared = ({ v }) => html`<div class="sec">${say(v.lang, "ph.me.shared")}</div>${v.s.shares?.length ? html`<div class="grp">${v.s.shares.map((s) => html`<div class="r" key=${s.msn} data-testid="me-shared" data-msn=${s.msn}><${Icon} name="shield"/><span class="grow"><b class="trunc">${s.merchant}</b><small>${s.scopes.map((o) => say(v.lang, "scope." + o)).join(", ")}<br/>${dayAndTime(v.lang, new Date(s.at))}</small></span>
  <button class="btn sm" data-testid="me-forget" aria-label=${say(v.lang, "ph.me.forget.of", { merchant: s.merchant })} onClick=${() => v.do.forget(s.msn)}>${say(v.lang, "ph.me.forget")}</button></div>`)}</div><p class="tiny">${say(v.lang, "ph.me.shared.note")}</p>` : html`<p class="empty">${say(v.lang, "ph.me.shared.none")}</p>`}`;

const nameOf = (p) => [p.profile.firstName, p.profile.lastName].filter(Boolean).join(" ") || p.name;
const placeOf = (a) => [a.addressLine1, `${a.postCode} ${a.city}`].join(", ");

export function Me({ v }) {
  const p = v.s.phone;
  const row = (icon, key, value) => html`<div class="r"><${Icon} name=${icon}/><span class="grow"><b>${say(v.lang, key)}</b><small class="num">${value || "\u2013"}</small></span></div>`;
  return html`<div class="hello"><div class="grow"><b>${nameOf(p)}</b><span class="num">${phoneNumber(p.number)}</span></div><button class="ib" data-testid="me-edit" aria-label=${say(v.lang, "ph.me.edit")} onClick=${() => v.do.go("profile")}><${Icon} name="settings"/></button></div>
    <div class="body"><div class="sec">${say(v.lang, "ph.me.about")}</div><div class="grp" data-testid="me-profile">${row("mail", "scope.email", p.profile.email)}${row("clock", "scope.birthDate", p.profile.birthDate)}${(p.profile.addresses || []).map((a, i) => html`<div class="r" key=${i}><${Icon} name="home"/><span class="grow"><b>${say(v.lang, "ph.address." + typeOf(a, i))}</b><small>${placeOf(a)}</small></span></div>`)}</div>
    <${Cards} v=${v}/><${Shared} v=${v}/></div>`;
}

// typeOf is what sort of address one is: a new one is first a home, then work.
const typeOf = (a, i) => a.type || (i ? "work" : "home");

// Profile is the form that changes what the owner can share. Addresses other
// than the first two stay as they are.
export function Profile({ v, Nav }) {
  const p = v.s.phone;
  const places = [0, 1].map((i) => p.profile.addresses?.[i] || {});
  const save = async (event) => {
    event.preventDefault();
    const e = event.target.elements;
    const value = (name) => e[name].value.trim();
    const kept = (p.profile.addresses || []).slice(2);
    const addresses = places.map((a, i) => ({ ...a, type: value(`type${i}`), addressLine1: value(`line${i}`), postCode: value(`code${i}`), city: value(`city${i}`), country: value(`country${i}`).toUpperCase() })).filter((a) => a.addressLine1 || a.city || a.postCode);
    const saved = await v.do.change({ name: value("name") || p.name, profile: { firstName: value("first"), lastName: value("last"), email: value("email"), birthDate: value("birth"), nin: value("nin"), addresses: [...addresses, ...kept] } });
    if (saved) v.do.go("me");
  };
  const field = (name, key, was, more = {}) => html`<label class="lab2">${say(v.lang, key)}<input class="fld2" name=${name} autocomplete="off" maxlength="100" defaultValue=${was || ""} ...${more}/></label>`;
  return html`<${Nav} v=${v} title=${say(v.lang, "ph.me.edit")} back=${() => v.do.go("me")} icon="chevron-left" timer=${false}/>
    <form class="body profile" data-testid="me-form" onSubmit=${save}>${field("name", "ph.me.phonename", p.name, { required: true })}${field("first", "ph.me.first", p.profile.firstName)}${field("last", "ph.me.last", p.profile.lastName)}
    ${field("email", "scope.email", p.profile.email, { type: "email" })}${field("birth", "scope.birthDate", p.profile.birthDate, { type: "date" })}${field("nin", "scope.nin", p.profile.nin, { inputmode: "numeric" })}
    ${places.map((a, i) => html`<fieldset key=${i}><legend>${say(v.lang, "ph.address." + typeOf(a, i))}</legend>
      <label class="lab2">${say(v.lang, "ph.me.addresstype")}<select class="fld2" name=${`type${i}`} defaultValue=${typeOf(a, i)}>${["home", "work", "other"].map((k) => html`<option key=${k} value=${k} selected=${k === typeOf(a, i)}>${say(v.lang, "ph.address." + k)}</option>`)}</select></label>${field(`line${i}`, "ph.me.street", a.addressLine1)}<div class="two">${field(`code${i}`, "ph.me.postcode", a.postCode)}${field(`city${i}`, "ph.me.city", a.city)}</div>${field(`country${i}`, "ph.me.country", a.country || p.market, { maxlength: 2 })}</fieldset>`)}
    <button class="btn brand act2" data-testid="me-save" data-primary>${say(v.lang, "ph.me.save")}</button></form>`;
}
