// What happened to a payment, as a chart and as a list.
import { html, useState } from "../vendor/preact-htm.js";
import { phone } from "../format.js";
import { sim } from "./api.js";
import { Icon, Button, Badge, Code, at, money, span } from "./parts.js";
import { Signed } from "./deliveries.js";

const ends = ["AUTHORIZED", "ABORTED", "EXPIRED", "TERMINATED"];
const windowOf = (e) => (/open the payment/.test(e.text) ? "Landing window" : /time to approve/.test(e.text) ? "Approval window" : "Time limit");

// lanes says when what lasted.
function lanes(p, now) {
  const start = Date.parse(p.createdAt);
  const time = (e) => Date.parse(e.at) - start;
  const over = p.timeline.find((e) => e.kind === "state" && ends.includes(e.name));
  const until = over ? time(over) : Math.max(1, now - start);
  const rows = new Map();
  const add = (lane, from, to, tone, note) => rows.set(lane, [...(rows.get(lane) || []), { from, to, tone, note }]);
  const windows = p.timeline.filter((e) => e.kind === "timer" && e.name === "window-began");
  const identified = p.timeline.find((e) => e.name === "identified");
  windows.forEach((e, i) => {
    // A window ends where the timeline says so: with the number, with the one
    // after it, or with the payment.
    const ends = Math.min(until, windows[i + 1] ? time(windows[i + 1]) : until, windowOf(e) === "Landing window" && identified ? time(identified) : until);
    const limit = e.until ? Date.parse(e.until) - Date.parse(e.at) : 0;
    add(windowOf(e), time(e), ends, "w", span(ends - time(e)) + (limit ? " of " + span(limit) : ""));
  });
  const asked = p.timeline.find((e) => e.name === "identified") || (p.flow === "PUSH_MESSAGE" && p.timeline[0]);
  const pushed = p.timeline.find((e) => e.kind === "push" && e.name === "shown");
  if (asked && pushed) add("Push", time(asked), time(pushed), "", span(time(pushed) - time(asked)));
  let opened = null;
  for (const e of p.timeline) {
    if (e.kind === "app" && e.name === "opened") opened ??= time(e);
    if (opened !== null && ((e.kind === "app" && e.name === "released") || e === over)) {
      add("App open", opened, time(e), "");
      opened = null;
    }
  }
  if (opened !== null) add("App open", opened, until, "");
  for (const e of p.timeline) if (e.kind === "webhook" && e.attempt) add("Webhooks", time(e), time(e), e.status >= 200 && e.status < 300 && !e.error ? "o" : "x");
  const whole = Math.max(1000, until, ...p.timeline.filter((e) => e.name !== "capture-limit" && time(e) < until + 600000).map(time));
  return { rows: [...rows], whole };
}

// Gantt shows where the time went. Widths go in as attributes of a drawing:
// the page's policy allows no styles of their own.
export function Gantt({ p, clock }) {
  const { rows, whole } = lanes(p, clock.now());
  if (!rows.length) return null;
  const x = (ms) => Math.min(1000, Math.max(0, (ms / whole) * 1000));
  const marks = [0, 0.25, 0.5, 0.75, 1].map((f) => (whole < 120000 ? `${((f * whole) / 1000).toFixed(whole < 10000 && f ? 1 : 0)}\u00a0s` : span(f * whole)));
  // noted puts the words beside the bar where there is room, else into it.
  const noted = (b) => (b?.note ? html`<em class="num ${x(b.to) < 640 ? "" : x(b.to) - x(b.from) > 320 ? "in" : "pre"}" style=${{ "--at": (x(b.to) < 640 || x(b.to) - x(b.from) > 320 ? x(b.to) : x(b.from)) / 10 + "%" }}>${b.note}</em>` : null);
  return html`<div class="gan" data-testid="payment-gantt" role="img" aria-label=${"Where the time went: " + rows.map(([lane, bars]) => `${lane} ${bars.map((b) => b.note || span(b.from)).join(", ")}`).join("; ")}>${rows.map(([lane, bars]) => html`<div class="l" key=${lane}><span>${lane}</span><span class="lane"><svg class="t" width="100%" height="14" viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">${bars.map((b, i) => html`<rect key=${i} class=${b.tone} x=${x(b.from).toFixed(1)} y="0" height="14" width=${Math.max(b.from === b.to ? 7 : 5, x(b.to) - x(b.from)).toFixed(1)}/>`)}</svg>${bars.length === 1 && noted(bars[0])}</span></div>`)}<div class="ax num" aria-hidden="true">${marks.map((m, i) => html`<span key=${i}>${m}</span>`)}</div></div>`;
}

