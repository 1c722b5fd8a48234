// One payment: what it is, what can be done with it, what happened to it.
import { html, useState } from "../vendor/preact-htm.js";
import { amount, phone } from "../format.js";
import { sim, asMerchant, paymentPath, Refused } from "./api.js";
import { Icon, Avatar, State, Badge, Button, Copy, Code, Box, Grey, Tabs, Panel, useAsked, money, link, flowOf, at } from "./parts.js";
import { Gantt, Timeline } from "./timeline.js";
import { Tries, eventName } from "./deliveries.js";
import { minor } from "./newpayment.js";

const sums = (p) => {
  const { authorizedAmount: a, capturedAmount: c, refundedAmount: r, cancelledAmount: x } = p.aggregate;
  return { authorized: a.value, captured: c.value, refunded: r.value, cancelled: x.value, open: Math.max(0, a.value - c.value - x.value) };
};

const over = { AUTHORIZED: "Already authorized", ABORTED: "Already aborted", EXPIRED: "Already expired", TERMINATED: "Already terminated" };

// whyNot says of each action why it cannot be done now; "" where it can.
export function whyNot(p) {
  const s = sums(p);
  const payer = p.processingUntil ? "The bank is deciding" : over[p.state] || "";
  const merchant = p.state === "CREATED" ? "Not authorized yet" : p.state === "AUTHORIZED" ? "" : over[p.state];
  return {
    approve: payer, decline: payer, expire: payer,
    capture: merchant || (s.open ? "" : "Nothing left to capture"),
    refund: merchant || (s.captured - s.refunded > 0 ? "" : s.captured ? "Nothing left to refund" : "Nothing captured yet"),
    cancel: p.state === "CREATED" || p.state === "AUTHORIZED" ? (p.state === "CREATED" || s.open ? "" : "Nothing left to cancel") : over[p.state],
  };
}

function Actions({ v, p }) {
  const [form, setForm] = useState("");
  const why = whyNot(p);
  const s = sums(p);
  const payer = (what) => () => v.act(() => sim(paymentPath(p) + "/" + what, "POST"));
  const merchant = (what, value) => v.act(() => asMerchant(p.msn, "POST", `/epayment/v1/payments/${encodeURIComponent(p.reference)}/${what}`,
    value === undefined ? undefined : { modificationAmount: { currency: p.amount.currency, value } }));
  const most = form === "capture" ? s.open : s.captured - s.refunded;
  const send = (event) => {
    event.preventDefault();
    const value = minor(new FormData(event.target).get("amount"));
    if (!(value > 0)) return v.act(async () => {
      throw new Refused("Write the amount as 350.00.");
    });
    setForm("");
    merchant(form, value);
  };
  return html`<div class="acts" data-testid="payment-actions" role="group" aria-label="Actions">
      <${Button} icon="check" why=${why.approve} testid="action-approve" hotkey="a" onclick=${payer("approve")}>Approve<//>
      <${Button} icon="cross" why=${why.decline} testid="action-decline" hotkey="d" onclick=${payer("decline")}>Decline<//>
      <${Button} icon="clock" why=${why.expire} testid="action-expire" hotkey="x" onclick=${payer("expire")}>Expire now<//>
      <${Button} icon="download" why=${why.capture} testid="action-capture" hotkey="c" onclick=${() => setForm(form === "capture" ? "" : "capture")}>Capture<//>
      <${Button} icon="undo" why=${why.refund} testid="action-refund" hotkey="u" onclick=${() => setForm(form === "refund" ? "" : "refund")}>Refund<//>
      <${Button} icon="minus" why=${why.cancel} testid="action-cancel" onclick=${() => merchant("cancel")}>Cancel<//></div>
    ${form && !why[form] && html`<form key=${form} class="row gap sumform" onsubmit=${send}><label>Amount in ${p.amount.currency}<input name="amount" inputmode="decimal" autofocus defaultValue=${(most / 100).toFixed(2)}/></label><button class="btn sm primary" data-testid="action-send">${form === "capture" ? "Capture" : "Refund"}</button><${Button} kind="sm quiet" onclick=${() => setForm("")}>Not now<//></form>`}`;
}

