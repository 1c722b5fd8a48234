// What the merchant's server did: calls that anyone could make.
import { html, useState } from "../vendor/preact-htm.js";
import { timeOfDay } from "../format.js";
import { Icon } from "./parts.js";

const time = (at) => timeOfDay("en", new Date(at), true);

// put copies a text, also where a page of plain http may not use the clipboard.
async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  return area.remove();
}

// Copy says for a moment that it has copied.
function Copy({ text, label, children }) {
  const [done, set] = useState(false);
  const copy = async () => {
    if (!text) return;
    await put(text);
    set(true);
    setTimeout(set, 1500, false);
  };
  return html`<button class="btn sm quiet" aria-label=${done ? "Copied" : label} aria-disabled=${String(!text)} title=${text ? "" : "No calls yet"} onClick=${copy}>${done ? html`<${Icon} name="check"/>Copied` : children}</button>`;
}

export function Calls({ title, calls, next, id }) {
  const all = calls.map((c) => c.curl).filter(Boolean).join("\n\n");
  return html`<section class="calls" aria-label=${title} data-testid=${id}><header><${Icon} name="server" size=${17}/><h2>${title}</h2><span class="dim hm">through the public API, as any merchant would</span><span class="grow"></span>
    <${Copy} text=${all}><${Icon} name="copy"/>Copy all as curl<//></header>
    <ol>${calls.map((c) => html`<li><span class="num dim">${time(c.at)}</span><span class="mono">${c.what}${c.times > 1 && html` <span class="dim" title="asked again and again until the webhook came">×${c.times}</span>`}</span><b class=${c.status >= 200 && c.status < 300 ? "" : "bad"}>${c.status || "–"}</b>
      ${c.curl && html`<${Copy} text=${c.curl} label=${`Copy ${c.what} as curl`}>curl<//>`}</li>`)}
      ${!calls.length && html`<li class="dim">Nothing yet</li>`}${next && html`<li class="next dim"><span>next</span><span>${next}</span></li>`}</ol></section>`;
}

const waits = [500, 1000, 2000, 4000, 5000];

// follow hands each state of a stream on, and how the line stands: open,
// connecting after a second without an answer, closed after five. Until it is
// closed by its reader it begins again and again; now does so at once.
export function follow(address, told, line) {
  let source;
  let again;
  let slow = [];
  let tries = 0;
  const calm = () => {
    slow.forEach(clearTimeout);
    slow = [];
  };
  const close = () => {
    source?.close();
    clearTimeout(again);
    calm();
  };
  const opened = () => {
    tries = 0;
    calm();
    line("open");
  };
  const lost = () => {
    source.close();
    again = setTimeout(begin, waits[Math.min(tries++, waits.length - 1)]);
  };
  function begin() {
    clearTimeout(again);
    source?.close();
    if (!slow.length) slow = [setTimeout(line, 1000, "connecting"), setTimeout(line, 5000, "closed")];
    source = new EventSource(address);
    source.onopen = opened;
    source.onmessage = (event) => told(JSON.parse(event.data));
    source.onerror = lost;
  }
  begin();
  return { close, now: begin };
}

// Silent tells that nothing has answered for a while. What was shown stays.
export const Silent = ({ line, again }) => line === "closed" && html`<div class="silent" role="alert" data-testid="demo-silent"><${Icon} name="warning" size=${18}/><span class="grow"><b>The simulator isn’t answering</b> What you see may be old.</span><button class="btn sm" onClick=${again}>Try again</button></div>`;

// post asks the demo's own server; a refusal is an error with its words.
export async function post(address, body) {
  const json = body !== undefined;
  const answer = await fetch(address, { method: "POST", headers: json ? { "Content-Type": "application/json" } : {}, body: json ? JSON.stringify(body) : undefined });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.problem || "The wallet isn’t answering.");
  return said;
}
