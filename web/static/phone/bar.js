// What the bar over phones shows of the simulator: its clock, which can be
// bent from here, and whether it answers.
import { html } from "../vendor/preact-htm.js";
import { timeOfDay } from "../format.js";
import { Icon } from "./draw.js";
import { lang, t } from "./words.js";

const speeds = [1, 10, 60, 300];

const turn = (prefix, path, method, body) => fetch(`${prefix}/sim/v1/clock${path}`, { method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body) }).catch(() => null);

// Bar takes the clock, the state of the line ("open", "connecting" or
// "closed") and what tries it again.
export function Bar({ prefix, clock, line, retry }) {
  const next = speeds[(speeds.indexOf(clock.speed) + 1) % speeds.length] || 1;
  const button = (id, words, act, more = {}) => html`<button class="b" data-testid=${id} onClick=${act} ...${more}>${words}</button>`;
  const forward = (minutes) => button("clock-plus" + minutes, t("clock.forward", { n: minutes }), () => turn(prefix, "/advance", "POST", { by: minutes + "m" }));
  return html`<div class="clk num ${clock.frozen ? "frozen" : ""}" role="group" aria-label=${t("clock.name")} data-testid="clock"><span class="now"><${Icon} name=${clock.frozen ? "frozen" : "clock"} size=${16}/><time data-testid="clock-now">${timeOfDay(lang, new Date(clock.now()), true)}</time>${clock.frozen && html`<span class="word">${t("clock.frozen")}</span>`}</span>
    ${button("clock-freeze", html`<${Icon} name=${clock.frozen ? "play" : "pause"} size=${16}/>`, () => turn(prefix, clock.frozen ? "/resume" : "/freeze", "POST"), { "aria-label": t(clock.frozen ? "clock.resume" : "clock.freeze"), title: t(clock.frozen ? "clock.resume" : "clock.freeze") })}
    ${forward(1)}${forward(5)}${button("clock-speed", "×" + clock.speed, () => turn(prefix, "", "PUT", { speed: next }), { "aria-label": t("clock.speed", { n: clock.speed }), title: t("clock.speed", { n: clock.speed }) })}</div>
    <span class="live" data-testid="live" data-state=${line}>${t("live." + line)}</span>${line === "closed" && html`<button class="btn sm quiet" data-testid="live-retry" onClick=${retry}>${t("live.retry")}</button>`}`;
}
