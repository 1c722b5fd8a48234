// Breaking things on purpose: the faults with a switch of their own, those in
// force, and a form for any other.
import { html, useState } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Icon, Badge, Button, Box, Switch, Dialog, useAsked } from "./parts.js";
import { eventName, events } from "./deliveries.js";

const parseSpan = (text) => [...String(text).matchAll(/([\d.]+)(ms|s|m)/g)].reduce((sum, [, n, u]) => sum + n * { ms: 1, s: 1000, m: 60000 }[u], 0);
const share = (f) => (f.probability ?? 1) * 100;

// often is a fault that meets a share of what it matches.
const often = (id, word, target, does, start, more = {}) => ({
  id: "console-" + id, word, max: 100, step: 1, unit: "%", start, ...more,
  make: (n, choice) => ({ match: { target }, do: does(choice), ...(n < 100 && { probability: n / 100 }) }), read: share,
});

// late is a fault that holds up by so long.
const late = (id, word, target, name, max, step, start) => ({
  id: "console-" + id, word, max, step, unit: "ms", start,
  make: (n) => ({ match: { target }, do: { [name]: n + "ms" } }), read: (f) => parseSpan(f.do[name]),
});

const spoils = [["signature", "the signature"], ["key", "with a wrong key"], ["host", "for a wrong host"], ["date", "with an old date"], ["body", "a changed body"], ["reserialise", "the body written anew"]];

// quick are the faults with a switch of their own. Their ids tell them from
// those that scripts have set.
const quick = [
  ["API"],
  late("slow", "Slow answers", "api", "latency", 10000, 100, 800),
  often("error", "Answer with an error", "api", (status) => ({ status: Number(status) }), 10, { choices: [["429", "429"], ["500", "500"], ["502", "502"], ["503", "503"]], choice: "503", chosen: (f) => String(f.do.status) }),
  often("cut", "Cut the line", "api", (close) => ({ close }), 10, { choices: [["before", "before the work"], ["after", "after the work"]], choice: "after", chosen: (f) => f.do.close }),
  often("half", "Half an answer", "api", () => ({ truncate: true }), 10),
  ["Webhooks"],
  often("twice", "Send twice", "webhook", () => ({ duplicate: 2 }), 20),
  often("drop", "Never send", "webhook", () => ({ drop: true }), 5),
  late("late", "Send late", "webhook", "delay", 60000, 500, 3000),
  often("order", "Wrong order", "webhook", () => ({ reorder: true }), 50),
  often("signature", "Wrong signature", "webhook", (corrupt) => ({ corrupt }), 20, { choices: spoils, choice: "signature", chosen: (f) => f.do.corrupt }),
  often("refuse", "Receiver answers 500", "webhook", () => ({ status: 500 }), 20),
  ["Push messages"],
  often("push", "Never shown", "push", () => ({ drop: true }), 25),
  late("pushlate", "Late", "push", "delay", 60000, 500, 3000),
];

const presets = {
  "Flaky network": { "console-slow": 400, "console-error": 10, "console-drop": 5 }, "Slow bank": { "console-slow": 3000 },
  "Webhook chaos": { "console-twice": 20, "console-drop": 5, "console-order": 30, "console-refuse": 20 },
};

const useFaults = (v) => useAsked(() => sim("/faults"), [v.version]);
const said = (n, unit) => (unit === "ms" ? (n >= 1000 ? n / 1000 + " s" : n + " ms") : n + " %");

const what = { api: "Calls", webhook: "Webhooks", push: "Pushes" };

const deeds = [
  ["latency", (x) => `are slow by ${x}`], ["status", (x) => `are answered ${x}`], ["code", (x) => `end with error ${x}`], ["close", (x) => `are cut ${x} the work`],
  ["truncate", () => "are answered by half"], ["drop", () => "are lost"], ["duplicate", (x) => (x > 2 ? `are sent ${x} times` : "are sent twice")], ["delay", (x) => `are late by ${x}`], ["reorder", () => "are out of order"],
  ["corrupt", (x) => "are spoilt: " + (spoils.find(([id]) => id === x)?.[1] || x)], ["stripHeader", (x) => `go without ${x}`], ["success", () => "tell of no success"],
];

// describe puts a fault into words.
export function describe(f) {
  const m = f.match;
  const of = [m.method, m.path, m.event && eventName(m.event), m.msn, m.reference, m.phone && "+" + m.phone].filter(Boolean).join(" ");
  const does = deeds.filter(([name]) => f.do[name] !== undefined).map(([name, words]) => words(f.do[name])).join(", ");
  const few = [f.probability && `${Math.round(f.probability * 100)} % of them`, f.skip && `after the first ${f.skip}`, f.times && (f.times === 1 ? "once" : `${f.times} times`)].filter(Boolean);
  return `${what[m.target]}${of && " " + of} ${does || "are met"}${few.length ? ", " + few.join(", ") : ""}`;
}

