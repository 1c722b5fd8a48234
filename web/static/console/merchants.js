// The sales units: their keys to copy, and what they may do.
import { html, useState } from "../vendor/preact-htm.js";
import { boot, sim, keysOf, firstCurl } from "./api.js";
import { Avatar, Button, Copy, Box, Grey, Dialog, useAsked } from "./parts.js";

const switches = [
  ["paymentsAllowed", "Payments", "May take payments at all"], ["pushAllowed", "Push", "May send requests straight to a phone"], ["longLivingAllowed", "Long-living", "May let payments wait longer than the usual windows"],
  ["expressAllowed", "Express", "May ask for an address and a delivery"], ["bankVerified", "Bank account verified", "Until then some payments are refused"], ["ninAllowed", "National identity number", "May ask for it"],
  ["fullCaptureOnly", "Full capture only", "Part of an amount cannot be captured"], ["lateCapture", "Late capture", "May capture after the reservation’s end"], ["refundsPossible", "Refunds", "May give money back"], ["phoneLocked", "Number locked", "The customer cannot change a prefilled number"],
];

const env = (u) => [`LIKSOM_URL=${boot.address}`, `LIKSOM_MSN=${u.msn}`, `LIKSOM_CLIENT_ID=${u.clientId}`, `LIKSOM_CLIENT_SECRET=${u.clientSecret}`, `LIKSOM_SUBSCRIPTION_KEY=${u.subscriptionKeys[0] || ""}`, ""].join("\n");

export function Merchants({ v }) {
  const asked = useAsked(() => sim("/merchants"), [v.version]);
  return html`<div class="page"><div class="ph1"><h1>Merchants</h1></div>
    ${asked.error && html`<${Box} error=${asked.error} again=${asked.again}/>`}
    ${!asked.data && !asked.error && html`<${Grey} rows=${5} tall=${160}/>`}
    <div class="units" data-testid="merchants">${(asked.data?.merchants || []).map((u) => html`<${Unit} key=${u.msn} v=${v} u=${u}/>`)}</div></div>`;
}

function Unit({ v, u }) {
  const [keys, setKeys] = useState(null);
  const [asking, ask] = useState(false);
  const show = (which) => v.act(async () => {
    const got = await keysOf(u.msn);
    setKeys({ ...got, which });
    setTimeout(() => setKeys(null), 10000);
  });
  const secret = (word, which, of) => html`<dt>${word}</dt><dd><span class="mono">${keys?.which === which ? of(keys) : "••••••••"}</span>${keys?.which !== which && html`<button type="button" class="cp w" onclick=${() => show(which)}>Show</button>`}<${Copy} text=${async () => of(await keysOf(u.msn))} what=${word}/></dd>`;
  const phone = { NO: "4712345678", DK: "4512345678", FI: "358401234567", SE: "46701234567" }[u.market] || boot.demo.phone;
  const rotate = () => v.act(() => sim("/merchants/" + u.msn, "PATCH", { rotateKeys: true }), "New keys drawn");
  return html`<section class="unit" data-testid="merchant-card" data-msn=${u.msn} aria-label=${u.name}><div class="row gap"><${Avatar} msn=${u.msn} name=${u.name}/><div class="grow"><h2 class="h2 trunc">${u.name}</h2><p class="dim trunc">${u.company}, sales unit ${u.msn}</p></div><span class="dim">${u.currency}</span></div>
    ${u.clientId ? html`<dl class="kv"><dt>client_id</dt><dd><span class="mono trunc">${u.clientId}</span><${Copy} text=${u.clientId} what="client_id"/></dd>
      ${secret("client_secret", "secret", (k) => k.clientSecret)}${secret("Ocp-Apim-Subscription-Key", "key", (k) => k.subscriptionKeys[0])}</dl>` : html`<p class="dim">This unit was made on the fly and has no keys of its own.</p>`}
    <div class="chips" role="group" aria-label="What ${u.name} may do">${switches.map(([name, word, text]) => html`<button type="button" key=${name} role="switch" aria-checked=${String(u.switches[name])} class="chip ${u.switches[name] ? "on" : ""}" title=${text} data-switch=${name}
      onclick=${() => v.act(() => sim("/merchants/" + u.msn, "PATCH", { switches: { [name]: !u.switches[name] } }))}>${word}</button>`)}</div>
    <div class="row gap wrapping">${u.clientId && html`<${Copy} text=${async () => env(await keysOf(u.msn))} word="Copy as .env" testid="merchant-env"/>
      <${Copy} text=${async () => { const k = await keysOf(u.msn); return firstCurl({ msn: u.msn, clientId: k.clientId, secret: k.clientSecret, key: k.subscriptionKeys[0], currency: u.currency }, phone); }} word="Copy as curl"/>`}
      <${Button} kind="sm quiet" icon="key" testid="merchant-rotate" onclick=${() => ask(true)}>Rotate keys<//></div>
    ${asking && html`<${Dialog} title="Rotate the keys of ${u.name}?" close=${() => ask(false)}><p>Running clients will get 401 until they have the new ones.</p><div class="row gap end"><${Button} kind="quiet" onclick=${() => ask(false)}>Keep them<//><${Button} kind="primary" onclick=${() => { ask(false); rotate(); }}>Rotate keys<//></div><//>`}</section>`;
}
