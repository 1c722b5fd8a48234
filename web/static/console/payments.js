// The list of payments beside the one that is chosen.
import { html, useState, useRef, useEffect, Component } from "../vendor/preact-htm.js";
import { remaining } from "../format.js";
import { sim, paymentPath } from "./api.js";
import { Icon, Avatar, State, Ring, Button, Box, Empty, Grey, useAsked, money, link, short, age, at, flowOf } from "./parts.js";
import { Payment } from "./payment.js";
import { First } from "./first.js";
import { useWindow } from "./window.js";

// size is how many payments a page of the list has.
const size = 200;

const filters = [["", "All"], ["CREATED", "Waiting"], ["AUTHORIZED", "Authorized"], ["ABORTED", "Aborted"], ["EXPIRED", "Expired"], ["TERMINATED", "Terminated"]];

// words are what the states are called in filters.
export const words = Object.fromEntries(filters.slice(1));

export const pathOf = (p) => "/console" + paymentPath(p);
const keyOf = (p) => p.msn + "/" + p.reference;

// kept is what the list was narrowed to, while other pages are looked at.
let kept = { state: "", msn: "", q: "" };

// plain is an amount or a phone number as the simulator keeps it, in minor
// units and in digits; other texts stay as they are.
const plain = (q) => (/^\+?\d[\d\s]*$|^\d[\d\s.,]*[.,]\d\d$/.test(q.trim()) ? q.replace(/\D/g, "") : q.trim());

const narrowedBy = (f) => new URLSearchParams(Object.entries({ ...f, q: plain(f.q) }).filter(([, value]) => value));
const query = (f, more = {}) => "/payments?" + narrowedBy({ limit: size, ...f, ...more });

// left says what remains, or how long ago.
function timing(p, clock) {
  if (!p.expiresAt) return { text: age(clock.now(), p.createdAt) };
  const left = clock.left(p.expiresAt);
  const whole = Date.parse(p.expiresAt) - Date.parse(p.createdAt);
  return { text: remaining("en", left), left, whole: p.window === "approval" ? Math.min(300000, whole) : whole };
}

// Row is drawn again only when something of it changed: lists are long.
class Row extends Component {
  shouldComponentUpdate(next) {
    return ["p", "text", "on", "fresh"].some((k) => next[k] !== this.props[k]);
  }

  render({ p, text, left, whole, on, fresh }) {
    const [icon, flow] = flowOf(p);
    return html`<tr class="${on ? "on" : ""} ${fresh ? "fresh" : ""}" data-drawn data-testid="payment-row" data-reference=${p.reference} data-state=${p.state}>
      <td><${State} state=${p.state}/></td><td class="right num"><b>${money(p.amount)}</b></td><td class="trunc">${p.merchantName || p.msn}</td>
      <td><a class="mono dim go" href=${link(pathOf(p))} title=${p.reference} data-row=${on ? "on" : ""} aria-current=${on ? "true" : null}>${short(p.reference)}</a></td>
      <td class="dim" title=${flow}><${Icon} name=${icon}/><span class="vh">${flow}</span></td>
      <td class="right num ${left === undefined ? "dim" : ""}" title="Created ${at(p.createdAt)}">${left === undefined ? text : html`<span class="mini"><${Ring} left=${left} whole=${whole}/>${text}</span>`}</td></tr>`;
  }
}

class Card extends Component {
  shouldComponentUpdate(next) {
    return ["p", "text", "fresh"].some((k) => next[k] !== this.props[k]);
  }

  render({ p, text, left, fresh }) {
    return html`<li class=${fresh ? "fresh" : ""} data-drawn><a class="mc" href=${link(pathOf(p))} data-testid="payment-row" data-row="" data-reference=${p.reference} data-state=${p.state}><${Avatar} msn=${p.msn} name=${p.merchantName}/>
      <span class="grow"><b class="trunc">${p.merchantName || p.msn}</b><small class="trunc">${flowOf(p)[2]}, ${left === undefined ? text + " ago" : text + " left"}</small></span>
      <span class="right"><b class="num">${money(p.amount)}</b><${State} state=${p.state}/></span></a></li>`;
  }
}

