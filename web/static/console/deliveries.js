// What deliveries of webhooks look like, wherever they are shown.
import { html } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Badge, Button, useAsked, at, span } from "./parts.js";

// eventName is an event's own word: "Authorized".
export const eventName = (type) => {
  const word = type.split(".").at(-2) || type;
  return word[0].toUpperCase() + word.slice(1).replaceAll("-", " ");
};

const cause = (error) => (/refused/i.test(error) ? "Connection refused" : /timeout|deadline|in time/i.test(error) ? "No answer in time" : /no such host/i.test(error) ? "No such host" : "No answer");

// failed tells whether the newest try was in vain.
export const failed = (d) => Boolean(d.last && !d.last.ok) || d.state === "dropped";

export function Outcome({ d, clock }) {
  if (d.state === "dropped" && /fault/i.test(d.reason || "fault")) return html`<${Badge} tone="fault" icon="warning" title=${d.reason}>Dropped by a fault<//>`;
  if (d.state === "dropped" && /seven days/.test(d.reason)) return html`<${Badge} tone="bad" icon="cross" title=${d.reason}>Dropped after 7 days<//>`;
  if (d.state === "held") return html`<${Badge} icon="pause" title=${`${d.heldBy ? eventName(d.heldBy.event) : "An earlier event"} of this payment has not been accepted yet`}>Held back${d.heldBy && html`<span class="hm">by ${eventName(d.heldBy.event)}</span>`}<//>`;
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

// Signed says whether a receiver would find a try's signature right.
export const Signed = ({ t }) => (t.signatureValid === undefined ? null : html`<span class=${t.signatureValid ? "dim" : "bad"}>signature ${t.signatureValid ? "valid" : "not valid"}</span>`);

// Tries lists the tries of one delivery.
export function Tries({ id, version, delivery }) {
  const { data } = useAsked(() => sim("/deliveries/" + id), [id, version]);
  const all = data?.attempts || [];
  if (!all.length) return html`<p class="dim">No try yet${delivery?.state === "held" ? ": an earlier event has not been accepted" : ""}.</p>`;
  return html`<div class="att" data-testid="webhook-attempts">${all.map((t) => html`<div key=${t.n}><span class="num">${t.n}</span>${t.response ? html`<span class="code-s ${t.ok ? "ok" : "bad"}">${t.response.status}</span>` : html`<span class="code-s bad">no answer</span>`}<span class="num">after ${Math.max(1, Math.round(t.tookMs))} ms</span><span class="dim grow">${[t.error, t.manual && "by hand"].filter(Boolean).join(", ")}</span><span class="num dim">${at(t.at)}</span><${Signed} t=${t}/>${t.fault && html`<${Badge} tone="fault" icon="warning">${t.fault}<//>`}</div>`)}</div>`;
}

// events are the types of events that a payment's webhooks tell, with what
// each means.
export const events = [
  ["created", "Somebody asked for a payment"], ["authorized", "The customer approved"], ["aborted", "The customer said no"], ["expired", "Nobody answered in time"],
  ["cancelled", "The merchant let a reservation go"], ["captured", "The merchant took the money"], ["refunded", "The merchant gave money back"], ["terminated", "The merchant stopped the payment"],
].map(([name, text]) => [`epayments.payment.${name}.v1`, text]);

// checkedIn stands apart: one registration of a sales unit may have it.
export const checkedIn = ["user.checked-in.v1", "Somebody scanned a callback code; for one registration per sales unit"];

// only is what the list of deliveries was narrowed to, while other pages are
// looked at.
export const only = { state: "", event: "", registration: "" };

// rungs are the kinds of waits before a try, in words, and how many tries come
// after one of each.
const rungs = [["At once", 1], ["2 s", 3], ["60 s", 1], ["120 s", 1], ["Hourly", 23], ["Daily", 6]];
const tries = rungs.reduce((sum, [, n]) => sum + n, 0);

// Ladder draws all tries there can be: those done, the next one, the others.
export function Ladder({ v, d }) {
  const next = d.state === "waiting" && d.nextTryAt;
  const left = next && Math.max(0, Date.parse(d.nextTryAt) - v.clock.now());
  const now = () => v.turn.advance(Math.max(1, Math.ceil(Date.parse(d.nextTryAt) - v.clock.now())) + "ms");
  const kind = (n) => (n < d.tries ? (n === d.tries - 1 && d.state === "delivered" ? "ok" : "b") : n === d.tries && next ? "w" : "n");
  let n = 0;
  return html`<div class="ladder" data-testid="webhook-ladder"><h3 class="h4">The ladder</h3><div class="rungs" role="img" aria-label="${d.tries} of ${tries} tries done">${rungs.map(([word, many]) => html`<div key=${word} data-wide=${many > 3 ? "" : null}><span class="hs">${Array.from({ length: many }, () => html`<i key=${n} class=${kind(n)} data-try=${n++}></i>`)}</span><small>${word}</small></div>`)}</div>
    ${next ? html`<p class="row gap dim wrapping"><span class="grow num">Try ${d.tries + 1} of ${tries} in ${span(left)}, at ${at(d.nextTryAt)}.</span><${Button} icon="fast-forward" testid="webhook-try-now" title="Moves the clock to this try" onclick=${now}>Try now<//></p>` : html`<p class="dim small">${d.state === "held" ? "It waits for its turn, so nothing was tried yet." : `Up to ${tries} tries over seven days, each after the wait under it.`}</p>`}</div>`;
}
