// Small parts every page of the console is made of.
import { html, useState, useEffect, useLayoutEffect, useRef } from "../vendor/preact-htm.js";
import { icons } from "../icons.js";
import { amount, initials, tint, remaining, timeOfDay, dayAndTime } from "../format.js";
import { ringState } from "../clock.js";
import { boot } from "./api.js";

export const Icon = ({ name, size = 16, stroke = 1.8 }) => html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none" stroke="currentColor"
  stroke-width=${stroke} stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" dangerouslySetInnerHTML=${{ __html: icons[name] }}></svg>`;

export const Mark = ({ size = 24 }) => html`<svg width=${size} height=${size} viewBox="0 0 24 24" fill="none" aria-hidden="true"
  dangerouslySetInnerHTML=${{ __html: icons.mark }}></svg>`;

export const Avatar = ({ msn, name, size = "" }) => html`<span class="ava ${size} ${tint(msn)}" aria-hidden="true">${initials(name || msn)}</span>`;

export const money = (a) => amount("en", a.currency, a.value), link = (path) => boot.prefix + path;
export const at = (time) => timeOfDay("en", new Date(time), true);

// short is a reference as lists show it.
export const short = (s) => (s.length > 18 ? s.slice(0, 8) + "…" + s.slice(-3) : s);

// age is how long ago a time was: "24 s", "4 min", "2 h", then the date.
export function age(now, time) {
  const s = Math.max(0, Math.floor((now - Date.parse(time)) / 1000));
  if (s < 60) return s + "\u00a0s";
  if (s < 3600) return Math.floor(s / 60) + "\u00a0min";
  if (s < 86400) return Math.floor(s / 3600) + "\u00a0h";
  return dayAndTime("en", new Date(time)).split(",")[0];
}

// span writes how long something took or takes: "12 ms", "1.2 s", "4:12".
export function span(ms) {
  if (ms < 1000) return Math.round(ms) + "\u00a0ms";
  if (ms < 60000) return (ms / 1000).toFixed(1).replace(/\.0$/, "") + "\u00a0s";
  return remaining("en", ms);
}

const states = {
  CREATED: ["info", "clock", "Created"], AUTHORIZED: ["ok", "check", "Authorized"], ABORTED: ["", "cross", "Aborted"],
  EXPIRED: ["warn", "clock", "Expired"], TERMINATED: ["", "undo", "Terminated"],
};

export const Badge = ({ tone = "", icon, children, title }) => html`<span class="badge ${tone}" title=${title}><${Icon} name=${icon} size=${14} stroke=${2.2}/>${children}</span>`;

export function State({ state }) {
  const [tone, icon, word] = states[state] || ["", "info", state];
  return html`<${Badge} tone=${tone} icon=${icon}>${word}<//>`;
}

export const flows = {
  WEB_REDIRECT: ["external", "Web redirect", "Web"], NATIVE_REDIRECT: ["phone", "Native redirect", "App"],
  PUSH_MESSAGE: ["bell", "Push message", "Push"], QR: ["qr", "QR", "QR"],
};
export const flowOf = (p) => flows[p.flow] || ["info", p.flow, p.flow];

// Ring shows what is left of a time limit.
export function Ring({ left, whole, size = 16 }) {
  const r = size / 2 - 2;
  const round = 2 * Math.PI * r;
  const share = Math.min(1, left / Math.max(1, whole));
  return html`<span class="ring sim" data-left=${left > 60000 ? "calm" : ringState(left)}><svg width=${size} height=${size} viewBox="0 0 ${size} ${size}" fill="none" aria-hidden="true">
    <circle class="trk" cx=${size / 2} cy=${size / 2} r=${r} stroke-width="3"/><circle class="val" cx=${size / 2} cy=${size / 2} r=${r} stroke-width="3" stroke-dasharray="${(round * share).toFixed(1)} ${round.toFixed(1)}"/></svg></span>`;
}

// Button that says why it cannot be used, where it cannot: it stays there and
// can be reached, so that the reason can be read.
let drawn = 0;
export function Button({ icon, why, onclick, kind = "sm", children, testid, hotkey, ...more }) {
  const id = useRef(0);
  id.current ||= ++drawn;
  return html`<button type="button" class="btn ${kind}" data-testid=${testid} data-key=${why ? null : hotkey} title=${why || more.title} aria-disabled=${why ? "true" : null}
    aria-describedby=${why ? "why" + id.current : null} aria-label=${more.label} aria-expanded=${more.expanded} onclick=${(e) => (why ? e.preventDefault() : onclick && onclick(e))}>${icon && html`<${Icon} name=${icon}/>`}${children}${why && html`<span class="vh" id="why${id.current}">${why}</span>`}</button>`;
}

