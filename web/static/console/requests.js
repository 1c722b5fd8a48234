// Every call to the imitated APIs, newest first, and why one was refused.
import { html, useState, useEffect, useRef } from "../vendor/preact-htm.js";
import { boot, sim } from "./api.js";
import { firstCurl } from "./snippets.js";
import { hidden } from "./first.js";
import { Icon, Badge, Button, Copy, Code, Json, Box, Empty, Grey, Tabs, Panel, useAsked, at, link, span } from "./parts.js";
import { pathOf } from "./payments.js";
import { why } from "./why.js";

const size = 100;

// filters narrow the list; a path is the beginning of what was called.
const filters = [["", "All"], ["failed", "Failed"], ["/epayment", "Payments"], ["/webhooks", "Webhooks"], ["/qr", "QR"], ["/accesstoken", "Tokens"]];

export const commands = [
  { id: "requests", label: "Requests", key: "G R", run: (v) => v.go("/console/requests") },
  { id: "requests-failed", label: "Show the requests that failed", run: (v) => (kept = { filter: "failed", msn: "" }, v.go("/console/requests")) },
];

let kept = { filter: "", msn: "" };

const failed = (c) => !c.status || c.status >= 400;

// words of the statuses that the APIs answer with.
const words = {
  200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
  413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
};

const took = (ms) => (ms === undefined || ms === null ? "–" : span(Math.max(1, ms)));

function Status({ c }) {
  if (!c.status) return html`<${Badge} tone="bad" icon="offline">Cut<//>`;
  return html`<${Badge} tone=${failed(c) ? "bad" : "ok"} icon=${failed(c) ? "cross" : "check"}>${c.status}<//>`;
}

// shortPath leaves out of a path what the reference beside it says already.
const shortPath = (c) => (c.reference && c.path.length > 34 ? c.path.replace(c.reference, c.reference.length > 12 ? c.reference.slice(0, 8) + "…" : c.reference) : c.path);

// fits tells whether a call is among those a filter selects.
const fits = (c, { filter, msn }) => (!msn || c.msn === msn) && (!filter || (filter === "failed" ? failed(c) : c.path.toLowerCase().startsWith(filter) || (filter === "/accesstoken" && c.path.startsWith("/miami"))));

// asks are what a filter asks for beside the newest calls, so that what it
// selects need not be among them.
const asks = (filter) => (!filter ? [] : filter === "failed" ? [{ status: "4xx" }, { status: "5xx" }] : filter === "/accesstoken" ? [{ path: filter }, { path: "/miami" }] : [{ path: filter }]);

// useCalls follows the newest calls and keeps older ones that were asked for.
// While the list is held it shows what stood there, and counts what came.
function useCalls(v, { msn, filter }) {
  const [older, setOlder] = useState({ calls: [], cursor: null, msn });
  const [held, hold] = useState(0);
  const query = (more) => "/requests?" + new URLSearchParams({ limit: size, ...(msn && { msn }), ...more });
  const asked = useAsked(() => sim(query({})), [v.version, msn]);
  const picked = useAsked(async () => (await Promise.all(asks(filter).map((more) => sim(query(more))))).flatMap((got) => got.requests), [v.version, msn, filter]).data || [];
  const newest = asked.data?.requests || [];
  const mine = older.msn === msn ? older : { calls: [], cursor: null, msn };
  const all = [...new Map([...mine.calls, ...picked, ...newest].map((c) => [c.n, c])).values()].sort((a, b) => b.n - a.n);
  const cursor = mine.cursor === null ? asked.data?.cursor : mine.cursor;
  const more = async () => {
    const got = await sim(query({ cursor }));
    setOlder({ calls: mine.calls.concat(newest.filter((c) => !mine.calls.some((o) => o.n === c.n)), got.requests).sort((a, b) => b.n - a.n), cursor: got.cursor || "", msn });
  };
  return {
    ...asked, all: held ? all.filter((c) => c.n <= held) : all, waiting: held ? all.filter((c) => c.n > held).length : 0, held, cursor, more,
    pause: () => hold(held ? 0 : all[0]?.n || 1),
  };
}

