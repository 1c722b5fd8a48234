// Search and commands: one field that finds what to do, what there is and
// where to go.
import { html, useState, useRef, useEffect, useLayoutEffect } from "../vendor/preact-htm.js";
import { phone } from "../format.js";
import { sim } from "./api.js";
import { Icon, State, Avatar, useAsked, money, age, short } from "./parts.js";
import { Keys, shownFor } from "./keys.js";
import { pathOf, words } from "./payments.js";
import { minor } from "./newpayment.js";
import { events, eventName, only } from "./deliveries.js";

const most = { do: 6, found: 8, go: 6, scripts: 3 };

// found asks for payments by reference, amount and state, and looks for
// phones, merchants and events by name.
async function found(text) {
  const q = text.trim();
  const wanted = [sim("/payments?" + new URLSearchParams({ limit: 5, ...(q && { q }) }))];
  if (minor(q) > 0) wanted.push(sim("/payments?" + new URLSearchParams({ limit: 5, q: String(minor(q)) })));
  const state = q.length > 2 && Object.entries(words).find(([, word]) => starts(word, q));
  if (state) wanted.push(sim("/payments?" + new URLSearchParams({ limit: 5, state: state[0] })));
  const [phones, merchants, scenarios, ...lists] = await Promise.all([sim("/phones"), sim("/merchants"), q ? scripts() : [], ...wanted]);
  const known = new Map(lists.reverse().flatMap((l) => l.payments).map((p) => [p.msn + "/" + p.reference, p]));
  const has = (...texts) => q && texts.some((s) => String(s).toLowerCase().includes(q.toLowerCase().replace(/^\+/, "")));
  return {
    payments: [...known.values()].slice(0, 5),
    phones: phones.phones.filter((p) => has(p.name, p.number, phone(p.number))),
    merchants: merchants.merchants.filter((u) => has(u.name, u.msn, u.company)),
    scenarios: scenarios.filter((s) => has(s.id, s.title)),
    events: q ? events.filter(([e]) => has(e, eventName(e))).map(([e]) => e) : [],
  };
}

// scripts are the scenarios there are; they do not change while a page lives.
let asked;
const scripts = () => (asked ||= sim("/scenarios").then(({ scenarios }) => scenarios, () => []));

const starts = (word, q) => word.toLowerCase().startsWith(q.toLowerCase());

// Hit writes a text with what was looked for marked in it.
function Hit({ text, q }) {
  const i = q ? text.toLowerCase().indexOf(q.toLowerCase()) : -1;
  return i < 0 ? text : html`${text.slice(0, i)}<mark>${text.slice(i, i + q.length)}</mark>${text.slice(i + q.length)}`;
}

const scenario = (v, q, s) => ({ key: "scenario-" + s.id, run: () => v.go("/console/scenarios/" + encodeURIComponent(s.id)), body: html`<${Icon} name="flask" size=${18}/><span class="grow">Scenario: <${Hit} text=${s.title} q=${q}/> (<${Hit} text=${s.id} q=${q}/>)</span>` });

