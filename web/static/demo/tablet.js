// The driver's tablet: the fare, how the request stands, and what can be done.
import { html } from "../vendor/preact-htm.js";
import { Icon, Ring } from "./parts.js";
import { amount, phone } from "../format.js";

const money = (value) => amount("en", "NOK", value);

export const waits = (o) => Boolean(o) && ["saved", "waiting", "reserved"].includes(o.state);

const over = {
  declined: ["Not paid", "The passenger said no."], expired: ["Not paid", "The passenger ran out of time."],
  cancelled: ["Not paid", "You cancelled the request."],
};

// status is what the tablet says: a state, a word and a hint.
function status({ ended, order, cash }, paying, retrying) {
  if (cash) return ["cash", "Paid in cash", "No request is open."];
  if (!ended) return ["driving", "Meter running", "End the trip when you are there."];
  if (!order) return ["scan", "Ask the passenger to scan the code", "It leads to this ride."];
  if (waits(order) && retrying) return ["waiting", "The passenger is trying another card", "The first one was declined. The request is still open."];
  if (waits(order)) return paying ? ["waiting", "Waiting for the passenger", "They opened the request in the app."] : ["waiting", "The passenger is reading the request", "They can still say no."];
  if (order.state === "paid") return ["paid", "Paid", `${money(order.captured)} captured. Receipt sent.`];
  return [order.state, ...(over[order.state] || ["Not paid", order.why])];
}

const marks = { paid: "check", cash: "check", driving: "taxi", scan: "qr", declined: "cross", expired: "clock", cancelled: "cross", failed: "warning" };

function Passenger({ ride, order }) {
  if (!order?.phone) return html`<dd class="dim" data-testid="taxi-passenger">${ride.known ? "as on the last trip" : "number comes when they have paid"}</dd>`;
  return html`<dd class="num" data-testid="taxi-passenger">${phone(order.phone)}<small class="dim">shared with consent</small></dd>`;
}

export function Tablet({ ride, fare, paying, retrying, problem, drive, id }) {
  const o = ride.order;
  const [state, word, hint] = status(ride, paying, retrying);
  const open = waits(o) && !ride.cash;
  const failed = o && !waits(o) && !["paid", "cash"].includes(state);
  const button = (act, testid, text, kind = "") => html`<button class=${"btn tall " + kind} data-testid=${testid} onClick=${() => drive(act)}>${text}</button>`;
  return html`<section class="p-tablet"><h2 class="lab3">The driver’s tablet</h2><div class="tab2"><div class="scr" data-testid="taxi-tablet"><header><${Icon} name="taxi" size=${22}/><b class="grow">Demo Taxi</b><span>Car ${id}</span></header><div class="in"><span class="dim">Fare</span><span class="fare num" data-testid="taxi-fare">${money(fare)}</span>
    <div class="stat" role="status" data-testid="taxi-status" data-state=${state}>${open ? html`<${Ring} limits=${o.limits}/>` : html`<i class="mark"><${Icon} name=${marks[state] || "clock"} size=${30} stroke=${state === "paid" ? 2.6 : 1.8}/></i>`}<span><b>${word}</b><span class="dim">${hint}</span></span></div>
    <dl><div><dt>Trip</dt><dd>11.4 km, 14 min</dd></div><div><dt>Passenger</dt><${Passenger} ride=${ride} order=${o}/></div>
    ${o && html`<div><dt>Reference</dt><dd class="mono">${o.reference}</dd></div>`}</dl>${problem && html`<p class="bad" role="alert">${problem}</p>`}
    <footer>${state === "driving" && button("end", "taxi-end", "End trip", "primary")}
      ${open && button("cancel", "taxi-cancel", "Cancel request")}
      ${failed && button("ask", "taxi-ask", "Ask again", "primary")}
      ${ride.ended && !ride.cash && state !== "paid" && button("cash", "taxi-cash", "Take cash")}
      ${state === "paid" && html`<button class="btn tall" onClick=${() => print()}>Print receipt</button>`}
      ${["paid", "cash"].includes(state) && button("next", "taxi-next", "Next trip", "primary")}</footer></div></div></div></section>`;
}
