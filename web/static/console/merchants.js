// The sales units: their keys to copy, and what they may do.
import { html, useState } from "../vendor/preact-htm.js";
import { boot, sim, keysOf } from "./api.js";
import { Avatar, Button, Copy, Menu, Box, Empty, Dialog, useAsked, link } from "./parts.js";
import { useCommands } from "./commands.js";
import { firstCurl, keysIn } from "./snippets.js";
import { Snippets } from "./first.js";

const switches = [
  ["paymentsAllowed", "Payments", "May take payments at all"], ["pushAllowed", "Push", "May send requests straight to a phone"], ["longLivingAllowed", "Long-living", "May let payments wait longer than the usual windows"],
  ["expressAllowed", "Express", "May ask for an address and a delivery"], ["bankVerified", "Bank account verified", "Until then some payments are refused"], ["ninAllowed", "National identity number", "May ask for it"],
  ["profileSharingAllowed", "Profile sharing", "May ask for name, address and the like"], ["fullCaptureOnly", "Full capture only", "Part of an amount cannot be captured"], ["lateCapture", "Late capture", "May capture after the reservation’s end"],
  ["refundsPossible", "Refunds", "May give money back"], ["phoneLocked", "Number locked", "The customer cannot change a prefilled number"], ["psp", "Payment provider", "Takes payments for others"],
];

const env = (u) => [`LIKSOM_URL=${boot.address}`, `LIKSOM_MSN=${u.msn}`, `LIKSOM_CLIENT_ID=${u.clientId}`, `LIKSOM_CLIENT_SECRET=${u.clientSecret}`, `LIKSOM_SUBSCRIPTION_KEY=${u.subscriptionKeys[0] || ""}`, ""].join("\n");
const phones = { NO: "4712345678", DK: "4512345678", FI: "358401234567", SE: "46701234567" };
const markets = [["NO", "Norway, NOK, Vipps"], ["DK", "Denmark, DKK, MobilePay"], ["FI", "Finland, EUR, MobilePay"], ["SE", "Sweden, SEK, Vipps"]];
const brands = { vipps: "Vipps", mobilepay: "MobilePay" };

// shownFor is how long a secret that was asked for stays to be read, in ms.
const shownFor = 10000;

