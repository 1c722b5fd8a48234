// Scenarios: scripts that play merchant, customer and trouble, run from here
// and watched step by step.
import { html, useState, useEffect } from "../vendor/preact-htm.js";
import { boot, sim } from "./api.js";
import { Icon, Button, Copy, Code, Box, Dialog, Grey, Segments, useAsked, at as timeAt, link, span } from "./parts.js";
import { pathOf } from "./payments.js";

export const commands = [
  { id: "scenarios", label: "Scenarios", key: "G S", run: (v) => v.go("/console/scenarios") },
  { id: "scenarios-run", label: "Run all scenarios", run: (v) => (wanted = true, v.go("/console/scenarios")) },
];

const paces = [["real", "Real time"], ["fast", "Fast"], ["instant", "Instant"]];

// wanted has the page run everything, for who came by a command.
let wanted = false;
// How often a run that goes on is asked after, in real milliseconds.
const beat = 400;
// kept are the run that is shown and the pace that was chosen, for as long as
// the tab lives: results stay until the next run.
const kept = {
  get run() { return sessionStorage.getItem("liksom.run" + boot.prefix) || ""; },
  set run(id) { sessionStorage.setItem("liksom.run" + boot.prefix, id); },
  pace: "instant",
};

const missing = (error) => /There is nothing at/.test(error || "");
const over = (run) => !run || run.state !== "running";

// lasted writes a duration, which is told in milliseconds or as Go writes it.
const lasted = (d) => (typeof d === "number" ? span(Math.max(1, d)) : d ? String(d) : "");
const done = new Set(["passed", "failed", "skipped"]);
const at = (steps) => steps.findIndex((s) => s.state === "running");

// resultOf joins a scenario with what the newest run says of it.
function resultOf(scenario, run) {
  const r = run?.scenarios?.find((o) => o.id === scenario.id);
  return { ...scenario, ...r, result: r?.state === "waiting" || !r ? "never" : r.state, steps: r?.steps || [], count: r?.steps?.length || scenario.steps };
}

// join lists the scenarios with what became of them, and before them those
// that the run was given as texts.
function join(list, run) {
  const own = (run?.scenarios || []).filter((r) => !list.some((s) => s.id === r.id));
  return [...own.map((r) => ({ id: r.id, title: r.title, group: "Your own", tags: [], own: true })), ...list].map((s) => resultOf(s, run));
}

// told says in a line what a scenario did or does.
function told(r) {
  const n = r.steps.length || r.count;
  if (r.result === "failed" && r.failure?.step === 0) return "Failed before its first step";
  if (r.result === "failed") return `Failed at step ${r.failure?.step || r.steps.findIndex((s) => s.state === "failed") + 1}`;
  if (r.result === "running") return `Step ${Math.max(1, at(r.steps) + 1)} of ${r.steps.length}`;
  if (r.result === "stopped") return `Stopped after step ${r.steps.filter((s) => done.has(s.state)).length}`;
  const skips = r.skipsMs ? `, skips ${lasted(r.skipsMs)}` : "";
  if (r.result === "passed") return `${n} ${n === 1 ? "step" : "steps"}${skips}`;
  return "Not run yet";
}

// useRun follows a run until it is over.
function useRun(v) {
  const [id, setId] = useState(kept.run);
  const [beats, tick] = useState(0);
  const asked = useAsked(() => (id ? sim("/scenarios/runs/" + encodeURIComponent(id)) : Promise.resolve(null)), [id, beats]);
  const run = id && asked.data?.id === id ? asked.data : null;
  const going = Boolean(id) && !asked.error && over(run) === false;
  useEffect(() => {
    if (!going) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), beat);
    return () => clearInterval(timer);
  }, [going]);
  const follow = (next) => setId((kept.run = next));
  // A run that the simulator knows nothing of any more is over and gone.
  useEffect(() => {
    if (asked.error && !asked.data) follow("");
  }, [asked.error]);
  return { run, going, lost: asked.error && run ? asked.error : "", follow, again: asked.again };
}

