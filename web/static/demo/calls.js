// What the merchant's server did: calls that anyone could make.
import { html } from "../vendor/preact-htm.js";
import { timeOfDay } from "../format.js";
import { Icon } from "./parts.js";

const time = (at) => timeOfDay("en", new Date(at), true);

export function Calls({ title, calls, next, id }) {
  const copy = (text) => navigator.clipboard?.writeText(text);
  const all = calls.map((c) => c.curl).filter(Boolean).join("\n\n");
  return html`<section class="calls" aria-label=${title} data-testid=${id}><header><${Icon} name="server" size=${17}/><h2>${title}</h2><span class="dim hm">through the public API, as any merchant would</span><span class="grow"></span>
    <button class="btn sm quiet" disabled=${!all} onClick=${() => copy(all)}><${Icon} name="copy"/>Copy all as curl</button></header>
    <ol>${calls.map((c) => html`<li><span class="num dim">${time(c.at)}</span><span class="mono">${c.what}${c.times > 1 && html` <span class="dim" title="asked again and again until the webhook came">×${c.times}</span>`}</span><b class=${c.status >= 200 && c.status < 300 ? "" : "bad"}>${c.status || "–"}</b>
      ${c.curl && html`<button class="btn sm quiet" aria-label=${`Copy ${c.what} as curl`} onClick=${() => copy(c.curl)}>curl</button>`}</li>`)}
      ${!calls.length && html`<li class="dim">Nothing yet</li>`}${next && html`<li class="next dim"><span>next</span><span>${next}</span></li>`}</ol></section>`;
}

// follow hands each state of a stream on, and whether the line stands.
export function follow(address, told, line) {
  const source = new EventSource(address);
  source.onmessage = (event) => told(JSON.parse(event.data));
  source.onopen = () => line("open");
  source.onerror = () => line("closed");
  return source;
}

// post asks the demo's own server; a refusal is an error with its words.
export async function post(address, body) {
  const json = body !== undefined;
  const answer = await fetch(address, { method: "POST", headers: json ? { "Content-Type": "application/json" } : {}, body: json ? JSON.stringify(body) : undefined });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.problem || "The wallet isn’t answering.");
  return said;
}