export function Requests({ v }) {
  const [f, setF] = useState(kept);
  const narrow = (change) => setF((kept = { ...f, ...change }));
  useEffect(() => setF(kept)); // a command may have narrowed the list
  const list = useCalls(v, f);
  const units = useAsked(() => sim("/merchants"), []).data?.merchants || [];
  const rows = list.all.filter((c) => fits(c, f));
  const bad = list.all.filter(failed).length;
  const chosen = Number(v.args[0]) || 0;
  const fresh = useRef(0);
  const since = fresh.current;
  if (list.all[0]) fresh.current = Math.max(fresh.current, list.all[0].n);
  const none = list.data && !rows.length;
  const nothing = none && !list.all.length && !f.filter && !f.msn;
  return html`<div class="page rq ${chosen ? "chosen" : ""}"><div class="ph1"><h1>Requests</h1>
      <div class="fl" role="group" aria-label="Filter by what was called">${filters.map(([id, word]) => html`<button type="button" key=${id} class="fchip ${f.filter === id ? "on" : ""}" aria-pressed=${String(f.filter === id)} data-testid="request-filter-${word.toLowerCase()}" onclick=${() => narrow({ filter: id })}>${word}${id === "failed" && bad > 0 && html` <b>${bad}</b>`}</button>`)}</div>
      <span class="grow"></span><select class="pick" aria-label="Sales unit" value=${f.msn} onchange=${(e) => narrow({ msn: e.target.value })}><option value="">All sales units</option>${units.map((u) => html`<option key=${u.msn} value=${u.msn}>${u.name}</option>`)}</select>
      <${Button} kind="sm quiet" icon=${list.held ? "play" : "pause"} testid="request-pause" onclick=${list.pause}>${list.held ? `Go on${list.waiting ? `, ${list.waiting} new` : ""}` : "Pause the list"}<//></div>
    <div class="split even"><section class="lst" aria-label="Requests">
      ${list.error && html`<${Box} error=${list.error} again=${list.again}/>`}
      ${!list.data && !list.error && html`<${Grey}/>`}
      ${nothing && html`<${First}/>`}
      ${none && !nothing && html`<${Empty} icon="search" action=${html`<${Button} onclick=${() => narrow({ filter: "", msn: "" })}>Show all<//>`}>No request fits.<//>`}
      ${rows.length > 0 && html`<table data-testid="requests"><thead><tr><th>Answer</th><th>Request</th><th class="hm">Sales unit</th><th class="right hm tk1">Took</th><th class="right">Time</th></tr></thead><tbody>${rows.map((c) => html`<${Row} key=${c.n} c=${c} on=${c.n === chosen} fresh=${since > 0 && c.n > since}/>`)}</tbody></table>`}
      ${list.cursor && !list.held && html`<div class="older"><${Button} onclick=${() => v.act(list.more)}>Show older<//></div>`}</section>
    <section class="dt" aria-label="Request" data-testid="request-detail">${chosen ? html`<${Request} key=${chosen} v=${v} n=${chosen}/>` : !nothing && html`<${Empty} icon="code">Choose a request<//>`}</section></div></div>`;
}

const Row = ({ c, on, fresh }) => html`<tr class="${on ? "on" : ""} ${fresh ? "fresh" : ""}" data-testid="request-row" data-n=${c.n} data-status=${c.status} data-reference=${c.reference} data-state=${failed(c) ? "failed" : "ok"}>
  <td><${Status} c=${c}/></td><td class="wide"><a class="go rp" href=${link("/console/requests/" + c.n)} data-row=${on ? "on" : ""} aria-current=${on ? "true" : null} title="${c.method} ${c.path}"><span class="mth">${c.method}</span><span class="mono trunc">${shortPath(c)}</span></a></td>
  <td class="num dim hm">${c.msn || "–"}</td><td class="right num dim hm tk1">${took(c.tookMs)}</td><td class="right num dim">${at(c.at)}</td></tr>`;

// First teaches whoever has called nothing yet.
function First() {
  const text = firstCurl(boot.demo, boot.demo.phone);
  return html`<div class="first" data-testid="requests-none"><${Icon} name="code" size=${28}/><p>Nothing has called the API yet. Make the first call:</p><${Code}>${firstCurl({ ...boot.demo, secret: hidden, key: hidden }, boot.demo.phone)}<//><p class="dim small">The copy has the real keys in it.</p>
    <div class="row gap wrapping"><${Copy} text=${text} word="Copy curl"/><a class="btn sm quiet" href=${link("/console/merchants")}><${Icon} name="key"/>Keys of all sales units</a></div></div>`;
}

const curl = async (n, form = "curl") => {
  const answer = await fetch(`${boot.prefix}/sim/v1/requests/${n}?as=${form}&secrets=show`);
  if (!answer.ok) throw new Error("The log has forgotten this request.");
  return (await answer.text()).trim();
};

// Headers that browsers set themselves, and refuse from scripts.
const own = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "cookie", "origin", "referer", "te", "transfer-encoding", "upgrade", "keep-alive", "expect", "date"]);

// again makes a call anew with all that it had, secrets included, and gives
// the number it has in the log.
async function again(n) {
  const c = await sim(`/requests/${n}?secrets=show`);
  const headers = Object.entries(c.request.header).filter(([name]) => !own.has(name.toLowerCase()) && !/^(sec|proxy)-/i.test(name)).map(([name, values]) => [name, values.join(", ")]);
  const answer = await fetch(boot.prefix + c.path + (c.query ? "?" + c.query : ""), { method: c.method, headers, body: c.request.body && c.method !== "GET" && c.method !== "HEAD" ? c.request.body : undefined });
  const { requests } = await sim("/requests?limit=10");
  return { status: answer.status, n: requests.find((o) => o.n > n && o.path === c.path)?.n };
}

function Request({ v, n }) {
  const [tab, setTab] = useState("request");
  const [shown, show] = useState(false);
  const asked = useAsked(() => sim(`/requests/${n}${shown ? "?secrets=show" : ""}`), [n, shown]);
  const back = html`<a class="btn sm ghost back" href=${link("/console/requests")}><${Icon} name="chevron-left"/>Requests</a>`;
  const c = asked.data;
  if (!c) return asked.error ? html`${back}<${Box} error=${asked.error} again=${asked.again}/>` : html`<${Grey} rows=${6}/>`;
  const run = () => v.act(async () => {
    const got = await again(n);
    if (got.n) v.go("/console/requests/" + got.n);
    return got;
  }).then((got) => got && v.say(`Run again: ${got.status} ${words[got.status] || ""}`.trim(), got.status >= 400));
  return html`<article data-n=${c.n} data-status=${c.status} data-testid="request-shown">${back}
    <div class="row gap wrapping top"><div class="grow"><h2 class="h2 mono wrapword">${c.method} ${c.path}${c.query ? "?" + c.query : ""}</h2>
        <p class="dim">${c.status ? `${c.status} ${words[c.status] || ""}`.trim() : "No answer"}, ${took(c.tookMs)}, <span title="In real time ${at(c.real)}">${at(c.at)}</span>${c.reference && c.msn && html`, <a class="mono" href=${link(pathOf(c))}>${c.reference}</a>`}</p></div>
      <${Copy} text=${() => curl(n)} word="curl" testid="request-curl" hotkey="y"/><${Copy} text=${() => curl(n, "curl-line")} word="On one line" testid="request-curl-line"/><${Button} kind="sm" icon="refresh" testid="request-again" why=${c.request.cut ? "Only the beginning of its body was kept" : ""} onclick=${run}>Run again<//></div>
    <${Tabs} name="request" chosen=${tab} choose=${setTab} all=${[["request", "Request"], ["answer", "Answer"], ["headers", "Headers"]]}/>
    <${Panel} name="request" chosen=${tab}>${tab === "request" ? html`<${Sent} c=${c}/>` : tab === "answer" ? html`<${Answered} c=${c}/>` : html`<${Headers} c=${c} shown=${shown} show=${show}/>`}<//></article>`;
}

