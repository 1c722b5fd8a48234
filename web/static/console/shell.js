// What stands around every page: the bar on top, the ways to go, the toast.
import { html, useState, useRef } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { World, Auth } from "./world.js";
import { failed as isFailed } from "./deliveries.js";
import { useCommands } from "./commands.js";
import { describe } from "./faults.js";
import { Icon, Mark, Button, useAsked, useTick, at, link, span } from "./parts.js";

const words = { open: "Live", connecting: "Connecting", closed: "Offline" };

// speeds are those that can be chosen with a click.
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
    const [waiting, dropped, { faults }, payments, { phones }, { merchants }, { codes }] = await Promise.all([
      sim("/deliveries?state=waiting&limit=200"), sim("/deliveries?state=dropped&limit=200"), sim("/faults"), sim("/payments/counts"), sim("/phones"), sim("/merchants"), sim("/qr?limit=500"),
    ]);
    const failed = waiting.deliveries.concat(dropped.deliveries).filter(isFailed).length;
    return { failed: failed > 199 ? "200+" : failed, faults, payments: payments.total, phones: phones.length, merchants: merchants.length, codes: codes.filter((c) => c.state === "live").length };
  }, [seen.current.version]).data || { failed: 0, faults: [] };
}

// ways are where one can go, in the order of the bar at the side; a page that
// is not there has no way to it. below tells those in the bar at the bottom.
const ways = (n) => [
  { name: "payments", path: "/", icon: "list", word: "Payments", count: n.payments, below: true },
  { name: "webhooks", path: "/console/webhooks", icon: "webhook", word: "Webhooks", count: n.failed || "", bad: true, below: true },
  { name: "requests", path: "/console/requests", icon: "code", word: "Requests" },
  { path: "/phone", icon: "phones", word: "Phones", count: n.phones, below: true },
  { name: "qr", path: "/console/qr", icon: "qr", word: "QR codes", count: n.codes },
  { name: "merchants", path: "/console/merchants", icon: "shop", word: "Merchants", count: n.merchants },
  { head: "Control" },
  { name: "scenarios", path: "/console/scenarios", icon: "flask", word: "Scenarios", below: true },
  { name: "control", path: "/console/control", icon: "clock", word: "Clock and faults", count: n.faults.length ? n.faults.length + " on" : "off" },
  { head: "Demos" },
  { path: "/demo/shop", icon: "sock", word: "Sock shop" },
  { path: "/demo/taxi", icon: "taxi", word: "Taxi" },
  { gap: true },
  { path: "/docs", icon: "code", word: "API reference" },
  { path: "/console/start", icon: "flag", word: "Get started" },
  { name: "settings", path: "/console/settings", icon: "settings", word: "Settings" },
];

const Ways = ({ v, all }) => all.map((w) => (w.head ? html`<h4 key=${w.head}>${w.head}</h4>` : w.gap ? html`<span key="gap" class="grow"></span>` : html`<${Way} key=${w.path} v=${v} ...${w}>${w.word}<//>`));

export function Shell({ v, children }) {
  const counts = useCounts(v);
  const { faults } = counts;
  const [more, setMore] = useState(false);
  useCommands(more ? [{ id: "close", run: () => setMore(false) }] : []);
  const on = faults.length;
  const all = ways(counts).filter((w) => !w.path || v.known(w.path));
  const below = all.filter((w) => w.below);
  const rest = all.filter((w) => w.path && !w.below);
  return html`<header class="tb"><a class="wordmark" href=${link("/")} data-testid="wordmark"><${Mark}/> Liksom</a><span class="simtag hm">Vipps MobilePay simulator</span><${World} v=${v}/><${Auth}/><span class="grow"></span>
    <button type="button" class="sq hm" data-testid="palette-open" aria-haspopup="dialog" aria-keyshortcuts="Control+K" onclick=${() => v.open("palette")}><${Icon} name="search"/><span class="grow">Search or command</span><kbd>Ctrl</kbd><kbd>K</kbd></button>
    <${ClockWidget} v=${v}/><span class="live ${v.version ? "" : "yet"}" data-testid="live" data-state=${v.live}>${words[v.live]}</span>${v.live === "closed" && html`<${Button} kind="sm quiet" onclick=${v.retry}>Try now<//>`}</header>
  ${on > 0 && v.name !== "control" && html`<div class="strip" role="status"><${Icon} name="warning"/><span class="grow"><b>${on === 1 ? "1 fault is on." : on + " faults are on."}</b> ${faults.slice(0, 2).map(describe).join("; ")}${on > 2 ? "; and more" : ""}.</span><a class="btn sm ghost" href=${link("/console/control")}>Look</a><${Button} kind="sm quiet" testid="faults-off" onclick=${() => v.act(() => sim("/faults", "DELETE"))}>Turn all off<//></div>`}
  <div class="wrap"><nav class="sn" aria-label="Console"><${Ways} v=${v} all=${all}/></nav>
  <main class="ct" id="content" tabindex="-1">${v.trouble && html`<div class="box" role="alert" data-testid="trouble"><${Icon} name="warning" size=${18}/><span class="grow">${v.trouble}</span><button type="button" class="cp" aria-label="Close" onclick=${v.calm}><${Icon} name="cross"/></button></div>`}${children}</main></div>
  ${more && html`<div class="more" onclick=${() => setMore(false)}><button type="button" onclick=${() => v.open("palette")}><${Icon} name="search" size=${18}/>Search or command</button><${Ways} v=${v} all=${rest}/></div>`}
  <nav class="mbar" data-n=${below.length + 1} aria-label="Pages"><${Ways} v=${v} all=${below}/>
    <button type="button" aria-expanded=${String(more)} onclick=${() => setMore(!more)}><${Icon} name="menu" size=${18}/><span class="w">More</span></button></nav>
  ${v.toast && html`<aside class="toast ${v.toast.bad ? "bad" : ""}" aria-label="Message" data-testid="toast"><${Icon} name=${v.toast.bad ? "warning" : "check"}/>${v.toast.text}</aside>`}`;
}
