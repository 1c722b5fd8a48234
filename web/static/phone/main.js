// One phone in a browser tab: the device, and the page around it.
import { html, render } from "../vendor/preact-htm.js";
import { Clock } from "../clock.js";
import { Device, pressed, single } from "./device.js";
import { Screen } from "./screens.js";
import { Controls, List } from "./controls.js";
import { pasted } from "./codes.js";
import { Bar } from "./bar.js";
import { Dialog } from "./dialog.js";
import { listen } from "./install.js";
import { KeyList } from "./keys.js";
import { Codes } from "./news.js";
import { Form } from "./request.js";
import { speak, words } from "./spoken.js";
import { t } from "./words.js";
import { used } from "../appswitch.js";

const root = document.documentElement;
const boot = JSON.parse(document.getElementById("boot").textContent);
const clock = new Clock();
clock.told(boot.clock);
let queued = false;
let over = ""; // the dialog that is open: "ask" for a test request, "keys" for their list

function show(dialog) {
  over = dialog;
  draw();
}

const close = () => show("");

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
listen(changed);
const device = boot.story ? (await import("./stories.js")).staged(made, boot.story) : new Device(made);

device.gone = () => location.reload(); // the page then says that there is none
const codes = boot.story ? null : new Codes(device);

// A shop's link that was opened on this phone, as the app opens it.
let link = new URLSearchParams(location.search).get("link");

function draw() {
  if (link && device.s.greeted && device.s.line === "open") {
    const content = link;
    link = "";
    queueMicrotask(() => device.do.link(content));
  }
  const v = device.view();
  codes?.look();
  // Where the controls stand beside the phone, they need not be opened.
  if (!("alone" in root.dataset)) v.do = { ...v.do, sheet: () => document.querySelector("[data-testid=phone-answer] [tabindex='0']")?.focus() };
  root.dataset.brand = device.brand;
  if (v.s.greeted || boot.story) root.dataset.ready = "true";
  render(html`<${List} v=${v} device=${device}/><section class="mid"><div class="fit"><div class="frame"><${Screen} v=${v}/></div></div></section>
    ${v.s.sheet && html`<button class="scrim over" tabindex="-1" aria-label=${t("common.close")} onClick=${() => v.do.sheet(false)}></button>`}<${Controls} key=${v.s.sheet ? "sheet" : "side"} v=${v} device=${device} own/>
    ${over === "ask" && html`<${Dialog} title=${t("wall.ask")} close=${close}><${Form} boot=${boot} phones=${boot.phones} number=${boot.phone.number} done=${close}/><//>`}
    ${over === "keys" && html`<${KeyList} page="phone" close=${close}/>`}`, document.getElementById("app"));
  root.toggleAttribute("data-sheet", v.s.sheet);
  render(html`<${Bar} prefix=${boot.prefix} clock=${clock} line=${v.s.line} retry=${v.do.retry}/>`, document.getElementById("bar"));
  speak(words(v));
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
  root.style.setProperty("--ring", 3 / scale + "px"); // what is drawn smaller still has a ring of three pixels
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
  if (event.key === "Escape" && over) return close();
  if (event.target.closest("[role=dialog].dialog")) return;
  if (event.key.toLowerCase() === "r" && single(event) && boot.shops?.length) return event.preventDefault(), show("ask");
  if (event.key === "?" && single(event)) return event.preventDefault(), show("keys");
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

// What stands of the other phones at the side follows slowly: nobody works
// with it.
async function others() {
  if (document.hidden || !document.querySelector("[data-testid=phone-list]")?.checkVisibility()) return;
  const answer = await fetch(boot.prefix + "/sim/v1/phones").catch(() => null);
  if (answer?.ok) boot.phones = (await answer.json()).phones;
}
if (!boot.story) setInterval(others, 5000);

// The shell is kept for when there is no network, where browsers allow it.
if (!boot.story && navigator.serviceWorker && window.isSecureContext) keep();

async function keep() {
  try {
    await navigator.serviceWorker.register(`${boot.prefix}/phone/worker.js`);
    const { active } = await navigator.serviceWorker.ready;
    // What was loaded before the worker was there is kept as well.
    const told = new MessageChannel();
    told.port1.onmessage = () => (root.dataset.kept = "true");
    active.postMessage({ page: location.href, files: performance.getEntriesByType("resource").map((e) => e.name) }, [told.port2]);
  } catch {
    // then there is no page without a network
  }
}
