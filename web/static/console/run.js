// A run of scenarios: how it is followed, and what it says of each of them.
import { useState, useEffect, useRef } from "../vendor/preact-htm.js";
import { boot, sim } from "./api.js";
import { useAsked, span } from "./parts.js";

// kept are the run that is shown and the pace that was chosen, for as long as
// the tab lives: results stay until the next run.
export const kept = {
  get run() { return sessionStorage.getItem("liksom.run" + boot.prefix) || ""; },
  set run(id) { sessionStorage.setItem("liksom.run" + boot.prefix, id); },
  pace: "instant",
};

export const over = (run) => !run || run.state !== "running";

// done are the states of steps that are behind.
export const done = new Set(["passed", "failed", "skipped"]);
const now = (steps) => Math.max(1, steps.findIndex((s) => s.state === "running") + 1);

// lasted writes a duration in milliseconds.
export const lasted = (ms) => (ms ? span(Math.max(1, ms)) : "");

const units = [[86400000, "days", "day"], [3600000, "h"], [60000, "min"], [1000, "s"]];

// stretch writes a long time in its largest unit: "5 min", "7 days".
export function stretch(ms) {
  const [unit, many, one = many] = units.find(([u]) => ms >= u) || units.at(-1);
  const n = Math.round(ms / unit);
  return n + "\u00a0" + (n === 1 ? one : many);
}

// resultOf joins a scenario with what the newest run says of it. A run that
// nobody hears of any more has stopped, as far as can be seen.
function resultOf(scenario, run, lost) {
  const r = run?.scenarios?.find((o) => o.id === scenario.id);
  const steps = r?.steps || [];
  const result = r?.state === "waiting" || !r ? "never" : r.state === "running" && lost ? "lost" : r.state;
  return { ...scenario, ...r, result, steps, count: steps.length || scenario.steps, durationMs: r?.durationMs || steps.reduce((sum, s) => sum + (s.tookMs || 0), 0) };
}

// join lists the scenarios with what became of them, and before them those
// that the run was given as texts.
export function join(list, run, lost) {
  const own = (run?.scenarios || []).filter((r) => !list.some((s) => s.id === r.id));
  return [...own.map((r) => ({ id: r.id, title: r.title, group: "Your own", tags: [], own: true })), ...list].map((s) => resultOf(s, run, lost));
}

// told says in a line what a scenario did or does.
export function told(r) {
  const n = r.steps.length || r.count;
  if (r.result === "failed" && r.failure?.step === 0) return "Failed before its first step";
  if (r.result === "failed") return `Failed at step ${r.failure?.step || r.steps.findIndex((s) => s.state === "failed") + 1}`;
  if (r.result === "lost") return `Lost contact at step ${now(r.steps)}`;
  if (r.result === "running") return `Step ${now(r.steps)} of ${r.steps.length}`;
  if (r.result === "stopped") return `Stopped after step ${r.steps.filter((s) => s.state === "passed").length}`;
  if (r.result === "passed") return `${n} ${n === 1 ? "step" : "steps"}${r.skipsMs ? `, skips ${stretch(r.skipsMs)}` : ""}`;
  return "Not run yet";
}

// useRun follows a run until it is over: it is asked for again whenever the
// stream tells that something has happened. lost tells that nothing is heard of
// it, either for the moment or, where the simulator does not know it, for good.
export function useRun(v) {
  const [id, setId] = useState(kept.run);
  const was = useRef({ run: null, heard: false });
  was.current.heard ||= v.live === "open";
  const ended = was.current.run?.id === id && over(was.current.run);
  const asked = useAsked(async () => (id ? sim("/scenarios/runs/" + encodeURIComponent(id)) : null), [id, ended ? -1 : v.version]);
  const run = id && asked.data?.id === id ? asked.data : null;
  was.current.run = run;
  const unknown = Boolean(asked.error);
  const follow = (next) => setId((kept.run = next));
  useEffect(() => {
    if (unknown && !run) follow("");
  }, [unknown]);
  const open = Boolean(run) && !over(run);
  return { run, going: open && !unknown, lost: open && (unknown || (was.current.heard && v.live !== "open")), follow, again: asked.again };
}
