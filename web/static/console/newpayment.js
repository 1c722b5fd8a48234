// The form for a new payment. It is created through the API, with the sales
// unit's own keys, as a merchant's server would.
import { html, useState } from "../vendor/preact-htm.js";
import { amount } from "../format.js";
import { asMerchant, unique, sim, boot } from "./api.js";
import { Dialog, Button, Box, flows, useAsked } from "./parts.js";
import { pathOf } from "./payments.js";

// examples are ready-made: a word, the fields they fill in, and what more goes
// into the body.
const examples = [
  ["Push to a phone", { flow: "PUSH_MESSAGE", value: "350.00", text: "Two pairs of wool socks" }],
  ["Web shop", { flow: "WEB_REDIRECT", value: "3000.00", text: "Winter jacket" }],
  ["Taxi by QR code", { flow: "QR", value: "418.00", text: "Trip TX-122" }],
  ["With a receipt", { flow: "PUSH_MESSAGE", value: "500.00", text: "Socks and shipping" }, (value, currency) => ({ receipt: receipt([
    line("socks", "Wool socks", value - Math.round(value / 5), { quantity: "2", quantityUnit: "PCS" }), line("shipping", "Shipping", Math.round(value / 5), {}, { isShipping: true }),
  ], currency) })],
  ["Asks for the number", { flow: "WEB_REDIRECT", value: "1125.00", text: "Accident insurance" }, () => ({ profile: { scope: "name phoneNumber" } })],
  ["Card without money", { flow: "PUSH_MESSAGE", value: "1.51", text: "This amount makes every card fail" }],
  ["Long-living", { flow: "WEB_REDIRECT", value: "250.00", text: "Waits for a week" }, (value, currency, now) => ({ expiresAt: new Date(now + 7 * 86400000).toISOString().slice(0, 19) + "Z", receipt: receipt([line("box", "Box of socks", value, {})], currency) })],
];

const receipt = (orderLines, currency) => ({ orderLines, bottomLine: { currency, receiptNumber: "R-1001" } });

// line is an order line with 25 % tax inside its total.
function line(id, name, total, unit, more) {
  const tax = Math.round(total / 5);
  return { id, name, totalAmount: total, totalAmountExcludingTax: total - tax, totalTaxAmount: tax, taxRate: 2500, unitInfo: { unitPrice: unit.quantity ? Math.round(total / unit.quantity) : total, quantity: "1", quantityUnit: "PCS", ...unit }, ...more };
}

// minor reads an amount as people write it.
export function minor(text) {
  const m = String(text).trim().replace(",", ".").match(/^(\d{1,9})(?:\.(\d{1,2}))?$/);
  return m ? Number(m[1]) * 100 + Number((m[2] || "").padEnd(2, "0")) : NaN;
}

export function NewPayment({ v, close }) {
  const units = useAsked(() => sim("/merchants"), []).data?.merchants;
  return units ? html`<${Form} v=${v} usable=${units.filter((u) => u.clientId)} close=${close}/>` : null;
}

function Form({ v, usable, close }) {
  const phones = useAsked(() => sim("/phones"), []).data?.phones || [];
  const [f, setF] = useState({ msn: usable[0]?.msn || "", phone: boot.demo.phone, reference: "console-" + unique().slice(0, 10), ...examples[0][1] });
  const [example, setExample] = useState(0);
  const [error, setError] = useState("");
  const unit = usable.find((u) => u.msn === f.msn) || usable[0];
  const change = (name) => (e) => setF({ ...f, [name]: e.target.value });
  const send = async (event) => {
    event.preventDefault();
    const value = minor(f.value);
    if (!(value > 0)) return setError("Write the amount as 350.00.");
    const body = {
      amount: { currency: unit.currency, value }, paymentMethod: { type: "WALLET" }, reference: f.reference, userFlow: f.flow, paymentDescription: f.text,
      ...((f.flow === "PUSH_MESSAGE" || f.flow === "WEB_REDIRECT") && f.phone && { customer: { phoneNumber: f.phone } }),
      ...(f.flow !== "PUSH_MESSAGE" && { returnUrl: boot.address + pathOf({ msn: unit.msn, reference: f.reference }) }),
      ...examples[example][2]?.(value, unit.currency, v.clock.now()),
      ...(f.flow === "QR" && { qrFormat: { format: "IMAGE/SVG+XML" } }),
    };
    try {
      await asMerchant(unit.msn, "POST", "/epayment/v1/payments", body);
    } catch (refused) {
      return setError(refused.message);
    }
    close();
    v.go(pathOf({ msn: unit.msn, reference: f.reference }));
  };
  return html`<${Dialog} title="New payment" close=${close} testid="payment-form"><form class="form" onsubmit=${send}>
    <div class="row gap4 wrapping" role="group" aria-label="Examples">${examples.map(([word, values], i) => html`<button type="button" key=${word} class="fchip s ${i === example ? "on" : ""}" aria-pressed=${String(i === example)} data-example=${i} onclick=${() => { setExample(i); setF({ ...f, ...values }); }}>${word}</button>`)}</div>
    <label>Merchant<select value=${f.msn} onchange=${change("msn")}>${usable.map((u) => html`<option key=${u.msn} value=${u.msn}>${u.name}, ${u.currency}</option>`)}</select></label>
    <label>Amount in ${unit?.currency || "NOK"}<input inputmode="decimal" value=${f.value} oninput=${change("value")}/><small>${minor(f.value) > 0 && unit ? amount("en", unit.currency, minor(f.value)) : "Write it as 350.00"}</small></label>
    <label>Flow<select value=${f.flow} onchange=${change("flow")}>${Object.entries(flows).map(([id, [, word]]) => html`<option key=${id} value=${id}>${word}</option>`)}</select></label>
    ${f.flow !== "QR" && html`<label>Phone<select value=${f.phone} onchange=${change("phone")}>${f.flow !== "PUSH_MESSAGE" && html`<option value="">None</option>`}${phones.map((p) => html`<option key=${p.number} value=${p.number}>${p.name}, +${p.number}</option>`)}</select></label>`}
    <label>Description<input value=${f.text} maxlength="100" oninput=${change("text")}/></label>
    <label>Reference<input class="mono" value=${f.reference} maxlength="64" oninput=${change("reference")}/></label>
    ${error && html`<${Box} error=${error}/>`}
    <div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="payment-create">Create payment</button></div></form><//>`;
}
