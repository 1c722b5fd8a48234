// The language of scenarios, for who has none yet or writes one.
import { html, useState } from "../vendor/preact-htm.js";
import { boot } from "./api.js";
import { Icon, Button, Copy, Code, Dialog, link } from "./parts.js";

const example = () => `id: customer-says-no
title: The customer says no
steps:
  - create: {amount: 35000, flow: PUSH_MESSAGE, phone: "${boot.demo.phone}"}
  - decline
  - wait: {payment: {state: ABORTED}}
  - expect: payment(reference).authorized == 0
`;

// Teach stands where there is nothing to run.
export function Teach({ absent }) {
  return html`<div class="first" data-testid="scenarios-none"><${Icon} name="flask" size=${28}/><p>${absent ? html`This simulator can’t run scenarios. What a scenario does can be done by hand: make a payment, answer it on a phone, bend the clock.` : html`No scenarios come with this simulator. One plays the merchant and the customer, and says what must come of it:`}</p>
    ${absent ? html`<div class="row gap wrapping"><a class="btn sm quiet" href=${link("/")}><${Icon} name="list"/>Payments</a><a class="btn sm quiet" href=${link("/phone")} target="_self"><${Icon} name="phones"/>Phones</a><a class="btn sm quiet" href=${link("/console/control")}><${Icon} name="clock"/>Clock and faults</a></div>`
      : html`<${Code}>${example()}<//><div class="row gap wrapping"><${Copy} text=${example} word="Copy the example"/></div>`}</div>`;
}

// written keeps the text and the shop for as long as the tab lives.
export const written = { source: "", shop: "" };

// idOf reads the id of a scenario off its text.
export const idOf = (source) => /^id:\s*["']?([a-z0-9-]+)/m.exec(source)?.[1];

// Write runs a text of one's own, against the built-in shop or another.
export function Write({ begin, close, shown }) {
  const [f, setF] = useState({ source: written.source || example(), shop: written.shop });
  const [error, setError] = useState("");
  const change = (name) => (e) => {
    const value = (written[name] = e.target.value);
    setF((old) => ({ ...old, [name]: value }));
  };
  const send = async (event) => {
    event.preventDefault();
    try {
      written.source = f.source;
      await begin({ source: f.source, ...(f.shop.trim() && { shop: f.shop.trim() }) });
    } catch (refused) {
      return setError(refused.message);
    }
    close();
    const id = idOf(f.source);
    if (id) shown(id);
  };
  return html`<${Dialog} title="Write a scenario" wide close=${close} testid="scenario-form"><form class="form" onsubmit=${send}>
    <label>Scenario in YAML<textarea class="mono scw" rows="14" spellcheck="false" name="source" value=${f.source} oninput=${change("source")}></textarea></label>
    <label>Your shop’s checkout, if it is to be tried<input class="mono" name="shop" placeholder="http://localhost:3000/checkout" value=${f.shop} oninput=${change("shop")}/></label>
    ${error && html`<pre class="code bad" role="alert" data-testid="scenario-refused">${error}</pre>`}
    <div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="scenario-send">Run</button></div></form><//>`;
}
