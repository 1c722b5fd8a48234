// What teaches whoever has no payments yet: two clicks to one, or code to
// paste, with keys that work.
import { html, useState } from "../vendor/preact-htm.js";
import { phone } from "../format.js";
import { boot } from "./api.js";
import { Icon, Button, Copy, Code, Tabs, Panel, link } from "./parts.js";
import { snippets } from "./snippets.js";

// hidden stands for a secret that nobody asked to see.
export const hidden = "••••••••";

// Keys are the ready-made ones. Secrets are not shown until somebody asks.
function Credentials() {
  const [shown, show] = useState(false);
  const { demo } = boot;
  const rows = [["Base URL", boot.address], ["Merchant-Serial-Number", demo.msn], ["client_id", demo.clientId], ["client_secret", demo.secret, true], ["Ocp-Apim-Subscription-Key", demo.key, true]];
  return html`<section class="bx creds" data-testid="credentials"><div class="row gap"><h2 class="grow"><${Icon} name="key" size=${18}/>Keys of the demo merchant</h2><${Button} kind="sm quiet" icon="eye" testid="credentials-show" onclick=${() => show(!shown)}>${shown ? "Hide" : "Show"}<//></div>
    <dl class="kv">${rows.map(([word, value, secret]) => html`<dt key=${word}>${word}</dt><dd><span class="mono">${secret && !shown ? hidden : value}</span><${Copy} text=${value} what=${word}/></dd>`)}</dl></section>`;
}

// Snippets are code in four languages; what is copied has the real secrets,
// what is shown does not. secrets asks for them, when somebody copies.
export function Snippets({ keys, secrets, number }) {
  const [which, choose] = useState("curl");
  const [, , code] = snippets.find(([id]) => id === which);
  const text = async () => code(secrets ? await secrets() : keys, number);
  return html`<div class="snips"><${Tabs} name="snippet" chosen=${which} choose=${choose} all=${snippets.map(([id, word]) => [id, word])}/>
    <${Panel} name="snippet" chosen=${which}><${Code}>${code({ ...keys, secret: hidden, key: hidden }, number)}<//><div class="row gap"><${Copy} text=${text} word=${"Copy " + snippets.find(([id]) => id === which)[1]} testid="snippet-copy"/><span class="dim small">The copy has the real keys in it.</span></div><//></div>`;
}

export function First({ v }) {
  const { demo } = boot;
  return html`<div class="first" data-testid="payments-none"><div class="first-h"><${Icon} name="receipt" size=${28}/><h2 class="h2">No payments yet</h2><p class="dim">Make one here, or send it as a merchant’s server would. Then answer it on the phone.${v.known("/demo/shop") && html` <a href=${link("/demo/shop")}>Or let the sock shop do it</a>`}</p>
      <div class="row gap wrapping"><${Button} kind="primary" icon="plus" testid="first-payment" onclick=${() => v.open("payment")}>New payment<//><a class="btn quiet" href=${link("/phone/" + demo.phone)} target="_blank" rel="noopener"><${Icon} name="phone"/>Kari’s phone, ${phone(demo.phone)}</a>${v.known("/console/webhooks") && html`<a class="btn quiet" href=${link("/console/webhooks")}><${Icon} name="webhook"/>Listen to webhooks</a>`}</div></div>
    <${Credentials}/><section class="bx"><h2><${Icon} name="code" size=${18}/>Send your first one</h2><${Snippets} keys=${demo} number=${demo.phone}/></section></div>`;
}