export function Banner({ v }) {
  const on = useFaults(v).data?.faults || [];
  if (!on.length) return null;
  return html`<div class="ban"><${Icon} name="warning" size=${18}/><span class="grow"><b>${on.length === 1 ? "1 fault is on." : on.length + " faults are on."}</b> ${on.slice(0, 3).map(describe).join("; ")}.</span><${Button} kind="sm quiet" testid="faults-off" onclick=${() => v.act(() => sim("/faults", "DELETE"))}>Turn all off<//></div>`;
}

export function Faults({ v }) {
  const { data, error, again } = useFaults(v);
  const [adding, setAdding] = useState(false);
  const on = data?.faults || [];
  const replace = async (q, n, choice) => {
    if (on.some((f) => f.id === q.id)) await sim("/faults/" + q.id, "DELETE");
    if (n > 0) await sim("/faults", "POST", { id: q.id, ...q.make(n, choice || q.choice) });
  };
  const preset = (name) => name && v.act(async () => {
    if (!presets[name]) await sim("/faults", "DELETE");
    else for (const q of quick.filter((o) => o.id)) await replace(q, presets[name][q.id] || 0);
  }, presets[name] ? name + " is on" : "No fault is on");
  return html`<section class="bx" data-testid="faults"><div class="row gap"><h2 class="grow"><${Icon} name="warning" size=${18}/>Faults</h2><select class="pick" aria-label="Presets" value="" onchange=${(e) => { preset(e.target.value); e.target.value = ""; }}><option value="">Presets</option>${[...Object.keys(presets), "Everything fine"].map((n) => html`<option key=${n}>${n}</option>`)}</select></div>
    ${error && html`<${Box} error=${error} again=${again}/>`}
    ${quick.map((q) => (q.id ? html`<${Quick} key=${q.id} q=${q} f=${on.find((f) => f.id === q.id)} set=${(n, choice) => v.act(() => replace(q, n, choice))}/>` : html`<h3 class="h4" key=${q[0]}>${q[0]}</h3>`))}
    <div class="row gap h4"><h3 class="grow">${on.length ? "In force" : "Nothing is broken"}</h3><${Button} kind="sm quiet" icon="plus" testid="fault-new" onclick=${() => setAdding(true)}>Another fault<//></div>
    ${on.length > 0 && html`<ul class="force" data-testid="faults-active">${on.map((f) => html`<li key=${f.id}><${Badge} tone="fault" icon="warning">${f.id}<//><span class="grow">${describe(f)}</span><span class="dim num">struck ${f.fired} of ${f.met}</span><${Button} kind="sm quiet" onclick=${() => v.act(() => sim("/faults/" + encodeURIComponent(f.id), "DELETE"))}>Remove<//></li>`)}</ul>`}
    ${data && html`<${Seed} v=${v} seed=${data.seed}/>`}
    ${adding && html`<${AddFault} v=${v} close=${() => setAdding(false)}/>`}</section>`;
}

// Seed is what decides where a fault has a chance. Putting one, the same even,
// has all faults begin anew.
function Seed({ v, seed }) {
  const [text, write] = useState(null);
  const [error, setError] = useState("");
  const send = async (event) => {
    event.preventDefault();
    try {
      await sim("/faults", "PUT", { seed: (text ?? seed).trim() });
    } catch (refused) {
      return setError(refused.message);
    }
    write(null);
    setError("");
    return v.act(async () => {}, "The faults begin anew with this seed");
  };
  return html`<form class="seed" data-testid="fault-seed" data-seed=${seed} onsubmit=${send}><label for="seed">Seed</label><input id="seed" class="sin mono" value=${text ?? seed} maxlength="64" aria-invalid=${error ? "true" : null} aria-describedby=${error ? "seed-error" : "seed-says"} oninput=${(e) => write(e.target.value)}/><button class="btn sm quiet" data-testid="fault-reseed">${text === null || text === seed ? "Begin anew" : "Use it"}</button>
    <span id="seed-says" class="dim small grow">The same seed gives the same faults again.</span>${error && html`<span id="seed-error" class="bad small" role="alert">${error}</span>`}</form>`;
}

function Quick({ q, f, set }) {
  const [drawn, setDrawn] = useState(q.start);
  const [drag, setDrag] = useState(null);
  const [picked, pick] = useState(q.choice);
  const n = drag ?? (f ? Math.round(q.read(f)) : drawn);
  const choice = f && q.chosen ? q.chosen(f) : picked;
  const scale = q.unit === "ms" ? 1000 : 1;
  const change = (value) => {
    setDrag(null);
    if (!(value >= 0)) return;
    const fit = Math.min(q.max, Math.round(value));
    setDrawn(fit);
    if (f) set(fit, choice);
  };
  const choose = (value) => {
    pick(value);
    if (f) set(n, value);
  };
  return html`<div class="fk ${f ? "" : "offr"}" data-testid="fault-${q.id.slice(8)}"><span class="fkw">${q.word}${q.choices && html`<select class="pick" aria-label="${q.word}: what" value=${choice} onchange=${(e) => choose(e.target.value)}>${q.choices.map(([id, word]) => html`<option key=${id} value=${id}>${word}</option>`)}</select>`}</span>
    <input type="range" style=${{ "--at": n / q.max }} min="0" max=${q.max} step=${q.step} value=${n} aria-label="${q.word}, ${q.unit === "ms" ? "milliseconds" : "percent"}" aria-valuetext=${said(n, q.unit)} oninput=${(e) => setDrag(Number(e.target.value))} onchange=${(e) => change(Number(e.target.value))}/>
    <label class="fkn num"><input inputmode="decimal" aria-label="${q.word}, ${q.unit === "ms" ? "seconds" : "percent"}" value=${n / scale} onchange=${(e) => change(Number(e.target.value.replace(",", ".")) * scale)}/>${q.unit === "ms" ? "s" : "%"}</label><${Switch} on=${f} label=${q.word} change=${(want) => set(want ? drawn || q.start : 0, choice)}/></div>`;
}

