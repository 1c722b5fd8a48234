// One phone in a browser tab: the device, and the page around it.
import { html, render } from "../vendor/preact-htm.js";
import { Clock } from "../clock.js";
import { Device, pressed, single } from "./device.js";
import { Screen } from "./screens.js";
import { Controls, List } from "./controls.js";
import { pasted } from "./codes.js";
import { Dialog } from "./dialog.js";
import { Form } from "./request.js";
import { t } from "./words.js";
import { used } from "../appswitch.js";

const root = document.documentElement;
const boot = JSON.parse(document.getElementById("boot").textContent);
const clock = new Clock();
clock.told(boot.clock);
let queued = false;
let asking = false; // the form of a test request is open

function ask(open) {
  asking = open;
  draw();
}

const close = () => ask(false);

// A message draws at once, many together draw once.
function changed() {
  if (queued) return;
  queued = true;
  queueMicrotask(() => {
    queued = false;
    draw();
  });
}

const made = { phone: boot.phone, boot, clock, changed };
const device = boot.story ? (await import("./stories.js")).staged(made, boot.story) : new Device(made);

// A shop's link that was opened on this phone, as the app opens it.
let link = new URLSearchParams(location.search).get("link");

function draw() {
  if (link && device.s.greeted && device.s.line === "open") {
    const content = link;
    link = "";
    queueMicrotask(() => device.do.link(content));
  }
  const v = device.view();
  root.dataset.brand = device.brand;
  if (v.s.greeted) root.dataset.ready = "true";
  render(html`<${List} v=${v} device=${device}/><section class="mid"><div class="fit"><div class="frame"><${Screen} v=${v}/></div></div></section>
    ${v.s.sheet && html`<button class="scrim over" tabindex="-1" aria-label=${t("common.close")} onClick=${() => v.do.sheet(false)}></button>`}<${Controls} key=${v.s.sheet ? "sheet" : "side"} v=${v} device=${device} own/>
    ${asking && html`<${Dialog} title=${t("wall.ask")} close=${close}><${Form} boot=${boot} phones=${boot.phones} number=${boot.phone.number} done=${close}/><//>`}`, document.getElementById("app"));
  root.toggleAttribute("data-sheet", v.s.sheet);
  const live = document.querySelector("[data-testid=live]");
  live.dataset.state = v.s.line;
  live.textContent = t("live." + v.s.line);
  fit();
}

// fit scales the framed phone as a whole to the room there is.
function fit() {
  const box = document.querySelector(".mid");
  const stage = document.querySelector(".fit");
  if (!box) return;
  if ("alone" in root.dataset) return stage.removeAttribute("style");
  const high = "embed" in root.dataset ? innerHeight : box.clientHeight - 48;
  const wide = "embed" in root.dataset ? innerWidth : box.clientWidth - 24;
  const scale = Math.min(1, high / 866, wide / 412);
  stage.style.transform = `scale(${scale})`;
  stage.style.margin = `${(866 * (scale - 1)) / 2}px ${(412 * (scale - 1)) / 2}px`;
}

function arrange() {
  const asked = new URLSearchParams(location.search);
  root.toggleAttribute("data-embed", asked.get("embed") === "1");
  const small = matchMedia("(max-width: 860px), (pointer: coarse)").matches;
  root.toggleAttribute("data-alone", asked.get("embed") !== "1" && (asked.get("frame") === "0" || (asked.get("frame") !== "1" && small)));
  draw();
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && asking) return close();
  if (event.target.closest("[role=dialog].dialog")) return;
  if (event.key.toLowerCase() === "r" && single(event) && boot.shops?.length) return event.preventDefault(), ask(true);
  if (pressed(device, event, document.querySelector("[data-testid=phone]"))) event.preventDefault();
});

addEventListener("paste", (event) => {
  if (event.target.closest?.("input, textarea")) return;
  if (pasted(device, event.clipboardData)) event.preventDefault();
});

addEventListener("resize", arrange);
arrange();
if (!("embed" in root.dataset) && !boot.story) used(boot.prefix, boot.phone.number);
setInterval(draw, 250);

// The shell is kept for when there is no network, where browsers allow it.
if (!boot.story && navigator.serviceWorker && window.isSecureContext) navigator.serviceWorker.register(`${boot.prefix}/phone/worker.js`).catch(() => {});
