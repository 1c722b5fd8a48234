// The control API, and the merchants' own APIs where the console acts as one.

export const boot = JSON.parse(document.getElementById("boot").textContent);

// Refused is an answer that says no, in the words of its problem document.
// path is what was asked for. silent tells that there was no answer at all;
// read says so where nothing was to be done.
export class Refused extends Error {
  constructor(message, { path = "", silent = false } = {}) {
    super(message);
    Object.assign(this, { path, silent, read: silent ? "The simulator isn’t answering." : message });
  }
}

// ask calls a path of the simulator and gives what it answers.
export async function ask(path, { method = "GET", body, headers = {} } = {}) {
  const whole = boot.prefix + path;
  const answer = await fetch(whole, {
    method, headers: { ...(body && { "Content-Type": "application/json" }), ...headers }, body: body && JSON.stringify(body),
  }).catch(() => {
    throw new Refused("Not sent. The simulator isn’t answering.", { path: whole, silent: true });
  });
  const text = await answer.text();
  const said = text && /json/.test(answer.headers.get("Content-Type") || "") ? JSON.parse(text) : null;
  if (answer.ok) return said || text;
  throw new Refused((said && (said.detail || said.title)) || `The simulator answered ${answer.status}.`, { path: whole });
}

export const sim = (path, method, body) => ask("/sim/v1" + path, { method, body });
export const paymentPath = (p) => `/payments/${encodeURIComponent(p.msn)}/${encodeURIComponent(p.reference)}`;

// keysOf are a sales unit's secrets, asked for only when they are needed.
export const keysOf = (msn) => sim(`/merchants/${encodeURIComponent(msn)}?secrets=show`);

const tokens = new Map();

async function token(unit) {
  const kept = tokens.get(unit.msn);
  if (kept && kept.until > Date.now() && kept.secret === unit.clientSecret) return kept.value;
  const got = await ask("/accesstoken/get", {
    method: "POST",
    headers: { client_id: unit.clientId, client_secret: unit.clientSecret, "Ocp-Apim-Subscription-Key": unit.subscriptionKeys[0] },
  });
  tokens.set(unit.msn, { value: got.access_token, until: Date.now() + 60000, secret: unit.clientSecret });
  return got.access_token;
}

// asMerchant calls one of the imitated APIs with a sales unit's own keys: the
// same road that a merchant's server takes.
export async function asMerchant(msn, method, path, body) {
  const unit = await keysOf(msn);
  if (!unit.clientId) throw new Refused(`Sales unit ${msn} has no keys of its own. Rotate its keys on the Merchants page to give it some.`);
  return ask(path, {
    method, body,
    headers: {
      Authorization: "Bearer " + await token(unit), "Ocp-Apim-Subscription-Key": unit.subscriptionKeys[0],
      "Merchant-Serial-Number": msn, "Vipps-System-Name": "liksom-console",
      ...(method === "POST" && path.startsWith("/epayment") && { "Idempotency-Key": unique() }),
    },
  });
}

// unique draws an id; crypto.randomUUID is not there over plain http.
export const unique = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");

const quoted = (s) => `'${String(s).replaceAll("'", `'\\''`)}'`;

// curlOf writes a call as a line to paste into a shell.
export function curlOf({ method, url, headers, body }) {
  const lines = [`curl -X ${method} ${quoted(url)}`, ...Object.entries(headers).map(([k, v]) => `-H ${quoted(`${k}: ${v}`)}`)];
  if (body) lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(" \\\n  ");
}