export function Scenarios({ v }) {
  const [pace, setPace] = useState(kept.pace);
  const list = useAsked(() => sim("/scenarios"), []);
  const { run, going, lost, follow, again } = useRun(v);
  const [writing, setWriting] = useState(false);
  const all = join(list.data?.scenarios || [], run);
  const begin = async (plan) => follow((await sim("/scenarios/run", "POST", { pace, ...plan })).id);
  const start = (ids) => v.act(() => begin({ scenarios: ids }));
  const ready = (some) => some.filter((s) => !s.own).map((s) => s.id);
  const stop = () => v.act(async () => sim("/scenarios/runs/" + encodeURIComponent(run.id), "DELETE")).then(again);
  useEffect(() => {
    if (!wanted || !all.length || going) return;
    wanted = false;
    start(ready(all));
  });
  const bad = all.filter((s) => s.result === "failed");
  const failed = ready(bad);
  const good = all.filter((s) => s.result === "passed").length;
  const chosen = v.args[0];
  const now = all.find((s) => s.id === chosen) || (run && all.find((s) => s.result === "running")) || null;
  const none = missing(list.error) || (list.data && !all.length);
  return html`<div class="page sc ${chosen ? "chosen" : ""}"><div class="ph1"><h1>Scenarios</h1>${all.length > 0 && html`<span class="dim" data-testid="scenario-sum">${all.length} ${all.length === 1 ? "scenario" : "scenarios"}, ${good} passed, ${bad.length} failed</span>`}<span class="grow"></span>
      ${all.length > 0 && html`<span class="hm"><${Segments} label="Speed" testid="scenario-pace" all=${paces} chosen=${pace} choose=${(p) => setPace((kept.pace = p))}/></span>
      ${run && over(run) && html`<${Copy} text=${() => junit(run, all)} word="JUnit" testid="scenario-junit"/>`}
      ${!none && html`<a class="btn sm quiet" href=${link("/docs/scenarios")} target="_self" data-testid="scenario-docs"><${Icon} name="info"/>About them</a><${Button} kind="sm quiet" icon="code" testid="scenario-write" onclick=${() => setWriting(true)}>Write one<//>`}
      ${failed.length > 0 && !going && html`<${Button} kind="sm" icon="refresh" testid="scenario-run-failed" onclick=${() => start(failed)}>Run failed<//>`}
      ${going ? html`<${Button} kind="sm" icon="cross" testid="scenario-stop" onclick=${stop}>Stop<//>` : html`<${Button} kind="sm primary" icon="play" testid="scenario-run-all" onclick=${() => start(ready(all))}>Run all<//>`}`}</div>
    ${lost && html`<${Box} error="Lost contact at step ${Math.max(1, at(now?.steps || []) + 1)}. ${lost}" again=${again}/>`}
    ${list.error && !none && html`<${Box} error=${list.error} again=${list.again}/>`}
    ${!list.data && !list.error && html`<${Grey}/>`}
    ${none ? html`<${Teach} absent=${missing(list.error)}/>` : all.length > 0 && html`<div class="split sce"><section class="lst" aria-label="Scenarios"><${List} all=${all} on=${now?.id}/></section>
      <section class="dt" aria-label="Run" data-testid="scenario-shown">${now ? html`<${Shown} key=${now.id} v=${v} s=${now} going=${going} start=${() => start([now.id])}/>` : html`<div class="none"><${Icon} name="flask" size=${28}/><p>Choose a scenario, or run them all</p></div>`}</section></div>`}
    ${writing && html`<${Write} begin=${begin} close=${() => setWriting(false)} shown=${(id) => v.go("/console/scenarios/" + encodeURIComponent(id))}/>`}</div>`;
}

// written keeps the text and the shop for as long as the tab lives.
const written = { source: "", shop: "" };