export function Payment({ v, msn, reference }) {
  const id = { msn, reference };
  const [tab, setTab] = useState("timeline");
  const asked = useAsked(() => sim(paymentPath(id)), [v.version]);
  const hooks = useAsked(() => sim("/deliveries?" + new URLSearchParams({ msn, reference, limit: 200 })), [v.version]);
  const back = html`<a class="btn sm ghost back" href=${link("/")}><${Icon} name="chevron-left"/>Payments</a>`;
  const p = asked.data;
  if (!p) return asked.error ? html`${back}<${Box} error=${/no payment|not found|There is no/i.test(asked.error) ? `No payment ${reference} in this sales unit` : asked.error} again=${asked.again}/>` : html`<${Grey} rows=${6}/>`;
  const s = sums(p);
  const [icon, flow] = flowOf(p);
  const deliveries = hooks.data?.deliveries || [];
  const unit = (value) => amount("en", p.amount.currency, value);
  const open = p.redirectUrl && p.state === "CREATED";
  return html`<article data-reference=${p.reference} data-state=${p.state} data-testid="payment-shown">${back}
    <div class="dh"><${Avatar} msn=${p.msn} name=${p.merchantName}/><div class="grow"><div class="row wrapping gap"><h2 class="a num">${money(p.amount)}</h2><${State} state=${p.state}/>
        ${s.captured > 0 && html`<${Badge} tone="solid" icon="download">Captured<//>`}${s.refunded > 0 && html`<${Badge} icon="undo">Refunded<//>`}</div>
      <div class="refl"><span>${p.merchantName || p.msn}</span><span>·</span><span class="mono">${p.reference}</span><${Copy} text=${p.reference} what="the reference"/><span>·</span><span class="row gap4"><${Icon} name=${icon} size=${14}/>${flow}</span>${p.phone && html`<span>·</span><a class="num" href=${link("/phone/" + p.phone)}>${phone(p.phone)}</a>`}</div>
      ${p.description && html`<p class="dim desc">${p.description}</p>`}</div>
      <div class="row gap4">${open && html`<a class="btn sm quiet" href=${p.redirectUrl} target="_blank" rel="noopener"><${Icon} name="external"/>Landing page</a>`}<${Copy} text=${() => JSON.stringify(p, null, 2)} word="JSON" testid="payment-more"/></div></div>
    <${Actions} v=${v} p=${p}/>
    <div class="sum num">${[["Authorized", s.authorized], ["Captured", s.captured], ["Refunded", s.refunded], ["Cancelled", s.cancelled]].map(([word, value]) => html`<div key=${word}><small>${word}</small><b>${unit(value)}</b></div>`)}</div>
    <${Tabs} name="payment" chosen=${tab} choose=${setTab} all=${[["timeline", "Timeline"], ["calls", "Request and response"], ["webhooks", "Webhooks", deliveries.length], ["receipt", "Receipt"]]}/>
    <${Panel} name="payment" chosen=${tab}>${tab === "timeline" ? html`<${Gantt} p=${p} clock=${v.clock}/><${Timeline} v=${v} p=${p}/>`
      : tab === "calls" ? html`<${Calls} p=${p}/>`
        : tab === "webhooks" ? html`<${Hooks} v=${v} all=${deliveries}/>` : html`<${Receipt} p=${p}/>`}<//></article>`;
}

// Calls lists what the merchant called about this payment.
function Calls({ p }) {
  const calls = p.timeline.filter((e) => e.kind === "api" && e.method);
  if (!calls.length) return html`<p class="none1">No call to the API is remembered for this payment.</p>`;
  return html`<ul class="calls">${calls.map((c, i) => html`<li key=${i}><span class="code-s ${c.status < 400 ? "ok" : "bad"}">${c.status}</span><span class="mono grow">${c.method} ${c.path}</span><span class="num dim">${Math.round(c.tookMs)} ms</span><span class="num dim">${at(c.at)}</span></li>`)}</ul>`;
}

function Hooks({ v, all }) {
  if (!all.length) return html`<p class="none1">No webhook was sent: nobody has registered for this payment’s events. <a href=${link("/console/webhooks")}>Register one</a></p>`;
  return html`<ul class="hooks">${all.map((d) => html`<li key=${d.id}><div class="row gap"><a class="grow" href=${link("/console/webhooks/" + d.id)}><b>${eventName(d.event)}</b> <span class="mono dim">${d.event}</span></a></div><${Tries} v=${v} id=${d.id} version=${v.version} delivery=${d}/></li>`)}</ul>`;
}

// Receipt is what the payer was shown, as far as it is known.
function Receipt({ p }) {
  const rows = [["Merchant", p.merchantName || p.msn], ["Description", p.description], ["Amount", money(p.amount)], p.card && ["Card", `•••• ${p.card.last4}`],
    p.shipping && ["Shipping", `${p.shipping.optionName}, ${money(p.shipping.cost)}`], p.scopes && ["Shared", p.scopes.join(", ")], ["Created", at(p.createdAt)], p.endedAt && ["Ended", at(p.endedAt)], ["PSP reference", p.pspReference]];
  return html`<dl class="rcpt">${rows.filter((r) => r && r[1]).map(([word, value]) => html`<dt key=${word}>${word}</dt><dd class="num">${value}</dd>`)}</dl>`;
}
