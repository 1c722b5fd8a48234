// Who wants webhooks: a registration's card, and the forms to make and to
// change one.
import { html, useState } from "../vendor/preact-htm.js";
import { sim, asMerchant } from "./api.js";
import { Badge, Button, Copy, Menu, Dialog, at } from "./parts.js";
import { Address } from "./reach.js";
import { eventName, events, checkedIn, failed } from "./deliveries.js";

// bars is how many deliveries a card shows.
const bars = 24;
const kind = (d) => (!d ? "n" : failed(d) ? "b" : d.state === "delivered" ? "" : "w");

// Registration is one card; its menu holds what is not done every day.
export function Registration({ v, r, name, all, on, choose }) {
  const [over, setOver] = useState("");
  const [secret, setSecret] = useState("");
  const last = all.slice(0, bars).reverse();
  const count = (k) => last.filter((d) => kind(d) === k).length;
  const path = "/registrations/" + encodeURIComponent(r.id);
  const close = () => setOver("");
  const reveal = () => v.act(async () => {
    const got = await sim("/registrations?secrets=show");
    setSecret(got.registrations.find((o) => o.id === r.id)?.secret || "");
    setTimeout(() => setSecret(""), 10000);
  });
  const remove = () => v.act(() => sim(path, "DELETE"), "Registration deleted");
  const pause = () => v.act(() => sim(path, "PATCH", { paused: !r.paused }), r.paused ? "It hears of events again" : "Paused. What happens meanwhile waits");
  const test = () => v.act(async () => {
    v.go("/console/webhooks/" + (await sim(path + "/test", "POST", {})).id);
  }, "Test event sent");
  return html`<div class="reg ${on ? "on" : ""}" data-testid="webhook-registration" data-url=${r.url} data-id=${r.id} data-state=${r.paused ? "paused" : "on"}><div class="row gap"><button type="button" class="u trunc grow" aria-pressed=${String(on)} title="${r.url}. Click to see its deliveries only" onclick=${choose}>${r.url}</button>
      <${Menu} label="More for ${r.url}" testid="registration-more" kind="cp" items=${[
        { id: "edit", label: "Change address or events", icon: "settings", run: () => setOver("edit") }, { id: "secret", label: "Show the secret", icon: "key", run: reveal },
        { id: "pause", label: r.paused ? "Go on" : "Pause", icon: r.paused ? "play" : "pause", run: pause }, { id: "test", label: "Send a test event", icon: "webhook", run: test },
        { id: "delete", label: "Delete", icon: "cross", run: () => setOver("delete") },
      ]}/></div>
    <div class="m"><span class="trunc">${name}${r.msn && ", " + r.msn}</span><span>·</span><span>${r.events.length} ${r.events.length === 1 ? "event" : "events"}</span>${r.paused && html`<${Badge} tone="warn" icon="pause">Paused<//>`}${r.removalAt && html`<${Badge} tone="bad" icon="warning" title=${"It has accepted nothing since " + r.failingSince}>Removed on ${r.removalAt.slice(0, 10)}<//>`}</div>
    <div class="hs" role="img" aria-label="Last ${last.length} deliveries: ${count("")} arrived, ${count("b")} failed, ${count("w")} waiting">${Array.from({ length: bars }, (_, i) => html`<i key=${i} class=${kind(last[i - (bars - last.length)])}></i>`)}</div>
    ${secret && html`<div class="row gap4"><span class="mono grow wrapword" data-testid="registration-secret">${secret}</span><${Copy} text=${secret} what="the secret"/></div>`}
    ${over === "edit" && html`<${Edit} v=${v} r=${r} path=${path} close=${close}/>`}
    ${over === "delete" && html`<${Dialog} title="Delete this registration?" close=${close}><p class="mono wrapword">${r.url}</p><p class="dim">It hears of nothing any more, and its secret is gone for good.</p><div class="row gap end"><${Button} kind="quiet" onclick=${close}>Keep it<//><${Button} kind="primary" testid="registration-delete" onclick=${() => { close(); remove(); }}>Delete<//></div><//>`}</div>`;
}

// Events are the boxes to tick.
function Events({ chosen, change }) {
  const offered = [...events, checkedIn, ...chosen.filter((e) => ![...events, checkedIn].some(([o]) => o === e)).map((e) => [e, e])];
  const others = chosen.filter((e) => !events.some(([o]) => o === e));
  const flip = (e) => change(chosen.includes(e) ? chosen.filter((o) => o !== e) : offered.map(([o]) => o).filter((o) => o === e || chosen.includes(o)));
  return html`<fieldset class="evs"><legend>Events</legend><label class="chk"><input type="checkbox" checked=${events.every(([e]) => chosen.includes(e))} onchange=${(e) => change(e.target.checked ? events.map(([o]) => o).concat(others) : others)}/><b>All</b> <span class="dim">of payments</span></label>
    ${offered.map(([e, text]) => html`<label key=${e} class="chk"><input type="checkbox" checked=${chosen.includes(e)} onchange=${() => flip(e)}/><span>${eventName(e)} <span class="dim">${text}</span></span></label>`)}</fieldset>`;
}

// Wrong is why the form was refused; its field refers to it.
const Wrong = ({ error }) => error && html`<p class="bad small" role="alert" id="hook-error">${error}</p>`;

function Edit({ v, r, path, close }) {
  const [f, setF] = useState({ url: r.url, events: r.events });
  const [error, setError] = useState("");
  const send = async (event) => {
    event.preventDefault();
    try {
      await sim(path, "PATCH", f);
    } catch (refused) {
      return setError(refused.message);
    }
    close();
    return v.act(async () => {}, "Registration changed");
  };
  return html`<${Dialog} title="Change this registration" close=${close} testid="registration-form"><form class="form" onsubmit=${send}><${Address} value=${f.url} error=${error} change=${(url) => setF({ ...f, url })}/><${Events} chosen=${f.events} change=${(chosen) => setF({ ...f, events: chosen })}/>
    <${Wrong} error=${error}/><div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="registration-save">Save</button></div></form><//>`;
}

