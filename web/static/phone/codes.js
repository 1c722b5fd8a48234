// The screens about QR codes: reading one, checking in with one, showing one's
// own.
import { html } from "../vendor/preact-htm.js";
import { phone as phoneNumber, initials, tint } from "../format.js";
import { Icon, say, sayWith } from "./draw.js";
import { Nav } from "./screens.js";
import { cameraAllowed, watch } from "./scanner.js";

let camera = null; // the function that gives the camera back, while it is on

function off() {
  camera?.();
  camera = null;
}

// left is the video's ref: whichever way the scanner is left, the camera goes
// back.
const left = (video) => video || off();

async function on(v) {
  const video = document.querySelector(`[data-testid=phone][data-msisdn="${v.s.phone.number}"] [data-testid=scan-drop] video`);
  try {
    camera = await watch(video, `${v.prefix}/sim/v1/phones/${v.s.phone.number}/scan`, {
      text: (content) => v.do.scan(content),
      answered: (led, error) => (led ? v.do.follow(led) : v.do.notFound(error)),
    });
    if (!video.isConnected) return off(); // somebody went on while the browser asked
    video.dataset.on = "true";
  } catch {
    v.do.notFound({ message: say(v.lang, "ph.scan.nocam") });
  }
}

// pasted takes a link or a picture out of what is pasted or dropped.
export function pasted(device, data) {
  const file = [...(data?.files || [])].find((f) => f.type.startsWith("image/"));
  if (file) return device.do.picture(file), true;
  const text = data?.getData("text").trim();
  if (text) return device.do.scan(text), true;
  return false;
}

export function Scan({ v }) {
  const { found, looking, notice } = v.s;
  const send = (event) => {
    event.preventDefault();
    v.do.scan(event.target.elements.content.value);
  };
  const chosen = (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) v.do.picture(file);
  };
  const paste = async () => {
    const text = await navigator.clipboard?.readText?.().catch(() => "");
    if (text) return v.do.scan(text);
    document.getElementById("scan-content-" + v.s.phone.number)?.focus();
  };
  const failed = found?.kind === "none" && !found.seen;
  const lends = cameraAllowed();
  return html`<${Nav} v=${v} title=${say(v.lang, "ph.scan.title")} back=${() => v.do.go("home")} timer=${false}/>
    <div class="body scan"><div class="finder ${failed ? "failed" : ""}" data-testid="scan-drop"><video muted playsinline ref=${left}></video>${v.s.picture && html`<img class="seen" src=${v.s.picture} alt="" data-testid="scan-picture"/>`}<i></i><i></i><i></i><i></i>
      <p>${looking ? say(v.lang, "ph.scan.waitmerchant") : say(v.lang, "ph.scan.drop")}</p></div>
    <div class="ways"><button data-testid="scan-camera" aria-disabled=${!lends} title=${lends ? "" : say(v.lang, "ph.scan.nocam")} aria-describedby=${lends ? null : "nocam-" + v.s.phone.number} onClick=${() => lends && on(v)}><${Icon} name="camera"/>${say(v.lang, "ph.scan.camera")}</button>
      <label><input class="vh" type="file" accept="image/*" data-testid="scan-upload" onChange=${chosen}/><${Icon} name="image"/>${say(v.lang, "ph.scan.image")}</label>
      <button onClick=${paste}><${Icon} name="copy"/>${say(v.lang, "ph.scan.paste")}</button></div>
    ${!lends && html`<p class="tiny" id="nocam-${v.s.phone.number}">${say(v.lang, "ph.scan.nocam")}</p>`}
    ${(notice || found?.text) && html`<p class="err" role="alert" data-testid="scan-problem">${found?.text || notice}</p>`}
    ${found?.kind === "foreign" && html`<div class="foreign"><p class="err" role="alert" data-testid="scan-foreign">${sayWith(v.lang, "ph.scan.foreign", "host", found.host)}</p>${found.url && html`<button class="auto" data-testid="scan-anyway" onClick=${() => v.do.browse(found.url)}><${Icon} name="external" size=${18}/>${say(v.lang, "ph.scan.anyway")}</button>`}</div>`}
    <form class="scanlink" onSubmit=${send}><label for="scan-content-${v.s.phone.number}">${say(v.lang, "ph.scan.link")}</label>
    <span class="row"><input id="scan-content-${v.s.phone.number}" name="content" type="text" inputmode="url" autocomplete="off" data-testid="scan-paste" placeholder="${v.address}/qr/p…"/><button class="btn" aria-label=${say(v.lang, "ph.scan.go")}><${Icon} name="arrow-right" size=${20}/></button></span></form></div>
    <${Desk} v=${v}/>`;
}