// kinds are all that a fault can do: to what, in which words, and what more
// has to be said.
const kinds = [
  ["api", "latency", "Slow answer", "2s", "How slow"], ["api", "status", "Answer with a status", "503", "Status"], ["api", "code", "Answer with a coded error", "6260", "Code"],
  ["api", "close", "Cut the line", ["before", "after"], "When, seen from the work"], ["api", "truncate", "Half an answer", true],
  ["webhook", "drop", "Never send", true], ["webhook", "status", "Receiver answers a status", "500", "Status"], ["webhook", "duplicate", "Send several times", "2", "How often"], ["webhook", "delay", "Send late", "30s", "How late"],
  ["webhook", "reorder", "Send out of order", true], ["webhook", "corrupt", "Spoil", spoils.map(([id]) => id), "What"], ["webhook", "stripHeader", "Leave a header out", "Authorization", "Header"], ["webhook", "success", "Say that it did not succeed", false],
  ["push", "drop", "Never show", true], ["push", "delay", "Show late", "30s", "How late"],
];
const numbers = new Set(["status", "duplicate"]);
const targets = [["api", "API calls"], ["webhook", "Webhooks"], ["push", "Push messages"]];

function AddFault({ v, close }) {
  const [f, setF] = useState({ kind: 0, value: kinds[0][3], percent: "100", times: "", skip: "", method: "", path: "", event: "", msn: "", reference: "", phone: "" });
  const [error, setError] = useState("");
  const [target, name, , given, asks] = kinds[f.kind];
  const change = (field) => (e) => setF({ ...f, [field]: e.target.value });
  const text = (field, word, hint) => html`<label>${word}<input value=${f[field]} placeholder=${hint} aria-describedby=${error ? "fault-error" : null} oninput=${change(field)}/></label>`;
  const send = async (event) => {
    event.preventDefault();
    const match = { target };
    for (const field of target === "api" ? ["method", "path", "msn", "reference"] : target === "webhook" ? ["event", "msn", "reference"] : ["msn", "reference", "phone"]) if (f[field]) match[field] = f[field];
    const value = typeof given === "boolean" ? given : numbers.has(name) ? Number(f.value) : f.value;
    const percent = Number(f.percent);
    try {
      await sim("/faults", "POST", { match, do: { [name]: value }, ...(percent > 0 && percent < 100 && { probability: percent / 100 }), ...(Number(f.times) > 0 && { times: Number(f.times) }), ...(Number(f.skip) > 0 && { skip: Number(f.skip) }) });
    } catch (refused) {
      return setError(refused.message);
    }
    close();
    return v.act(async () => {});
  };
  return html`<${Dialog} title="Another fault" close=${close} testid="fault-form"><form class="form" onsubmit=${send}>
    <label>What happens<select value=${f.kind} onchange=${(e) => setF({ ...f, kind: Number(e.target.value), value: [kinds[e.target.value][3]].flat()[0] })}>${targets.map(([id, word]) => html`<optgroup key=${id} label=${word}>${kinds.map(([t, , label], i) => t === id && html`<option key=${i} value=${i}>${label}</option>`)}</optgroup>`)}</select></label>
    ${asks && (Array.isArray(given) ? html`<label>${asks}<select value=${f.value} onchange=${change("value")}>${given.map((g) => html`<option key=${g}>${g}</option>`)}</select></label>` : text("value", asks, given))}
    <div class="two">${target === "api" && html`${text("method", "Method", "any")}${text("path", "Path", "any, such as /epayment/v1/payments/*/capture")}`}
      ${target === "webhook" && html`<label>Event<select value=${f.event} onchange=${change("event")}><option value="">any</option>${events.map(([e]) => html`<option key=${e} value=${e}>${eventName(e)}</option>`)}</select></label>`}
      ${target === "push" && text("phone", "Phone", "any")}
      ${text("msn", "Sales unit", "any")}${text("reference", "Reference", "any")}${text("percent", "How many, in percent", "100")}${text("skip", "Let the first ones through", "0")}${text("times", "How often at most", "no limit")}</div>
    ${error && html`<div id="fault-error"><${Box} error=${error}/></div>`}
    <div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="fault-add">Add fault</button></div></form><//>`;
}
