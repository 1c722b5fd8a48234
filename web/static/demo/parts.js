// Small parts that both demos are made of.
import { html } from "../vendor/preact-htm.js";
import { icons } from "../icons.js";
import { Clock, ringState } from "../clock.js";
import { remaining, timeOfDay } from "../format.js";

export const Icon = ({ name, size = 15, stroke = 1.8 }) => html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width=${stroke} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" dangerouslySetInnerHTML=${{ __html: icons[name] }}></svg>`;

// clock is the simulator's, as the stream last told it.
export const clock = new Clock();
let known = false;

// passed is how many milliseconds of its time have passed since a moment.
export const passed = (at) => (known && at ? Math.max(0, clock.now() - Date.parse(at)) : 0);

export function told(reading) {
  clock.told(reading);
  known = true;
}

// showClock writes the time into the page's head.
export function showClock(element) {
  if (!known || !element) return;
  element.textContent = timeOfDay("en", new Date(clock.now()), true) + (clock.frozen ? " frozen" : "");
}

// Choice is one of few, with the arrow keys of a group of radio buttons.
export function Choice({ label, all, chosen, choose }) {
  const move = (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const n = (all.findIndex(([id]) => id === chosen) + by + all.length) % all.length;
    choose(all[n][0]);
    event.currentTarget.children[n].focus();
  };
  return html`<div class="seg switch" role="radiogroup" aria-label=${label} onKeyDown=${move}>${all.map(([id, word]) => html`<button role="radio" aria-checked=${String(id === chosen)} tabindex=${id === chosen ? 0 : -1} onClick=${() => choose(id)}>${word}</button>`)}</div>`;
}

const window = 300000; // what the documentation gives for each of two steps

// Ring counts down to the next of the limits a merchant knows. Of the last it
// knows only that the request is over then.
export function Ring({ limits }) {
  if (!known || !limits?.length) return null;
  const next = limits.find((at) => Date.parse(at) > clock.now()) || limits.at(-1);
  const left = Math.min(window, clock.left(next));
  const round = 2 * Math.PI * 29;
  return html`<span class="ring" role="timer" aria-live="off" data-testid="taxi-ring" data-left=${ringState(left)}><svg width="64" height="64" viewBox="0 0 64 64" fill="none" aria-hidden="true"><circle class="trk" cx="32" cy="32" r="29" stroke-width="6"/><circle class="val" cx="32" cy="32" r="29" stroke-width="6" stroke-dasharray="${(round * left) / window} ${round}"/></svg><span class="t"><b>${remaining("en", left)}</b></span></span>`;
}
