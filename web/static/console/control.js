// Clock and faults: bending time, and breaking things on purpose.
import { html, useState } from "../vendor/preact-htm.js";
import { remaining } from "../format.js";
import { sim, paymentPath } from "./api.js";
import { Icon, Button, Box, Ring, Segments, useAsked, useTick, at, money, link } from "./parts.js";
import { distance, speeds } from "./shell.js";
import { Banner, Faults } from "./faults.js";
import { pathOf } from "./payments.js";

const kinds = { processing: "the bank decides", "reservation-end": "the reservation ends", "registration-removal": "the registration is removed", autopilot: "the phone answers by itself", push: "the push arrives" };
const windows = { landing: "landing window ends", approval: "approval window ends", fixed: "time limit ends" };

// titles are the payments that deadlines are about, in words that do not
// change.
const titles = new Map();

async function titleOf(d) {
  const key = d.msn + "/" + d.reference;
  if (!titles.has(key)) {
    const p = await sim(paymentPath(d)).catch(() => null);
    if (p) titles.set(key, `${p.merchantName || p.msn}, ${money(p.amount)}`);
  }
  return titles.get(key) || d.reference;
}

// next gathers what is due: windows, tries of webhooks, and whatever else
// happens of itself.
async function next() {
  const { deadlines } = await sim("/deadlines?limit=8");
  return Promise.all(deadlines.map(async (d) => {
    const text = d.kind === "window" ? windows[d.window] || "time limit ends" : kinds[d.kind] || d.text;
    const title = d.reference ? await titleOf(d) : d.text;
    if (d.deliveryId) return { at: d.at, title: "Webhook", text: d.text, path: "/console/webhooks/" + d.deliveryId };
    return { at: d.at, title, text: title === d.text ? "" : text, path: d.reference ? pathOf(d) : d.registrationId ? "/console/webhooks" : "" };
  }));
}

export function Control({ v }) {
  return html`<div class="page"><div class="ph1"><h1>Clock and faults</h1></div><${Banner} v=${v}/><div class="g2"><${Time} v=${v}/><${Faults} v=${v}/></div></div>`;
}

function Time({ v }) {
  useTick(250);
  const { clock, turn } = v;
  const due = useAsked(next, [v.version]);
  const [own, setOwn] = useState("");
  const list = due.data || [];
  const jump = (time) => turn.advance(Math.max(1, Math.ceil(Date.parse(time) - clock.now())) + "ms");
  return html`<section class="bx" data-testid="clock-page"><h2><${Icon} name="clock" size=${18}/>Simulated time</h2><div class="big num">${at(clock.now())}</div><p class="dim">${[distance(v.real), clock.frozen ? "frozen" : `running at ×${clock.speed}`].filter(Boolean).join(", ")}</p>
    <div class="bt"><${Button} kind="" icon=${clock.frozen ? "play" : "pause"} onclick=${turn.freeze}>${clock.frozen ? "Go on" : "Freeze"} <kbd>Space</kbd><//><${Button} kind="" onclick=${() => turn.advance("1m")}>+1 min<//><${Button} kind="" onclick=${() => turn.advance("5m")}>+5 min<//>
      <${Button} kind="" icon="fast-forward" testid="clock-next" why=${list.length ? "" : "Nothing is due"} onclick=${turn.next}>To the next deadline<//></div>
    <form class="row gap wrapping speed" onsubmit=${(e) => { e.preventDefault(); if (Number(own) > 0) turn.speed(Number(own)); }}><span class="dim">Speed</span><${Segments} label="Speed" all=${speeds.map((n) => [n, "×" + n])} chosen=${clock.speed} choose=${turn.speed}/><label class="row gap4 dim">or ×<input class="tiny" inputmode="decimal" aria-label="Another speed" value=${own} oninput=${(e) => setOwn(e.target.value)}/></label></form>
    <p class="dim small back0">The clock never goes back. <a href=${link("/console/settings")}>Reset everything</a> gives a fresh world at real time.</p>
    <h3 class="h4">What happens next</h3>${due.error && html`<${Box} error=${due.error} again=${due.again}/>`}
    ${due.data && !list.length && html`<p class="dim">Nothing is waiting.</p>`}
    <ul class="dl" data-testid="clock-deadlines">${list.map((d) => {
      const left = clock.left(d.at);
      const said = html`<b class="trunc">${d.title}</b><span class="dim trunc">${d.text}</span>`;
      return html`<li key=${d.path + d.at + d.title}><${Ring} left=${left} whole=${300000} size=${22}/>${d.path ? html`<a class="grow" href=${link(d.path)}>${said}</a>` : html`<span class="grow">${said}</span>`}<span class="num"><b>in ${remaining("en", left)}</b></span><${Button} kind="sm quiet" label=${"Now: " + d.title} onclick=${() => jump(d.at)}>Now<//></li>`;
    })}</ul></section>`;
}