// speak says something to those who listen instead of look.
export function speak(text) {
  const region = document.getElementById("spoken");
  region.textContent = "";
  region.textContent = text;
}

// copy puts text on the clipboard; false where the browser does not allow it.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// Copy is a button that copies text; where that is not allowed it shows the
// text, selected.
export function Copy({ text, word, what = "", kind = "sm quiet", testid, hotkey }) {
  const [state, set] = useState("");
  const field = useRef();
  useEffect(() => {
    if (state === "select") field.current?.select();
  }, [state]);
  const act = async () => {
    const value = await (typeof text === "function" ? text() : text);
    if (!(await copy(value))) return set(value ? "select" : ""), (field.shown = value);
    set("done");
    speak("Copied");
    setTimeout(() => set(""), 1500);
  };
  if (state === "select") return html`<textarea class="sel" readonly rows="2" ref=${field} aria-label="Copy this" onblur=${() => set("")}>${field.shown}</textarea>`;
  return html`<button type="button" class=${word ? "btn " + kind : "cp"} data-testid=${testid} data-key=${hotkey} aria-label=${word ? null : "Copy " + what} title=${word ? null : "Copy " + what}
    onclick=${() => act().catch((e) => speak(e.message))}><${Icon} name=${state === "done" ? "check" : "copy"} size=${word ? 15 : 14}/>${word && (state === "done" ? "Copied" : word)}</button>`;
}

