// What stands beside the phone: the simulator's own ground, in
// the language of the page. Every
// change is saved at once, through the control API; sound and vibration are
// this browser's own choice.
import { html } from "../vendor/preact-htm.js";
import { phone as phoneNumber, timeOfDay } from "../format.js";
import { Icon } from "./draw.js";
import { cardOutcomes, newCard } from "./me.js";
import { allow, canNotify, canVibrate, wanted, want } from "./senses.js";
import { Copy } from "./copy.js";
import { prefer, singleKeys } from "../console/prefs.js";
import { Held } from "./held.js";
import { install, installs } from "./install.js";
import { rowsOf } from "./keys.js";
import { roved } from "./roving.js";
import { trap } from "./trap.js";
import { lang, t } from "./words.js";

const modes = [["off", "user"], ["approve", "check"], ["decline", "cross"], ["ignore", "clock"]];

const Choice = ({ label, value, options, change, testid }) => html`<div class="kv"><span id=${testid + "-label"}>${label}</span><span class="seg" role="radiogroup" aria-labelledby=${testid + "-label"} data-testid=${testid} onKeyDown=${roved}>
  ${options.map(([v, words]) => html`<button key=${v} role="radio" aria-checked=${v === value} tabindex=${v === value ? 0 : -1} data-value=${v} onClick=${() => change(v)}>${words}</button>`)}</span></div>`;

const Switch = ({ label, on, change, testid, hint, off = false }) => html`<div class="kv"><span><span id=${testid + "-label"}>${label}</span>${hint && html`<small class="dim" id=${testid + "-hint"}>${hint}</small>`}</span><button class="sw" role="switch" aria-checked=${on} aria-describedby=${hint ? testid + "-hint" : null} aria-labelledby=${testid + "-label"} data-testid=${testid} aria-disabled=${off} title=${off ? hint : ""} onClick=${() => off || change(!on)}></button></div>`;

export const seconds = (text) => {
  const m = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?/.exec(text || "") || [];
  return Number(m[1] || 0) * 3600 + Number(m[2] || 0) * 60 + Number(m[3] || 0) + Number(m[4] || 0) / 1000;
};

function network(p) {
  if (!p.online) return "offline";
  return seconds(p.latency) > 0 ? "slow" : "online";
}

// slow is a network that takes some seconds, a third of them more or less.
const slow = (s) => ({ latency: `${s}s`, jitter: `${Math.round((s * 1000) / 3)}ms` });

const networks = { online: { online: true, latency: "0s", jitter: "0s" }, slow: { online: true, ...slow(1.5) }, offline: { online: false } };
const tongues = [["en", "English"], ["nb", "Norsk"], ["da", "Dansk"], ["fi", "Suomi"], ["sv", "Svenska"]];

// walletOf gives the market a phone belongs to with another wallet: its
// number's own where that has it.
function marketOf(brand, number) {
  const own = { 47: "NO", 46: "SE", 45: "DK", 358: "FI" }[["358", "47", "46", "45"].find((c) => number.startsWith(c))];
  const fits = brand === "vipps" ? ["NO", "SE"] : ["DK", "FI"];
  return fits.includes(own) ? own : fits[0];
}

// behaviour tells in words what a phone does.
export function behaviour(p) {
  if (!p.online) return t("ctl.does.offline");
  const wait = seconds(p.autopilot.delay);
  const { mode } = p.autopilot;
  if (mode === "ignore") return t("ctl.does.ignore");
  if (mode !== "off") return wait ? t(`ctl.does.${mode}.after`, { n: wait }) : t(`ctl.does.${mode}`);
  const outcome = p.cards[0]?.outcome;
  return ["insufficient_funds", "declined", "expired"].includes(outcome) ? t("ctl.does." + outcome) : t("ctl.does.hand");
}

const Slow = ({ p, change }) => html`<div class="kv"><label for="latency">${t("ctl.latency")}</label><${Held} id="latency" type="number" min="0.2" max="10" step="0.1" value=${seconds(p.latency)} data-testid="phone-latency"
  onChange=${(e) => change(slow(Math.min(10, Math.max(0.2, Number(e.target.value) || 1.5))))}/></div>`;

