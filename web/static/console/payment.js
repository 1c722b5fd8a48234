// One payment: what it is, what can be done with it, what happened to it.
import { html, useState } from "../vendor/preact-htm.js";
import { amount, phone } from "../format.js";
import { sim, ask, asMerchant, paymentPath, Refused, boot, unique } from "./api.js";
import { Icon, Avatar, State, Badge, Button, Copy, Json, Menu, Box, Grey, Tabs, Panel, Dialog, useAsked, copy, money, link, flowOf, at } from "./parts.js";
import { useCommands } from "./commands.js";
import { shownFor } from "./keys.js";
import { Receipt } from "./receipt.js";
import { Intent } from "./intent.js";
import { Sequence } from "./sequence.js";
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
    approve: payer, decline: payer, expire: payer, fail: payer,
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
  const acts = {
    approve: payer("approve"), decline: payer("decline"), expire: payer("expire"), fail: payer("fail-card"), cancel: () => merchant("cancel"),
    capture: () => setForm(form === "capture" ? "" : "capture"), refund: () => setForm(form === "refund" ? "" : "refund"),
  };
  useCommands([
    ["approve", "approve", "Approve the selected payment", "check"], ["decline", "decline", "Decline the selected payment", "cross"], ["expire", "expire", "Expire the selected payment now", "clock"],
    ["fail-card", "fail", "Fail the card of the selected payment", "card"], ["capture", "capture", "Capture the selected payment", "download"], ["refund", "refund", "Refund the selected payment", "undo"], ["cancel", "cancel", "Cancel the selected payment", "minus"],
  ].map(([id, what, label, icon]) => ({ id, label, icon, why: why[what], run: acts[what] })));
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
      <${Button} icon="check" why=${why.approve} testid="action-approve" onclick=${acts.approve}>Approve<//>
      <${Button} icon="cross" why=${why.decline} testid="action-decline" onclick=${acts.decline}>Decline<//>
      <${Button} icon="clock" why=${why.expire} testid="action-expire" onclick=${acts.expire}>Expire now<//>
      <${Button} icon="download" why=${why.capture} testid="action-capture" onclick=${acts.capture}>Capture<//>
      <${Button} icon="undo" why=${why.refund} testid="action-refund" onclick=${acts.refund}>Refund<//>
      <${Button} icon="minus" why=${why.cancel} testid="action-cancel" onclick=${acts.cancel}>Cancel<//></div>
    ${form && !why[form] && html`<form key=${form} class="row gap sumform" onsubmit=${send}><label>Amount in ${p.amount.currency}<input name="amount" inputmode="decimal" autofocus defaultValue=${(most / 100).toFixed(2)}/></label><button class="btn sm" data-testid="action-send">${form === "capture" ? "Capture" : "Refund"}</button><${Button} kind="sm quiet" onclick=${() => setForm("")}>Not now<//></form>`}`;
}

const callsOf = (p) => sim("/requests?" + new URLSearchParams({ msn: p.msn, reference: p.reference, limit: 100 })).then(({ requests }) => requests.reverse());
const isCreation = (c) => c.method === "POST" && /\/payments$/.test(c.path || "");

// creation is the call that made the payment, while it is remembered.
async function creation(p) {
  const found = (await callsOf(p)).find((c) => isCreation(c) && c.status === 201);
  if (!found) throw new Refused("The call that created this payment is not remembered any more.");
  return found;
}

// more does what is not done every day. show shows a text to copy by hand,
// where the browser allows no other way.
const more = (v, p, show) => ({
  again: () => v.act(async () => {
    const made = await creation(p);
    const reference = "again-" + unique().slice(0, 10);
    await asMerchant(p.msn, "POST", "/epayment/v1/payments", { ...JSON.parse(made.request.body), reference });
    v.go("/console/payments/" + encodeURIComponent(p.msn) + "/" + reference);
  }, "Run again with a new reference"),
  curl: () => v.act(async () => {
    const text = await ask(`/sim/v1/requests/${(await creation(p)).n}?as=curl&secrets=show`);
    if (await copy(text)) v.say("Copied as curl");
    else show(text);
  }),
  link: () => v.act(async () => {
    const text = boot.address + "/console" + paymentPath(p);
    if (await copy(text)) v.say("Link copied");
    else show(text);
  }),
  json: () => {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([JSON.stringify(p, null, 2)], { type: "application/json" }));
    a.download = p.reference + ".json";
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  },
});

// More holds what is not done every day.
function More({ v, p }) {
  const [shown, show] = useState("");
  const acts = more(v, p, show);
  const why = whyNot(p);
  useCommands([{ id: "curl", label: "Copy the selected payment as curl", icon: "copy", run: acts.curl }, { id: "again", label: "Run the selected payment again", icon: "refresh", run: acts.again }]);
  return html`<${Menu} label="More" testid="payment-more" items=${[
    { id: "fail-card", label: "Fail the card", icon: "card", why: why.fail, keys: shownFor("fail-card"), run: () => v.act(() => sim(paymentPath(p) + "/fail-card", "POST"), p.stripe ? "The card was declined" : "The card was declined. The payment waits on") },
    { id: "again", label: "Run again", icon: "refresh", run: acts.again }, { id: "curl", label: "Copy as curl", icon: "copy", keys: shownFor("curl"), run: acts.curl },
    { id: "link", label: "Copy link", icon: "external", run: acts.link }, { id: "json", label: "Export as JSON", icon: "download", run: acts.json },
  ]}/>${shown && html`<${Dialog} title="Copy this" close=${() => show("")} testid="payment-copy"><form class="form"><textarea class="code fold" readonly rows="8" aria-label="Text to copy" onfocus=${(e) => e.target.select()}>${shown}</textarea></form><//>`}`;
}

// hints say what is odd about a payment, before anybody wonders.
const magic = { 151: "insufficient funds", 182: "refused by the issuer", 183: "suspected fraud", 184: "withdrawal limit exceeded", 186: "card expired", 187: "card invalid", 197: "3-D Secure denied", 201: "the answer takes one hour", 202: "the customer has to confirm with a code" };

function hints(p) {
  const said = [];
  if (magic[p.amount.value]) said.push(`${p.amount.value} is a magic amount: ${magic[p.amount.value]}.`);
  for (const e of p.timeline) if (e.kind === "api" && !e.method) said.push(e.text);
  const created = p.timeline.find((e) => isCreation(e) && e.status === 201);
  for (const note of created?.notes || []) said.push(note + ".");
  if (p.captureBy && p.state === "AUTHORIZED" && sums(p).open) said.push(`What is not captured by ${new Date(p.captureBy).toISOString().slice(0, 10)} goes back to the customer.`);
  return said;
}

export function Payment({ v, msn, reference }) {
  const id = { msn, reference };
  const [tab, setTab] = useState("timeline");
  const [picked, pick] = useState(-1);
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
  const refused = (p.state === "CREATED" || (p.stripe && p.state === "ABORTED")) && p.timeline.some((e) => e.kind === "card" && e.name === "card_declined");
  return html`<article data-reference=${p.reference} data-state=${p.state} data-testid="payment-shown">${back}
    <div class="dh"><${Avatar} msn=${p.msn} name=${p.merchantName}/><div class="grow"><div class="row wrapping gap"><h2 class="a num">${money(p.amount)}</h2><${State} state=${p.state}/>
        ${refused && html`<${Badge} tone="bad" icon="card">Card declined<//>`}${s.captured > 0 && html`<${Badge} tone="solid" icon="download">Captured<//>`}${s.refunded > 0 && html`<${Badge} icon="undo">Refunded<//>`}</div>
      <div class="refl"><span>${p.merchantName || p.msn}</span><span>·</span><span class="row gap4"><span class="mono">${p.reference}</span><${Copy} text=${p.reference} what="the reference"/></span><span class="row gap4">· <${Icon} name=${icon} size=${14}/>${flow}</span>${p.phone && html`<span class="row gap4">· <a class="num" href=${link("/phone/" + p.phone)}>${phone(p.phone)}</a></span>`}${open && html`<span class="row gap4">· <a href=${p.redirectUrl} target="_blank" rel="noopener">Landing page</a></span>`}</div>
      ${p.description && html`<p class="dim desc">${p.description}</p>`}</div>
      <div class="row gap4"><${More} v=${v} p=${p}/></div></div>
    <${Actions} v=${v} p=${p}/>
    <div class="sum num">${[["Authorized", s.authorized], ["Captured", s.captured], ["Refunded", s.refunded], ["Cancelled", s.cancelled]].map(([word, value]) => html`<div key=${word}><small>${word}</small><b>${unit(value)}</b></div>`)}</div>
    <${Tabs} name="payment" chosen=${tab} choose=${(to) => { pick(-1); setTab(to); }} all=${[["timeline", "Timeline"], ["sequence", "Sequence"], ["calls", "Request and response"], ["webhooks", "Webhooks", deliveries.length], ["receipt", "Receipt"], ...(p.stripe ? [["intent", "Payment intent"]] : [])]}/>
    <${Panel} name="payment" chosen=${tab}>${tab === "timeline" ? html`${hints(p).map((h) => html`<p key=${h} class="hint"><${Icon} name="info"/>${h}</p>`)}<${Gantt} p=${p} clock=${v.clock}/><${Timeline} key=${picked} v=${v} p=${p} picked=${picked}/>`
      : tab === "sequence" ? html`<${Sequence} p=${p} pick=${(entry) => { pick(entry); setTab("timeline"); }}/>` : tab === "calls" ? html`<${Calls} v=${v} p=${p}/>`
        : tab === "webhooks" ? html`<${Hooks} v=${v} all=${deliveries}/>` : tab === "intent" && p.stripe ? html`<${Intent} p=${p}/>` : html`<${Receipt} p=${p}/>`}<//></article>`;
}

