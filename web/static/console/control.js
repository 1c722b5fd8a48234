// Clock and faults: bending time, and breaking things on purpose.
import { html, useState } from "../vendor/preact-htm.js";
import { remaining } from "../format.js";
import { sim } from "./api.js";
import { Icon, Badge, Button, Box, Ring, Segments, Switch, useAsked, useTick, at, money, link } from "./parts.js";
import { distance, speeds } from "./shell.js";
import { eventName } from "./deliveries.js";
import { pathOf } from "./payments.js";

// next gathers what is due: the windows that run, and the tries of webhooks.
async function next() {
  const [p, d] = await Promise.all([sim("/payments?state=CREATED&limit=200"), sim("/deliveries?state=waiting&limit=200")]);
  return [
    ...p.payments.filter((o) => o.expiresAt).map((o) => ({ at: o.expiresAt, title: `${o.merchantName || o.msn}, ${money(o.amount)}`, text: `${o.window === "approval" ? "approval window" : o.window === "landing" ? "landing window" : "time limit"} ends`, path: pathOf(o) })),
    ...d.deliveries.filter((o) => o.nextTryAt).map((o) => ({ at: o.nextTryAt, title: `Webhook ${eventName(o.event)}, try ${o.tries + 1}`, text: o.url || "", path: "/console/webhooks/" + o.id })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(0, 8);
}

export function Control({ v }) {
  return html`<div class="page"><div class="ph1"><h1>Clock and faults</h1></div><${Banner} v=${v}/><div class="g2"><${Time} v=${v}/><${Faults} v=${v}/></div></div>`;
}

function Time({ v }) {
  useTick(250);
  const { clock, turn } = v;
  const due = useAsked(next, [v.version]);
  const [own, setOwn] = useState("");
  const list = due.data || [];
  const jump = (time) => turn.advance(Math.max(1, Math.ceil(Date.parse(time) - clock.now())) + "ms");
  return html`<section class="bx" data-testid="clock-page"><h2><${Icon} name="clock" size=${18}/>Simulated time</h2><div class="big num">${at(clock.now())}</div><p class="dim">${[distance(v.real), clock.frozen ? "frozen" : `running at ×${clock.speed}`].filter(Boolean).join(", ")}</p>
    <div class="bt"><${Button} kind="" icon=${clock.frozen ? "play" : "pause"} onclick=${turn.freeze}>${clock.frozen ? "Go on" : "Freeze"} <kbd>Space</kbd><//><${Button} kind="" onclick=${() => turn.advance("1m")}>+1 min<//><${Button} kind="" onclick=${() => turn.advance("5m")}>+5 min<//>
      <${Button} kind="" icon="fast-forward" testid="clock-next" hotkey="n" why=${list.length ? "" : "Nothing is due"} onclick=${() => jump(list[0].at)}>To the next deadline<//></div>
    <form class="row gap wrapping speed" onsubmit=${(e) => { e.preventDefault(); if (Number(own) > 0) turn.speed(Number(own)); }}><span class="dim">Speed</span><${Segments} label="Speed" all=${speeds.map((n) => [n, "×" + n])} chosen=${clock.speed} choose=${turn.speed}/><label class="row gap4 dim">or ×<input class="tiny" inputmode="decimal" aria-label="Another speed" value=${own} oninput=${(e) => setOwn(e.target.value)}/></label></form>
    <h3 class="h4">What happens next</h3>${due.error && html`<${Box} error=${due.error} again=${due.again}/>`}
    ${due.data && !list.length && html`<p class="dim">Nothing is waiting.</p>`}
    <ul class="dl" data-testid="clock-deadlines">${list.map((d) => {
      const left = clock.left(d.at);
      return html`<li key=${d.path + d.at}><${Ring} left=${left} whole=${300000} size=${22}/><a class="grow" href=${link(d.path)}><b class="trunc">${d.title}</b><span class="dim trunc">${d.text}</span></a><span class="num"><b>in ${remaining("en", left)}</b></span><${Button} kind="sm quiet" onclick=${() => jump(d.at)}>Now<//></li>`;
    })}</ul></section>`;
}

// quick are the faults with a switch of their own. Their ids tell them from
// those that scripts have set.
const quick = [
  ["API"],
  { id: "console-slow", word: "Slow answers", max: 10000, step: 100, unit: "ms", start: 800, make: (n) => ({ match: { target: "api" }, do: { latency: n + "ms" } }), read: (f) => parseSpan(f.do.latency) },
  { id: "console-error", word: "Answer with 503", max: 100, step: 5, unit: "%", start: 10, make: (n) => ({ match: { target: "api" }, do: { status: 503 }, probability: n / 100 }), read: (f) => (f.probability ?? 1) * 100 },
  ["Webhooks"],
  { id: "console-drop", word: "Never send", max: 100, step: 5, unit: "%", start: 5, make: (n) => ({ match: { target: "webhook" }, do: { drop: true }, probability: n / 100 }), read: (f) => (f.probability ?? 1) * 100 },
  { id: "console-refuse", word: "Receiver answers 500", max: 100, step: 5, unit: "%", start: 20, make: (n) => ({ match: { target: "webhook" }, do: { status: 500 }, probability: n / 100 }), read: (f) => (f.probability ?? 1) * 100 },
  ["Push messages"],
  { id: "console-push", word: "Never shown", max: 100, step: 5, unit: "%", start: 25, make: (n) => ({ match: { target: "push" }, do: { drop: true }, probability: n / 100 }), read: (f) => (f.probability ?? 1) * 100 },
];

const parseSpan = (text) => [...String(text).matchAll(/([\d.]+)(ms|s|m)/g)].reduce((sum, [, n, u]) => sum + n * { ms: 1, s: 1000, m: 60000 }[u], 0);

const presets = { "Flaky network": { "console-slow": 400, "console-error": 10, "console-drop": 5 }, "Slow bank": { "console-slow": 3000 }, "Webhook chaos": { "console-drop": 10, "console-refuse": 40 } };

const useFaults = (v) => useAsked(() => sim("/faults"), [v.version]);
const said = (n, unit) => (unit === "ms" ? (n >= 1000 ? n / 1000 + " s" : n + " ms") : n + " %");

function Banner({ v }) {
  const on = useFaults(v).data?.faults || [];
  if (!on.length) return null;
  return html`<div class="ban" role="status"><${Icon} name="warning" size=${18}/><span class="grow"><b>${on.length === 1 ? "1 fault is on." : on.length + " faults are on."}</b> ${on.slice(0, 3).map(describe).join("; ")}.</span><${Button} kind="sm quiet" testid="faults-off" onclick=${() => v.act(() => sim("/faults", "DELETE"))}>Turn all off<//></div>`;
}

