// What the page's live region says to those who do not see the screen: results,
// the marks of a countdown, and that somebody asks for money.
import { amount } from "../format.js";
import { say } from "./draw.js";
import { current } from "./state.js";

const results = { success: "result.paid", declined: "ph.declined.title", expired: "ph.expired.title", cancelled: "result.cancelled" };

const asks = (v, r) => say(v.lang, "ph.push.title", { merchant: r.merchantName, amount: amount(v.lang, r.amount.currency, r.amount.value) });

// words are those for a phone as it stands.
export function words(v) {
  const r = current(v.s);
  if (v.s.screen === "opened" && v.s.opened.beside) return say(v.lang, "ph.scan.opened", { host: v.s.opened.host });
  if (r && results[v.s.screen]) return say(v.lang, results[v.s.screen]);
  if (!r || r.state !== "PENDING") return v.pushes[0] ? asks(v, v.pushes[0]) : "";
  const left = v.clock.left(r.expiresAt, r.since);
  if (left <= 10000) return "0:10";
  return left <= 60000 ? say(v.lang, "landing.soon") : "";
}

// speak puts words into the region once, and leaves there what was said last.
export function speak(text) {
  const region = document.querySelector("[data-testid=live-region]");
  if (text && region.dataset.said !== text) region.textContent = text;
  region.dataset.said = text;
}