function Cards({ p, change }) {
  const put = (i, card) => change({ cards: p.cards.map((c, k) => (k === i ? { ...c, ...card } : c)) });
  const add = () => change({ cards: [...p.cards, newCard(t("ph.me.newcard"))] });
  return html`<div data-testid="phone-cards"><h2>${t("ctl.cards")}</h2>${p.cards.map((c, i) => html`<div class="kv cardrow" key=${c.id} data-card=${c.last4}><span class="chip c${i % 4}"></span><span class="grow trunc">${c.name} <span class="num dim">${c.last4}</span></span>
    <select aria-label=${t("ctl.outcome", { card: `${c.name} ${c.last4}` })} data-testid="card-outcome" value=${c.outcome} onChange=${(e) => put(i, { outcome: e.target.value })}>${cardOutcomes.map(([o, key]) => html`<option key=${o} value=${o}>${t(key)}</option>`)}</select>
    ${i === 0 ? html`<span class="badge">${t("ctl.default")}</span>` : html`<button class="btn sm quiet" data-testid="card-default" aria-label=${`${t("ctl.first")}: ${c.name} ${c.last4}`} onClick=${() => change({ cards: [c, ...p.cards.filter((o) => o !== c)] })}>${t("ctl.first")}</button>`}
    <button class="btn sm ghost" aria-label=${t("ph.me.remove", { card: `${c.name} ${c.last4}` })} aria-disabled=${p.cards.length === 1} title=${p.cards.length === 1 ? t("ph.me.lastcard") : ""} onClick=${() => p.cards.length > 1 && change({ cards: p.cards.filter((o) => o !== c) })}><${Icon} name="cross" size=${14}/></button></div>`)}
    <button class="btn sm quiet" data-testid="card-add" onClick=${add}><${Icon} name="plus" size=${14}/>${t("ph.me.addcard")}</button></div>`;
}

// Delay is a slider that can be typed as well.
function Delay({ auto, change }) {
  const both = (event) => {
    for (const field of event.currentTarget.parentElement.querySelectorAll("input")) if (field !== event.target) field.value = event.target.value;
  };
  const save = (event) => {
    const n = Math.min(60, Math.max(0, Math.round(Number(event.target.value)) || 0));
    event.target.value = n;
    change({ autopilot: { ...auto, delay: `${n}s` } });
  };
  return html`<div class="kv"><label for="delay">${t("ctl.delay")}</label><${Held} class="range" type="range" min="0" max="60" step="1" aria-label=${t("ctl.delay.long")} data-testid="phone-delay-slider" value=${seconds(auto.delay)} onInput=${both} onChange=${save}/>
    <${Held} id="delay" type="number" min="0" max="60" step="1" value=${seconds(auto.delay)} data-testid="phone-delay" onInput=${both} onChange=${save}/><span class="dim">s</span></div>`;
}

// Install puts the phone on a home screen, or says why this browser does not.
function Install() {
  const how = installs();
  if (how === "done") return null;
  return html`<div class="kv"><span><span id="install-label">${t("ctl.install")}</span>${how && html`<small class="dim" id="install-hint">${t(how === "menu" ? "ctl.install.menu" : "ctl.notify.insecure")}</small>`}</span>
    <button class="btn sm" data-testid="phone-install" aria-disabled=${how !== ""} aria-describedby=${how ? "install-hint" : null} title=${how ? t(how === "menu" ? "ctl.install.menu" : "ctl.notify.insecure") : ""} onClick=${() => how || install()}>${t("ctl.install.go")}</button></div>`;
}

