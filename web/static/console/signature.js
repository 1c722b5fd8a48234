// A delivery's signature taken apart: hash, string to sign, signature, each
// computed anew here from what was sent.
import { html, useState } from "../vendor/preact-htm.js";
import { sim } from "./api.js";
import { Icon, useAsked, speak } from "./parts.js";
import { sha256, hmac, utf8, base64 } from "./sha256.js";

const header = (try_, name) => {
  for (const [k, values] of Object.entries(try_.request.header)) if (k.toLowerCase() === name) return values[0];
  return "";
};

// apart computes the three steps of a try from its body, URL and headers.
export function apart(try_, secret) {
  const url = new URL(try_.request.url);
  const host = header(try_, "host") || url.host;
  const path = (try_.signedString || "").split("\n")[1] || url.pathname + url.search;
  const date = header(try_, "x-ms-date");
  const hash = base64(sha256(utf8(try_.request.body)));
  const string = `POST\n${path}\n${date};${host};${hash}`;
  const signature = secret ? base64(hmac(utf8(secret), utf8(string))) : "";
  const sent = header(try_, "authorization");
  return { host, path, date, hash, string, signature, sent, sentHash: header(try_, "x-ms-content-sha256"), sentSignature: (sent.match(/Signature=(.*)$/) || [])[1] || "" };
}

const prefix = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";

// compare says which step of somebody's own computation differs, and why.
export function compare(pasted, s, body) {
  const text = pasted.replaceAll("\r\n", "\n").trim();
  if (!text) return ["", "Paste a hash, a string to sign or a signature."];
  const given = (text.match(/Signature=(\S+)\s*$/) || [])[1] || text;
  if (given === s.signature || given === s.sentSignature) return ["ok", "Your signature matches."];
  if (text === s.hash) return ["ok", "Your hash matches. Go on with step 2."];
  if (text === s.string) return ["ok", "Your string matches. Go on with step 3."];
  if (/^POST|;/.test(text) && /\n|;/.test(text)) return ["bad", aboutString(text, s)];
  const reserialised = (() => {
    try {
      const value = JSON.parse(body);
      return [JSON.stringify(value), JSON.stringify(value, null, 2), JSON.stringify(value) + "\n", body.trim() + "\n"].some((b) => b !== body && base64(sha256(utf8(b))) === text);
    } catch {
      return false;
    }
  })();
  if (reserialised) return ["bad", "Step 1 differs: you hashed the body after parsing it. Hash the bytes as they arrived."];
  if (/^[0-9a-f]{64}$/i.test(text)) {
    const bytes = Uint8Array.from(text.match(/../g), (h) => parseInt(h, 16));
    if (base64(bytes) === s.hash) return ["bad", "Step 1: the hash is right, but in hexadecimal. Write it in base64."];
    if (base64(bytes) === s.signature) return ["bad", "Step 3: the signature is right, but in hexadecimal. Write it in base64."];
  }
  return ["bad", "This is neither the hash of step 1 nor the signature of step 3. Paste your string to sign to see where it differs."];
}

function aboutString(text, s) {
  const [method = "", path = "", rest = ""] = text.split("\n");
  const [date = "", host = "", hash = ""] = rest.split(";");
  if (text.split("\n").length !== 3) return "Step 2 differs: the string has three lines, ended by a line feed each but the last.";
  const first = hash === s.hash ? "Your hash matches, your string doesn’t: " : "Step 2 differs: ";
  if (method !== "POST") return first + "the first line is POST.";
  if (path !== s.path) return first + `you signed the path ${path || "(none)"}, and it is ${s.path}, with its query and without the host.`;
  if (date !== s.date) return first + `you signed the date ${date || "(none)"}. Take X-Ms-Date as it stands.`;
  if (host !== s.host) return first + `you signed host ${host || "(none)"}, and it is ${s.host}.`;
  return "Step 1 differs: you signed another hash. Hash the bytes of the body as they arrived.";
}

const Same = ({ ok, children }) => html`<span class="eq ${ok ? "" : "bad"}"><${Icon} name=${ok ? "check" : "cross"} stroke=${2.4}/>${ok ? "Same as" : "Not the same as"} ${children}</span>`;

export function Signature({ delivery, try_ }) {
  const found = useAsked(() => sim("/registrations?secrets=show"), [delivery.registrationId]);
  const [pasted, setPasted] = useState("");
  const [said, setSaid] = useState(null);
  const tell = (what) => (setSaid(what), speak(what[1]));
  const registration = found.data?.registrations.find((r) => r.id === delivery.registrationId);
  if (!found.data) return null;
  const s = apart(try_, registration?.secret);
  const body = try_.request.body;
  return html`<ol class="sig" data-testid="signature">
    <li><span class="no">1</span><div><h3>Hash the body</h3><p>SHA-256 of the ${utf8(body).length} bytes as sent, in base64</p><div class="code fold"><span class="tk c" data-part="hash">${s.hash}</span></div><${Same} ok=${s.hash === s.sentHash}>x-ms-content-sha256<//></div></li>
    <li><span class="no">2</span><div><h3>Build the string to sign</h3><p>Method, path and query, then date, host and hash</p><div class="code fold">${"POST\n"}<span class="tk a">${s.path}</span>${"\n"}<span class="tk b">${s.date}</span>;<span class="tk a">${s.host}</span>;<span class="tk c">${s.hash}</span></div></div></li>
    <li><span class="no">3</span><div><h3>Sign it with the secret</h3><p>HMAC-SHA256, ${registration ? html`secret <span class="mono">••••${registration.secret.slice(-5)}</span>` : "with a secret that went with its registration"}, in base64</p><div class="code fold">${prefix}<span class="tk b" data-part="signature">${s.signature || s.sentSignature}</span></div>
      ${registration && html`<${Same} ok=${s.signature === s.sentSignature}>Authorization<//>`}</div></li></ol>
  <p class="dim small">The date in a signature is real time, also when the clock has been moved.</p>
  <form class="cmp" data-testid="signature-compare" onsubmit=${(e) => { e.preventDefault(); tell(compare(pasted, s, body)); }}><textarea rows="1" aria-label="Paste what your code computed" placeholder="Paste what your code computed" value=${pasted} oninput=${(e) => setPasted(e.target.value)}></textarea><button class="btn sm quiet">Compare</button>
    ${said && html`<p class=${said[0]} data-testid="signature-said">${said[1]}</p>`}</form>`;
}
