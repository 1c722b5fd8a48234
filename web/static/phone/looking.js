// Looking back: what was paid and what was not, and one payment's receipt with
// what came after it.
import { html } from "../vendor/preact-htm.js";
import { amount, date, dayAndTime, timeOfDay } from "../format.js";
import { Avatar, Grey, Icon, say } from "./draw.js";
import { past } from "./state.js";

const outcomes = { APPROVED: "ph.st.paid", DECLINED: "ph.st.cancelled", TERMINATED: "ph.st.cancelled", EXPIRED: "ph.st.expired" };
const total = (r) => r.amount.value + (r.shipping?.chosen?.cost.value || 0);
const money = (v, r, minor = total(r)) => amount(v.lang, r.amount.currency, minor);
export const endOf = (r) => new Date(r.endedAt || r.createdAt);

// looked is what there is to look back on, newest first: what the simulator
// told, and what has ended since.
export function looked(s) {
  const told = (s.past || []).map((p) => p.id);
  return [...past(s).filter((r) => !told.includes(r.id)), ...(s.past || [])].sort((a, b) => endOf(b) - endOf(a));
}

// nearDay names the last two days; "" for those before.
function nearDay(v, at) {
  const midnight = new Date(v.clock.now()).setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight - at) / 86400000);
  return days > 1 ? "" : say(v.lang, days > 0 ? "ph.yesterday" : "ph.today");
}

// when tells a time of the last days in words, an older one with its date.
function when(v, at) {
  const day = nearDay(v, at);
  return day ? `${day} ${timeOfDay(v.lang, at)}` : dayAndTime(v.lang, at);
}

// Rows of one payment: what it came to, and each refund after it.
function rows(r) {
  const back = (r.history || []).filter((h) => h.kind === "REFUNDED").map((h) => ({ r, refund: h, at: new Date(h.at) }));
  return [...back, { r, at: endOf(r) }];
}

const listOf = (v) => looked(v.s).flatMap(rows).sort((a, b) => b.at - a.at);

const None = ({ v }) => (v.s.past ? html`<p class="empty">${say(v.lang, "ph.home.activity.none")}</p>` : html`<${Grey} rows=${3}/>`);

// Past are the newest of what there is to look back on.
export function Past({ v, most }) {
  const list = listOf(v).slice(0, most);
  return list.length ? html`<${Rows} v=${v} list=${list} tell=${when}/>` : html`<${None} v=${v}/>`;
}

// Days are all of it, by day.
export function Days({ v }) {
  const days = new Map();
  for (const row of listOf(v)) days.set(row.at.toDateString(), [...(days.get(row.at.toDateString()) || []), row]);
  if (!days.size) return html`<${None} v=${v}/>`;
  return [...days].map(([day, list]) => html`<section key=${day} data-testid="activity-day"><h2 class="sec">${nearDay(v, list[0].at) || date(v.lang, list[0].at)}</h2><${Rows} v=${v} list=${list} tell=${(_, at) => timeOfDay(v.lang, at)}/></section>`);
}

function Rows({ v, list, tell }) {
  const paid = (r) => r.state === "APPROVED";
  const sum = ({ r, refund }) => (refund ? html`<b class="num back">+${money(v, r, refund.amount)}</b>` : html`<b class="num ${paid(r) ? "" : "off"}">${paid(r) ? "\u2212" : ""}${money(v, r)}</b>`);
  return html`<ul>${list.map((row) => html`<li key=${row.r.id + (row.refund?.at || "")}><button class="act" data-testid="activity-item" data-kind=${row.refund ? "refund" : "payment"} data-reference=${row.r.reference} onClick=${() => v.do.look(row.r.id)}><${Avatar} r=${row.r}/>
    <span class="grow"><b class="trunc">${row.r.merchantName}</b><small>${tell(v, row.at)}</small></span>
    <span class="m">${sum(row)}<small>${say(v.lang, row.refund ? "ph.st.refunded" : outcomes[row.r.state])}</small></span></button></li>`)}</ul>`;
}