// merge keeps what did not change the same thing, so that it is not drawn.
function merge(old, got) {
  const before = new Map(old.map((p) => [keyOf(p), p]));
  return got.map((p) => {
    const was = before.get(keyOf(p));
    const json = JSON.stringify(p);
    if (was && was.json === json) return was;
    Object.defineProperty(p, "json", { value: json });
    p.fresh = old.length > 0 ? performance.now() : 0;
    return p;
  });
}

// useList follows the newest page, and keeps the older ones that were asked for.
function useList(v, filter) {
  const ref = useRef({ rows: [], cursor: "", filter: "" });
  const narrowed = JSON.stringify(filter);
  const [, redraw] = useState(0);
  const asked = useAsked(async () => {
    const got = await sim(query(filter));
    const l = ref.current;
    if (l.filter !== narrowed) Object.assign(l, { filter: narrowed, rows: [], cursor: "", whole: false });
    const fresh = merge(l.rows, got.payments);
    const newest = new Set(fresh.map(keyOf));
    const older = l.rows.length > size || l.whole ? l.rows.filter((p) => !newest.has(keyOf(p)) && fresh.length >= size) : [];
    l.rows = fresh.concat(older);
    if (!older.length) l.cursor = got.cursor || "";
    return l.rows;
  }, [v.version, narrowed]);
  const older = async () => {
    const l = ref.current;
    const got = await sim(query(filter, { cursor: l.cursor }));
    const listed = new Set(l.rows.map(keyOf));
    l.rows = l.rows.concat(got.payments.filter((p) => !listed.has(keyOf(p))));
    l.cursor = got.cursor || "";
    l.whole = true;
    redraw((n) => n + 1);
  };
  return { ...asked, rows: ref.current.filter === narrowed ? ref.current.rows : null, cursor: ref.current.cursor, older };
}

