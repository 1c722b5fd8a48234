// The PaymentIntent of a payment that came through Stripe, beside what the
// wallet says of it.
import { html } from "../vendor/preact-htm.js";
import { amount } from "../format.js";
import { paymentPath } from "./api.js";
import { Badge, Copy, Json, State, link } from "./parts.js";

const looks = {
  requires_payment_method: ["", "card"], requires_confirmation: ["info", "dots"], requires_action: ["info", "phone"], processing: ["info", "clock"],
  requires_capture: ["ok", "check"], succeeded: ["ok", "check"], canceled: ["", "minus"], failed: ["bad", "cross"], pending: ["info", "clock"],
};

const Status = ({ of }) => html`<${Badge} tone=${(looks[of] || [""])[0]} icon=${(looks[of] || ["", "info"])[1]}><span class="mono">${of}</span><//>`;
const Id = ({ id, what }) => html`<span class="mono">${id}</span> <${Copy} text=${id} what=${what}/>`;

// Why tells why the last attempt failed.
const Why = ({ e }) => html`<span class="mono">${[e.code, e.decline_code].filter(Boolean).join(", ")}</span><br/>${e.message}`;

// Attempts are the payments that the intent has led to: each confirm makes one.
const Attempts = ({ p, all }) => html`<ol class="attempts">${all.map((a) => html`<li key=${a.reference}>${a.reference === p.reference ? html`<span class="mono">${a.reference}</span> (this one)` : html`<a class="mono" href=${link("/console" + paymentPath({ msn: p.msn, reference: a.reference }))}>${a.reference}</a>`} <${Status} of=${a.outcome || "requires_action"}/> <span class="mono dim">${a.code || ""}</span></li>`)}</ol>`;

export function Intent({ p }) {
  const { account, attempts, intent: o } = p.stripe;
  const sum = (value) => html`<span class="num">${amount("en", o.currency.toUpperCase(), value)}</span>`;
  const charge = o.latest_charge;
  const leads = o.next_action?.redirect_to_url?.url;
  const rows = [["Id", html`<${Id} id=${o.id} what="the intent’s id"/>`], ["Account", html`<span class="mono">${account}</span>`], ["Amount", sum(o.amount)], ["Capturable", sum(o.amount_capturable)], ["Received", sum(o.amount_received)],
    ["Latest charge", charge ? html`<${Id} id=${charge.id} what="the charge’s id"/> <${Status} of=${charge.status}/>` : "None"], ["Last payment error", o.last_payment_error ? html`<${Why} e=${o.last_payment_error}/>` : "None"],
    ["Next action", leads ? html`<span class="mono">${o.next_action.type}</span>: <a href=${leads} target="_blank" rel="noopener">the payer’s page</a>` : "None"], attempts.length > 1 && ["Attempts", html`<${Attempts} p=${p} all=${attempts}/>`]];
  return html`<div data-testid="payment-intent" data-id=${o.id} data-status=${o.status} data-wallet=${p.state}><div class="beside"><div><small>PaymentIntent</small><${Status} of=${o.status}/></div><div><small>Wallet</small><${State} state=${p.state}/></div></div>
    <dl class="rcpt">${rows.filter(Boolean).map(([word, value]) => html`<dt key=${word}>${word}</dt><dd>${value}</dd>`)}</dl>
    <h3 class="h4">As Stripe’s API gives it</h3><${Json} text=${JSON.stringify(o, null, 2)}/></div>`;
}
