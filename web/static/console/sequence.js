// What happened to a payment as arrows between those who took part.
import { html } from "../vendor/preact-htm.js";
import { Copy, flowOf } from "./parts.js";
import { useOwners } from "./owners.js";
import { fine, words } from "./timeline.js";

const done = { capture: "capture", refund: "refund", cancel: "cancel", approve: "force approve", events: "events", payments: "create payment" };

// callOf names an API call.
function callOf(e) {
  const last = (e.path || "").split("/").pop();
  if (e.method === "POST") return done[last] || last;
  return e.method === "GET" ? (last === "events" ? "events" : "get payment") : `${e.method} ${last}`;
}

// arrowOf is what an entry looks like: from, to, words and tone; nothing where
// it is no news to anybody. Those who take part are m, s, b and p.
function arrowOf(e, p, named) {
  switch (e.kind) {
    case "api": return e.method ? { from: "m", to: "s", text: callOf(e), answer: e.status, tone: "" } : null;
    case "landing": return { from: "b", to: "s", text: e.name === "identified" ? (p.flow === "QR" ? "code scanned" : "phone number, Next") : "open redirectUrl" };
    case "push": return { from: "s", to: "p", text: "push message" };
    case "app": return { from: "p", to: "s", text: { opened: "opened", released: "put away" }[e.name] || e.name.replaceAll("_", " ").toLowerCase() };
    case "consent": return { from: "p", to: "s", text: "shares " + (e.scopes || []).join(", "), tone: "" };
    case "card": return e.name === "card_declined" ? { from: "p", to: "s", text: "card declined", tone: "x" } : { from: "p", to: "s", text: "card, the bank decides" };
    case "webhook": return e.attempt ? { from: "s", to: "m", text: `${(named.get(e.deliveryId) || "webhook").split(".").at(-2) || "webhook"}, ${e.status || "no answer"}`, tone: fine(e) ? "o" : "x" } : null;
    case "fault": return { from: "s", to: "s", text: "fault " + e.fault, tone: "f" };
    case "state":
      if (e.name === "AUTHORIZED") return { from: e.by ? "s" : "p", to: "s", text: `${e.card ? "card " + e.card.last4 + ", " : ""}approved${e.by ? " from the " + e.by : ""}`, tone: "o" };
      if (e.name === "ABORTED") return { from: e.by ? "s" : e.phone ? "p" : "b", to: "s", text: "declined" + (e.by ? " from the " + e.by : ""), tone: "x" };
      if (e.name === "EXPIRED") return { from: "s", to: "s", text: "time ran out", tone: "x" };
  }
  return null;
}

// sequence gives the arrows of a payment, the windows as spans of rows, and
// who takes part.
export function sequence(p, owner = (number) => "…" + number.slice(-4)) {
  const named = new Map(p.timeline.filter((e) => e.kind === "webhook" && !e.attempt).map((e) => [e.deliveryId, e.name]));
  const start = Date.parse(p.createdAt);
  const arrows = [];
  const bars = [];
  const end = () => {
    const bar = bars.at(-1);
    if (bar && bar.to === undefined) bar.to = arrows.length - 1;
  };
  p.timeline.forEach((e, entry) => {
    const a = arrowOf(e, p, named);
    if (a) arrows.push({ ...a, entry, at: (Date.parse(e.at) - start) / 1000 });
    if (e.kind === "timer" && e.name === "window-began") {
      end();
      bars.push({ from: Math.max(0, arrows.length - 1) });
    }
    if (e.kind === "state" && words[e.name] && e.name !== "CREATED") end();
  });
  end();
  const phone = arrows.some((a) => a.from === "p" || a.to === "p");
  const browser = p.flow !== "PUSH_MESSAGE" || arrows.some((a) => a.from === "b");
  return { arrows, bars, actors: [["m", "Merchant"], ["s", "Simulator"], ...(browser ? [["b", "Browser"]] : []), ...(phone ? [["p", p.phone ? owner(p.phone) + "’s phone" : "Phone"]] : [])] };
}

// mermaid writes the same for documents.
export function mermaid({ arrows, actors }) {
  const line = (a) => [`  ${a.from}->>${a.to}: ${a.text.replaceAll(";", ",")}`, a.answer && `  ${a.to}-->>${a.from}: ${a.answer}`];
  return ["sequenceDiagram", ...actors.map(([id, name]) => `  participant ${id} as ${name}`), ...arrows.flatMap(line).filter(Boolean), ""].join("\n");
}

const width = 560;
const rowHeight = 38;

export function Sequence({ p, pick }) {
  const all = sequence(p, useOwners());
  const { arrows, bars, actors } = all;
  const x = Object.fromEntries(actors.map(([id], i) => [id, 90 + (i * (width - 150)) / Math.max(1, actors.length - 1)]));
  const y = (i) => 70 + i * rowHeight;
  const height = y(arrows.length) + 6;
  const head = (to, from, tone, yy) => {
    const d = to > from ? -1 : 1;
    return html`<path class="hd ${tone}" d="M${to} ${yy}l${8 * d} -4v8z"/>`;
  };
  const edge = (to, from) => x[to] + (to === "s" ? (x[from] > x.s ? 6 : -6) : 0);
  return html`<div class="seq" data-testid="sequence"><div class="row gap end0"><span class="dim small grow">${flowOf(p)[1]}. Click an arrow to see it in the timeline.</span><${Copy} text=${() => mermaid(all)} word="Copy as Mermaid"/></div>
    <div class="seq-s" tabindex="0" role="group" aria-label="Sequence of what happened"><svg width=${width} height=${height} viewBox="0 0 ${width} ${height}">
    ${actors.map(([id, name]) => html`<g key=${id}><rect class="who" x=${x[id] - 48} y="8" width="96" height="26" rx="8"/><text class="who" x=${x[id]} y="25">${name}</text><path class="ln" d="M${x[id]} 34V${height}"/></g>`)}
    ${bars.map((b, i) => html`<rect key=${i} class="win" x=${x.s - 6} y=${y(b.from) - 6} width="12" height=${Math.max(12, y(Math.max(b.from, b.to ?? b.from)) - y(b.from) + 12 - (bars[i + 1] ? 8 : 0))} rx="6"/>`)}
    ${arrows.map((a, i) => {
      const yy = y(i);
      const self = a.from === a.to;
      const [from, to] = self ? [x.s + 6, x.s + 6] : [edge(a.from, a.to), edge(a.to, a.from)];
      return html`<g key=${i} class="ar ${a.tone || ""}" role="button" tabindex="0" onclick=${() => pick(a.entry)} onkeydown=${(e) => e.key === "Enter" && pick(a.entry)}><rect class="hit" x="0" y=${yy - 22} width=${width} height="32"/>
        <text class="tm" x="6" y=${yy + 4}>${a.at.toFixed(1)} </text>${self ? html`<text class="tx l" x=${to + 8} y=${yy + 4}>${a.text}</text>` : html`<text class="tx" x=${(from + to) / 2} y=${yy - 6}>${a.text}</text><path class="l" d="M${from} ${yy}H${to}"/>${head(to, from, a.tone || "", yy)}`}
        ${a.answer && html`<path class="l ${a.answer < 400 ? "o" : "x"}" d="M${to} ${yy + 11}H${from}"/>${head(from, to, a.answer < 400 ? "o" : "x", yy + 11)}${a.answer >= 400 && html`<text class="an" x=${from + 8} y=${yy + 24}>${a.answer}</text>`}`}</g>`;
    })}</svg></div></div>`;
}
