// What one phone went through, newest first, in this tab.
import { amount } from "../format.js";
import { lang, t } from "./words.js";

const most = 40;

// told gives the log after a message.
export function told(s, m, at) {
  const line = worded(s, m);
  return line ? [{ at, line }, ...s.log].slice(0, most) : s.log;
}

// seen gives the log after a request was opened in this tab.
export function seen(s, id, at) {
  const r = s.requests.find((o) => o.id === id);
  if (!r || r.state !== "PENDING") return s.log;
  return [{ at, line: t("log.opened", { amount: amount(lang, r.amount.currency, r.amount.value) }) }, ...s.log].slice(0, most);
}

function worded(s, m) {
  const r = m.request;
  const money = r && amount(lang, r.amount.currency, r.amount.value);
  if (m.type === "push") return t("log.push", { merchant: r.merchantName, amount: money });
  if (m.type === "checkin") return t("log.checkin", { merchant: m.merchantName });
  if (m.type === "phone" && s.phone.online !== m.phone.online) return m.phone.online ? t("log.back") : t("log.gone");
  if (m.type !== "request") return "";
  const before = s.requests.find((o) => o.id === r.id);
  if (!before) return t("log.here", { merchant: r.merchantName, amount: money });
  if (before.state !== r.state) return t("log.changed", { what: t("log." + r.state), amount: money });
  if (r.failure && before.failure?.code !== r.failure.code) return r.failure.message;
  return "";
}
