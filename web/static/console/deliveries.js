// What deliveries of webhooks look like, wherever they are shown.
import { html } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Badge, useAsked, at, span } from "./parts.js";

// eventName is an event's own word: "Authorized".
export const eventName = (type) => {
  const word = type.split(".").at(-2) || type;
  return word[0].toUpperCase() + word.slice(1).replaceAll("-", " ");
};

const cause = (error) => (/refused/i.test(error) ? "Connection refused" : /timeout|deadline|in time/i.test(error) ? "No answer in time" : /no such host/i.test(error) ? "No such host" : "No answer");

// failed tells whether the newest try was in vain.
export const failed = (d) => Boolean(d.last && !d.last.ok) || d.state === "dropped";

export function Outcome({ d, clock }) {
  if (d.state === "dropped") return html`<${Badge} tone="fault" icon="warning" title=${d.reason}>${/fault/i.test(d.reason || "") || !d.reason ? "Dropped by a fault" : "Dropped"}<//>`;
  if (d.state === "held") return html`<${Badge} icon="pause" title="An earlier event of this payment has not been accepted yet">Held back<//>`;
  if (d.state === "waiting" && !d.last) return html`<${Badge} tone="info" icon="clock">Waiting<//>`;
  if (d.state === "waiting" && d.nextTryAt) {
    const left = Math.max(0, Date.parse(d.nextTryAt) - clock.now());
    return html`<${Badge} tone="warn" icon="clock" title=${d.last.error || `answered ${d.last.status}`}>Again in ${span(Math.ceil(left / 1000) * 1000)}<//>`;
  }
  if (d.last?.ok) return html`<${Badge} tone="ok" icon="check">${d.last.status}<//>`;
  if (d.last?.status) return html`<${Badge} tone="bad" icon="cross">${d.last.status}<//>`;
  if (d.last) return html`<${Badge} tone="bad" icon="cross" title=${d.last.error}>${cause(d.last.error || "")}<//>`;
  return html`<${Badge} icon="minus" title=${d.reason}>Given up<//>`;
}

// Tries lists the tries of one delivery.
export function Tries({ id, version, delivery }) {
  const { data } = useAsked(() => sim("/deliveries/" + id), [id, version]);
  const all = data?.attempts || [];
  if (!all.length) return html`<p class="dim">No try yet${delivery?.state === "held" ? ": an earlier event has not been accepted" : ""}.</p>`;
  return html`<div class="att" data-testid="webhook-attempts">${all.map((t) => html`<div key=${t.n}><span class="num">${t.n}</span>${t.response ? html`<span class="code-s ${t.ok ? "ok" : "bad"}">${t.response.status}</span>` : html`<span class="code-s bad">no answer</span>`}<span class="num">after ${Math.max(1, Math.round(t.tookMs))} ms</span><span class="dim grow">${[t.error, t.manual && "by hand"].filter(Boolean).join(", ")}</span><span class="num dim">${at(t.at)}</span>${t.fault && html`<${Badge} tone="fault" icon="warning">${t.fault}<//>`}</div>`)}</div>`;
}