// Calls lists what the merchant called about this payment; one of them opened
// shows what went over the line.
function Calls({ v, p }) {
  const { data, error, again } = useAsked(() => callsOf(p), [v.version]);
  const [open, setOpen] = useState(null);
  if (error) return html`<${Box} error=${error} again=${again}/>`;
  if (!data) return html`<${Grey} rows=${3}/>`;
  if (!data.length) return html`<p class="none1">No call to the API is remembered for this payment.</p>`;
  const shown = open ?? data[0].n;
  return html`<ul class="calls">${data.map((c) => html`<li key=${c.n}><button type="button" class="raw call" aria-expanded=${String(shown === c.n)} onclick=${() => setOpen(shown === c.n ? 0 : c.n)}><span class="code-s ${c.status && c.status < 400 ? "ok" : "bad"}">${c.status || "no answer"}</span><span class="mono grow">${c.method} ${c.path}</span><span class="num dim">${Math.max(1, Math.round(c.tookMs || 0))} ms</span><span class="num dim">${at(c.at)}</span></button>
    ${shown === c.n && html`<div><h3 class="h4">Request</h3>${c.request.body ? html`<${Json} text=${c.request.body}/>` : html`<p class="dim">No body.</p>`}<h3 class="h4">Answer</h3>${c.response?.body ? html`<${Json} text=${c.response.body}/>` : html`<p class="dim">No body.</p>`}</div>`}</li>`)}</ul>`;
}

function Hooks({ v, all }) {
  if (!all.length) return html`<p class="none1">No webhook was sent: nobody has registered for this payment’s events. <a href=${link("/console/webhooks")}>Register one</a></p>`;
  return html`<ul class="hooks">${all.map((d) => html`<li key=${d.id}><div class="row gap"><a class="grow" href=${link("/console/webhooks/" + d.id)}><b>${eventName(d.event)}</b> <span class="mono dim">${d.event}</span></a></div><${Tries} v=${v} id=${d.id} version=${v.version} delivery=${d}/></li>`)}</ul>`;
}
