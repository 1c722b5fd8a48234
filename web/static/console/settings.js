// Settings: how the console looks in this browser, and how the simulator
// behaves for everybody.
import { html, useState } from "../vendor/preact-htm.js";
import { boot, sim, ask } from "./api.js";
import { Icon, Button, Box, Grey, Segments, Switch, Dialog, Copy, Badge, useAsked, link } from "./parts.js";
import { Worlds } from "./worlds.js";
import { pref, prefer, singleKeys } from "./prefs.js";

const theme = (to) => (v) => (prefer("theme", to), v.go("/console/settings"));

export const commands = [
  { id: "settings", label: "Settings", run: (v) => v.go("/console/settings") },
  { id: "theme-dark", label: "Dark theme", run: theme("dark") },
  { id: "theme-light", label: "Light theme", run: theme("light") },
  { id: "theme-system", label: "Theme of the system", run: theme("") },
];

// groups are the settings with their words. What the simulator has and this
// table does not is shown all the same, under its own name.
const groups = [
  ["Windows", "How long a customer has.", [
    ["landingWindow", "Landing window", "From creation until the customer says who they are."],
    ["approvalWindow", "Approval window", "From the push until the answer."],
    ["returnAfter", "Return to the shop after", "How long the landing page shows what became of a payment: 0 to 30 s, 0 at once."],
    ["oneWindow", "One window for both", "The vendor’s texts disagree: two windows of five minutes, or one of ten that begins with the payment."],
  ]],
  ["Brands", "What the wallets are called on customers’ pages and phones.", [
    ["brand.vipps.label", "Vipps", "In Norway and Sweden."], ["brand.mobilepay.label", "MobilePay", "In Denmark and Finland."],
  ]],
  ["Strictness", "How much the APIs forgive.", [
    ["rateLimit", "Rate limits", "Answer 429 where the real service would, counted on the simulated clock."],
    ["strictUrls", "Strict addresses", "Refuse http, localhost and private addresses, as the real service does."],
    ["strictBodies", "Strict bodies", "Refuse members that nobody knows."],
    ["webhookTimeout", "Webhook time limit", "How long a receiver may take, in real time."],
  ]],
  ["Stripe side", "For payments that come through Stripe.", [
    ["stripe.on_card_decline", "A refused card", "Ends the payment, or another card may be tried.", [["fail", "Ends it"], ["retry", "May be retried"]]],
    ["stripe.windows", "Windows", "One until the page is opened and one to approve, or one for both.", [["two", "Two"], ["one", "One"]]],
    ["stripe.redirect", "Payers are led to", "The test payment page, or the landing page at once.", [["page", "Test page"], ["landing", "Landing page"]]],
    ["stripe.preview_gate", "Preview flag", "Whether requests that name Vipps must carry it.", [["on", "Needed"], ["off", "Not needed"]]],
    ["stripe.webhook_retries", "Webhooks are repeated", "For two hours, or for three days.", [["sandbox", "Two hours"], ["live", "Three days"]]],
    ["stripe.processing_delay", "Processing takes", "Between approval and result."],
    ["stripe.refund_delay", "Refunds take", "Until they succeed."],
    ["stripe.min_amount", "Smallest amount", "In øre."],
    ["stripe.expose_wallet_card", "Show the wallet’s card", "In the details of charges."],
    ["stripe.also_epayment_events", "Tell the Webhooks API too", "Of these payments."],
  ]],
  ["Where the vendor’s texts disagree", "Choose the reading that your code has to live with.", [
    ["errorsToldBy", "Coded errors are told by", "An entry named ErrorCode, or a type of their own.", [["code", "ErrorCode"], ["type", "Type"]]],
    ["errorsTracedBy", "Errors are traced by", "Which members name the occurrence.", [["both", "Both"], ["traceId", "traceId"], ["instance", "instance"]]],
    ["mobilePayCaptureDays", "MobilePay may capture for", "Days after authorization, in Denmark and Finland.", [[14, "14 days"], [7, "7 days"]]],
    ["approveWithoutTest", "Force approve without /test", "Take the call at both of the paths that the texts name."],
    ["shippingCallbackCasing", "Shipping callback is spelled", "Names of the members that the merchant is sent.", [["camel", "camelCase"], ["pascal", "PascalCase"]]],
    ["expressFourScopes", "Express wants four scopes", "As it did until autumn 2026: name, address, email and phone number, no more and no fewer."],
  ]],
];