// Said is a text with the names of members and values as code.
const named = /\b([A-Z]{2,}_[A-Z_]+|[a-z]+(?:\.[a-zA-Z]+)+|[a-z]+[A-Z][A-Za-z]*)\b/;
const Said = ({ text }) => text.split(named).map((s, i) => (i % 2 ? html`<code class="mono">${s}</code>` : s));

// Sent is the body with the cause above it and the line marked.
function Sent({ c }) {
  const { first, more, notes } = why(c);
  const marked = new Map();
  more.forEach((m) => m.line && marked.set(m.line, "warn"));
  if (first?.line) marked.set(first.line, "bad");
  return html`${first && html`<div class="cause bad" data-testid="request-why" role="note"><${Icon} name="cross" size=${18}/><p class="wrapword">${(first.head || first.line > 0) && html`<b>${first.line > 0 && !/^Line /.test(first.text) && `Line ${first.line}. `}${first.head}</b> `}${first.text}${first.code && html` <span class="mono">Error ${first.code}.</span>`}</p></div>`}
    ${notes.map((text, i) => html`<div class="cause sim" key=${i}><${Icon} name="warning" size=${18}/><p class="wrapword">${text}</p></div>`)}
    ${c.request.body ? html`<${Lines} text=${c.request.body} marked=${marked}/>${c.request.cut && html`<p class="dim small">Only the beginning of this body was kept.</p>`}` : html`<p class="none1">This request has no body.</p>`}
    ${more.length > 0 && html`<h3 class="h4">${first ? "Once that is fixed" : "Accepted, but look again"}</h3><ul class="causes" data-testid="request-more">${more.map((m, i) => html`<li class="cause warn" key=${i}><${Icon} name="warning" size=${18}/><p class="wrapword">${m.line > 0 && html`<b>Line ${m.line}:</b> `}${m.head ? m.head + " " : ""}<${Said} text=${m.text}/></p></li>`)}</ul>`}`;
}

