// QR codes: those that merchants print, and those that ask for one payment.
import { html, useState, useEffect } from "../vendor/preact-htm.js";
import { remaining } from "../format.js";
import { boot, sim, asMerchant, unique } from "./api.js";
import { Icon, Badge, Button, Copy, Box, Empty, Ring, Dialog, useAsked, useTick, money, link, speak } from "./parts.js";
import { minor } from "./newpayment.js";

const kinds = [["", "All"], ["redirect", "Redirect"], ["one-time", "One-time"], ["callback", "Callback"]];
const word = (kind) => kinds.find(([id]) => id === kind)?.[1] || kind;

export const commands = [
  { id: "qr", label: "QR codes", key: "G Q", run: (v) => v.go("/console/qr") },
  { id: "qr-new", label: "New QR code", run: (v) => (opening = true, v.go("/console/qr")) },
  { id: "qr-print", label: "Print stickers", run: () => location.assign(link("/console/qr/print")) },
];

// opening has the page show its form, for who came by a command.
let opening = false;
let scanner = "";

const local = /^https?:\/\/(localhost|127\.|\[::1\]|[^/:]*\.localhost)/;

// bare is an address as people say it.
const bare = (url) => String(url).replace(/^https?:\/\//, "");

const scans = (n) => (n ? `${n} ${n === 1 ? "scan" : "scans"}` : "never scanned");

export function Codes({ v }) {
  const [kind, setKind] = useState("");
  const [chosen, setChosen] = useState([]);
  const [making, make] = useState(false);
  useEffect(() => {
    if (!opening) return;
    opening = false;
    make(true);
  });
  const asked = useAsked(() => sim("/qr?limit=500"), [v.version]);
  const info = useAsked(() => sim("/info"), []).data;
  const units = useAsked(() => sim("/merchants"), []).data?.merchants || [];
  const phones = useAsked(() => sim("/phones"), [v.version]).data?.phones || [];
  const all = (asked.data?.codes || []).sort((a, b) => (a.state !== "live") - (b.state !== "live"));
  const rows = all.filter((c) => !kind || c.kind === kind);
  const live = (id) => all.filter((c) => (!id || c.kind === id) && c.state === "live").length;
  const ids = chosen.filter((id) => all.some((c) => c.id === id));
  const print = link("/console/qr/print") + (ids.length ? "?ids=" + ids.join(",") : "");
  const flip = (id) => setChosen(ids.includes(id) ? ids.filter((o) => o !== id) : ids.concat(id));
  return html`<div class="page"><div class="ph1"><h1>QR codes</h1>
      <div class="fl" role="group" aria-label="Filter by kind">${kinds.map(([id, text]) => html`<button type="button" key=${id} class="fchip ${kind === id ? "on" : ""}" aria-pressed=${String(kind === id)} data-testid="qr-filter-${id || "all"}" onclick=${() => setKind(id)}>${text} <b>${live(id)}</b></button>`)}</div>
      <span class="grow"></span><a class="btn sm quiet" href=${print} target="_self" data-testid="qr-print"><${Icon} name="print"/>${ids.length ? `Print ${ids.length} ${ids.length === 1 ? "sticker" : "stickers"}` : "Print stickers"}</a>
      <${Button} kind="sm primary" icon="plus" testid="qr-new" onclick=${() => make(true)}>New QR code<//></div>
    ${info && html`<${Reach} url=${info.publicUrl}/>`}
    ${asked.error && html`<${Box} error=${asked.error} again=${asked.again}/>`}
    ${!asked.data && !asked.error && html`<div class="qg grey" aria-hidden="true">${[1, 2, 3, 4].map((n) => html`<i key=${n} data-tall="320"></i>`)}</div>`}
    ${asked.data && !rows.length && html`<${Empty} icon="qr" action=${all.length ? html`<${Button} onclick=${() => setKind("")}>Show all<//>` : html`<${Button} icon="plus" onclick=${() => make(true)}>New QR code<//>`}>${all.length ? "No code of this kind." : "No codes yet. A redirect code leads to a merchant’s page, a callback code checks a customer in, a one-time code asks for one payment."}<//>`}
    ${rows.length > 0 && html`<ul class="qg" data-testid="qr-list">${rows.map((c) => html`<${Card} key=${c.id} v=${v} c=${c} unit=${units.find((u) => u.msn === c.msn)} phones=${phones} on=${ids.includes(c.id)} choose=${() => flip(c.id)}/>`)}</ul>`}
    ${making && html`<${NewCode} v=${v} units=${units.filter((u) => u.clientId)} taken=${all} close=${() => make(false)}/>`}</div>`;
}

// Reach says what address the codes hold, and whether phones get there.
const Reach = ({ url }) => (local.test(url) ? html`<div class="ban" role="note" data-testid="qr-reach"><${Icon} name="warning" size=${18}/><span class="grow">The codes hold <span class="mono">${url}</span>, which real phones can’t reach. Start with <code class="mono">--public-url</code> or <code class="mono">--addr 0.0.0.0:8080</code>. Simulated phones can scan them all the same.</span></div>`
  : html`<p class="reachable dim" data-testid="qr-reach"><${Icon} name="phone"/><span>Real phones reach this simulator at <span class="mono wrapword">${url}</span></span><${Copy} text=${url} what="the address"/></p>`);

function Card({ v, c, unit, phones, on, choose }) {
  const gone = c.state !== "live";
  const title = c.amount ? money(c.amount) : c.title;
  const shop = unit?.name || c.msn;
  return html`<li class="qc ${gone ? "gone" : ""} ${on ? "on" : ""}" data-testid="qr-card" data-id=${c.id} data-kind=${c.kind} data-state=${c.state} data-name=${c.name}>
    ${!gone && c.kind !== "one-time" && html`<label class="pickone"><input type="checkbox" checked=${on} onchange=${choose} aria-label="Choose ${title} to print"/></label>`}
    <div class="im"><${Picture} src=${c.svg && link(c.svg)} alt="${c.content}, test, not a real payment"/></div>
    <div class="row gap"><h2 class="grow trunc" title=${title}>${title}</h2><${Badge} tone=${c.kind === "one-time" ? "info" : ""} icon=${{ redirect: "external", callback: "pin" }[c.kind] || "bolt"}>${word(c.kind)}<//></div>
    <p class="dim two" title=${c.target || c.name}>${c.kind === "redirect" ? html`to <${Way} c=${c}>${bare(c.target)}<//>, ${scans(c.scans)}` : c.kind === "callback" ? html`checks in at <${Way} c=${c}>${shop}<//>, ${scans(c.scans)}` : html`${shop}, <${Way} c=${c}>${c.name}<//>`}</p>
    ${gone ? html`<p class="row gap4"><${Badge} icon=${c.state === "used" ? "check" : "clock"}>${c.state === "used" ? "Used" : "Ran out"}<//></p>` : html`${c.endsAt && html`<${Left} clock=${v.clock} c=${c}/>`}
      <${ScanWith} v=${v} c=${c} phones=${phones} market=${unit?.market}/>
      <div class="files"><a class="btn sm quiet" href=${link(c.svg)} download="${c.name}.svg" data-testid="qr-svg" target="_self">SVG</a><a class="btn sm quiet" href=${link(c.png)} download="${c.name}.png" data-testid="qr-png" target="_self">PNG</a>
        ${c.kind === "one-time" ? html`<${Copy} text=${c.content} word="Link" kind="sm quiet"/>` : html`<a class="btn sm quiet" href=${link("/console/qr/print?ids=" + c.id)} target="_self">Print</a>`}</div>`}</li>`;
}

// Way is the link that a code holds, for who cannot scan it.
const Way = ({ c, children }) => (c.state === "live" ? html`<a href=${c.content} target="_blank" rel="noopener noreferrer" title=${c.content}>${children}</a>` : children);

// Picture is a code, or why there is none: only a link that has too many
// characters cannot be drawn.
function Picture({ src, alt }) {
  const [broken, breaks] = useState("");
  if (!src) return html`<${Icon} name="qr" size=${96} stroke=${1.2}/>`;
  if (broken === src) return html`<p class="nopic" role="alert" data-testid="qr-undrawn"><${Icon} name="warning" size=${18}/>Couldn’t draw this code: the link is too long</p>`;
  return html`<img src=${src} alt=${alt} loading="lazy" onerror=${() => breaks(src)}/>`;
}

function Left({ clock, c }) {
  useTick(1000);
  const left = clock.left(c.endsAt);
  return html`<p class="row gap4 num left"><${Ring} left=${left} whole=${600000} size=${22}/>${remaining("en", left)} ${c.kind === "one-time" ? "left to pay" : "left"}</p>`;
}

const first = (name) => String(name).split(/\s+/)[0];

// ScanWith holds a phone over the code. What comes of it is said, and a page
// that it leads to can be opened.
function ScanWith({ v, c, phones, market }) {
  const usual = phones.find((p) => p.number === scanner) || phones.find((p) => p.market === market) || phones[0];
  const [number, choose] = useState("");
  const [said, say] = useState(null);
  const tell = (what) => (say(what), speak([what.text, what.url].filter(Boolean).join(" ")));
  const phone = phones.find((p) => p.number === number) || usual;
  if (!phone) return null;
  const scan = () => v.act(async () => {
    const got = await sim(`/phones/${phone.number}/scan`, "POST", { content: c.content });
    tell(got.kind === "redirect" ? { text: "Opens", url: got.url } : got.kind === "payment" ? { text: `Asks ${first(phone.name)} to pay.`, phone: phone.number } : { text: got.text || "Checked in.", phone: phone.number });
  });
  return html`<div class="scanw"><button type="button" class="scb" data-testid="qr-scan-with" onclick=${scan}><${Icon} name="phone"/><span class="trunc">Scan with ${first(phone.name)}</span></button>
      <label class="scs"><span class="vh">Phone to scan with</span><${Icon} name="chevron-down"/><select value=${phone.number} onchange=${(e) => choose((scanner = e.target.value))}>${phones.map((p) => html`<option key=${p.number} value=${p.number}>${p.name}</option>`)}</select></label></div>
    ${said && html`<p class="said" data-testid="qr-scanned">${said.text} ${said.url ? html`<a href=${said.url} target="_blank" rel="noopener noreferrer" class="wrapword">${bare(said.url)}</a>` : html`<a href=${link("/phone/" + said.phone)} target="_self">Open the phone</a>`}</p>`}`;
}

const forms = {
  redirect: ["Redirect", "Leads to a page of the merchant’s, which can change later."],
  callback: ["Callback", "Checks the customer in; the merchant’s server hears of it by webhook and sends a payment."],
  "one-time": ["One-time", "Asks for one payment, which is created with it."],
};

// wrong says what is to be mended before a code can be made; "" for nothing.
function wrong(f, taken) {
  if (f.kind === "one-time") return minor(f.value) > 0 ? "" : "Write the amount as 350.00.";
  if (!/^[-_A-Za-z0-9]{1,128}$/.test(f.id)) return "An id has letters, digits, - and _ only.";
  if (f.kind === "redirect" && taken.some((c) => c.kind === "redirect" && c.msn === f.msn && c.name === f.id)) return "This sales unit has a code of that id already.";
  if (f.kind === "callback") return f.place.trim() ? "" : "Say where it hangs, such as Kasse 1.";
  return /^https?:\/\/[^\s/]+/.test(f.target) ? "" : "The page’s address begins with https:// or http://.";
}

// create makes a code through the API, as a merchant's server would.
async function create(f, unit) {
  if (f.kind === "redirect") return asMerchant(f.msn, "POST", "/qr/v1/merchant-redirect", { id: f.id, redirectUrl: f.target });
  if (f.kind === "callback") return asMerchant(f.msn, "PUT", "/qr/v1/merchant-callback/" + encodeURIComponent(f.id), { locationDescription: f.place });
  return asMerchant(f.msn, "POST", "/epayment/v1/payments", {
    amount: { currency: unit.currency, value: minor(f.value) }, paymentMethod: { type: "WALLET" }, reference: f.reference, userFlow: "QR", paymentDescription: f.text,
    returnUrl: boot.address + "/console/qr", qrFormat: { format: "IMAGE/SVG+XML" },
  });
}

// unused is an id for the next taxi that has no code yet.
function unused(taken) {
  let n = 122;
  while (taken.some((c) => c.name === `taxi_${n}_qr`)) n++;
  return n;
}

function NewCode({ v, units, taken, close }) {
  const [taxi] = useState(() => unused(taken));
  const [f, setF] = useState({ kind: "redirect", msn: units[0]?.msn || "", id: `taxi_${taxi}_qr`, target: "https://taxi.example/pay/" + taxi, place: "Kasse 1", value: "350.00", text: "Trip TX-" + taxi, reference: "console-" + unique().slice(0, 10) });
  const [tried, setTried] = useState(false);
  const [error, setError] = useState("");
  const unit = units.find((u) => u.msn === f.msn) || units[0];
  const change = (name) => (e) => setF({ ...f, [name]: e.target.value });
  const fault = wrong(f, taken);
  const send = async (event) => {
    event.preventDefault();
    setTried(true);
    if (fault) return;
    try {
      await create({ ...f, msn: unit.msn }, unit);
    } catch (refused) {
      return setError(/too long/i.test(refused.message) ? "Couldn’t draw this code: the link is too long." : refused.message);
    }
    close();
    v.act(async () => {}, "Code made");
  };
  if (!unit) return html`<${Dialog} title="New QR code" close=${close}><p>No sales unit has keys of its own. Rotate the keys of one on the Merchants page first.</p><//>`;
  return html`<${Dialog} title="New QR code" close=${close} testid="qr-form"><form class="form" novalidate onsubmit=${send}>
    <fieldset class="evs"><legend>Kind</legend>${Object.entries(forms).map(([id, [name, text]]) => html`<label key=${id} class="chk"><input type="radio" name="kind" value=${id} checked=${f.kind === id} onchange=${() => setF({ ...f, kind: id })}/><span><b>${name}</b> <span class="dim">${text}</span></span></label>`)}</fieldset>
    <label>Sales unit<select value=${unit.msn} onchange=${change("msn")}>${units.map((u) => html`<option key=${u.msn} value=${u.msn}>${u.name}, ${u.msn}</option>`)}</select></label>
    ${f.kind !== "one-time" ? html`<label>Id<input class="mono" name="id" value=${f.id} maxlength="128" aria-describedby=${(tried && fault) || error ? "qr-fault" : null} oninput=${change("id")}/></label>` : html`<label>Amount in ${unit.currency}<input inputmode="decimal" name="value" value=${f.value} aria-describedby=${(tried && fault) || error ? "qr-fault" : null} oninput=${change("value")}/></label><label>Description<input name="text" value=${f.text} maxlength="100" oninput=${change("text")}/></label>`}
    ${f.kind === "redirect" && html`<label>Leads to<input class="mono" type="url" name="target" value=${f.target} oninput=${change("target")}/></label>`}
    ${f.kind === "callback" && html`<label>Where it hangs<input name="place" value=${f.place} maxlength="36" oninput=${change("place")}/><small>The customer reads it after checking in.</small></label>`}
    <div class="sample" aria-hidden="true"><img src=${link("/console/qr/sample.svg")} alt=""/><span class="grow"><b class="trunc">${f.kind === "one-time" ? (minor(f.value) > 0 ? money({ currency: unit.currency, value: minor(f.value) }) : "…") : f.kind === "callback" ? f.place : f.id}</b><span class="dim wrapword">${f.kind === "redirect" ? "to " + bare(f.target) : f.kind === "callback" ? "checks in at " + unit.name : unit.name + ", " + f.text}</span></span></div>
    ${tried && fault && html`<p class="bad small" id="qr-fault" role="alert">${fault}</p>`}${error && !(tried && fault) && html`<div id="qr-fault"><${Box} error=${error}/></div>`}
    <div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="qr-create">Make the code</button></div></form><//>`;
}
