// Webhooks: who listens, what was sent, and why a signature does not fit.
import { html, useState } from "../vendor/preact-htm.js";
import { sim, curlOf } from "./api.js";
import { Icon, Badge, Button, Copy, Code, Json, Box, Empty, Grey, Tabs, Panel, Segments, useAsked, useTick, copy, link, short, at, span } from "./parts.js";
import { Signature } from "./signature.js";
import { Outcome, Tries, Ladder, eventName, events, checkedIn, failed, only } from "./deliveries.js";
import { Registration, Removed, Register } from "./registration.js";
import { Receiver, Sinks, isSink } from "./sinks.js";
import { useCommands } from "./commands.js";
import { pathOf } from "./payments.js";

const size = 200;

// states are those in which a filter's deliveries may be.
const states = { failed: ["waiting", "dropped"], waiting: ["waiting", "held"] };

// narrowed asks for what filters select, so that it need not be among the
// newest; nothing where nothing is filtered.
async function narrowed({ state, registration }) {
  if (!state && !registration) return [];
  const lists = await Promise.all((states[state] || [""]).map((s) => sim("/deliveries?" + new URLSearchParams({ limit: size, ...(s && { state: s }), ...(registration && { registration }) }))));
  return lists.flatMap((l) => l.deliveries);
}

// together are lists of deliveries as one, newest first.
const together = (...lists) => [...new Map(lists.flat().map((d) => [d.id, d])).values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));

