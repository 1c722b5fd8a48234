// What stands around every page: the bar on top, the ways to go, the toast.
import { html, useState, useRef } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Icon, Mark, Button, useAsked, useTick, at, link, span } from "./parts.js";

const words = { open: "Live", connecting: "Connecting", closed: "Offline" };

export const speeds = [1, 10, 60, 300];

// distance says how far the clock is from this computer's.
export function distance(real) {
  if (real === null) return "";
  if (Math.abs(real) < 1500) return "the same as your computer’s";
  return `${span(Math.abs(real))} ${real > 0 ? "ahead of" : "behind"} your computer`;
}

function ClockWidget({ v }) {
  useTick(250);
  const { clock } = v;
  const off = v.real !== null && Math.abs(v.real) > 1500;
  const next = speeds[(speeds.indexOf(clock.speed) + 1) % speeds.length] || 1;
  return html`<div class="clk num ${clock.frozen ? "frozen" : ""}" role="group" aria-label="Simulated clock" data-testid="clock">
    <a class="now ${off ? "off" : ""}" href=${link("/console/control")} title="Simulated time ${distance(v.real)}"><${Icon} name=${clock.frozen ? "frozen" : "clock"}/><time data-testid="clock-now">${at(clock.now())}</time>${off && html`<i class="dot" aria-hidden="true"></i>`}${clock.frozen && html`<span>frozen</span>`}</a>
    <button type="button" class="b hm" data-testid="clock-freeze" aria-pressed=${String(clock.frozen)} title=${clock.frozen ? "Go on" : "Freeze"} aria-label=${clock.frozen ? "Let time go on" : "Freeze time"} onclick=${v.turn.freeze}><${Icon} name=${clock.frozen ? "play" : "pause"}/></button>
    <button type="button" class="b hm" data-testid="clock-plus1" onclick=${() => v.turn.advance("1m")}>+1 min</button>
    <button type="button" class="b hm" data-testid="clock-plus5" onclick=${() => v.turn.advance("5m")}>+5 min</button>
    <button type="button" class="b hm" data-testid="clock-speed" title="Speed; click for ×${next}" aria-label="Speed ×${clock.speed}, click for ×${next}" onclick=${() => v.turn.speed(next)}>×${clock.speed}</button></div>`;
}

function Way({ v, name, path, icon, count, bad, children }) {
  return html`<a href=${link(path)} class=${v.name === name ? "on" : ""} aria-current=${v.name === name ? "page" : null} title=${children}><${Icon} name=${icon} size=${18}/><span class="w">${children}</span>${count !== undefined && count !== "" && html`<span class="n ${bad ? "bad" : ""}">${count}</span>`}</a>`;
}

// useCounts are the numbers beside the ways to go. They follow slowly: they
// are looked at, not worked with.
function useCounts(v) {
  const seen = useRef({ version: -1, at: 0 });
  if (seen.current.version !== v.version && (!seen.current.at || performance.now() - seen.current.at > 1000)) seen.current = { version: v.version, at: performance.now() };
  return useAsked(async () => {
    const [waiting, faults, qr, phones] = await Promise.all([sim("/deliveries?state=waiting&limit=200"), sim("/faults"), sim("/qr?limit=500"), sim("/phones")]);
    return { failed: waiting.deliveries.filter((d) => d.last && !d.last.ok).length, faults: faults.faults, codes: qr.codes.filter((c) => c.state === "live").length, phones: phones.phones.length };
  }, [seen.current.version]).data || { failed: 0, faults: [] };
}

export function Shell({ v, children }) {
  const { failed, faults, codes, phones } = useCounts(v);
  const [more, setMore] = useState(false);
  const on = faults.length;
  return html`<header class="tb"><a class="wordmark" href=${link("/")} data-testid="wordmark"><${Mark}/> Liksom</a><span class="simtag hm">Vipps MobilePay simulator</span><span class="grow"></span>
    <${ClockWidget} v=${v}/><span class="live" data-testid="live" data-state=${v.live}>${words[v.live]}</span></header>
  ${on > 0 && v.name !== "control" && html`<div class="strip" role="status"><${Icon} name="warning"/><span class="grow"><b>${on === 1 ? "1 fault is on." : on + " faults are on."}</b> Answers, webhooks or pushes may fail on purpose.</span><${Button} kind="sm quiet" testid="faults-off" onclick=${() => v.act(() => sim("/faults", "DELETE"))}>Turn all off<//></div>`}
  <div class="wrap"><nav class="sn" aria-label="Console">
    <${Way} v=${v} name="payments" path="/" icon="list">Payments<//>
    <${Way} v=${v} name="webhooks" path="/console/webhooks" icon="webhook" count=${failed || ""} bad>Webhooks<//>
    <${Way} v=${v} name="requests" path="/console/requests" icon="code">Requests<//>
    <${Way} v=${v} path="/phone" icon="phones" count=${phones}>Phones<//>
    <${Way} v=${v} name="qr" path="/console/qr" icon="qr" count=${codes}>QR codes<//>
    <${Way} v=${v} name="merchants" path="/console/merchants" icon="shop">Merchants<//>
    <h4>Control</h4>
    <${Way} v=${v} name="scenarios" path="/console/scenarios" icon="flask">Scenarios<//>
    <${Way} v=${v} name="control" path="/console/control" icon="clock" count=${on ? on + " on" : "off"}>Clock and faults<//>
    <span class="grow"></span>
    <${Way} v=${v} path="/docs" icon="list">API reference<//>
    <${Way} v=${v} path="/console/start" icon="flag">Get started<//>
    <${Way} v=${v} name="settings" path="/console/settings" icon="settings">Settings<//></nav>
  <main class="ct" id="content" tabindex="-1">${children}</main></div>
  ${more && html`<div class="more" onclick=${() => setMore(false)}>
    <${Way} v=${v} name="requests" path="/console/requests" icon="code">Requests<//><${Way} v=${v} name="qr" path="/console/qr" icon="qr">QR codes<//>
    <${Way} v=${v} name="merchants" path="/console/merchants" icon="shop">Merchants<//><${Way} v=${v} name="control" path="/console/control" icon="clock">Clock and faults<//>
    <${Way} v=${v} name="settings" path="/console/settings" icon="settings">Settings<//><${Way} v=${v} path="/docs" icon="list">API reference<//><${Way} v=${v} path="/console/start" icon="flag">Get started<//></div>`}
  <nav class="mbar" aria-label="Pages"><${Way} v=${v} name="payments" path="/" icon="list">Payments<//><${Way} v=${v} name="webhooks" path="/console/webhooks" icon="webhook">Webhooks<//>
    <${Way} v=${v} path="/phone" icon="phones">Phones<//><${Way} v=${v} name="scenarios" path="/console/scenarios" icon="flask">Scenarios<//>
    <button type="button" aria-expanded=${String(more)} onclick=${() => setMore(!more)}><${Icon} name="menu" size=${18}/><span class="w">More</span></button></nav>
  ${v.toast && html`<div class="toast ${v.toast.bad ? "bad" : ""}" data-testid="toast"><${Icon} name=${v.toast.bad ? "warning" : "check"}/>${v.toast.text}</div>`}`;
}