const kinds = { CREATED: "ph.hist.created", AUTHORIZED: "ph.st.paid", ABORTED: "ph.st.cancelled", EXPIRED: "ph.st.expired", TERMINATED: "ph.hist.withdrawn", CAPTURED: "ph.hist.captured", REFUNDED: "ph.st.refunded", CANCELLED: "ph.hist.released" };
const icons = { CREATED: "bell", AUTHORIZED: "check", ABORTED: "cross", EXPIRED: "clock", TERMINATED: "undo", CAPTURED: "download", REFUNDED: "undo", CANCELLED: "undo" };

const History = ({ v, r }) => html`<div class="sec">${say(v.lang, "ph.hist.title")}</div><ol class="hist" data-testid="receipt-history">${r.history.map((h) => html`<li key=${h.kind + h.at} data-kind=${h.kind}><${Icon} name=${icons[h.kind] || "info"} size=${18}/>
  <span class="grow">${say(v.lang, kinds[h.kind] || h.kind)}<small>${dayAndTime(v.lang, new Date(h.at))}</small></span>${["CAPTURED", "REFUNDED", "CANCELLED"].includes(h.kind) && html`<span class="num ${h.kind === "REFUNDED" ? "back" : ""}">${h.kind === "REFUNDED" ? "+" : ""}${money(v, r, h.amount)}</span>`}</li>`)}</ol>`;

const linkKinds = { GENERAL: "ph.link.general", RECEIPT: "ph.link.receipt", ORDER_CONFIRMATION: "ph.link.confirmation", DELIVERY: "ph.link.delivery", TICKET: "ph.link.ticket", BOOKING: "ph.link.booking", INVOICE: "ph.link.invoice", SUSTAINABILITY: "ph.link.general", WARRANTY: "ph.link.general", SELF_SERVICE: "ph.link.general", VOUCHER: "ph.link.voucher" };

const Links = ({ v, r }) => {
  const own = r.receiptUrl && v.leads(r.receiptUrl) ? [{ kind: "", url: r.receiptUrl }] : [];
  const all = [...own, ...(r.links || []).filter((l) => v.leads(l.url))];
  return all.length > 0 && html`<div class="grp gap" data-testid="receipt-links">${all.map((l) => html`<a class="r" key=${l.kind + l.url} href=${l.url} target="_blank" rel="noopener noreferrer" data-kind=${l.kind}><${Icon} name="external" size=${20}/><span class="grow"><b>${say(v.lang, l.kind ? linkKinds[l.kind] || "ph.link.general" : "ph.receipt.own")}</b><small class="trunc">${new URL(l.url).host}</small></span></a>`)}</div>`;
};

// Receipt is one payment looked back on; Lines draws a bill.
export function Receipt({ v, Nav, Lines }) {
  const r = looked(v.s).find((o) => o.id === v.s.looked);
  if (!r) return null;
  const paid = r.state === "APPROVED";
  return html`<${Nav} v=${v} title=${say(v.lang, "ph.receipt")} back=${() => v.do.go("activity")} icon="chevron-left" timer=${false}/>
    <div class="body" data-testid="receipt" data-reference=${r.reference}><div class="mer"><${Avatar} r=${r} size="l"/><h2>${r.merchantName}</h2><p>${r.company ? r.company + ", " : ""}${r.msn}</p></div>
    <div class="pamt num ${paid ? "" : "off"}">${money(v, r)}</div><p class="pmsg">${r.description}</p>
    ${r.receipt && html`<div class="grp ol gap-l"><h3><${Icon} name="receipt" size=${16}/>${r.receipt.bottomLine.receiptNumber ? say(v.lang, "ph.pay.receipt", { n: r.receipt.bottomLine.receiptNumber }) : say(v.lang, "ph.pay.details")}</h3><${Lines} v=${v} r=${r}/></div>`}
    ${(r.cardLast4 || (paid && r.scopes.length > 0)) && html`<p class="tiny num">${r.cardLast4 && say(v.lang, "ph.paidwith", { last4: r.cardLast4 })}${paid && r.scopes.length > 0 && html`<br/>${say(v.lang, "ph.shared", { list: r.scopes.map((s) => say(v.lang, "scope." + s).toLowerCase()).join(", ") })}`}</p>`}
    <${Links} v=${v} r=${r}/>${r.history?.length > 0 && html`<${History} v=${v} r=${r}/>`}<p class="tiny mono">${r.reference}</p></div>`;
}