// leaf finds a member by its path; nested makes the body that changes it.
const leaf = (all, path) => path.split(".").reduce((o, name) => o?.[name], all);
const nested = (path, value) => path.split(".").reverse().reduce((inner, name) => ({ [name]: inner }), value);

// leaves are the paths of all members that hold a value.
const leaves = (o, path = "") => Object.entries(o).flatMap(([name, value]) => (value && typeof value === "object" && !Array.isArray(value) ? leaves(value, path + name + ".") : [path + name]));

// clocked are the settings whose spans are written as a clock's: "5:00".
const clocked = new Set(["landingWindow", "approvalWindow"]);

// spoken writes "5m0s" as people do: "5m", or "5:00" where a clock runs.
function spoken(text, path) {
  const m = clocked.has(path) && /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (m) return `${m[1] || 0}:${(m[2] || "0").padStart(2, "0")}`;
  return String(text).replace(/(\D)0s$/, "$1").replace(/(h)0m$/, "$1");
}

// heard reads what people type: "5:00" is "5m0s".
const heard = (text) => text.trim().replace(/^(\d+):(\d{2})$/, "$1m$2s");

function rest(all) {
  const known = new Set(groups.flatMap(([, , rows]) => rows.map(([path]) => path)));
  const more = leaves(all).filter((path) => !known.has(path) && !path.startsWith("fixedBy."));
  return more.length ? [["Other", "Settings of this version that have no words here yet.", more.map((path) => [path, path, ""])]] : [];
}

export function Settings({ v }) {
  const asked = useAsked(() => sim("/settings"), [v.version]);
  const info = useAsked(() => sim("/info"), []).data;
  const all = asked.data;
  return html`<div class="page"><div class="ph1"><h1>Settings</h1></div>
    <div class="set" data-testid="settings"><${Look} v=${v}/><${Language} v=${v}/><${Keys} v=${v}/>
    ${asked.error && html`<${Box} error=${asked.error} again=${asked.again}/>`}${!all && !asked.error && html`<${Grey} rows=${3} tall=${160}/>`}
    ${all && groups.concat(rest(all)).map(([title, text, rows]) => html`<${Group} key=${title} title=${title} text=${text} ours=${title === "Windows" && "The real ones are five minutes."}>${rows.filter(([path]) => leaf(all, path) !== undefined).map((row) => html`<${Row} key=${row[0]} v=${v} row=${row} value=${leaf(all, row[0])} by=${all.fixedBy?.[row[0]] || all.fixedBy?.[row[0].split(".")[0]]}/>`)}<//>`)}
    <${Group} title="Address for QR codes" text="What codes and links hold, and where else this computer can be opened. Another one is told at the start, with --public-url.">${info && info.addresses.map((a, i) => html`<div class="srow" key=${a} data-testid="address"><span class="grow"><span class="mono wrapword">${a}</span>${i === 0 && html`<small>In codes and links</small>`}${i === 0 && html`<${Fixed} by=${info.fixedBy.publicUrl}/>`}</span><${Copy} text=${a} what="the address"/></div>`)}<//>
    <${Group} title="Worlds" text="Each has merchants, phones, payments and a clock of its own, so that tests do not meet."><${Worlds} v=${v}/><//>
    <${Data} v=${v} info=${info}/><${About} info=${info}/></div></div>`;
}

// Group is a card of settings; ours says what only the simulator can.
const Group = ({ title, text, ours, children }) => html`<section class="bx sg" aria-label=${title}><h2>${title}</h2><p class="dim small">${text}${ours && html` <span class="ours">${ours}</span>`}</p>${children}</section>`;

function Look({ v }) {
  const choose = (name) => (value) => {
    prefer(name, value);
    v.say("Saved in this browser");
  };
  return html`<${Group} title="Appearance" text="In this browser only."><div class="srow" data-testid="theme"><span class="grow"><b>Theme</b><small>Follows the system unless you say otherwise.</small></span><${Segments} label="Theme" all=${[["", "System"], ["light", "Light"], ["dark", "Dark"]]} chosen=${pref("theme")} choose=${choose("theme")}/></div>
    <div class="srow" data-testid="density"><span class="grow"><b>Density</b><small>How tall the rows of lists are.</small></span><${Segments} label="Density" all=${[["", "Roomy"], ["compact", "Compact"]]} chosen=${pref("density")} choose=${choose("density")}/></div><//>`;
}