export function Webhooks({ v }) {
  useTick(1000);
  const [f, setF] = useState(only);
  const narrow = (change) => setF(Object.assign(only, change) && { ...only });
  const [registering, setRegistering] = useState(null);
  const register = (begin = {}) => setRegistering(begin);
  const [sinks, showSinks] = useState(false);
  const regs = useAsked(() => sim("/registrations"), [v.version]);
  const units = useAsked(() => sim("/merchants"), []);
  const [extra, setExtra] = useState([]);
  const [cursor, setCursor] = useState(null);
  const asked = useAsked(() => sim(`/deliveries?limit=${size}`), [v.version]);
  const picked = useAsked(() => narrowed(f), [v.version, f.state, f.registration]).data || [];
  const all = together(extra, asked.data?.deliveries || []);
  const rows = (f.state || f.registration ? together(all, picked) : all).filter((d) => (!f.registration || d.registrationId === f.registration) && (!f.event || d.event === f.event) && (!f.state || (f.state === "failed" ? failed(d) : ["waiting", "held"].includes(d.state))));
  useCommands([{ id: "register", label: "Register a webhook", icon: "plus", run: () => register() }]);
  const [chosen] = v.args;
  const next = cursor === null ? asked.data?.cursor : cursor;
  const older = async () => {
    const got = await sim(`/deliveries?limit=${size}&cursor=${next}`);
    setExtra(extra.concat(got.deliveries));
    setCursor(got.cursor || "");
  };
  const list = regs.data?.registrations;
  const nobody = list && !list.length;
  const bad = all.filter(failed).length;
  const name = (msn) => units.data?.merchants.find((u) => u.msn === msn)?.name || "All units of a partner";
  const others = (list || []).filter((r) => !isSink(r));
  // One that was registered again is listed as what it is now.
  const gone = (regs.data?.removed || []).filter((r) => !list.some((now) => now.url === r.url && now.msn === r.msn));
  return html`<div class="page ${chosen ? "chosen" : ""}"><div class="ph1"><h1>Webhooks</h1><span class="dim hm">${list ? `${list.length} ${list.length === 1 ? "registration" : "registrations"}, ${bad} ${bad === 1 ? "delivery" : "deliveries"} failed` : ""}</span><span class="grow"></span>
      <${Button} kind="sm quiet hm" icon="mail" testid="sinks-open" onclick=${() => showSinks(true)}>Built-in receiver<//><${Button} kind="sm primary" icon="plus" testid="webhook-new" onclick=${() => register()}>Register<//></div>
    ${regs.error && html`<${Box} error=${regs.error} again=${regs.again}/>`}
    ${!list && !regs.error && html`<div class="regs grey" aria-hidden="true">${[1, 2, 3].map((n) => html`<i key=${n} data-tall="96"></i>`)}</div>`}
    <div class="regs" data-testid="webhook-registrations">${others.map((r) => html`<${Registration} key=${r.id} v=${v} r=${r} name=${name(r.msn)} all=${all.filter((d) => d.registrationId === r.id)} on=${f.registration === r.id} choose=${() => narrow({ registration: f.registration === r.id ? "" : r.id })}/>`)}
      ${gone.map((r) => html`<${Removed} key=${r.id} v=${v} r=${r} name=${name(r.msn)} again=${() => register({ url: r.url, events: r.events, ...(r.msn && { msn: r.msn }) })}/>`)}
      ${list && html`<${Receiver} v=${v} regs=${list.filter(isSink)} units=${units.data?.merchants || []} open=${() => showSinks(true)}/>`}</div>
    <div class="split wh"><section class="lst" aria-label="Deliveries">
      <div class="fl in" role="group" aria-label="Filter">${[["", "All"], ["failed", "Failed"], ["waiting", "Waiting"]].map(([id, word]) => html`<button type="button" key=${id} class="fchip s ${f.state === id ? "on" : ""}" aria-pressed=${String(f.state === id)} onclick=${() => narrow({ state: id })}>${word}</button>`)}
        <select class="pick" aria-label="Event" value=${f.event} onchange=${(e) => narrow({ event: e.target.value })}><option value="">All events</option>${[...events, checkedIn].map(([e]) => html`<option key=${e} value=${e}>${eventName(e)}</option>`)}</select></div>
      ${asked.error && html`<${Box} error=${asked.error} again=${asked.again}/>`}
      ${!asked.data && !asked.error && html`<${Grey}/>`}
      ${asked.data && !rows.length && (nobody ? html`<${Empty} icon="webhook" action=${html`<div class="row gap wrapping"><${Button} icon="plus" onclick=${() => register()}>Register<//><${Button} icon="mail" onclick=${() => document.querySelector("[data-testid=webhook-receiver] [role=switch]").click()}>Use the built-in receiver<//></div><p class="dim">A registration says where to send which events. The receiver inside takes all of them and checks the signatures.</p>`}>Nobody is listening yet.<//>` : html`<${Empty} icon="webhook">${all.length ? "No delivery fits." : "Nothing was sent yet. Webhooks leave when a payment changes."}<//>`)}
      ${rows.length > 0 && html`<table data-testid="webhook-deliveries"><thead><tr><th>Answer</th><th>Event</th><th>Payment</th><th class="right hm">Tries</th><th class="right hm">Took</th><th class="right hm">Sent</th></tr></thead><tbody>${rows.map((d) => html`<tr key=${d.id} class=${d.id === chosen ? "on" : ""} data-testid="delivery-row" data-state=${d.state} data-reference=${d.reference} data-event=${d.event}>
        <td><span class="row gap4"><${Outcome} d=${d} clock=${v.clock}/>${d.last?.fault && d.state !== "dropped" && html`<${Badge} tone="fault" icon="warning" title=${"Struck by " + d.last.fault}>Fault<//>`}</span></td><td><a class="go" href=${link("/console/webhooks/" + d.id)} data-row=${d.id === chosen ? "on" : ""} aria-current=${d.id === chosen ? "true" : null}>${eventName(d.event)}</a></td><td class="mono dim trunc" title=${d.reference}>${short(d.reference)}</td>
        <td class="right num hm">${d.tries}</td><td class="right num dim hm">${d.last ? span(Math.max(1, d.last.tookMs)) : "–"}</td><td class="right num dim hm">${at(d.firstTryAt || d.createdAt)}</td></tr>`)}</tbody></table>`}
      ${next && html`<div class="older"><${Button} onclick=${() => v.act(older)}>Show older<//></div>`}</section>
    <section class="insp" aria-label="Delivery" data-testid="webhook-inspector">${chosen ? html`<${Inspector} key=${chosen} v=${v} id=${chosen}/>` : html`<${Empty} icon="webhook">Choose a delivery<//>`}</section></div>
    ${registering && html`<${Register} v=${v} units=${units.data?.merchants || []} begin=${registering} close=${() => setRegistering(null)}/>`}
    ${sinks && html`<${Sinks} v=${v} close=${() => showSinks(false)}/>`}</div>`;
}

function Inspector({ v, id }) {
  const [tab, setTab] = useState("signature");
  const [n, setN] = useState(0);
  const asked = useAsked(() => sim("/deliveries/" + id), [id, v.version]);
  const d = asked.data;
  const back = html`<a class="btn sm ghost back" href=${link("/console/webhooks")}><${Icon} name="chevron-left"/>Webhooks</a>`;
  if (!d) return asked.error ? html`${back}<${Box} error=${asked.error} again=${asked.again}/>` : html`<${Grey} rows=${5}/>`;
  const t = d.attempts.find((a) => a.n === n) || d.attempts.at(-1);
  const none = html`<p class="none1">No try yet, so nothing was signed or answered.</p>`;
  const again = () => v.act(() => sim(`/deliveries/${id}/resend`, "POST"), "Sent again, signed with the current date").then(() => setN(0));
  const curl = () => curlOf({ method: "POST", url: t.request.url, headers: Object.fromEntries(Object.entries(t.request.header).map(([k, values]) => [k, values[0]])), body: t.request.body });
  return html`<div data-delivery=${d.id}>${back}<div class="row gap wrapping"><div class="grow"><h2 class="h2">${eventName(d.event)}</h2><div class="mono dim trunc">${d.event}</div><a class="mono small" href=${link(pathOf(d))}>${d.reference}</a></div>
      ${t && html`<${Copy} text=${curl} word="curl" testid="webhook-curl"/>`}<${Button} icon="refresh" testid="webhook-resend" onclick=${again}>Send again<//><${Does} v=${v} again=${again} curl=${t && curl}/></div>
    <${Tabs} name="delivery" chosen=${tab} choose=${setTab} all=${[["payload", "Payload"], ["headers", "Headers"], ["signature", "Signature"], ["answer", "Answer"], ["tries", "Tries", d.attempts.length]]}/>
    ${d.attempts.length > 1 && tab !== "tries" && html`<label class="which dim">Try <select value=${t.n} onchange=${(e) => setN(Number(e.target.value))}>${d.attempts.map((a) => html`<option key=${a.n} value=${a.n}>${a.n}, ${at(a.at)}, ${a.response ? a.response.status : "no answer"}</option>`)}</select></label>`}
    <${Panel} name="delivery" chosen=${tab}>${tab === "payload" ? html`<${Payload} body=${t ? t.request.body : d.body}/>`
      : !t ? none : tab === "headers" ? html`<${Headers} t=${t}/>` : tab === "signature" ? html`<${Signature} delivery=${d} try_=${t}/>`
        : tab === "answer" ? html`<${Answer} t=${t}/>` : html`<${Tries} id=${id} version=${v.version} delivery=${d}/><${Ladder} v=${v} d=${d}/>`}<//></div>`;
}

