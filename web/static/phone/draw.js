// Small parts every screen is made of.
import { html } from "../vendor/preact-htm.js";
import { icons } from "../icons.js";
import { texts } from "../texts.js";
import { initials, tint, remaining } from "../format.js";
import { ringState } from "../clock.js";

// lengthened is the storybook's pseudo-language, as in pseudo.go.
function lengthened(text) {
  const longer = text.replace(/(\{\w+\})|([aeiouy])/gi, (all, name, vowel) => name || vowel + vowel.toLowerCase());
  return longer.padEnd(Math.ceil(text.length * 1.4), "o");
}

// say gives a text in a language, its placeholders filled.
export function say(lang, key, values = {}) {
  const forms = (texts[`${key}.${values.n}`] || texts[key]) ?? {};
  const text = lang === "pseudo" ? lengthened(forms.en ?? key) : (forms[lang] ?? forms.en ?? key);
  return text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

// sayWith gives a text with one value set in bold.
export function sayWith(lang, key, name, value, others = {}) {
  const [head, tail = ""] = say(lang, key, others).split(`{${name}}`);
  return html`${head}<b class="num strong">${value}</b>${tail}`;
}

export const Icon = ({ name, size = 22, stroke = 1.8 }) => html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
  stroke-width=${stroke} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" dangerouslySetInnerHTML=${{ __html: icons[name] }}></svg>`;

export const Mark = ({ size = 20 }) => html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none" aria-hidden="true"
  dangerouslySetInnerHTML=${{ __html: icons.mark }}></svg>`;

export const Avatar = ({ r, size = "" }) => html`<span class="ava ${size} ${tint(r.msn)}" aria-hidden="true">${initials(r.merchantName)}</span>`;

// Grey stands where rows will be, once loading takes a while.
export const Grey = ({ rows }) => html`<div class="greys" aria-hidden="true">${Array.from({ length: rows }, (_, i) => html`<i key=${i}></i>`)}</div>`;

const calm = matchMedia("(prefers-reduced-motion: reduce)");

// Left is the pill that says how much time remains. For a reader who asked for
// less motion its ring goes in steps of a second.
export function Left({ r, lang, clock, testid }) {
  const since = r.since || r.createdAt;
  const left = clock.left(r.expiresAt, since);
  const share = (calm.matches ? Math.ceil(left / 1000) * 1000 : left) / Math.max(1, Date.parse(r.expiresAt) - Date.parse(since));
  const round = 2 * Math.PI * 8.5;
  return html`<span class="pill" data-testid=${testid} role="timer" aria-live="off"><span class="ring" data-left=${ringState(left)}><svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true">
    <circle class="trk" cx="10" cy="10" r="8.5" stroke-width="3"/><circle class="val" cx="10" cy="10" r="8.5" stroke-width="3" stroke-dasharray="${(round * share).toFixed(1)} ${round.toFixed(1)}"/></svg></span>
    ${clock.frozen && html`<${Icon} name="frozen" size=${12}/><span class="vh">${say(lang, "clock.frozen")}</span>`}${remaining(lang, left)}</span>`;
}
