// A test request: an ordinary call of the merchants' API, made with the
// ready-made keys as any shop would.
import { html } from "../vendor/preact-htm.js";
import { Copy } from "./copy.js";
import { t } from "./words.js";

const name = "liksom.request";

function last() {
  try {
    return JSON.parse(localStorage.getItem(name)) || {};
  } catch {
    return {};
  }
}

// body is what a shop would send.
export function body(f, shop, number) {
  const minor = Math.round(Number(f.amount) * 100);
  return {
    amount: { currency: shop.currency, value: minor }, paymentMethod: { type: "WALLET" }, userFlow: f.flow,
    reference: "test-" + Date.now().toString(36) + Math.random().toString(36).slice(2, 8), paymentDescription: f.description || "Test request",
    ...(f.flow !== "QR" && { customer: { phoneNumber: number } }),
    ...(f.flow === "WEB_REDIRECT" && { returnUrl: location.origin + "/" }),
    ...(f.scope && { profile: { scope: "phoneNumber" } }),
    ...(f.receipt && { receipt: { orderLines: [{ name: f.description || "Test", id: "1", totalAmount: minor, totalAmountExcludingTax: minor - Math.round(minor / 5), totalTaxAmount: Math.round(minor / 5), taxRate: 2500 }], bottomLine: { currency: shop.currency } } }),
  };
}

const headers = (shop, token) => ({ "Content-Type": "application/json", Authorization: "Bearer " + token, "Ocp-Apim-Subscription-Key": shop.key, "Merchant-Serial-Number": shop.msn });

// send makes the payment; it throws words for the person who asked.
export async function send(boot, f, number) {
  if (boot.story) return {}; // a story changes nothing
  const shop = boot.shops.find((s) => s.msn === f.msn) || boot.shops[0];
  const fails = () => {
    throw t("ph.notsent");
  };
  const token = await fetch(`${boot.prefix}/accesstoken/get`, { method: "POST", headers: { client_id: shop.clientId, client_secret: shop.secret, "Ocp-Apim-Subscription-Key": shop.key, "Merchant-Serial-Number": shop.msn } }).catch(fails);
  const { access_token: bearer } = await token.json();
  const asked = body(f, shop, number);
  const answer = await fetch(`${boot.prefix}/epayment/v1/payments`, { method: "POST", headers: { ...headers(shop, bearer), "Idempotency-Key": asked.reference }, body: JSON.stringify(asked) }).catch(fails);
  const said = await answer.json();
  if (!answer.ok) throw said.extraDetails?.[0]?.reason || said.detail || said.title || t("ask.refused");
  return said;
}

// kept offers a page that the browser would not open of itself.
function kept(form, url) {
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener noreferrer", textContent: t("ask.open") });
  form.querySelector(".problem").replaceChildren(link);
}

const curl = (boot, f, shop, number) => `curl -X POST ${boot.address}/epayment/v1/payments \\
${Object.entries(headers(shop, "$TOKEN")).map(([k, v]) => `  -H "${k}: ${v}" \\`).join("\n")}
  -H "Idempotency-Key: $(uuidgen)" \\
  -d '${JSON.stringify(body(f, shop, number)).replaceAll("'", "'\\''")}'`;

export function Form({ boot, phones, number, done }) {
  const f = { msn: boot.shops[0]?.msn, amount: "350.00", description: "Trip TX-122", flow: "PUSH_MESSAGE", scope: false, receipt: true, ...last() };
  const read = (form) => {
    const e = form.elements;
    return { msn: e.msn.value, amount: e.amount.value, description: e.description.value, flow: e.flow.value, scope: e.scope.checked, receipt: e.receipt.checked };
  };
  const explain = (form) => {
    const now = read(form);
    form.querySelector("pre").textContent = curl(boot, now, boot.shops.find((s) => s.msn === now.msn), form.elements.phone.value);
  };
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const asked = read(form);
    try {
      localStorage.setItem(name, JSON.stringify(asked));
    } catch {
      // it will not be remembered
    }
    try {
      const made = await send(boot, asked, form.elements.phone.value);
      if (asked.flow === "PUSH_MESSAGE" || !made.redirectUrl) return done();
      const tab = window.open(made.redirectUrl, "_blank");
      if (!tab) return kept(form, made.redirectUrl);
      tab.opener = null;
      done();
    } catch (why) {
      form.querySelector(".problem").textContent = String(why);
    }
  };
  const box = (key, words) => html`<label class="check"><input type="checkbox" name=${key} defaultChecked=${f[key]}/>${words}</label>`;
  return html`<form class="asking" data-testid="request-form" onSubmit=${submit} onChange=${(e) => explain(e.currentTarget)} onInput=${(e) => explain(e.currentTarget)}>
    <label>${t("ask.to")}<select name="phone">${phones.map((p) => html`<option value=${p.number} selected=${p.number === number}>${p.name}</option>`)}</select></label>
    <label>${t("ask.from")}<select name="msn">${boot.shops.map((s) => html`<option value=${s.msn} selected=${s.msn === f.msn}>${s.name}, ${s.currency}</option>`)}</select></label>
    <label>${t("ask.amount")}<input name="amount" type="number" min="1" max="100000" step="0.01" required defaultValue=${f.amount}/></label>
    <label>${t("ask.description")}<input name="description" maxlength="100" defaultValue=${f.description}/></label>
    <label>${t("ask.flow")}<select name="flow">${["PUSH_MESSAGE", "WEB_REDIRECT", "QR"].map((v) => html`<option value=${v} selected=${v === f.flow}>${t("ask.flow." + v)}</option>`)}</select></label>
    ${box("scope", t("ask.scope"))}${box("receipt", t("ask.receipt"))}
    <p class="problem" role="alert"></p><button class="btn primary" data-testid="request-send">${t("ask.send")}</button>
    <details onToggle=${(e) => explain(e.currentTarget.closest("form"))}><summary>${t("ask.what")}</summary><pre class="mono" tabindex="0"></pre><${Copy} of="pre" testid="request-curl-copy"/></details></form>`;
}