// Menu is a button with a list of what else can be done: {id, label, icon?,
// why?, run}. Arrow keys move in it, Escape closes it.
export function Menu({ label, items, testid, icon = "dots", word, kind = "btn sm quiet" }) {
  const [open, setOpen] = useState(false);
  const box = useRef();
  useEffect(() => {
    if (!open) return undefined;
    box.current.querySelector("[role=menuitem]")?.focus();
    const away = (e) => !box.current.contains(e.target) && setOpen(false);
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open]);
  const shut = () => {
    setOpen(false);
    box.current.firstElementChild.focus();
  };
  const move = (e) => {
    const all = [...box.current.querySelectorAll("[role=menuitem]")];
    const i = all.indexOf(document.activeElement);
    const to = { ArrowDown: (i + 1) % all.length, ArrowUp: (i - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[e.key];
    if (e.key === "Escape" && open) shut();
    else if (open && to !== undefined) all[to].focus();
    else if (open && e.key === "Tab") return setOpen(false);
    else return undefined;
    e.stopPropagation();
    return e.preventDefault();
  };
  const choose = (item) => {
    if (item.why) return undefined;
    shut();
    return item.run();
  };
  return html`<span class="menu" ref=${box} onkeydown=${move}><button type="button" class=${kind} data-testid=${testid} aria-haspopup="menu" aria-expanded=${String(open)} aria-label=${word ? null : label} title=${word ? null : label} onclick=${() => setOpen(!open)}>${icon && html`<${Icon} name=${icon} stroke=${3}/>`}${word}${word && html`<${Icon} name="chevron-down" size=${14}/>`}</button>
    ${open && html`<span class="menu-l" role="menu" aria-label=${label}>${items.map((item) => html`<button type="button" key=${item.id} role="menuitem" tabindex="-1" data-id=${item.id} aria-disabled=${item.why ? "true" : null} title=${item.why} onclick=${() => choose(item)}>${item.icon && html`<${Icon} name=${item.icon}/>`}<span class="grow">${item.label}${item.why && html`<small>${item.why}</small>`}</span>${item.keys && html`<span class="row gap4">${item.keys.map((k) => html`<kbd key=${k}>${k}</kbd>`)}</span>`}</button>`)}</span>`}</span>`;
}

// Code is text as a machine sees it.
export const Code = ({ children, wrap }) => html`<pre class=${"code" + (wrap ? " fold" : "")} tabindex="0"><code>${children}</code></pre>`;

// pretty lays JSON out for people; what is none stays as it is.
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// Json is JSON in colours.
export function Json({ text }) {
  const parts = pretty(text).split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/);
  const kind = (s) => (/^".*:$/s.test(s) ? "k" : s[0] === '"' ? "s" : "n");
  return html`<${Code} wrap>${parts.map((s, i) => (i % 2 ? html`<span class=${kind(s)}>${s}</span>` : s))}<//>`;
}

// Tabs follow the WAI-ARIA pattern: arrow keys move, the chosen one is in the
// order of the tab key.
export function Tabs({ all, chosen, choose, name }) {
  const keys = { ArrowRight: 1, ArrowLeft: -1 };
  const move = (e) => {
    if (!keys[e.key]) return;
    e.preventDefault();
    const i = all.findIndex(([id]) => id === chosen);
    const next = all[(i + keys[e.key] + all.length) % all.length][0];
    choose(next);
    document.getElementById(name + "-" + next).focus();
  };
  return html`<div class="tabs" role="tablist" onkeydown=${move}>${all.map(([id, word, count]) => html`<button type="button" key=${id} role="tab" id="${name}-${id}" aria-selected=${String(id === chosen)}
    aria-controls="${name}-panel" tabindex=${id === chosen ? 0 : -1} onclick=${(e) => { e.currentTarget.scrollIntoView({ block: "nearest", inline: "center" }); choose(id); }}>${word}${count !== undefined && html` <b class="num">${count}</b>`}</button>`)}</div>`;
}

export const Panel = ({ name, chosen, children }) => html`<div role="tabpanel" id="${name}-panel" aria-labelledby="${name}-${chosen}">${children}</div>`;

// Segments are a choice of few.
export function Segments({ label, all, chosen, choose, testid }) {
  const keys = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const move = (e) => {
    if (!keys[e.key]) return;
    e.preventDefault();
    const i = Math.max(0, all.findIndex(([id]) => id === chosen));
    const n = (i + keys[e.key] + all.length) % all.length;
    choose(all[n][0]);
    e.currentTarget.children[n].focus();
  };
  return html`<span class="seg" role="radiogroup" aria-label=${label} data-testid=${testid} onkeydown=${move}>${all.map(([id, word], i) => html`<button type="button" key=${id} role="radio"
    aria-checked=${String(id === chosen)} tabindex=${id === chosen || (i === 0 && !all.some(([o]) => o === chosen)) ? 0 : -1} onclick=${() => choose(id)}>${word}</button>`)}</span>`;
}

export const Switch = ({ on, label, change, testid }) => html`<button type="button" role="switch" class="sw ${on ? "on" : ""}" aria-checked=${String(Boolean(on))} aria-label=${label} data-testid=${testid} onclick=${() => change(!on)}></button>`;

// Dialog opens over the page; focus goes to its first field and back.
export function Dialog({ title, close, children, testid, wide }) {
  const box = useRef();
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    box.current.querySelector("form :is(input, select, textarea)")?.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  return html`<dialog ref=${box} class="dlg ${wide ? "wide" : ""}" aria-labelledby="dlg-title" data-testid=${testid} onclose=${close} onclick=${(e) => e.target === box.current && close()}>
    <div class="row dlg-h"><h2 id="dlg-title" class="grow">${title}</h2><button type="button" class="cp" aria-label="Close" onclick=${close}><${Icon} name="cross"/></button></div>${children}</dialog>`;
}

// Box tells of an error, what was asked for, and how to go on.
export const Box = ({ error, again }) => html`<div class="box" role="alert"><${Icon} name="warning" size=${18}/><span class="grow">${error}${again?.path && html` <small class="mono">${again.path}</small>`}</span>${again && html`<${Button} onclick=${again}>Try again<//>`}</div>`;

export const Empty = ({ icon, children, action }) => html`<div class="none"><${Icon} name=${icon} size=${28}/><p>${children}</p>${action}</div>`;

// Grey stands for content that is on its way; not in the first moments.
export const Grey = ({ rows = 10, tall = 46 }) => html`<div class="grey" aria-hidden="true">${Array.from({ length: rows }, (_, i) => html`<i key=${i} data-tall=${tall}></i>`)}</div>`;

const asking = new Set();

// settled is done when all that pages have asked is answered.
export const settled = () => Promise.allSettled([...asking]);

// useAsked asks whenever one of the things it depends on changes, and gives
// the last answer meanwhile, also while nobody answers. Answers that come too
// late are dropped. again asks once more, and knows what an error is about.
export function useAsked(ask, depends) {
  const [got, set] = useState({ data: null, error: null, path: "" });
  const turn = useRef(0);
  const [again, repeat] = useState(0);
  useLayoutEffect(() => {
    const mine = ++turn.current;
    const asked = ask().then(
      (data) => mine === turn.current && set({ data, error: null, path: "" }),
      (error) => mine === turn.current && set((old) => (old.data && error.silent ? old : { data: old.data, error: error.read || error.message || "Something broke on this page.", path: error.path || "" })),
    ).finally(() => {
      asking.delete(asked);
      if (!asking.size) setTimeout(() => (document.documentElement.dataset.ready = "true"));
    });
    asking.add(asked);
  }, [...depends, again]);
  useEffect(() => () => void (turn.current = -1), []);
  const { path, ...shown } = got;
  return { ...shown, again: Object.assign(() => repeat((n) => n + 1), { path }) };
}

// useTick draws again every so often, for what counts.
export function useTick(ms = 500) {
  const [, set] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => set((n) => n + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
}
