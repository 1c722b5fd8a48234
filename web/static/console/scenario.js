// One scenario: its steps as they are done, what went wrong, its file, and the
// phone that it uses.
import { html, useState, useEffect, useRef } from "../vendor/preact-htm.js";
import { boot, sim } from "./api.js";
import { Icon, Button, Code, at as timeAt, link } from "./parts.js";
import { useOwners } from "./owners.js";
import { pathOf } from "./payments.js";
import { done, lasted } from "./run.js";
import { said } from "./junit.js";
import { idOf, written } from "./write.js";

const marks = { passed: ["check", "ok", "Passed"], failed: ["cross", "bad", "Failed"], running: ["play", "sim", "Running"], stopped: ["pause", "", "Stopped"], lost: ["pause", "warn", "Lost contact"], never: ["minus", "", "Not run yet"], skipped: ["minus", "", "Left out"], now: ["clock", "sim", "Runs now"] };

// Mark is a round sign: how a scenario ended, or the number of a step.
export const Mark = ({ state, n }) => html`<span class="smk ${(marks[state] || ["", ""])[1]}">${marks[state] && !(n && state === "never") ? html`<${Icon} name=${marks[state][0]} stroke=${2.2}/>` : html`<span class="num">${n}</span>`}<span class="vh">${marks[state]?.[2] || "To come"}</span></span>`;

const worldPath = (s) => "/w/" + encodeURIComponent(s.world);