// items are all that fits, group by group.
function items(v, q, got) {
  const fits = (text) => !q || text.toLowerCase().includes(q.toLowerCase());
  const command = (c) => ({ key: c.id, run: c.run, why: c.why, keys: shownFor(c.id), body: html`<${Icon} name=${c.icon || "bolt"} size=${18}/><span class="grow"><${Hit} text=${c.label} q=${q}/>${c.why && html`<small>${c.why}</small>`}</span>` });
  const things = got ? [
    ...got.payments.map((p) => ({ key: "p" + p.msn + p.reference, run: () => v.go(pathOf(p)), body: html`<${State} state=${p.state}/><span class="grow trunc"><b class="num">${money(p.amount)}</b> ${p.merchantName || p.msn} <span class="mono dim">${short(p.reference)}</span></span><span class="dim num">${age(v.clock.now(), p.createdAt)} ago</span>` })),
    ...got.phones.map((p) => ({ key: "t" + p.number, run: () => v.go("/phone/" + p.number), body: html`<${Icon} name="phone" size=${18}/><span class="grow"><${Hit} text=${p.name} q=${q}/> <span class="num dim">${phone(p.number)}</span></span><span class="dim">Phone</span>` })),
    ...got.merchants.map((u) => ({ key: "m" + u.msn, run: () => v.go("/console/merchants"), body: html`<${Avatar} msn=${u.msn} name=${u.name} size="s"/><span class="grow"><${Hit} text=${u.name} q=${q}/> <span class="num dim">${u.msn}</span></span><span class="dim">Merchant</span>` })),
    ...got.events.map((e) => ({ key: e, run: () => { only.event = e; v.go("/console/webhooks"); }, body: html`<${Icon} name="webhook" size=${18}/><span class="grow">Webhooks that tell <${Hit} text=${eventName(e)} q=${q}/></span><span class="dim">Event</span>` })),
  ] : [];
  return [
    ["Do", v.commands().filter((c) => c.label && fits(c.label) && !c.id.startsWith("go-")).sort((a, b) => Boolean(a.why) - Boolean(b.why)).slice(0, q ? most.do : 5).map(command)],
    ["Payments", things.slice(0, q ? most.found : 3)],
    ["Go to", [...v.commands().filter((c) => c.id.startsWith("go-") && fits(c.label)).slice(0, most.go).map(command), ...(got?.scenarios || []).slice(0, most.scripts).map((s) => scenario(v, q, s))]],
  ].filter(([, list]) => list.length);
}

export function Palette({ v, close }) {
  const box = useRef();
  const [text, setText] = useState("");
  const [on, setOn] = useState(0);
  const [asking, ask] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => ask(text), 80);
    return () => clearTimeout(timer);
  }, [text]);
  const got = useAsked(() => found(asking), [asking]);
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const q = text.trim();
  const groups = items(v, q, got.data);
  const flat = groups.flatMap(([, list]) => list);
  const chosen = Math.min(on, flat.length - 1);
  useEffect(() => {
    document.getElementById("palette-" + chosen)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const choose = (item) => {
    if (item.why) return v.say(item.why);
    close();
    return item.run();
  };
  const press = (e) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by) setOn((chosen + by + flat.length) % flat.length);
    else if (e.key === "Enter" && flat[chosen]) choose(flat[chosen]);
    else return;
    e.preventDefault();
  };
  let n = -1;
  return html`<dialog ref=${box} class="pal" aria-label="Search and commands" data-testid="palette" onclose=${close} onclick=${(e) => e.target === box.current && close()}>
    <div class="pal-f"><${Icon} name="search" size=${20}/><input role="combobox" aria-label="Search and commands" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-activedescendant=${flat.length ? "palette-" + chosen : null} autocomplete="off" spellcheck="false" autofocus placeholder="A reference, an amount, a phone, or what to do" value=${text} oninput=${(e) => { setText(e.target.value); setOn(0); }} onkeydown=${press}/></div>
    <div class="pal-l" id="palette-list" role="listbox" aria-label="Found">${groups.map(([word, list], g) => html`<div key=${word} role="group" aria-labelledby="palette-g${g}"><h3 id="palette-g${g}" role="presentation">${word}</h3>${list.map((item) => {
      const i = ++n;
      return html`<div key=${item.key} id="palette-${i}" role="option" aria-selected=${String(i === chosen)} aria-disabled=${item.why ? "true" : null} class="pal-i ${i === chosen ? "on" : ""}" data-testid="palette-item" data-id=${item.key} onmousemove=${() => i !== chosen && setOn(i)} onclick=${() => choose(item)}>${item.body}${item.keys?.length > 0 && html`<span class="row gap4"><${Keys} of=${item.keys}/></span>`}</div>`;
    })}</div>`)}${!flat.length && html`<p class="dim pal-n">Nothing fits “${q}”.</p>`}</div></dialog>`;
}
