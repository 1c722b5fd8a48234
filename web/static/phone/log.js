// What one phone went through, newest first, in this tab.
import { amount } from "../format.js";

const most = 40;
const words = {
  PENDING: "Waiting", PROCESSING: "The bank is asked", APPROVED: "Paid", DECLINED: "Declined", EXPIRED: "Ran out of time", TERMINATED: "Withdrawn",
};

// told gives the log after a message.
export function told(s, m, at) {
  const line = worded(s, m);
  return line ? [{ at, line }, ...s.log].slice(0, most) : s.log;
}

function worded(s, m) {
  const r = m.request;
  const money = r && amount("en", r.amount.currency, r.amount.value);
  if (m.type === "push") return `Push shown: ${r.merchantName}, ${money}`;
  if (m.type === "checkin") return `Checked in: ${m.merchantName}`;
  if (m.type === "phone" && s.phone.online !== m.phone.online) return m.phone.online ? "Back online" : "Went offline";
  if (m.type !== "request") return "";
  const before = s.requests.find((o) => o.id === r.id);
  if (!before) return `${money} is here: ${r.merchantName}`;
  if (before.state !== r.state) return `${words[r.state]}: ${money}`;
  if (r.failure && before.failure?.code !== r.failure.code) return r.failure.message;
  return "";
}