// Shown is the scenario as it was run last. stop is there while a run goes on.
export function Shown({ v, s, going, start, stop }) {
  const [file, setFile] = useState(null);
  const { steps } = s;
  const ahead = steps.filter((o) => done.has(o.state) && !(s.result === "stopped" && o.state === "skipped")).length;
  const own = s.own && idOf(written.source) === s.id ? written.source : "";
  const show = () => (file !== null ? setFile(null) : v.act(async () => setFile(own || (await sim("/scenarios/" + encodeURIComponent(s.id))).source)));
  const line = s.failure?.line || steps.find((o) => o.state === "running")?.line;
  const number = s.phone || boot.demo.phone;
  return html`<article data-id=${s.id} data-result=${s.result}><a class="btn sm ghost back" href=${link("/console/scenarios")}><${Icon} name="chevron-left"/>Scenarios</a>
    <div class="row gap wrapping top"><div class="grow"><h2 class="ttl">${s.title || s.id}</h2><p class="mono dim small wrapword">${s.file || s.id}</p></div>
      ${s.world && html`<a class="btn sm quiet scl1" href="${worldPath(s)}/phone/${number}" target="_blank" rel="noopener"><${Icon} name="phone"/>Phone</a>`}
      ${(!s.own || own) && html`<${Button} kind="sm quiet" icon="code" testid="scenario-file" expanded=${String(file !== null)} onclick=${show}>${file !== null ? "Hide file" : "Show file"}<//>`}
      ${stop ? html`<${Button} kind="sm" icon="cross" testid="scenario-stop" onclick=${stop}>Stop<//>` : !s.own && html`<${Button} kind="sm" icon="play" testid="scenario-run" why=${going ? "Another run goes on" : ""} onclick=${start}>Run<//>`}</div>
    ${steps.length > 0 && html`<progress class="bar1 ${s.result}" max=${steps.length} value=${ahead} aria-label="${ahead} of ${steps.length} steps"></progress>`}
    ${s.about && !steps.length && html`<p class="about">${s.about}</p>`}
    ${s.tags?.length > 0 && !steps.length && html`<p class="row gap4 wrapping tags">${s.tags.map((t) => html`<span class="badge" key=${t}>${t}</span>`)}</p>`}
    ${s.failure?.step === 0 && html`<${Failure} f=${s.failure} s=${s}/>`}
    ${file !== null && html`<${File} text=${file} line=${line} bad=${Boolean(s.failure)}/>`}
    ${steps.length > 0 ? html`<ol class="sts" data-testid="scenario-steps">${steps.map((o, i) => html`<${Step} key=${i} s=${s} o=${o} n=${i + 1}/>`)}</ol>` : file === null && html`<p class="none1">Not run yet. Its steps are told here while it runs.</p>`}</article>`;
}

function Step({ s, o, n }) {
  const failed = s.failure && (s.failure.step === n || s.failure.step === o.name || (s.failure.step === undefined && o.state === "failed"));
  const state = o.state === "running" ? (s.result === "lost" ? "lost" : "now") : marks[o.state] ? o.state : "never";
  return html`<li class=${o.state} data-testid="scenario-step" data-state=${o.state || "waiting"} aria-current=${o.state === "running" ? "step" : null}><${Mark} state=${state} n=${n}/>
    <div class="grow"><p class="wrapword"><b>${o.name}</b></p>${o.detail && html`<p class="dim small wrapword">${o.detail}</p>`}${failed && html`<${Failure} f=${s.failure} s=${s}/>`}</div><span class="num dim">${lasted(o.tookMs)}</span></li>`;
}

// look leads to the failed payment, in the world that the scenario left.
const look = (f, s) => (s.world ? worldPath(s) : boot.prefix) + pathOf(f.payment);

// Failure is what was wanted and what came instead, with a way to look closer.
function Failure({ f, s }) {
  return html`<div class="fail" data-testid="scenario-failure"><dl>${f.expected && html`<dt>Wanted</dt><dd class="mono wrapword">${said(f.expected)}</dd>`}<dt>${f.expected ? "Got" : "What happened"}</dt><dd class="mono wrapword">${said(f.actual)}</dd></dl>
    ${f.excerpt && html`<${Code}>${f.excerpt}<//>`}${f.line > 0 && html`<p class="dim small">${s.file ? s.file + ", line" : "Line"} ${f.line}</p>`}
    ${f.payment && html`<a class="btn sm quiet" href=${look(f, s)} target=${s.world ? "_self" : null} data-testid="scenario-payment"><${Icon} name="receipt"/>${f.payment.reference}</a>`}
    ${f.timeline?.length > 0 && html`<details><summary>What happened before</summary><ol class="past">${f.timeline.map((e, i) => html`<li key=${i} class="small wrapword">${typeof e === "string" ? e : [e.at && timeAt(e.at), e.text].filter(Boolean).join("  ")}</li>`)}</ol></details>`}</div>`;
}

// File is a scenario's source with the line that runs, or failed.
function File({ text, line, bad }) {
  const box = useRef();
  useEffect(() => box.current.querySelector(".bad, .warn")?.scrollIntoView({ block: "nearest" }), [line]);
  return html`<pre class="code lines" tabindex="0" role="group" aria-label="Source of the scenario" ref=${box}><code>${text.split("\n").map((l, i) => html`<span class="ln ${i + 1 === line ? (bad ? "bad" : "warn") : ""}" key=${i} data-line=${i + 1}><i aria-hidden="true">${i + 1}</i><span>${l}</span></span>`)}</code></pre>`;
}

// Phone is the phone in use, live, in the world of the scenario: it is there
// while that world is.
export function Phone({ s, pace }) {
  const number = s?.phone || boot.demo.phone;
  const name = useOwners()(number) + "’s phone";
  const live = s?.world && (s.result === "running" || s.result === "failed");
  return html`<aside class="scp" aria-label="The phone in use" data-testid="scenario-phone">${live ? html`<h2 class="h2">${name}, live</h2><iframe key=${s.world + number} title="${name}, live" src="${worldPath(s)}/phone/${number}?embed=1"></iframe>`
    : html`<div class="none"><${Icon} name="phone" size=${28}/><p>The phone in use is shown here while a scenario runs.${pace === "instant" && " Choose Real time or Fast to follow it."}</p></div>`}</aside>`;
}