// Controls are drawn beside the phone, or as a sheet over it.
export function Controls({ v, device, own }) {
  const p = v.s.phone;
  const auto = p.autopilot;
  const change = v.do.change;
  const sense = (name, on) => {
    want(name, on);
    device.set({});
  };
  return html`<aside class="ctl ${v.s.sheet ? "open" : ""}" ref=${v.s.sheet ? trap : null} role=${v.s.sheet ? "dialog" : null} aria-modal=${v.s.sheet ? "true" : null} data-testid="phone-controls" aria-label=${t("ctl.controls")} lang=${lang}>
    <div class="who"><span class="grow"><b>${p.name}</b><span class="num dim">${phoneNumber(p.number)}</span></span><span class="savedmark" role="status">${v.s.saved ? html`<${Icon} name="check" size=${14}/>${t("ctl.saved")}` : ""}</span>
      <button class="ib closes" data-first aria-label=${t("common.close")} data-testid="controls-close" onClick=${() => v.do.sheet(false)}><${Icon} name="cross"/></button></div>
    <${Choice} label=${t("ctl.wallet")} testid="phone-wallet" value=${device.brand} options=${[["vipps", device.boot.labels.vipps], ["mobilepay", device.boot.labels.mobilepay]]} change=${(b) => change({ market: marketOf(b, p.number) })}/>
    <div><h2 id="answer-label">${t("ctl.answer")}</h2><div class="opt" role="radiogroup" aria-labelledby="answer-label" data-testid="phone-answer" onKeyDown=${roved}>
      ${modes.map(([mode, icon]) => html`<button key=${mode} role="radio" aria-checked=${auto.mode === mode} tabindex=${auto.mode === mode ? 0 : -1} data-value=${mode} onClick=${() => change({ autopilot: { ...auto, mode } })}><${Icon} name=${icon} size=${20}/>${t("ctl.mode." + mode)}</button>`)}</div>
      <${Delay} auto=${auto} change=${change}/>
      <div class="kv"><label for="card">${t("ctl.card")}</label><select id="card" data-testid="phone-card" value=${auto.cardId || p.cards[0]?.id} onChange=${(e) => change({ autopilot: { ...auto, cardId: e.target.value } })}>
      ${p.cards.map((c) => html`<option key=${c.id} value=${c.id}>${c.name} ${c.last4}</option>`)}</select></div></div>
    <div><h2>${t("ctl.network")}</h2><${Choice} label=${t("ctl.connection")} testid="phone-network" value=${network(p)} options=${["online", "slow", "offline"].map((n) => [n, t("ctl." + n)])} change=${(n) => change(networks[n])}/>
      ${network(p) === "slow" && html`<${Slow} p=${p} change=${change}/>`}
      <${Switch} label=${t("ctl.push")} testid="phone-push" on=${p.pushOn} change=${(on) => change({ pushOn: on })}/></div>
    <div><h2>${t("ctl.device")}</h2><${Choice} label=${t("ctl.confirm")} testid="phone-confirm" value=${p.confirmWith} options=${["nothing", "fingerprint", "pin"].map((c) => [c, t("ctl." + c)])} change=${(c) => change({ confirmWith: c })}/>
      <${Switch} label=${t("ctl.sound")} testid="phone-sound" on=${wanted("sound")} change=${(on) => sense("sound", on)}/>
      ${canVibrate() && html`<${Switch} label=${t("ctl.vibrate")} testid="phone-vibrate" on=${wanted("vibrate")} change=${(on) => sense("vibrate", on)}/>`}
      <${Switch} label=${t("ctl.notify")} testid="phone-notify" on=${wanted("notify") && !canNotify()} off=${canNotify() !== ""} hint=${canNotify() && t("ctl.notify." + canNotify())} change=${async (on) => sense("notify", on && (await allow()))}/>
      <${Switch} label=${t("ctl.singlekeys")} testid="phone-singlekeys" on=${singleKeys()} change=${(on) => (prefer("keys", on ? "" : "off"), device.set({}))}/>
      ${own && html`<${Install}/>`}
      <${Switch} label=${t("ctl.ask")} testid="phone-ask" on=${p.alwaysAsk} change=${(on) => change({ alwaysAsk: on })}/>
      <div class="kv"><label for="language">${t("ctl.language")}</label><select id="language" data-testid="phone-lang" value=${p.language} onChange=${(e) => change({ language: e.target.value })}>${tongues.map(([l, words]) => html`<option key=${l} value=${l}>${words}</option>`)}</select></div></div>
    <${Cards} p=${p} change=${change}/>
    <div class="dashed"><img src="${v.prefix}/phone/${p.number}/open.svg" width="96" height="96" alt=${t("ctl.own.alt", { name: v.owner })}/><div><b>${t("ctl.own")}</b><p>${t("ctl.own.text", { name: v.owner })}</p><a class="mono" href="${v.address}/phone/${p.number}">${v.address}/phone/${p.number}</a><${Copy} of="a" testid="phone-url-copy"/></div></div>
    <div><h2>${t("ctl.log")}</h2><ol class="log" data-testid="phone-log" tabindex=${v.s.log.length > 8 ? 0 : null} aria-label=${t("ctl.log")}>${v.s.log.map((l, i) => html`<li key=${v.s.log.length - i}><time>${timeOfDay(lang, new Date(l.at), true)}</time><span>${l.line}</span></li>`)}${!v.s.log.length && html`<li class="dim">${t("ctl.log.none")}</li>`}</ol></div>
    ${own && html`<div class="only-keys"><h2>${t("ctl.keys")}</h2><div class="keyhelp">${rowsOf("phone").map(([k, words]) => html`<span key=${k}><kbd>${k}</kbd>${words}</span>`)}</div></div>`}</aside>`;
}

// List leads to the other phones.
export function List({ v, device }) {
  return html`<aside class="plist" data-testid="phone-list"><h2>${t("wall.phones")}</h2><nav aria-label=${t("wall.phones")}>${device.boot.phones.map((o) => {
    const p = o.number === v.s.phone.number ? v.s.phone : o;
    return html`<a class="pi" key=${p.number} href="${v.prefix}/phone/${p.number}" aria-current=${p.number === v.s.phone.number}>
    <span class="pic" aria-hidden="true">${p.name[0]}</span><span class="grow"><b class="trunc">${p.name.split(" ")[0]}</b><small class="trunc">${behaviour(p)}</small></span>
    ${p === v.s.phone && v.s.requests.some((r) => r.state === "PENDING") && html`<span class="badge info num">${v.s.requests.filter((r) => r.state === "PENDING").length}</span>`}${!p.online && html`<${Icon} name="offline" size=${16}/>`}</a>`;
  })}</nav><a class="btn sm quiet" href="${v.prefix}/phone?add=1" data-testid="phone-add" title=${t("wall.add")}><${Icon} name="plus" size=${14}/>${t("wall.add")}</a><a class="btn sm quiet" href="${v.prefix}/phone" title=${t("ctl.side")}><${Icon} name="phones" size=${14}/>${t("ctl.side")}</a></aside>`;
}