export function Merchants({ v }) {
  const asked = useAsked(() => sim("/merchants"), [v.version]);
  const regs = useAsked(() => sim("/registrations"), [v.version]).data?.registrations || [];
  const [adding, setAdding] = useState(false);
  const units = asked.data?.merchants;
  const today = useAsked(() => sim("/payments/today"), [v.version]).data;
  useCommands([{ id: "add-merchant", label: "Add a merchant", icon: "plus", run: () => setAdding(true) }]);
  return html`<div class="page"><div class="ph1"><h1>Merchants</h1><span class="grow"></span><${Button} kind="sm primary" icon="plus" testid="merchant-new" onclick=${() => setAdding(true)}>Add a merchant<//></div>
    ${asked.error && html`<${Box} error=${asked.error} again=${asked.again}/>`}
    ${!units && !asked.error && html`<div class="units grey" aria-hidden="true">${[1, 2, 3, 4].map((n) => html`<i key=${n} data-tall="320"></i>`)}</div>`}
    ${units?.length === 0 && html`<${Empty} icon="shop" action=${html`<${Button} icon="plus" onclick=${() => setAdding(true)}>Add a merchant<//>`}>No sales units yet.<//>`}
    <div class="units" data-testid="merchants">${(units || []).map((u) => html`<${Unit} key=${u.msn} v=${v} u=${u} hooks=${regs.filter((r) => r.msn === u.msn).length} today=${today && (today.units[u.msn] || 0)}/>`)}</div>
    ${adding && html`<${Add} v=${v} units=${units || []} close=${() => setAdding(false)}/>`}</div>`;
}

// Secret is a value behind dots, until somebody asks for it.
function Secret({ v, u, word, about, of }) {
  const [text, setText] = useState("");
  const show = () => v.act(async () => {
    setText(of(await keysOf(u.msn)));
    setTimeout(() => setText(""), shownFor);
  });
  const whose = `${word} of ${about || u.name}`;
  return html`<dt>${word}${about && html`<small class="trunc" title=${about}>${about.replace(/^https?:\/\//, "")}</small>`}</dt><dd><span class="mono">${text || "••••••••"}</span>${!text && html`<button type="button" class="cp w" aria-label="Show ${whose}" onclick=${show}>Show</button>`}<${Copy} text=${async () => of(await keysOf(u.msn))} what=${about ? whose : word}/></dd>`;
}

// Stripe is an account with Stripe that is bound to the unit.
const Stripe = ({ v, u, a, n }) => html`<div role="group" aria-label="Stripe keys of ${u.name}" data-testid="merchant-stripe" data-account=${a.account}><h3 class="h4">Stripe <span class="mono dim">${a.account}</span></h3><dl class="kv">
  <${Secret} v=${v} u=${u} word="Secret key" of=${(k) => k.stripe[n].secretKey}/><dt>Publishable key</dt><dd><span class="mono">${a.publishableKey}</span><${Copy} text=${a.publishableKey} what="Publishable key"/></dd>
  ${a.endpoints.map((e) => html`<${Secret} key=${e.id} v=${v} u=${u} word="Webhook secret" about=${e.url + (e.disabled ? ", disabled" : "")} of=${(k) => k.stripe[n].endpoints.find((o) => o.id === e.id)?.secret || ""}/>`)}</dl></div>`;

function Unit({ v, u, hooks, today }) {
  const [over, setOver] = useState("");
  const close = () => setOver("");
  const change = (body, said) => v.act(() => sim("/merchants/" + encodeURIComponent(u.msn), "PATCH", body), said);
  const rotate = () => {
    close();
    change({ rotateKeys: true }, "New keys drawn");
  };
  const curl = async () => firstCurl(keysIn({ ...u, ...(await keysOf(u.msn)) }), phones[u.market] || boot.demo.phone);
  return html`<section class="unit" data-testid="merchant-card" data-msn=${u.msn} aria-label=${u.name}><div class="row gap"><${Avatar} msn=${u.msn} name=${u.name}/><div class="grow"><h2 class="h2 trunc">${u.name}</h2><p class="dim trunc">${u.company}, sales unit ${u.msn}</p></div><span class="dim">${u.currency} · ${brands[u.brand] || u.brand}</span>${u.clientId && html`<${Menu} label="More for ${u.name}" testid="merchant-more" kind="cp" items=${[{ id: "code", label: "Code to begin with", icon: "code", run: () => setOver("code") }, { id: "hooks", label: "Webhooks", icon: "webhook", run: () => v.go("/console/webhooks") }]}/>`}</div>
    ${u.clientId ? html`<dl class="kv"><dt>client_id</dt><dd><span class="mono">${u.clientId}</span><${Copy} text=${u.clientId} what="client_id"/></dd>
      <${Secret} v=${v} u=${u} word="client_secret" of=${(k) => k.clientSecret}/><${Secret} v=${v} u=${u} word="Ocp-Apim-Subscription-Key" of=${(k) => k.subscriptionKeys[0]}/></dl>` : html`<p class="dim">This unit was made on the fly and has no keys of its own.</p>`}
    ${(u.stripe || []).map((a, n) => html`<${Stripe} key=${a.account} v=${v} u=${u} a=${a} n=${n}/>`)}
    <div class="chips" role="group" aria-label="What ${u.name} may do">${switches.filter(([name]) => u.switches[name] !== undefined).map(([name, word, text]) => html`<button type="button" key=${name} role="switch" aria-checked=${String(u.switches[name])} class="chip ${u.switches[name] ? "on" : ""}" title=${text} data-switch=${name}
      onclick=${() => change({ switches: { [name]: !u.switches[name] } })}>${word}</button>`)}</div>
    <div class="row gap wrapping">${u.clientId && html`<${Copy} text=${async () => env(await keysOf(u.msn))} word="Copy as .env" testid="merchant-env"/><${Copy} text=${curl} word="Copy as curl"/>`}
      <${Button} kind="sm quiet" icon="key" testid="merchant-rotate" onclick=${() => setOver("rotate")}>${u.clientId ? "Rotate keys" : "Draw keys"}<//><span class="grow"></span><a class="dim small num" data-testid="merchant-today" title="Since midnight UTC on the simulated clock" href=${link("/console/webhooks")}>${typeof today !== "number" ? "" : `${today} ${today === 1 ? "payment" : "payments"} today, `}${hooks} ${hooks === 1 ? "webhook" : "webhooks"}</a></div>
    ${over === "code" && html`<${Dialog} title="Code for ${u.name}" wide close=${close}><${Snippets} keys=${keysIn(u)} secrets=${async () => keysIn({ ...u, ...(await keysOf(u.msn)) })} number=${phones[u.market] || boot.demo.phone}/><//>`}
    ${over === "rotate" && html`<${Dialog} title="Rotate the keys of ${u.name}?" close=${close}><p>Running clients will get 401 until they have the new ones.</p><div class="row gap end"><${Button} kind="quiet" onclick=${close}>Keep them<//><${Button} kind="primary" testid="merchant-rotate-yes" onclick=${rotate}>Rotate keys<//></div><//>`}</section>`;
}

// Add makes a sales unit with keys of its own.
function Add({ v, units, close }) {
  const taken = units.map((u) => Number(u.msn)).filter((n) => n >= 700001);
  const [f, setF] = useState({ name: "", company: "", market: "NO", msn: String(Math.max(700000, ...taken) + 1) });
  const [error, setError] = useState("");
  const change = (name) => (e) => setF({ ...f, [name]: e.target.value });
  const send = async (event) => {
    event.preventDefault();
    if (!f.name.trim()) return setError("Give it a name, such as My Shop.");
    try {
      await sim("/merchants", "POST", { name: f.name, company: f.company || f.name, market: f.market, msn: f.msn });
    } catch (refused) {
      return setError(refused.message);
    }
    close();
    return v.act(async () => {}, "Merchant added, with keys of its own");
  };
  return html`<${Dialog} title="Add a merchant" close=${close} testid="merchant-form"><form class="form" onsubmit=${send}>
    <label>Name<input value=${f.name} placeholder="My Shop" aria-describedby=${error ? "unit-error" : null} oninput=${change("name")}/></label><label>Company<input value=${f.company} placeholder=${f.name || "My Shop AS"} oninput=${change("company")}/></label>
    <label>Market<select value=${f.market} onchange=${change("market")}>${markets.map(([id, word]) => html`<option key=${id} value=${id}>${word}</option>`)}</select></label>
    <label>Sales unit number (MSN)<input class="mono" inputmode="numeric" value=${f.msn} aria-describedby=${error ? "unit-error" : null} oninput=${change("msn")}/></label>
    ${error && html`<div id="unit-error"><${Box} error=${error}/></div>`}<div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="merchant-add">Add</button></div></form><//>`;
}
