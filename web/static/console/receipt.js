// The receipt, as the phone shows it: order lines as the merchant sent them,
// then what is known of the payment.
import { html } from "../vendor/preact-htm.js";
import { number } from "../format.js";
import { money, at } from "./parts.js";

const rate = (hundredths) => String(hundredths / 100) + " %";

function Lines({ r }) {
  const { currency, tipAmount, receiptNumber, posId } = r.bottomLine;
  const signed = (l, value) => number("en", l.isReturn ? -value : value);
  const sum = (of) => r.orderLines.reduce((all, l) => all + (l.isReturn ? -1 : 1) * l[of], 0);
  return html`<table class="lines" data-testid="receipt-lines"><thead><tr><th>Item</th><th class="right">VAT</th><th class="right">Amount</th></tr></thead><tbody>${r.orderLines.map((l, i) => html`<tr key=${i}><td><b>${l.name}</b><small class="dim">${[l.quantity && `${l.quantity} ${(l.quantityUnit || "").toLowerCase()}`, l.unitPrice && number("en", l.unitPrice) + " each", l.discount && number("en", -l.discount) + " off", l.isReturn && "returned", l.isShipping && "shipping"].filter(Boolean).join(", ")}</small></td><td class="right num dim">${rate(l.taxRate || 0)}</td><td class="right num">${signed(l, l.totalAmount)}</td></tr>`)}</tbody>
    <tfoot><tr><td colspan="2">Of which VAT</td><td class="right num">${number("en", sum("totalTaxAmount"))}</td></tr>${tipAmount > 0 && html`<tr><td colspan="2">Tip</td><td class="right num">${number("en", tipAmount)}</td></tr>`}<tr><td colspan="2"><b>Total</b></td><td class="right num"><b>${money({ currency, value: sum("totalAmount") + (tipAmount || 0) })}</b></td></tr></tfoot></table>
    ${(receiptNumber || posId) && html`<p class="dim small num">${[receiptNumber && "Receipt " + receiptNumber, posId && "till " + posId].filter(Boolean).join(", ")}</p>`}`;
}

export function Receipt({ p }) {
  const rows = [["Merchant", p.merchantName || p.msn], ["Description", p.description], ["Amount", money(p.amount)], p.card && ["Card", `•••• ${p.card.last4}`],
    p.shipping && ["Shipping", `${p.shipping.optionName}, ${money(p.shipping.cost)}`], p.scopes && ["Shared", p.scopes.join(", ")], ["Created", at(p.createdAt)], p.endedAt && ["Ended", at(p.endedAt)], ["PSP reference", p.pspReference]];
  return html`${p.receipt ? html`<${Lines} r=${p.receipt}/>` : html`<p class="none1">The merchant sent no order lines.</p>`}<dl class="rcpt">${rows.filter((r) => r && r[1]).map(([word, value]) => html`<dt key=${word}>${word}</dt><dd class="num">${value}</dd>`)}</dl>`;
}
