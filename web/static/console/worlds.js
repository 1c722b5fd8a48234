// All worlds, as the settings show them: each with what is in it, a new one,
// and the end of one.
import { html, useState } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Icon, Button, Badge, Box, Grey, Dialog, useAsked } from "./parts.js";
import { worldHere } from "./world.js";

const many = (n, one, more) => `${n} ${n === 1 ? one : more}`;

// Worlds is the inside of a group of the settings.
export function Worlds({ v }) {
  const asked = useAsked(() => sim("/worlds"), [v.version]);
  const [ending, setEnding] = useState(null);
  const worlds = asked.data?.worlds;
  const isHere = (w) => (w.default ? "" : w.name) === worldHere(worlds);
  const end = async () => {
    const home = worlds.find((w) => w.default).url + "/";
    const gone = () => sim("/worlds/" + encodeURIComponent(ending.name), "DELETE");
    setEnding(null);
    if (!isHere(ending)) return v.act(gone, `World ${ending.name} has ended`);
    v.hold();
    return gone().then(() => location.assign(home), (refused) => (v.retry(), v.say(refused.message, true)));
  };
  return html`${asked.error && html`<${Box} error=${asked.error} again=${asked.again}/>`}${!worlds && !asked.error && html`<${Grey} rows=${2} tall=${46}/>`}
    ${worlds && html`<ul data-testid="worlds">${worlds.map((w) => html`<li key=${w.name} class="srow" data-testid="world-row" data-name=${w.name}><span class="grow"><b><a href=${w.url + "/"} target="_self">${w.name}</a></b><small class="num">${many(w.counts.payments, "payment", "payments")}, ${many(w.counts.merchants, "merchant", "merchants")}, ${many(w.counts.phones, "phone", "phones")}</small></span>
      ${isHere(w) && html`<${Badge} icon="pin">You are here<//>`}${!w.default && html`<${Button} icon="cross" label=${"End world " + w.name} testid="world-end" onclick=${() => setEnding(w)}>End<//>`}</li>`)}</ul>
    <${Make} v=${v}/>`}
    ${ending && html`<${Dialog} title=${`End world ${ending.name}?`} close=${() => setEnding(null)} testid="world-ask"><p>Its payments, phones, merchants and webhooks are gone for good, and its address answers nothing any more.</p><div class="row gap end"><${Button} kind="quiet" onclick=${() => setEnding(null)}>Keep it<//><${Button} kind="primary" testid="world-end-yes" onclick=${end}>End it<//></div><//>`}`;
}

// Make asks for a name, which may be left out.
function Make({ v }) {
  const [name, write] = useState("");
  const [error, setError] = useState("");
  const send = async (event) => {
    event.preventDefault();
    try {
      const made = await sim("/worlds", "POST", name.trim() ? { name: name.trim() } : {});
      write("");
      setError("");
      v.act(async () => {}, `World ${made.name} is there`);
    } catch (refused) {
      setError(refused.message);
    }
  };
  return html`<form class="srow" onsubmit=${send}><label class="grow"><b>Name</b><small>Small letters, digits and hyphens. Left out, one is drawn.</small>${error && html`<small class="bad" role="alert" id="why-world">${error}</small>`}<input class="sin" value=${name} placeholder="ci-42" data-testid="world-name" aria-invalid=${error ? "true" : null} aria-describedby=${error ? "why-world" : null} oninput=${(e) => write(e.target.value)}/></label><button class="btn sm" data-testid="world-make"><${Icon} name="plus"/>Make a world</button></form>`;
}