// Fixed says which flag or file has fixed something.
const Fixed = ({ by }) => by && html`<small><${Badge} icon="lock">Fixed by ${by}<//></small>`;

const languages = [["", "As the browser asks"], ["en", "English"], ["nb", "Norsk bokmål"], ["da", "Dansk"], ["fi", "Suomi"], ["sv", "Svenska"]];

// Language is that of the customers' pages. A link may name another, and each
// phone has one of its own.
function Language({ v }) {
  const [lang, setLang] = useState(boot.language);
  const choose = (e) => v.act(async () => {
    const to = e.target.value;
    const answer = await fetch(boot.prefix + "/console/language", { method: "POST", body: new URLSearchParams({ lang: to }) });
    if (!answer.ok) throw new Error("The language was not kept.");
    setLang((boot.language = to));
  }, "Saved in this browser");
  return html`<${Group} title="Language" text="In this browser only. The console speaks English."><div class="srow"><span class="grow"><b>Customers’ pages</b><small>Phones have a language of their own, at first that of their market.</small></span><select class="sin" aria-label="Language of customers’ pages" data-testid="language" value=${lang} onchange=${choose}>${languages.map(([id, word]) => html`<option key=${id} value=${id}>${word}</option>`)}</select></div><//>`;
}

function Keys({ v }) {
  const flip = (on) => {
    prefer("keys", on ? "" : "off");
    v.say(on ? "Single keys work" : "Single keys do nothing");
  };
  return html`<${Group} title="Keyboard" text="In this browser only."><div class="srow"><span class="grow"><b>Single-key shortcuts</b><small>J and K through lists, G and a letter to a page, letters for actions.</small></span><${Switch} on=${singleKeys()} label="Single-key shortcuts" testid="single-keys" change=${flip}/></div><//>`;
}

// Row is one setting. What the command line has fixed says by what, and is not
// changed here.
function Row({ v, row: [path, word, text, choices], value, by }) {
  const [error, setError] = useState("");
  const save = async (to) => {
    setError("");
    try {
      await sim("/settings", "PATCH", nested(path, to));
      v.act(async () => {}, "Saved");
      return true;
    } catch (refused) {
      setError(refused.message);
      return false;
    }
  };
  return html`<div class="srow" data-testid="setting" data-name=${path} data-value=${String(value)}><span class="grow"><b>${word}</b>${text && html`<small>${text}</small>`}<${Fixed} by=${by}/>${error && html`<small class="bad" role="alert" id="why-${path}">${error}</small>`}</span>
    ${by ? html`<span class="mono">${typeof value === "boolean" ? (value ? "on" : "off") : spoken(value, path)}</span>` : choices ? html`<${Segments} label=${word} all=${choices} chosen=${value} choose=${save}/>` : typeof value === "boolean" ? html`<${Switch} on=${value} label=${word} change=${save}/>` : html`<${Field} path=${path} word=${word} value=${value} save=${save} error=${error}/>`}</div>`;
}

// Field is a value that is typed; it is kept when the field is left.
function Field({ path, word, value, save, error }) {
  const usual = typeof value === "string" ? spoken(value, path) : String(value);
  const [text, write] = useState(null);
  const send = async () => {
    if (text === null || text === usual) return write(null);
    if (await save(typeof value === "number" ? Number(text) : heard(text))) write(null);
  };
  return html`<form onsubmit=${(e) => (e.preventDefault(), send())}><input class="sin" aria-label=${word} aria-invalid=${error ? "true" : null} aria-describedby=${error ? "why-" + path : null} value=${text ?? usual} oninput=${(e) => write(e.target.value)} onblur=${send}/></form>`;
}

