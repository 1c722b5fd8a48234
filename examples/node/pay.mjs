// Creates a payment, has the simulator approve it, captures and checks it.
// Ends with 0 when all of that is as it should be.
import { randomUUID } from "node:crypto";

const url = process.env.LIKSOM_URL;
const keys = {
  msn: process.env.LIKSOM_MSN,
  client: process.env.LIKSOM_CLIENT_ID,
  secret: process.env.LIKSOM_CLIENT_SECRET,
  subscription: process.env.LIKSOM_SUBSCRIPTION_KEY,
};
const amount = { currency: "NOK", value: 24900 };

async function call(method, path, headers, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

async function main() {
  if (!url) throw new Error("LIKSOM_URL is not set; run: liksom exec -- node pay.mjs");
  const token = await call("POST", "/accesstoken/get", {
    client_id: keys.client, client_secret: keys.secret, "Ocp-Apim-Subscription-Key": keys.subscription,
  });
  const headers = () => ({
    Authorization: `Bearer ${token.access_token}`, "Ocp-Apim-Subscription-Key": keys.subscription,
    "Merchant-Serial-Number": keys.msn, "Idempotency-Key": randomUUID(),
  });
  const reference = "node-" + randomUUID();
  const payment = "/epayment/v1/payments/" + reference;

  await call("POST", "/epayment/v1/payments", headers(), {
    amount, reference, paymentMethod: { type: "WALLET" }, userFlow: "WEB_REDIRECT",
    returnUrl: "https://shop.example/thanks", paymentDescription: "Two pairs of wool socks",
  });
  // This one call is the simulator's own: it says yes for the customer.
  await call("POST", `/sim/v1/payments/${keys.msn}/${reference}/approve`);
  await call("POST", payment + "/capture", headers(), { modificationAmount: amount });

  const paid = await call("GET", payment, headers());
  if (paid.state !== "AUTHORIZED" || paid.aggregate.capturedAmount.value !== amount.value) {
    throw new Error("not paid: " + JSON.stringify(paid));
  }
  console.log(`${reference} paid: ${paid.aggregate.capturedAmount.value} øre`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
