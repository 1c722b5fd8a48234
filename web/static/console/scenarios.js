// Scenarios: scripts that play merchant, customer and trouble, run from here
// and watched step by step.
import { html, useState, useEffect } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Icon, Button, Copy, Box, Grey, Segments, useAsked, link } from "./parts.js";
import { kept, join, lasted, over, told, useRun } from "./run.js";
import { Mark, Phone, Shown } from "./scenario.js";
import { Teach, Write } from "./write.js";
import { junit } from "./junit.js";

export const commands = [
  { id: "scenarios", label: "Scenarios", key: "G S", run: (v) => v.go("/console/scenarios") },
  { id: "scenarios-run", label: "Run all scenarios", run: (v) => (wanted = true, v.go("/console/scenarios")) },
];

const paces = [["real", "Real time"], ["fast", "Fast ×20"], ["instant", "Instant"]];

// wanted has the page run everything, for who came by a command.
let wanted = false;

const missing = (error) => /There is nothing at/.test(error || "");

export function Scenarios({ v }) {
  const [pace, setPace] = useState(kept.pace);
  const list = useAsked(() => sim("/scenarios"), []);
  const { run, going, lost, follow, again } = useRun(v);
  const [writing, setWriting] = useState(false);
  const all = join(list.data?.scenarios || [], run, lost);
  const begin = async (plan) => follow((await sim("/scenarios/run", "POST", { pace, ...plan })).id);
  const start = (ids) => v.act(() => begin({ scenarios: ids }));
  const ready = (some) => some.filter((s) => !s.own).map((s) => s.id);
  const stop = going && (() => v.act(async () => sim("/scenarios/runs/" + encodeURIComponent(run.id), "DELETE")).then(again));
  useEffect(() => {
    if (!wanted || !all.length || going) return;
    wanted = false;
    start(ready(all));
  });
  const bad = all.filter((s) => s.result === "failed");
  const failed = ready(bad);
  const good = all.filter((s) => s.result === "passed").length;
  const chosen = v.args[0];
  const runs = run ? all.filter((s) => s.result === "running" || s.result === "lost") : [];
  const now = all.find((s) => s.id === chosen) || runs[0] || (going && all.find((s) => s.id === run.scenarios[0].id)) || null;
  const none = missing(list.error) || (list.data && !all.length);
  const narrow = matchMedia("(max-width: 860px)").matches;
  const beside = matchMedia("(min-width: 1200px)").matches;
  return html`<div class="page sc ${chosen ? "chosen" : ""}"><div class="ph1"><h1>Scenarios</h1>${all.length > 0 && html`<span class="dim" data-testid="scenario-sum">${all.length} ${all.length === 1 ? "scenario" : "scenarios"}, ${good} passed, ${bad.length} failed</span>`}<span class="grow"></span>
      ${all.length > 0 && html`<span class="hm"><${Segments} label="Speed" testid="scenario-pace" all=${paces} chosen=${pace} choose=${(p) => setPace((kept.pace = p))}/></span>
      ${run && over(run) && html`<${Copy} text=${() => junit(run, all)} word="JUnit XML" testid="scenario-junit"/>`}
      ${!none && html`<a class="btn sm quiet" href=${link("/docs/scenarios")} target="_self" data-testid="scenario-docs"><${Icon} name="info"/>About them</a><${Button} kind="sm quiet" icon="code" testid="scenario-write" onclick=${() => setWriting(true)}>Write one<//>`}
      ${failed.length > 0 && !going && html`<${Button} kind="sm" icon="refresh" testid="scenario-run-failed" onclick=${() => start(failed)}>Run failed<//>`}
      ${stop && narrow ? html`<${Button} kind="sm" icon="cross" testid="scenario-stop" onclick=${stop}>Stop<//>` : html`<${Button} kind="sm primary" icon="play" testid="scenario-run-all" why=${going ? "A run goes on" : ""} onclick=${() => start(ready(all))}>Run all<//>`}`}</div>
    ${lost && html`<${Box} error="${told(runs[0] || { steps: [], result: "lost" })}. ${going ? "The run may go on; nothing is heard of it." : "The simulator knows nothing of this run any more."}" again=${going ? v.retry : null}/>`}
    ${list.error && !none && html`<${Box} error=${list.error} again=${list.again}/>`}
    ${!list.data && !list.error && html`<${Grey}/>`}
    ${none ? html`<${Teach} absent=${missing(list.error)}/>` : all.length > 0 && html`<div class="split sce"><section class="lst" aria-label="Scenarios"><${List} all=${all} on=${now?.id}/></section>
      <section class="dt" aria-label="Run" data-testid="scenario-shown">${now ? html`<${Shown} key=${now.id} v=${v} s=${now} going=${going} start=${() => start([now.id])} stop=${!narrow && stop}/>` : html`<div class="none"><${Icon} name="flask" size=${28}/><p>Choose a scenario, or run them all</p></div>`}</section>
      ${beside && html`<${Phone} s=${now} pace=${pace}/>`}</div>`}
    ${writing && html`<${Write} begin=${begin} close=${() => setWriting(false)} shown=${(id) => v.go("/console/scenarios/" + encodeURIComponent(id))}/>`}</div>`;
}

// List keeps scenarios of one group together, in the order they came.
function List({ all, on }) {
  const groups = [...new Set(all.map((s) => s.group || ""))];
  return groups.map((g) => html`<div key=${g}>${g && html`<h2 class="h4 grp">${g}</h2>`}<ul class="scl" data-testid=${g === groups[0] ? "scenarios" : null}>${all.filter((s) => (s.group || "") === g).map((s) => html`<li key=${s.id}><a class="sci ${s.id === on ? "on" : ""}" href=${link("/console/scenarios/" + encodeURIComponent(s.id))} data-testid="scenario-row" data-id=${s.id} data-result=${s.result === "lost" ? "stopped" : s.result} data-row=${s.id === on ? "on" : ""} aria-current=${s.id === on ? "true" : null}>
    <${Mark} state=${s.result}/><span class="grow"><b>${s.title || s.id}</b><small class=${s.result === "failed" ? "bad" : ""}>${told(s)}</small></span><span class="num dim">${lasted(s.durationMs)}</span></a></li>`)}</ul></div>`);
}
