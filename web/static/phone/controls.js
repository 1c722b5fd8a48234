// What stands beside the phone: the simulator's own ground, in English. Every
// change is saved at once, through the control API.
import { html } from "../vendor/preact-htm.js";
import { phone as phoneNumber } from "../format.js";
import { Icon } from "./draw.js";

const modes = [["off", "user", "I decide"], ["approve", "check", "Approve"], ["decline", "cross", "Decline"], ["ignore", "clock", "Ignore"]];
const keys = [["A", "approve"], ["D", "decline"], ["F", "fail card"], ["X", "expire"], ["Enter", "main button"], ["Esc", "back"], ["H", "home"], ["L", "lock"], ["S", "scan"], ["1–9", "pick"]];

const Choice = ({ label, value, options, change, testid }) => html`<div class="kv"><span id=${testid + "-label"}>${label}</span><span class="seg" role="radiogroup" aria-labelledby=${testid + "-label"} data-testid=${testid}>
  ${options.map(([v, words]) => html`<button key=${v} role="radio" aria-checked=${v === value} onClick=${() => change(v)}>${words}</button>`)}</span></div>`;

const Switch = ({ label, on, change, testid }) => html`<div class="kv"><span id=${testid + "-label"}>${label}</span><button class="sw" role="switch" aria-checked=${on} aria-labelledby=${testid + "-label"} data-testid=${testid} onClick=${() => change(!on)}></button></div>`;

const seconds = (text) => {
  const m = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?/.exec(text || "") || [];
  return Number(m[1] || 0) * 3600 + Number(m[2] || 0) * 60 + Number(m[3] || 0) + Number(m[4] || 0) / 1000;
};

function network(p) {
  if (!p.online) return "offline";
  return seconds(p.latency) > 0 ? "slow" : "online";
}

const networks = { online: { online: true, latency: "0s" }, slow: { online: true, latency: "1.5s" }, offline: { online: false } };
const tongues = [["en", "English"], ["nb", "Norsk"], ["da", "Dansk"], ["fi", "Suomi"], ["sv", "Svenska"]];

export function Controls({ v }) {
  const p = v.s.phone;
  const auto = p.autopilot;
  const change = v.do.change;
  return html`<aside class="ctl" data-testid="phone-controls" aria-label="Controls">
    <div class="who"><b>${p.name}</b><span class="dim num">${phoneNumber(p.number)}</span></div>
    <div><h2>When a request comes</h2><div class="opt" role="radiogroup" aria-label="When a request comes" data-testid="phone-answer">
      ${modes.map(([mode, icon, words]) => html`<button key=${mode} role="radio" aria-checked=${auto.mode === mode} onClick=${() => change({ autopilot: { ...auto, mode } })}><${Icon} name=${icon} size=${20}/>${words}</button>`)}</div>
      <div class="kv"><label for="delay">Wait first, seconds</label><input id="delay" type="number" min="0" max="60" step="1" value=${seconds(auto.delay)} data-testid="phone-delay" onChange=${(e) => change({ autopilot: { ...auto, delay: `${Math.min(60, Math.max(0, Number(e.target.value) || 0))}s` } })}/></div>
      <div class="kv"><label for="card">Pay with</label><select id="card" data-testid="phone-card" value=${auto.cardId || p.cards[0]?.id} onChange=${(e) => change({ autopilot: { ...auto, cardId: e.target.value } })}>
      ${p.cards.map((c) => html`<option key=${c.id} value=${c.id}>${c.name} ${c.last4}</option>`)}</select></div></div>
    <div><h2>Network</h2><${Choice} label="Connection" testid="phone-network" value=${network(p)} options=${[["online", "Online"], ["slow", "Slow"], ["offline", "Offline"]]} change=${(n) => change(networks[n])}/>
      <${Switch} label="Deliver push messages" testid="phone-push" on=${p.pushOn} change=${(on) => change({ pushOn: on })}/></div>
    <div><h2>This device</h2><${Choice} label="Confirm with" testid="phone-confirm" value=${p.confirmWith} options=${[["nothing", "Nothing"], ["fingerprint", "Fingerprint"], ["pin", "PIN"]]} change=${(c) => change({ confirmWith: c })}/>
      <div class="kv"><label for="language">Language</label><select id="language" data-testid="phone-lang" value=${p.language} onChange=${(e) => change({ language: e.target.value })}>${tongues.map(([l, words]) => html`<option key=${l} value=${l}>${words}</option>`)}</select></div></div>
    <div><h2>Keys</h2><div class="keyhelp">${keys.map(([k, words]) => html`<span key=${k}><kbd>${k}</kbd>${words}</span>`)}</div></div></aside>`;
}

export function List({ v }) {
  return html`<aside class="plist" data-testid="phone-list"><h2>Phones</h2><nav aria-label="Phones">${v.phones.map((p) => html`<a class="pi" key=${p.number} href="${v.prefix}/phone/${p.number}" aria-current=${p.number === v.s.phone.number}>
    <span class="pic" aria-hidden="true">${p.name[0]}</span><span class="grow"><b class="trunc">${p.name.split(" ")[0]}</b><small class="num">${phoneNumber(p.number)}</small></span></a>`)}</nav></aside>`;
}
