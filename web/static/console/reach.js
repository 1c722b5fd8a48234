// The field for an address that webhooks go to, and what is found out about it
// once typing stops. It never stops anybody.
import { html, useState, useEffect } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Icon } from "./parts.js";

// pause is how long nothing is typed before the address is tried, in ms.
const pause = 400;

const addressed = (url) => {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
};

// found puts an answer into words.
const found = (t) => [t.reachable ? ["ok", "check", "Somebody listens there."] : ["warn", "warning", `Nobody was reached (${t.why}). It can be registered all the same.`], ...(t.objection ? [["", "info", `The real service would refuse it: ${t.objection}`]] : [])];

// useReach tries an address and says what came of it: [tone, icon, text] each.
function useReach(url) {
  const [told, tell] = useState([]);
  useEffect(() => {
    let late = false;
    if (!addressed(url)) return tell([["", "info", "This is no address yet, such as http://localhost:3000/webhook."]]);
    tell([["", "clock", "Trying to reach it…"]]);
    const timer = setTimeout(() => sim("/registrations/reach", "POST", { url }).then((t) => late || tell(found(t)), (error) => late || tell([["warn", "warning", error.message]])), pause);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [url]);
  return told;
}

export function Address({ value, change, error }) {
  const told = useReach(value);
  return html`<label>URL<input class="mono" name="url" value=${value} aria-invalid=${error ? "true" : null} aria-describedby=${error ? "hook-error hook-reach" : "hook-reach"} oninput=${(e) => change(e.target.value)}/></label>
    <div id="hook-reach" class="reach1" data-testid="webhook-reach" data-state=${told[0]?.[0] || "none"}>${told.map(([tone, icon, text]) => html`<small key=${text} class="row gap4 ${tone}"><${Icon} name=${icon} size=${14}/><span class="grow">${text}</span></small>`)}</div>`;
}
