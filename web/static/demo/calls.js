// What the merchant's server did: calls that anyone could make.
import { html } from "../vendor/preact-htm.js";

const time = (at) => new Date(at).toTimeString().slice(0, 8);

export function Calls({ title, calls, next, id }) {
  const copy = (text) => navigator.clipboard?.writeText(text);
  const all = calls.map((c) => c.curl).filter(Boolean).join("\n\n");
  return html`<section class="calls" aria-label=${title} data-testid=${id}><header><h2>${title}</h2><span class="dim">through the public API, as any merchant would</span><span class="grow"></span>
    <button class="btn sm quiet" onClick=${() => copy(all)}>Copy all as curl</button></header>
    <ol>${calls.map((c) => html`<li><span class="num dim">${time(c.at)}</span><span class="mono">${c.what}</span><b class=${c.status >= 200 && c.status < 300 ? "" : "bad"}>${c.status || "–"}</b>
      ${c.curl && html`<button class="btn sm quiet" aria-label=${`Copy ${c.what} as curl`} onClick=${() => copy(c.curl)}>curl</button>`}</li>`)}</ol>
    ${next && html`<p class="next">next: ${next}</p>`}</section>`;
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

export const money = (ore) => `NOK ${(ore / 100).toLocaleString("en", { minimumFractionDigits: 2 })}`;