const called = [[/\/payments$/, "POST", "Merchant created the payment"], [/\/capture$/, "POST", "Merchant captured"], [/\/refund$/, "POST", "Merchant refunded"],
  [/\/cancel$/, "POST", "Merchant cancelled"], [/\/approve$/, "POST", "Merchant approved by the test API"], [/\/events$/, "GET", "Merchant asked for the events"], [/\/payments\/[^/]+$/, "GET", "Merchant asked for the payment"]];
export const words = { CREATED: "Created", AUTHORIZED: "Authorized", CAPTURED: "Captured", REFUNDED: "Refunded", CANCELLED: "Cancelled", ABORTED: "Aborted", EXPIRED: "Expired", TERMINATED: "Terminated" };

// told puts an entry into words: what in bold, more of it beside.
function told(e, p) {
  const from = e.by ? `from the ${e.by}` : "";
  switch (e.kind) {
    case "api": {
      const known = called.find(([path, method]) => e.method === method && path.test(e.path || ""));
      if (!e.method) return [e.text, ""];
      return [known ? known[2] : "Merchant called", known ? "" : `${e.method} ${e.path}`, `${e.status} in ${Math.max(1, Math.round(e.tookMs))} ms`];
    }
    case "state": {
      const sum = ["CAPTURED", "REFUNDED", "CANCELLED"].includes(e.name) && e.amount ? " " + money(e.amount) : "";
      return [(words[e.name] || e.name) + sum, [e.card && `with card ${e.card.last4}`, from, e.name === "EXPIRED" && "ran out of time"].filter(Boolean).join(", ")];
    }
    case "timer":
      if (e.name === "window-began") return [windowOf(e) + " began", e.until ? "until " + at(e.until) : ""];
      if (e.name === "window-ended") return ["Time ran out", ""];
      if (e.name === "capture-limit") return ["Reserved", "until " + new Date(e.until).toISOString().slice(0, 10)];
      return [e.text, ""];
    case "landing": return e.name === "landing_opened" ? ["Landing page opened", ""] : e.name === "identified" ? ["Number given", e.phone ? phone(e.phone) : ""] : [e.text, ""];
    case "push": return e.name === "shown" ? ["Push shown", e.phone ? "on " + phone(e.phone) : ""] : [e.text, ""];
    case "app": return [{ opened: "Opened in the app", released: "Put away in the app" }[e.name] || e.text, e.phone ? phone(e.phone) : ""];
    case "card": return e.name === "card_declined" ? ["Card declined", (e.reason || "").replaceAll("_", " ")] : [e.text, ""];
    case "consent": return ["Customer shared", (e.scopes || []).join(", ")];
    case "webhook": return ["Webhook", e.name];
  }
  return [e.text, ""];
}

const looks = { api: ["code", ""], state: ["flag", "st"], landing: ["external", ""], push: ["bell", "info"], app: ["phone", "info"], consent: ["shield", "info"], card: ["card", "bad"], webhook: ["webhook", "ok"], timer: ["clock", ""], fault: ["warning", "sim"] };