// Write runs a text of one's own, against the built-in shop or another.
function Write({ begin, close, shown }) {
  const [f, setF] = useState({ source: written.source || example(), shop: written.shop });
  const [error, setError] = useState("");
  const change = (name) => (e) => {
    const value = (written[name] = e.target.value);
    setF((old) => ({ ...old, [name]: value }));
  };
  const send = async (event) => {
    event.preventDefault();
    try {
      await begin({ source: f.source, ...(f.shop.trim() && { shop: f.shop.trim() }) });
    } catch (refused) {
      return setError(refused.message);
    }
    close();
    const id = /^id:\s*["']?([a-z0-9-]+)/m.exec(f.source)?.[1];
    if (id) shown(id);
  };
  return html`<${Dialog} title="Write a scenario" wide close=${close} testid="scenario-form"><form class="form" onsubmit=${send}>
    <label>Scenario in YAML<textarea class="mono scw" rows="14" spellcheck="false" name="source" value=${f.source} oninput=${change("source")}></textarea></label>
    <label>Your shop’s checkout, if it is to be tried<input class="mono" name="shop" placeholder="http://localhost:3000/checkout" value=${f.shop} oninput=${change("shop")}/></label>
    ${error && html`<pre class="code bad" role="alert" data-testid="scenario-refused">${error}</pre>`}
    <div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="scenario-send">Run</button></div></form><//>`;
}

const marks = { passed: ["check", "ok", "Passed"], failed: ["cross", "bad", "Failed"], running: ["play", "sim", "Running"], stopped: ["pause", "", "Stopped"], never: ["minus", "", "Not run yet"], skipped: ["minus", "", "Left out"], now: ["clock", "sim", "Runs now"] };

const Mark = ({ state, n }) => html`<span class="smk ${(marks[state] || ["", ""])[1]}">${marks[state] && !(n && state === "never") ? html`<${Icon} name=${marks[state][0]} stroke=${2.2}/>` : html`<span class="num">${n}</span>`}<span class="vh">${marks[state]?.[2] || "To come"}</span></span>`;

// List keeps scenarios of one group together, in the order they came.
function List({ all, on }) {
  const groups = [...new Set(all.map((s) => s.group || ""))];
  return groups.map((g) => html`<div key=${g}>${g && html`<h2 class="h4 grp">${g}</h2>`}<ul class="scl" data-testid=${g === groups[0] ? "scenarios" : null}>${all.filter((s) => (s.group || "") === g).map((s) => html`<li key=${s.id}><a class="sci ${s.id === on ? "on" : ""}" href=${link("/console/scenarios/" + encodeURIComponent(s.id))} data-testid="scenario-row" data-id=${s.id} data-result=${s.result} data-row=${s.id === on ? "on" : ""} aria-current=${s.id === on ? "true" : null}>
    <${Mark} state=${s.result}/><span class="grow"><b>${s.title || s.id}</b><small class=${s.result === "failed" ? "bad" : ""}>${told(s)}</small></span><span class="num dim">${lasted(s.durationMs ?? s.duration)}</span></a></li>`)}</ul></div>`);
}

function Shown({ v, s, going, start }) {
  const [file, setFile] = useState(null);
  const steps = s.steps.length ? s.steps : [];
  const ahead = steps.filter((o) => done.has(o.state)).length;
  const show = () => (file ? setFile(null) : v.act(async () => setFile(await sim("/scenarios/" + encodeURIComponent(s.id)))));
  const line = s.failure?.line || steps.find((o) => o.state === "running")?.line;
  return html`<article data-id=${s.id} data-result=${s.result}><a class="btn sm ghost back" href=${link("/console/scenarios")}><${Icon} name="chevron-left"/>Scenarios</a>
    <div class="row gap wrapping top"><div class="grow"><h2 class="ttl">${s.title || s.id}</h2><p class="mono dim small wrapword">${s.file || s.id}</p></div>
      ${!s.own && html`<${Button} kind="sm quiet" icon="code" testid="scenario-file" expanded=${String(Boolean(file))} onclick=${show}>${file ? "Hide file" : "Show file"}<//>`}${s.phone && html`<a class="btn sm quiet" href=${link("/phone/" + s.phone)} target="_self"><${Icon} name="phone"/>Phone</a>`}
      ${!s.own && html`<${Button} kind="sm" icon="play" testid="scenario-run" why=${going ? "Another run goes on" : ""} onclick=${start}>Run<//>`}</div>
    ${steps.length > 0 && html`<progress class="bar1 ${s.result}" max=${steps.length} value=${ahead} aria-label="${ahead} of ${steps.length} steps"></progress>`}
    ${s.about && !steps.length && html`<p class="about">${s.about}</p>`}
    ${s.tags?.length > 0 && !steps.length && html`<p class="row gap4 wrapping tags">${s.tags.map((t) => html`<span class="badge" key=${t}>${t}</span>`)}</p>`}
    ${s.failure?.step === 0 && html`<${Failure} f=${s.failure} s=${s}/>`}
    ${file && html`<${File} text=${file.source || file.text || ""} line=${line} bad=${Boolean(s.failure)}/>`}
    ${steps.length > 0 ? html`<ol class="sts" data-testid="scenario-steps">${steps.map((o, i) => html`<${Step} key=${i} s=${s} o=${o} n=${i + 1}/>`)}</ol>` : !file && html`<p class="none1">Not run yet. Its steps are told here while it runs.</p>`}</article>`;
}

function Step({ s, o, n }) {
  const failed = s.failure && (s.failure.step === n || s.failure.step === o.name || (s.failure.step === undefined && o.state === "failed"));
  const state = o.state === "running" ? "now" : marks[o.state] ? o.state : "never";
  return html`<li class=${o.state} data-testid="scenario-step" data-state=${o.state || "waiting"} aria-current=${o.state === "running" ? "step" : null}><${Mark} state=${state} n=${n}/>
    <div class="grow"><p class="wrapword"><b>${o.name}</b></p>${o.detail && html`<p class="dim small wrapword">${o.detail}</p>`}${failed && html`<${Failure} f=${s.failure} s=${s}/>`}</div><span class="num dim">${lasted(o.tookMs ?? o.took ?? o.duration)}</span></li>`;
}

const said = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

// look leads to the failed payment, in the world that the scenario left.
const look = (f, s) => (s.world ? "/w/" + encodeURIComponent(s.world) + pathOf(f.payment) : link(pathOf(f.payment)));

// Failure is what was wanted and what came instead, with a way to look closer.
function Failure({ f, s }) {
  return html`<div class="fail" data-testid="scenario-failure"><dl>${f.expected && html`<dt>Wanted</dt><dd class="mono wrapword">${said(f.expected)}</dd>`}<dt>${f.expected ? "Got" : "What happened"}</dt><dd class="mono wrapword">${said(f.actual)}</dd></dl>
    ${f.excerpt && html`<${Code}>${f.excerpt}<//>`}${f.line > 0 && html`<p class="dim small">${s.file ? s.file + ", line" : "Line"} ${f.line}</p>`}
    ${f.payment && html`<a class="btn sm quiet" href=${look(f, s)} target=${s.world ? "_self" : null} data-testid="scenario-payment"><${Icon} name="receipt"/>${f.payment.reference}</a>`}
    ${f.timeline?.length > 0 && html`<details><summary>What happened before</summary><ol class="past">${f.timeline.map((e, i) => html`<li key=${i} class="small wrapword">${typeof e === "string" ? e : [e.at && timeAt(e.at), e.text].filter(Boolean).join("  ")}</li>`)}</ol></details>`}</div>`;
}

// File is a scenario's source with the line that runs, or failed.
const File = ({ text, line, bad }) => html`<pre class="code lines" tabindex="0" role="group" aria-label="Source of the scenario"><code>${text.split("\n").map((l, i) => html`<span class="ln ${i + 1 === line ? (bad ? "bad" : "warn") : ""}" key=${i} data-line=${i + 1}><i aria-hidden="true">${i + 1}</i><span>${l}</span></span>`)}</code></pre>`;

const xml = (s) => String(s ?? "").replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "");
const seconds = (d) => (typeof d === "number" ? ` time="${d / 1000}"` : "");

// junit writes a run as test reports are read elsewhere.
export function junit(run, all) {
  const cases = run.scenarios.map((r) => {
    const s = all.find((o) => o.id === r.id) || r;
    const failure = r.state === "failed" ? `<failure message="${xml(`step ${r.failure?.step}: wanted ${said(r.failure?.expected)}, got ${said(r.failure?.actual)}`)}">${xml(r.failure?.excerpt)}</failure>` : r.state === "passed" ? "" : "<skipped/>";
    return `  <testcase classname="${xml(s.group || "scenarios")}" name="${xml(s.title || r.id)}"${seconds(r.durationMs ?? r.duration)}>${failure}</testcase>`;
  });
  const failed = run.scenarios.filter((r) => r.state === "failed").length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="liksom" tests="${cases.length}" failures="${failed}" skipped="${run.scenarios.filter((r) => r.state !== "passed" && r.state !== "failed").length}"${seconds(run.durationMs ?? run.duration)}>\n${cases.join("\n")}\n</testsuite>\n`;
}

const example = () => `id: customer-says-no
title: The customer says no
steps:
  - create: {amount: 35000, flow: PUSH_MESSAGE, phone: "${boot.demo.phone}"}
  - decline
  - wait: {payment: {state: ABORTED}}
  - expect: payment(reference).authorized == 0
`;

// Teach stands where there is nothing to run.
function Teach({ absent }) {
  return html`<div class="first" data-testid="scenarios-none"><${Icon} name="flask" size=${28}/><p>${absent ? html`This simulator can’t run scenarios. What a scenario does can be done by hand: make a payment, answer it on a phone, bend the clock.` : html`No scenarios come with this simulator. One plays the merchant and the customer, and says what must come of it:`}</p>
    ${absent ? html`<div class="row gap wrapping"><a class="btn sm quiet" href=${link("/")}><${Icon} name="list"/>Payments</a><a class="btn sm quiet" href=${link("/phone")} target="_self"><${Icon} name="phones"/>Phones</a><a class="btn sm quiet" href=${link("/console/control")}><${Icon} name="clock"/>Clock and faults</a></div>`
      : html`<${Code}>${example()}<//><div class="row gap wrapping"><${Copy} text=${example} word="Copy the example"/></div>`}</div>`;
}