// Does offers what can be done with a delivery to the keys and the palette.
function Does({ v, again, curl }) {
  useCommands([
    { id: "resend", label: "Send the selected delivery again", icon: "refresh", run: again },
    { id: "curl", label: "Copy the selected delivery as curl", icon: "copy", why: curl ? "" : "No try yet", run: async () => v.say((await copy(curl())) ? "Copied as curl" : "The clipboard is not available here") },
  ]);
  return null;
}

function Payload({ body }) {
  const [raw, setRaw] = useState(false);
  return html`<div class="row gap between"><${Segments} label="Payload" all=${[[false, "Pretty"], [true, "Raw"]]} chosen=${raw} choose=${setRaw}/><${Copy} text=${body} what="the raw body"/></div>${raw ? html`<${Code} wrap>${body}<//><p class="dim small">These bytes were signed.</p>` : html`<${Json} text=${body}/>`}`;
}

const meaning = {
  "webhook-id": "of this registration", "x-ms-date": "when it was signed, in real time; signed", "x-ms-content-sha256": "hash of the body, base64; signed",
  authorization: "the signature", "x-vipps-authorization": "a copy of Authorization, for servers that keep that to themselves", host: "signed", "content-type": "of the body", "user-agent": "who sends",
};

const Headers = ({ t }) => html`<dl class="hdr">${Object.entries(t.request.header).map(([name, values]) => html`<dt key=${name} class="mono">${name}${meaning[name.toLowerCase()] && html`<small>${meaning[name.toLowerCase()]}</small>`}</dt><dd class="mono">${values.join(", ")}</dd>`)}</dl>`;

function Answer({ t }) {
  if (!t.response) return html`<div class="box"><${Icon} name="warning" size=${18}/><span class="grow">No answer. ${t.error}</span></div>`;
  return html`<p class="row gap"><${Badge} tone=${t.ok ? "ok" : "bad"} icon=${t.ok ? "check" : "cross"}>${t.response.status}<//><span class="dim num">after ${Math.max(1, Math.round(t.tookMs))} ms</span>${t.error && html`<span class="bad">${t.error}</span>`}</p>${t.response.header && html`<${Headers} t=${{ request: { header: t.response.header } }}/>`}${t.response.body ? html`<${Json} text=${t.response.body}/>` : html`<p class="dim">The answer has no body.</p>`}`;
}
