// The receivers inside the simulator: the one with a switch, and any others by
// name, with how they answer and what they got.
import { html, useState, useEffect } from "../vendor/preact-htm.js";
import { boot, sim, asMerchant } from "./api.js";
import { Icon, Badge, Button, Copy, Box, Dialog, Segments, Switch, useAsked, at } from "./parts.js";
import { events, eventName } from "./deliveries.js";

const usual = "all";
const address = (name) => `${boot.address}/sink/${name}`;

export const isSink = (r) => r.url === address(usual);

const answers = [["200", "200", { status: 200 }], ["500", "500", { status: 500 }], ["slow", "Slow", { status: 200, delay: "3s" }], ["never", "Never", { status: 200, delay: "10m" }]];

// chosenOf is the answer of the four that a sink gives; "" for one of its own.
function chosenOf(s) {
  if (!s || s.failFirst) return "";
  if (s.delay === "0s") return s.status === 200 || s.status === 500 ? String(s.status) : "";
  return s.status !== 200 ? "" : { "3s": "slow", "10m0s": "never" }[s.delay] || "";
}

// said puts how a sink answers into words.
const said = (s) => [s.failFirst > 0 && `500 to the first ${s.failFirst}, then`, s.status, s.delay !== "0s" && `after ${s.delay.replace(/(\D)0s$/, "$1")}`].filter(Boolean).join(" ");

// Receiver is the card of the usual sink, for who has no server at hand.
export function Receiver({ v, regs, units, open }) {
  const { data } = useAsked(() => sim("/sinks/" + usual), [v.version]);
  const on = regs.length > 0;
  const flip = (want) => v.act(async () => {
    if (!want) return Promise.all(regs.filter((r) => r.msn).map((r) => asMerchant(r.msn, "DELETE", "/webhooks/v1/webhooks/" + r.id)));
    return Promise.all(units.filter((u) => u.clientId).map((u) => asMerchant(u.msn, "POST", "/webhooks/v1/webhooks", { url: address(usual), events: events.map(([e]) => e) })));
  }, want ? "The built-in receiver listens to all sales units" : "The built-in receiver is off");
  const own = data && !chosenOf(data);
  return html`<div class="reg sink" data-testid="webhook-receiver"><div class="row gap"><b class="grow">Built-in receiver (sink)</b><button type="button" class="cp" data-testid="sink-more" aria-label="More of the built-in receiver" title="How it answers, and others by name" onclick=${open}><${Icon} name="dots" stroke=${3}/></button><${Switch} on=${on} label="Built-in receiver" change=${flip}/></div>
    <div class="m"><span class="mono trunc">${address(usual).replace(/^https?:\/\//, "")}</span></div>
    <div class="row gap wrapping recv"><span class="dim">Answers with</span><${Segments} label="Answers with" all=${answers} chosen=${chosenOf(data)} choose=${(id) => v.act(() => sim("/sinks/" + usual, "PUT", answers.find(([a]) => a === id)[2]))}/></div>
    ${own && html`<p class="row gap4 own"><button type="button" class="lnk" data-testid="sink-own" onclick=${open}>${said(data)}</button></p>`}</div>`;
}

// Sinks is what stands behind the card: every sink by its name.
export function Sinks({ v, close }) {
  const listed = useAsked(() => sim("/sinks"), [v.version]);
  const [name, setName] = useState(usual);
  const all = listed.data?.sinks || [];
  const names = [...new Set([usual, ...all.map((s) => s.name), name])];
  const [fresh, setFresh] = useState("");
  const add = (event) => {
    event.preventDefault();
    if (/^[A-Za-z0-9._~-]{1,64}$/.test(fresh)) setName(fresh), setFresh("");
    else v.say("A name has letters, digits, dots, hyphens, tildes and underscores.", true);
  };
  return html`<${Dialog} title="Built-in receivers" wide close=${close} testid="sinks"><p class="dim">Whatever is sent to /sink/{name} is kept, its signature is checked, and it is answered as told. There is one of every name.</p>
    <div class="chips" role="group" aria-label="Receivers">${names.map((n) => html`<button type="button" key=${n} class="fchip s ${n === name ? "on" : ""}" aria-pressed=${String(n === name)} data-sink=${n} onclick=${() => setName(n)}>${n} <b>${all.find((s) => s.name === n)?.got || 0}</b></button>`)}
      <form class="row gap4" onsubmit=${add}><input class="sin" aria-label="Name of another receiver" placeholder="another name" value=${fresh} data-testid="sink-name" oninput=${(e) => setFresh(e.target.value)}/><${Button} kind="sm quiet" icon="plus" label="Show this receiver" onclick=${add}/></form></div>
    ${listed.error && html`<${Box} error=${listed.error} again=${listed.again}/>`}<${Sink} key=${name} v=${v} name=${name}/><//>`;
}

function Sink({ v, name }) {
  const asked = useAsked(() => sim("/sinks/" + name), [v.version]);
  const got = useAsked(() => sim(`/sinks/${name}/requests`), [v.version]);
  const [f, setF] = useState(null);
  const [error, setError] = useState("");
  useEffect(() => {
    if (asked.data && !f) setF({ status: String(asked.data.status), delay: asked.data.delay, failFirst: String(asked.data.failFirst) });
  }, [asked.data]);
  if (!f) return asked.error ? html`<${Box} error=${asked.error} again=${asked.again}/>` : null;
  const change = (field) => (e) => setF({ ...f, [field]: e.target.value });
  const save = async (event) => {
    event.preventDefault();
    try {
      await sim("/sinks/" + name, "PUT", { status: Number(f.status) || 0, delay: f.delay, failFirst: Number(f.failFirst) || 0 });
      setError("");
      v.act(async () => {}, "Saved");
    } catch (refused) {
      setError(refused.message);
    }
  };
  const field = (id, word, mode) => html`<label>${word}<input inputmode=${mode} value=${f[id]} data-field=${id} aria-describedby=${error ? "sink-error" : null} oninput=${change(id)}/></label>`;
  const list = [...(got.data?.requests || [])].reverse();
  return html`<p class="row gap4"><span class="mono grow wrapword">${address(name)}</span><${Copy} text=${address(name)} what="the address"/></p>
    <form class="form" onsubmit=${save}><div class="two three">${field("status", "Answers with", "numeric")}${field("delay", "After, such as 3s", "text")}${field("failFirst", "But 500 to the first", "numeric")}</div>
      ${error && html`<p class="bad small" role="alert" id="sink-error">${error}</p>`}
      <div class="row gap end"><${Button} kind="quiet" testid="sink-forget" onclick=${() => v.act(() => sim("/sinks/" + name, "DELETE"), "Forgotten").then(() => setF(null))}>Forget what it got<//><button class="btn primary" data-testid="sink-save">Save</button></div></form>
    ${list.length ? html`<ul class="force sinkgot" data-testid="sink-got">${list.slice(0, 20).map((r) => html`<li key=${r.n}><${Badge} tone=${r.verified ? "ok" : "bad"} icon=${r.verified ? "check" : "cross"}>${r.verified ? "Verified" : "Not verified"}<//><span class="grow"><b>${r.event ? eventName(`epayments.payment.${r.event.toLowerCase()}.v1`) : `${r.method} ${r.path}`}</b>${r.reason && html` <span class="dim">${r.reason}</span>`}</span><span class="num dim">${r.status}</span><span class="num dim">${at(r.at)}</span></li>`)}</ul>` : html`<p class="dim sinkgot">It got nothing yet.</p>`}`;
}