// saveFile hands a text to the browser as a file.
function saveFile(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const stamp = (clock) => new Date(clock.now()).toISOString().slice(0, 19).replaceAll(":", "");

function Data({ v, info }) {
  const [asking, setAsking] = useState(null);
  const save = () => v.act(async () => saveFile(`liksom-${stamp(v.clock)}.json`, JSON.stringify(await sim("/snapshot"), null, 1)), "Snapshot saved");
  const read = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const text = await file.text();
    try {
      setAsking({ name: file.name, body: JSON.parse(text) });
    } catch (error) {
      v.say(`${file.name} is no snapshot: ${error.message}`, true);
    }
  };
  const restore = () => v.act(() => ask("/sim/v1/snapshot", { method: "PUT", body: asking.body }), "Restored").then(() => setAsking(null));
  const reset = () => v.act(() => sim("/reset", "POST"), "Everything is as on the first day").then(() => setAsking(null));
  return html`<${Group} title="Data" text=${info ? `Kept in ${info.store === "memory" ? "memory, until the simulator stops" : info.store}.` : "Everything the simulator knows."}>
    <div class="srow" data-testid="store"><span class="grow"><b>Store</b><small>Where all of it is kept.</small><${Fixed} by=${info?.fixedBy.store}/></span><span class="mono">${info?.store || "…"}</span></div>
    <div class="srow"><span class="grow"><b>Snapshot</b><small>Everything as one file, to go back to or to hand to somebody else.</small></span><div class="row gap wrapping"><${Button} icon="download" testid="snapshot-save" onclick=${save}>Save<//><label class="btn sm upl"><${Icon} name="upload"/>Restore<input class="vh" type="file" accept="application/json,.json" data-testid="snapshot-restore" onchange=${read}/></label></div></div>
    <div class="srow"><span class="grow"><b>Reset everything</b><small>Payments, codes, webhooks and settings go; the ready-made phones and merchants come back.</small></span><${Button} icon="undo" testid="reset" onclick=${() => setAsking("reset")}>Reset<//></div>
    ${asking === "reset" && html`<${Dialog} title="Reset everything?" close=${() => setAsking(null)} testid="reset-ask"><p>All payments, codes, webhooks and changed settings of this world are gone for good. A snapshot saved before can bring them back.</p><div class="row gap end"><${Button} kind="quiet" onclick=${() => setAsking(null)}>Keep it<//><${Button} kind="primary" testid="reset-yes" onclick=${reset}>Reset<//></div><//>`}
    ${asking?.body && html`<${Dialog} title="Restore this snapshot?" close=${() => setAsking(null)} testid="restore-ask"><p class="mono wrapword">${asking.name}</p><p class="dim">What there is now goes, and what the file holds takes its place.</p><div class="row gap end"><${Button} kind="quiet" onclick=${() => setAsking(null)}>Keep what is there<//><${Button} kind="primary" testid="restore-yes" onclick=${restore}>Restore<//></div><//>`}<//>`;
}

const About = ({ info }) => html`<${Group} title="About" text="Liksom is Norwegian for “pretend”. A stand-in for Vipps MobilePay, for testing only. Not made by or connected to Vipps MobilePay.">
  <dl class="kv2" data-testid="about"><dt>Version</dt><dd class="mono">${info?.version || "…"}</dd><dt>Keys</dt><dd>${info?.auth === "open" ? "Open: any keys work" : "Strict: the keys of the Merchants page"}<${Fixed} by=${info?.fixedBy.auth}/></dd><dt>World</dt><dd class="mono">${boot.prefix.split("/").pop() || "default"}</dd></dl>
  <p class="row gap wrapping"><a href=${link("/docs")} target="_self">API reference</a><a href=${link("/console/start")} target="_self">Get started</a><a href=${link("/openapi/sim.json")} target="_self">OpenAPI document</a></p><//>`;