// Removed is the card of a registration whose receiver accepted nothing for
// two weeks.
export function Removed({ v, r, name, again }) {
  const forget = () => v.act(() => sim("/registrations/" + encodeURIComponent(r.id), "DELETE"), "Gone from the list");
  return html`<div class="reg gone" data-testid="webhook-removed" data-url=${r.url} data-id=${r.id}><div class="mono trunc" title=${r.url}>${r.url}</div>
    <div class="m"><span class="trunc">${name}${r.msn && ", " + r.msn}</span></div>
    <p class="row gap4 wrapping"><${Badge} tone="bad" icon="cross" title=${`It accepted nothing from ${r.failingSince.slice(0, 10)} ${at(r.failingSince)} on`}>Removed, as the real service does<//><span class="dim small num">${r.removedAt.slice(0, 10)}</span></p>
    <div class="row gap4"><${Button} kind="sm quiet" testid="webhook-again" onclick=${again}>Register again<//><${Button} kind="sm quiet" testid="webhook-forget" label=${"Forget " + r.url} onclick=${forget}>Forget<//></div></div>`;
}

// Register makes one as a merchant does, and shows its secret once. begin is
// one to begin with, if there was one.
export function Register({ v, units, begin, close }) {
  const usable = units.filter((u) => u.clientId);
  const [f, setF] = useState({ msn: usable[0]?.msn || "", url: "http://localhost:3000/webhook", events: events.map(([e]) => e), ...begin });
  const [error, setError] = useState("");
  const [made, setMade] = useState(null);
  const send = async (event) => {
    event.preventDefault();
    try {
      setMade(await asMerchant(f.msn, "POST", "/webhooks/v1/webhooks", { url: f.url, events: f.events }));
      v.act(async () => {});
    } catch (refused) {
      setError(refused.message);
    }
  };
  if (made) return html`<${Dialog} title="Registered" close=${close}><p>Keep the secret: the real service shows it only this once.</p><div class="row gap"><code class="mono grow wrapword">${made.secret}</code><${Copy} text=${made.secret} word="Copy" what="the secret"/></div><div class="row gap end"><${Button} kind="primary" onclick=${close}>Done<//></div><//>`;
  return html`<${Dialog} title="Register a webhook" close=${close} testid="webhook-form"><form class="form" onsubmit=${send}>
    <${Address} value=${f.url} error=${error} change=${(url) => setF({ ...f, url })}/>
    <label>Sales unit<select value=${f.msn} onchange=${(e) => setF({ ...f, msn: e.target.value })}>${usable.map((u) => html`<option key=${u.msn} value=${u.msn}>${u.name}, ${u.msn}</option>`)}</select></label>
    <${Events} chosen=${f.events} change=${(chosen) => setF({ ...f, events: chosen })}/>
    <${Wrong} error=${error}/>
    <div class="row gap end"><${Button} kind="quiet" onclick=${close}>Cancel<//><button class="btn primary" data-testid="webhook-register">Register</button></div></form><//>`;
}
