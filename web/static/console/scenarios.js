// Scenarios: scripts that play merchant, customer and trouble, run from here
// and watched step by step.
import { html, useState, useEffect } from "../vendor/preact-htm.js";
import { boot, sim, unique } from "./api.js";
import { Icon, Button, Copy, Code, Box, Grey, Segments, useAsked, link, span } from "./parts.js";
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

// told says in a line what a scenario did or does.
function told(r) {
  const n = r.steps.length || r.count;
  if (r.result === "failed") return `Failed at step ${r.failure?.step || r.steps.findIndex((s) => s.state === "failed") + 1}`;
  if (r.result === "running") return `Step ${Math.max(1, at(r.steps) + 1)} of ${r.steps.length}`;
  if (r.result === "stopped") return `Stopped after step ${r.steps.filter((s) => done.has(s.state)).length}`;
  const skips = r.skips ? `, skips ${lasted(r.skips)}` : "";
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
  const all = (list.data?.scenarios || []).map((s) => resultOf(s, run));
  const start = (ids) => v.act(async () => follow((await sim("/scenarios/run", "POST", { scenarios: ids, pace })).id));
  const stop = () => v.act(async () => sim("/scenarios/runs/" + encodeURIComponent(run.id), "DELETE")).then(again);
  useEffect(() => {
    if (!wanted || !all.length || going) return;
    wanted = false;
    start(all.map((s) => s.id));
  });
  const bad = all.filter((s) => s.result === "failed");
  const good = all.filter((s) => s.result === "passed").length;
  const chosen = v.args[0];
  const now = all.find((s) => s.id === chosen) || (run && all.find((s) => s.result === "running")) || null;
  const none = missing(list.error) || (list.data && !all.length);
  return html`<div class="page sc ${chosen ? "chosen" : ""}"><div class="ph1"><h1>Scenarios</h1>${all.length > 0 && html`<span class="dim" data-testid="scenario-sum">${all.length} ${all.length === 1 ? "scenario" : "scenarios"}, ${good} passed, ${bad.length} failed</span>`}<span class="grow"></span>
      ${all.length > 0 && html`<span class="hm"><${Segments} label="Speed" testid="scenario-pace" all=${paces} chosen=${pace} choose=${(p) => setPace((kept.pace = p))}/></span>
      ${run && over(run) && html`<${Copy} text=${() => junit(run, all)} word="JUnit" testid="scenario-junit"/>`}
      ${bad.length > 0 && !going && html`<${Button} kind="sm" icon="refresh" testid="scenario-run-failed" onclick=${() => start(bad.map((s) => s.id))}>Run failed<//>`}
      ${going ? html`<${Button} kind="sm" icon="cross" testid="scenario-stop" onclick=${stop}>Stop<//>` : html`<${Button} kind="sm primary" icon="play" testid="scenario-run-all" onclick=${() => start(all.map((s) => s.id))}>Run all<//>`}`}</div>
    ${lost && html`<${Box} error="Lost contact at step ${Math.max(1, at(now?.steps || []) + 1)}. ${lost}" again=${again}/>`}
    ${list.error && !none && html`<${Box} error=${list.error} again=${list.again}/>`}
    ${!list.data && !list.error && html`<${Grey}/>`}
    ${none ? html`<${Teach} absent=${missing(list.error)}/>` : all.length > 0 && html`<div class="split sce"><section class="lst" aria-label="Scenarios"><${List} all=${all} on=${now?.id}/></section>
      <section class="dt" aria-label="Run" data-testid="scenario-shown">${now ? html`<${Shown} key=${now.id} v=${v} s=${now} going=${going} start=${() => start([now.id])}/>` : html`<div class="none"><${Icon} name="flask" size=${28}/><p>Choose a scenario, or run them all</p></div>`}</section></div>`}</div>`;
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
      <${Button} kind="sm quiet" icon="code" testid="scenario-file" expanded=${String(Boolean(file))} onclick=${show}>${file ? "Hide file" : "Show file"}<//>${s.phone && html`<a class="btn sm quiet" href=${link("/phone/" + s.phone)} target="_self"><${Icon} name="phone"/>Phone</a>`}
      <${Button} kind="sm" icon="play" testid="scenario-run" why=${going ? "Another run goes on" : ""} onclick=${start}>Run<//></div>
    ${steps.length > 0 && html`<progress class="bar1 ${s.result}" max=${steps.length} value=${ahead} aria-label="${ahead} of ${steps.length} steps"></progress>`}
    ${s.about && !steps.length && html`<p class="about">${s.about}</p>`}
    ${s.tags?.length > 0 && !steps.length && html`<p class="row gap4 wrapping tags">${s.tags.map((t) => html`<span class="badge" key=${t}>${t}</span>`)}</p>`}
    ${file && html`<${File} text=${file.source || file.text || ""} line=${line} bad=${Boolean(s.failure)}/>`}
    ${steps.length > 0 ? html`<ol class="sts" data-testid="scenario-steps">${steps.map((o, i) => html`<${Step} key=${i} s=${s} o=${o} n=${i + 1}/>`)}</ol>` : !file && html`<p class="none1">Not run yet. Its steps are told here while it runs.</p>`}</article>`;
}

function Step({ s, o, n }) {
  const failed = s.failure && (s.failure.step === n || s.failure.step === o.name || (!s.failure.step && o.state === "failed"));
  const state = o.state === "running" ? "now" : marks[o.state] ? o.state : "never";
  return html`<li class=${o.state} data-testid="scenario-step" data-state=${o.state || "waiting"} aria-current=${o.state === "running" ? "step" : null}><${Mark} state=${state} n=${n}/>
    <div class="grow"><p class="wrapword"><b>${o.name}</b></p>${o.detail && html`<p class="dim small wrapword">${o.detail}</p>`}${failed && html`<${Failure} f=${s.failure} s=${s}/>`}</div><span class="num dim">${lasted(o.tookMs ?? o.took ?? o.duration)}</span></li>`;
}

const said = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

// Failure is what was wanted and what came instead, with a way to look closer.
function Failure({ f, s }) {
  return html`<div class="fail" data-testid="scenario-failure"><dl><dt>Wanted</dt><dd class="mono wrapword">${said(f.expected)}</dd><dt>Got</dt><dd class="mono wrapword">${said(f.actual)}</dd></dl>
    ${f.excerpt && html`<${Code}>${f.excerpt}<//>`}${f.line > 0 && html`<p class="dim small">${s.file ? s.file + ", line" : "Line"} ${f.line}</p>`}
    ${f.payment && html`<a class="btn sm quiet" href=${link(pathOf(f.payment))}><${Icon} name="receipt"/>${f.payment.reference}</a>`}
    ${f.timeline?.length > 0 && html`<details><summary>What happened before</summary><ol class="past">${f.timeline.map((e, i) => html`<li key=${i} class="small wrapword">${typeof e === "string" ? e : [e.at, e.text].filter(Boolean).join("  ")}</li>`)}</ol></details>`}</div>`;
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

const example = () => `name: Customer says no
steps:
  - create: {amount: NOK 350.00, flow: PUSH_MESSAGE, phone: "${boot.demo.phone}"}
  - decline: {}
  - expect: {payment: ABORTED}
  - expect: {webhook: epayments.payment.aborted.v1}
`;

// Teach stands where there is nothing to run yet.
function Teach({ absent }) {
  const [name] = useState(() => "scenario-" + unique().slice(0, 4));
  return html`<div class="first" data-testid="scenarios-none"><${Icon} name="flask" size=${28}/><p>${absent ? html`This simulator can’t run scenarios. What a scenario does can be done by hand: make a payment, answer it on a phone, bend the clock.` : html`No scenario files in <span class="mono">scenarios/</span>. A scenario plays the merchant and the customer, and says what must come of it:`}</p>
    ${absent ? html`<div class="row gap wrapping"><a class="btn sm quiet" href=${link("/")}><${Icon} name="list"/>Payments</a><a class="btn sm quiet" href=${link("/phone")} target="_self"><${Icon} name="phones"/>Phones</a><a class="btn sm quiet" href=${link("/console/control")}><${Icon} name="clock"/>Clock and faults</a></div>`
      : html`<${Code}>${example()}<//><div class="row gap wrapping"><${Copy} text=${example} word="Copy the example"/><span class="dim small">Save it as <span class="mono">scenarios/${name}.yaml</span> and start again.</span></div>`}</div>`;
}