function look(e, tries) {
  if (e.kind === "state" && e.name === "AUTHORIZED") return ["check", "ok"];
  if (e.kind === "state" && e.name === "EXPIRED") return ["clock", "bad"];
  if (e.kind === "webhook") return ["webhook", tries.some((t) => !fine(t)) ? "bad" : tries.length ? "ok" : ""];
  return looks[e.kind] || ["info", ""];
}

export const fine = (t) => t.status >= 200 && t.status < 300 && !t.error;

// Timeline lists all of it. picked is the entry to begin with, if any.
export function Timeline({ v, p, picked }) {
  const [kind, setKind] = useState("");
  const [raw, setRaw] = useState(picked ?? -1);
  const tries = new Map();
  for (const e of p.timeline) if (e.kind === "webhook" && e.attempt) tries.set(e.deliveryId, [...(tries.get(e.deliveryId) || []), e]);
  const all = p.timeline.filter((e) => !(e.kind === "webhook" && e.attempt));
  const kinds = [...new Set(all.map((e) => e.kind))];
  const start = Date.parse(p.createdAt);
  const resend = (id) => v.act(() => sim(`/deliveries/${id}/resend`, "POST"), "Sent again");
  return html`<div class="kinds" role="group" aria-label="Filter by kind">${["", ...kinds].map((k) => html`<button type="button" key=${k} class="fchip s ${kind === k ? "on" : ""}" aria-pressed=${String(kind === k)} onclick=${() => setKind(k)}>${k || "all"}</button>`)}</div>
  <ol class="tl" data-testid="timeline">${all.map((e, i) => {
    if (kind && e.kind !== kind) return null;
    const mine = e.kind === "webhook" ? tries.get(e.deliveryId) || [] : [];
    const [bold, sub, right] = told(e, p);
    const [icon, tone] = look(e, mine);
    const whole = p.timeline.indexOf(e);
    return html`<li key=${i} class=${raw === whole ? "picked" : ""} data-testid="timeline-item" data-kind=${e.kind}><span class="at" title=${"Simulated time " + at(e.at)}>+${((Date.parse(e.at) - start) / 1000).toFixed(3)}</span><span class="ic ${tone}"><${Icon} name=${icon}/></span>
      <div class="x"><div class="row gap wrapping"><button type="button" class="raw grow" aria-expanded=${String(raw === whole)} onclick=${() => setRaw(raw === whole ? -1 : whole)}><b>${bold}</b>${" "}<span class=${e.kind === "webhook" || e.kind === "consent" ? "mono sub" : "sub"}>${sub}</span></button>
        ${e.kind === "webhook" && e.deliveryId && html`<${Button} icon="refresh" testid="webhook-resend" onclick=${() => resend(e.deliveryId)}>Send again<//>`}
        ${e.kind === "fault" && html`<${Badge} tone="fault" icon="warning">${e.fault}<//>`}</div>
        ${mine.length > 0 && html`<div class="att" data-testid="webhook-attempts">${mine.map((t, n) => html`<div key=${n}><span class="num">${t.attempt}</span>${t.status ? html`<span class="code-s ${fine(t) ? "ok" : "bad"}">${t.status}</span>` : html`<span class="code-s bad">no answer</span>`}<span class="num">after ${Math.max(1, Math.round(t.tookMs))} ms</span><span class="dim grow">${[t.error, t.manual && "by hand", n > 0 && `${span(Date.parse(t.at) - Date.parse(mine[n - 1].at))} later`].filter(Boolean).join(", ")}</span>${t.fault && html`<${Badge} tone="fault" icon="warning">${t.fault}<//>`}<${Signed} t=${t}/></div>`)}</div>`}
        ${e.kind === "webhook" && !mine.length && html`<div class="dim">${{ held: "Held back by an earlier event", dropped: "Dropped " + (e.reason || "by a fault"), waiting: "Waiting" }[e.deliveryState] || e.deliveryState}</div>`}
        ${raw === whole && html`<${Code} wrap>${JSON.stringify(e, null, 2)}<//>`}</div>
      <span class="rr num">${right}</span></li>`;
  })}</ol>`;
}