export function Payments({ v }) {
  const [filter, setFilter] = useState(kept);
  const list = useList(v, filter);
  const units = useAsked(() => sim("/merchants"), [v.args.length]);
  const counts = useAsked(() => sim("/payments/counts?" + narrowedBy({ msn: filter.msn, q: filter.q })), [v.version, filter.msn, filter.q]).data;
  const countOf = (state) => (!counts ? "" : state ? counts.states[state] || 0 : counts.total);
  const box = useRef();
  const [held, hold] = useState(null);
  const narrow = (change) => {
    kept = { ...filter, ...change };
    setFilter(kept);
  };
  const [msn, reference] = v.args;

  // Rows that come while somebody reads further down wait above. On a narrow
  // page it is the page that scrolls.
  const down = () => (narrow860 ? scrollY > 200 : box.current?.scrollTop > 40);
  const narrow860 = matchMedia("(max-width: 860px)").matches;
  const top = list.rows?.[0] && keyOf(list.rows[0]);
  useEffect(() => {
    if (!down() || held === null) hold(top || null);
  }, [top]);
  useEffect(() => {
    const up = () => !down() && hold(top || null);
    addEventListener("scroll", up, { passive: true });
    return () => removeEventListener("scroll", up);
  }, [top]);
  const start = held && list.rows ? list.rows.findIndex((p) => keyOf(p) === held) : 0;
  const waiting = start > 0 && down() ? start : 0;
  const rows = list.rows && (waiting ? list.rows.slice(waiting) : list.rows);
  const show = () => {
    hold(top);
    if (narrow860) scrollTo(0, 0);
    else box.current.scrollTop = 0;
  };

  const seen = useWindow(rows?.length || 0, narrow860 ? 80 : 47, box);
  const drawn = (Kind) => rows.slice(seen.from, seen.to).map((p) => html`<${Kind} key=${keyOf(p)} p=${p} ...${timing(p, v.clock)} on=${p.msn === msn && p.reference === reference} fresh=${Boolean(p.fresh) && performance.now() - p.fresh < 2000}/>`);
  const none = rows && !rows.length;
  const narrowed = filter.state || filter.msn || filter.q;
  return html`<div class="page pay ${reference ? "chosen" : ""}">
    <div class="ph1"><h1>Payments</h1>
      <div class="fl" role="group" aria-label="Filter by state">${filters.map(([id, word]) => html`<button type="button" key=${id} class="fchip ${filter.state === id ? "on" : ""}" aria-pressed=${String(filter.state === id)}
        data-testid="payment-filter-${id.toLowerCase() || "all"}" onclick=${() => narrow({ state: id })}>${word} <b>${countOf(id)}</b></button>`)}</div>
      <span class="grow"></span>
      <select class="pick" aria-label="Merchant" value=${filter.msn} onchange=${(e) => narrow({ msn: e.target.value })}><option value="">All merchants</option>${(units.data?.merchants || []).map((u) => html`<option key=${u.msn} value=${u.msn}>${u.name}</option>`)}</select>
      <${Button} kind=${none && !narrowed ? "sm quiet" : "sm primary"} icon="plus" testid="payment-new" onclick=${() => v.open("payment")}>New payment<//></div>
    <div class="split"><section class="lst" ref=${box} aria-label="Payments" onscroll=${() => !down() && held !== top && hold(top)}>
      <div class="fl in"><input class="find grow" type="search" placeholder="Search by reference, amount, phone or description" aria-label="Search by reference, amount, phone or description" value=${filter.q} oninput=${(e) => narrow({ q: e.target.value })}/></div>
      ${list.error && html`<${Box} error=${list.error} again=${list.again}/>`}
      ${waiting > 0 && html`<button type="button" class="pill" onclick=${show}>${waiting} new</button>`}
      ${!rows && !list.error && html`<${Grey}/>`}
      ${none && (narrowed ? html`<${Empty} icon="search" action=${html`<${Button} onclick=${() => narrow({ state: "", msn: "", q: "" })}>Show all<//>`}>No payment fits.<//>` : html`<${First} v=${v}/>`)}
      ${rows && !none && (narrow860 ? html`<ul class="mcards" data-testid="payments" ref=${seen.list}>${seen.above > 0 && html`<li key="above" aria-hidden="true" style=${{ height: seen.above - 8 + "px" }}></li>`}${drawn(Card)}${seen.below > 0 && html`<li key="below" aria-hidden="true" style=${{ height: seen.below + "px" }}></li>`}</ul>` : html`<table data-testid="payments" aria-rowcount=${rows.length + 1}><thead><tr><th>State</th><th class="right">Amount</th><th>Merchant</th><th>Reference</th><th>Flow</th><th class="right">Left or ago</th></tr></thead><tbody ref=${seen.list}>${seen.above > 0 && html`<tr key="above" class="gapr" aria-hidden="true"><td colspan="6" style=${{ height: seen.above + "px" }}></td></tr>`}${drawn(Row)}${seen.below > 0 && html`<tr key="below" class="gapr" aria-hidden="true"><td colspan="6" style=${{ height: seen.below + "px" }}></td></tr>`}</tbody></table>`)}
      ${rows && list.cursor && html`<div class="older"><${Button} onclick=${() => v.act(list.older)}>Show older<//></div>`}</section>
    <section class="dt" aria-label="Payment" data-testid="payment-detail" data-state=${reference ? null : "none"}>${reference ? html`<${Payment} key=${msn + "/" + reference} v=${v} msn=${msn} reference=${reference}/>` : !none && html`<${Empty} icon="receipt">Choose a payment<//>`}</section></div></div>`;
}
