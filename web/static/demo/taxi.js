// The taxi: meter, phone and tablet of one ride, told by one server.
import { html, render } from "../vendor/preact-htm.js";
import { Calls, Silent, follow, post } from "./calls.js";
import { Choice, Icon, passed, showClock, told } from "./parts.js";
import { Keys } from "./keys.js";
import { Seat } from "./seat.js";
import { Tablet, waits } from "./tablet.js";
import { passenger, screen, scan } from "./passenger.js";
import { play } from "./auto.js";

const boot = JSON.parse(document.getElementById("boot").textContent);
const base = `${boot.prefix}/demo/taxi`;
const steps = ["Drive", "Scan", "Share number", "Pay", "Receipt"];
const panes = [["seat", "Seat"], ["phone", "Phone"], ["tablet", "Tablet"]];
const s = { ride: { calls: [], meter: 7900 }, pane: "seat", chosen: false, problem: "", stop: null, line: "connecting" };

function set(change) {
  Object.assign(s, change);
  if (!s.chosen) s.pane = unpaid() ? "tablet" : ["seat", "phone", "phone", "phone", "tablet"][step()];
  render(html`<${Page}/>`, document.getElementById("app"));
  showClock(document.querySelector("[data-testid=clock-now]"));
}

// unpaid tells of a request that has come to nothing: the driver goes on from
// there.
const unpaid = () => Boolean(s.ride.ended && !s.ride.cash && s.ride.order && !waits(s.ride.order) && s.ride.order.state !== "paid");

function step() {
  const { ended, order, cash } = s.ride;
  if (!ended) return 0;
  if (cash || order?.state === "paid") return 4;
  if (unpaid()) return 3;
  if (!waits(order)) return 1;
  return ["pay", "pin", "cards", "declined", "busy"].includes(screen()) ? 3 : 2;
}

// tell takes the ride as the server says it. When the meter stops, the phone
// in the picture is held over the code.
function tell(ride) {
  const stopped = ride.ended && !s.ride.ended && !ride.order;
  told(ride.clock);
  set({ ride });
  if (stopped) scan();
}

async function drive(act) {
  set({ problem: "" });
  try {
    await post(`${base}/rides/${boot.id}/${act}`);
  } catch (error) {
    set({ problem: error.message });
  }
}

const beats = () => Math.floor(passed(s.ride.began) / 400);

// fare is what the meter shows: while it runs, by the simulator's clock.
const fare = () => (s.ride.ended ? s.ride.meter : Math.min(31000, 7900 + 10 * beats()));

// retrying is a passenger whose card was declined. No merchant hears of that;
// the picture knows, because the phone is in it.
const retrying = () => waits(s.ride.order) && screen() === "declined";

const full = document.documentElement;
const keys = [
  ["F", "Full screen, for a projector", () => full.toggleAttribute("data-full")],
  ["Escape", "Back from full screen", () => full.removeAttribute("data-full")],
];

const next = ["press End trip", "the passenger scans the code, then ask for the payment"];

function Page() {
  const at = step();
  const { ride } = s;
  const auto = () => (s.stop ? s.stop() : set({ stop: play({ base, boot, drive, ended: () => set({ stop: null }) }) }));
  const again = () => {
    s.stop?.();
    drive("restart");
  };
  const after = waits(ride.order) ? html`wait for the webhook <span class="mono">authorized</span><br/>then capture and read the shared number` : unpaid() ? "press Ask again, or Take cash" : next[at];
  return html`<div class="dh"><h1>A ride with taxi ${boot.id}</h1><ol class="prog" data-testid="taxi-progress" data-step=${at + 1}>${steps.map((name, i) => html`<li class=${i < at ? "ok" : i === at ? "now" : ""} aria-current=${i === at ? "step" : undefined}><i>${i < at ? html`<${Icon} name="check" size=${14} stroke=${2.6}/>` : i + 1}</i>${name}</li>`)}</ol><span class="grow"></span>
    <button class="btn sm quiet" data-testid="taxi-auto" aria-pressed=${Boolean(s.stop)} onClick=${auto}><${Icon} name=${s.stop ? "pause" : "play"}/>${s.stop ? "Stop" : "Play it by itself"}</button><button class="btn sm quiet" data-testid="taxi-restart" onClick=${again}><${Icon} name="refresh"/>New ride</button></div>
    <${Silent} line=${s.line} again=${() => stream.now()}/><${Choice} label="What to look at" all=${panes} chosen=${s.pane} choose=${(pane) => set({ pane, chosen: true })}/>
    <div class="st3" data-testid="taxi-panes" data-pane=${s.pane}><${Seat} ride=${ride} fare=${fare()} beats=${ride.ended ? 0 : beats()} scanning=${at === 1} base=${base} prefix=${boot.prefix} id=${boot.id}/>
    <section class="p-phone"><h2 class="lab3">The passenger’s phone</h2><div class="dev"><iframe title="The passenger’s phone" src=${`${boot.prefix}/phone/${passenger}?embed=1&first=taxi-${boot.id}`}></iframe></div></section>
    <${Tablet} ride=${ride} fare=${fare()} paying=${at === 3 && !unpaid()} retrying=${retrying()} problem=${s.problem} drive=${drive} id=${boot.id}/></div>
    <${Calls} id="taxi-calls" title="What the taxi company’s server did" calls=${ride.calls} next=${after}/><${Keys} all=${keys}/>`;
}

const live = document.querySelector("[data-testid=live]");
const stream = follow(`${base}/stream?id=${encodeURIComponent(boot.id)}`, (ride) => {
  tell(ride);
  document.documentElement.dataset.ready = "true";
}, (line) => {
  live.dataset.state = line;
  live.textContent = { open: "Live", connecting: "Connecting", closed: "Offline" }[line];
  set({ line });
});
set({});
setInterval(() => set({}), 400);