// Lines is a body with its numbers. Of a long one only what lies about the
// marked lines is drawn at first.
const near = 14;
const tokens = /("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/;
const kind = (s) => (/^".*:$/s.test(s) ? "k" : s[0] === '"' ? "s" : "n");

function Lines({ text, marked }) {
  const [whole, open] = useState(false);
  const all = text.split("\n");
  const kept = (n) => whole || all.length <= 24 || n <= near || n > all.length - 3 || [...marked.keys()].some((m) => Math.abs(m - n) <= 1);
  const out = [];
  for (let n = 1, hidden = 0; n <= all.length; n++) {
    if (kept(n)) out.push(html`<span class="ln ${marked.get(n) || ""}" key=${n} data-line=${n} data-marked=${marked.get(n)}><i aria-hidden="true">${n}</i><span>${coloured(all[n - 1])}</span>${marked.has(n) && html`<span class="vh">, this line</span>`}</span>`);
    else {
      hidden++;
      if (n === all.length || kept(n + 1)) {
        const count = hidden;
        out.push(html`<span class="ln" key=${"h" + n}><i></i><button type="button" class="lnk" onclick=${() => open(true)}>… ${count} more ${count === 1 ? "line" : "lines"}</button></span>`);
        hidden = 0;
      }
    }
  }
  return html`<pre class="code lines" tabindex="0" role="group" aria-label="Body of the request"><code>${out}</code></pre>`;
}

const coloured = (line) => line.slice(0, 4000).split(tokens).map((s, i) => (i % 2 ? html`<span class=${kind(s)}>${s}</span>` : s));

function Answered({ c }) {
  if (!c.response) return html`<p class="none1">No answer was sent: the line was cut.</p>`;
  return c.response.body ? html`<${Json} text=${c.response.body}/>` : html`<p class="none1">The answer has no body.</p>`;
}

const List = ({ header }) => (Object.keys(header).length ? html`<dl class="hdr">${Object.entries(header).map(([name, values]) => html`<dt key=${name} class="mono">${name}</dt><dd class="mono">${values.join(", ")}</dd>`)}</dl>` : html`<p class="dim">None.</p>`);

function Headers({ c, shown, show }) {
  return html`<div class="row gap between head1"><h3 class="h4">Request</h3><${Button} kind="sm ghost" icon="eye" testid="request-secrets" onclick=${() => show(!shown)}>${shown ? "Mask secrets" : "Show secrets"}<//></div><${List} header=${c.request.header}/>
    ${c.response && html`<h3 class="h4">Answer</h3><${List} header=${c.response.header}/>`}`;
}
