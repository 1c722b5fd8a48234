// The phone's own browser, for pages of this simulator and its demos in a
// phone that stands in a frame.
import { html } from "../vendor/preact-htm.js";
import { say } from "./draw.js";
import { Nav } from "./screens.js";

// A link to the landing page opens the app, as on any phone that has it. The
// page is told that it is left for the app: a customer who goes elsewhere takes
// the payment back.
function opened(v, frame) {
  const at = frame.contentWindow?.location;
  if (!at?.pathname.endsWith("/landing") || !at.search.includes("token=")) return;
  const page = frame.contentDocument.querySelector("[data-testid=landing]");
  if (page) page.dataset.state = "app-switch";
  v.do.link(at.href);
}

export const Web = ({ v }) => html`<${Nav} v=${v} title=${new URL(v.s.web).host} back=${() => v.do.go("home")} timer=${false}/>
  <iframe class="web" title=${say(v.lang, "ph.scan.opened", { host: new URL(v.s.web).host })} data-testid="phone-browser" src=${new URL(v.s.web).pathname + new URL(v.s.web).search} onLoad=${(e) => opened(v, e.target)}></iframe>`;
