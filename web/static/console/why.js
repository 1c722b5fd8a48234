// Why a call was refused, which line of its body is to blame, and what else
// somebody would stumble over after that.
import { number } from "../format.js";
import { places, lineOf } from "./places.js";

const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const codes = (d) => (d.extraDetails || []).filter((e) => e.name === "ErrorCode").map((e) => e.reason);

// complaints are what an answer says is wrong, each with the member's name
// where it has one. They are the API's own words.
export function complaints(call) {
  if (call.status && call.status < 400) return [];
  if (!call.status) return [{ reason: "No answer was sent: the line was cut." }];
  const d = parse(call.response?.body || "");
  if (!d || typeof d !== "object") return [{ reason: call.response?.body ? "The answer is no problem document; it stands under Answer." : `The answer is ${call.status}, without a word.` }];
  const named = (Array.isArray(d.extraDetails) ? d.extraDetails : []).filter((e) => e.name !== "ErrorCode" && e.reason);
  if (named.length) return named.map((e) => ({ name: e.name, reason: e.reason }));
  const [code] = codes(d);
  const text = d.detail || d.message || d.error_description || d.title || d.error || `The answer is ${call.status}.`;
  return [{ reason: String(text), code: code && code !== "not_found" ? code : "" }];
}

// heads are said before the API's own words: what a complaint is about.
const head = (c) => (/^Line \d+, column/.test(c.reason) ? "The body is not valid JSON." : c.name && c.name !== "$" ? c.name + ":" : "");

// why gives the first cause and what is left once that is fixed, each with
// its line; 0 where no line is to blame.
export function why(call) {
  const all = places(call.request?.body || "");
  const [first, ...rest] = complaints(call).map((c) => ({ head: head(c), text: c.reason, code: c.code, line: lineOf(all, c.name, c.reason), name: c.name }));
  const seen = new Set([first, ...rest].filter(Boolean).map((c) => c.name));
  const more = rest.concat(hints(call, all).filter((h) => !seen.has(h.name)));
  return { first, more, notes: call.notes || [] };
}

// hints are what this body would be asked about next, or what is accepted and
// odd all the same. They are guesses, so they never stand in the first place.
export function hints(call, all = places(call.request?.body || "")) {
  if (call.method !== "POST" || !/^\/epayment\/v1\/payments\/?$/.test(call.path)) return [];
  const out = [];
  const reference = all.get("reference");
  if (reference && typeof reference.value === "number") out.push({ name: "reference", line: reference.line, text: "reference is a bare number. It is taken as text, but most JSON readers will round it." });
  const flow = all.get("userFlow");
  const named = ["phoneNumber", "personalQr", "customerToken"].some((m) => all.has("customer." + m));
  if (flow?.value === "PUSH_MESSAGE" && !named) out.unshift({ name: "customer.phoneNumber", line: flow.line, text: "PUSH_MESSAGE needs customer.phoneNumber, or there is no phone to send it to." });
  if (flow?.value === "WEB_REDIRECT" && !all.has("returnUrl")) out.unshift({ name: "returnUrl", line: flow.line, text: "WEB_REDIRECT needs returnUrl, or the payer has no way back." });
  return out.concat(taxes(all));
}

const money = (value) => number("en", value);

function taxes(all) {
  const lines = all.get("receipt.orderLines")?.length || 0;
  for (let i = 0; i < Math.min(lines, 200); i++) {
    const of = (m) => all.get(`receipt.orderLines[${i}].${m}`);
    const [tax, share, net, total] = ["totalTaxAmount", "taxPercentage", "totalAmountExcludingTax", "totalAmount"].map((m) => of(m)?.value);
    if (![tax, net].every(Number.isFinite)) continue;
    const line = of("totalTaxAmount").line;
    if (Number.isFinite(share) && Math.abs(net * share / 100 - tax) > 1) return [{ name: "totalTaxAmount", line, text: `${money(tax)} is not ${share} % of ${money(net)}. The phone shows the numbers as you sent them.` }];
    if (Number.isFinite(total) && net + tax !== total) return [{ name: "totalAmount", line, text: `${money(net)} and ${money(tax)} are not ${money(total)} together. The phone shows the numbers as you sent them.` }];
  }
  return [];
}