// Desk shows the codes that are about in this simulator, newest first: the
// simulator's own ground, hence dashed.
function Desk({ v }) {
  // What a demo shows beside the phone comes first.
  const first = new URLSearchParams(location.search).get("first");
  const ahead = (c) => Number(Boolean(first) && c.note === "Sticker " + first);
  const codes = [...(v.s.desk || [])].sort((a, b) => ahead(b) - ahead(a));
  return html`<section class="desk" aria-label=${say(v.lang, "ph.scan.desk")}><h2><${Icon} name="qr" size=${16}/>${say(v.lang, "ph.scan.desk")}</h2>
    ${codes.length ? html`<ul data-testid="scan-desk">${codes.map((c) => html`<li key=${c.content} class=${ahead(c) ? "glows" : ""}><button data-testid="scan-desk-item" data-primary=${String(c === codes[0])} onClick=${() => v.do.scan(c.content)}><img src=${c.picture} alt="" width="88" height="88" loading="lazy"/><b class="trunc">${c.title}</b><small class="trunc">${c.note}</small></button></li>`)}</ul>`
      : html`<p class="tiny" data-testid="scan-desk">${say(v.lang, "ph.scan.desk.none")}</p>`}</section>`;
}

// Opened tells that a code has led to a page beside the phone.
export function Opened({ v }) {
  const { url, host, beside } = v.s.opened;
  return html`<${Nav} v=${v} title="" back=${() => v.do.go("home")} timer=${false}/><div class="body centre"><div class="mid-page" data-testid="opened"><span class="dot mute"><${Icon} name="external" size=${38}/></span><h2>${say(v.lang, beside ? "ph.scan.opened" : "ph.scan.leads", { host })}</h2></div></div>
    <div class="foot2">${!beside && html`<a class="btn brand act2" href=${url} target="_blank" rel="noopener noreferrer" data-primary>${say(v.lang, "ph.push.open")}</a>`}<button class=${beside ? "btn brand act2" : "lnk"} data-testid="opened-back" data-primary=${String(beside)} onClick=${() => v.do.go("home")}>${say(v.lang, "ph.back")}</button></div>`;
}

export function CheckIn({ v }) {
  const c = v.s.checkin;
  if (!c) return null;
  const words = c.reached ? say(v.lang, "ph.checkin.wait", { place: c.locationDescription || c.merchantName }) : say(v.lang, "ph.checkin.fail");
  return html`<div class="body centre" data-testid="checkin" data-state=${c.reached ? "waiting" : "failed"}><div class="mid-page"><span class="ava l ${tint(c.msn)}" aria-hidden="true">${initials(c.merchantName)}</span><h2>${c.merchantName}</h2>
    ${c.locationDescription && html`<p class="strong">${c.locationDescription}</p>`}<p role="status">${words}</p>${c.reached && html`<span class="waits" aria-hidden="true"><i></i><i></i><i></i></span>`}</div></div>
    <div class="foot2">${!c.reached && html`<button class="btn brand act2" onClick=${() => v.do.go("scan")}>${say(v.lang, "ph.home.scan")}</button>`}<button class=${c.reached ? "btn brand act2" : "lnk"} data-testid="checkin-leave" data-primary=${String(c.reached)} onClick=${v.do.leave}>${say(v.lang, "ph.checkin.leave")}</button></div>`;
}

export const MyQR = ({ v }) => html`<${Nav} v=${v} title=${say(v.lang, "ph.home.myqr")} back=${() => v.do.go("home")} timer=${false}/>
  <div class="body centre"><div class="mid-page" data-testid="myqr"><img class="own" src=${v.s.personal} width="260" height="260" alt=${say(v.lang, "ph.home.myqr")}/><h2>${v.s.phone.name}</h2><p class="num">${phoneNumber(v.s.phone.number)}</p><p>${say(v.lang, "ph.myqr.text")}</p></div></div>
  <div class="foot2"><button class="btn brand act2" data-primary onClick=${() => v.do.go("home")}>${say(v.lang, "ph.done")}</button></div>`;