const what = { api: "Calls", webhook: "Webhooks", push: "Pushes" };

// describe puts a fault into words.
function describe(f) {
  const m = f.match;
  const of = [m.method, m.path, m.event && eventName(m.event), m.msn, m.reference, m.phone && "+" + m.phone].filter(Boolean).join(" ");
  const d = f.do;
  const does = d.latency ? `are slow by ${d.latency}` : d.status ? `are answered ${d.status}` : d.code ? `end with error ${d.code}` : d.close ? `are cut ${d.close} the work` : d.delay ? `come ${d.delay} late` : "are lost";
  return `${what[m.target]}${of && " " + of} ${does}${f.probability ? `, ${Math.round(f.probability * 100)} % of them` : ""}`;
}

function Faults({ v }) {
  const { data, error, again } = useFaults(v);
  const on = data?.faults || [];
  const replace = async (q, n) => {
    if (on.some((f) => f.id === q.id)) await sim("/faults/" + q.id, "DELETE");
    if (n > 0) await sim("/faults", "POST", { id: q.id, ...q.make(n) });
  };
  const preset = (name) => name && v.act(async () => {
    for (const q of quick.filter((o) => o.id)) await replace(q, presets[name]?.[q.id] || 0);
    if (!presets[name]) await sim("/faults", "DELETE");
  });
  return html`<section class="bx" data-testid="faults"><div class="row gap"><h2 class="grow"><${Icon} name="warning" size=${18}/>Faults</h2><select class="pick" aria-label="Presets" value="" onchange=${(e) => { preset(e.target.value); e.target.value = ""; }}><option value="">Presets</option>${[...Object.keys(presets), "Everything fine"].map((n) => html`<option key=${n}>${n}</option>`)}</select></div>
    ${error && html`<${Box} error=${error} again=${again}/>`}
    ${quick.map((q) => (q.id ? html`<${Quick} key=${q.id} v=${v} q=${q} f=${on.find((f) => f.id === q.id)} set=${(n) => v.act(() => replace(q, n))}/>` : html`<h3 class="h4" key=${q[0]}>${q[0]}</h3>`))}
    ${on.length > 0 && html`<h3 class="h4">In force</h3><ul class="force" data-testid="faults-active">${on.map((f) => html`<li key=${f.id}><${Badge} tone="fault" icon="warning">${f.id}<//><span class="grow">${describe(f)}</span><span class="dim num">struck ${f.fired} of ${f.met}</span><${Button} kind="sm quiet" onclick=${() => v.act(() => sim("/faults/" + encodeURIComponent(f.id), "DELETE"))}>Remove<//></li>`)}</ul>`}</section>`;
}

function Quick({ q, f, set }) {
  const [drawn, setDrawn] = useState(q.start);
  const [drag, setDrag] = useState(null);
  const n = drag ?? (f ? Math.round(q.read(f)) : drawn);
  const change = (value) => {
    setDrag(null);
    setDrawn(value);
    if (f) set(value);
  };
  return html`<div class="fk ${f ? "" : "offr"}" data-testid="fault-${q.id.slice(8)}"><span>${q.word}</span><input type="range" min="0" max=${q.max} step=${q.step} value=${n} aria-label="${q.word}, ${q.unit}" aria-valuetext=${said(n, q.unit)} oninput=${(e) => setDrag(Number(e.target.value))} onchange=${(e) => change(Number(e.target.value))}/><b class="num right">${said(n, q.unit)}</b><${Switch} on=${f} label=${q.word} change=${(want) => set(want ? drawn || q.start : 0)}/></div>`;
}
