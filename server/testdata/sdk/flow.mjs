// A merchant's whole day through the vendor's own SDK, unmodified. Prints one
// JSON document with what every step gave; the Go test reads it.
import { createServer } from "node:http";
import { Client } from "@vippsmobilepay/sdk";
import { signatureOf } from "./verify.mjs";

const hookURL = "http://shop.test/hooks/vipps?tenant=1"; // led to this process by the test
const reference = "sdk-ride-000001";
const amount = (value) => ({ currency: "NOK", value });

const received = [];
let arrived = () => {};
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    response.writeHead(200).end();
    arrived();
  });
});
await new Promise((resolve) => receiver.listen(Number(process.env.RECEIVER_PORT), "127.0.0.1", resolve));

const untilReceived = async (count) => {
  while (received.length < count) await new Promise((resolve) => (arrived = resolve));
};

const steps = {};
const must = (name, answer) => {
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error?.message ?? answer.error)}`);
  steps[name] = answer.data;
  return answer.data;
};

const client = Client({
  merchantSerialNumber: "123456",
  subscriptionKey: "0123456789abcdef0123456789abcdef",
  useTestMode: true,
  retryRequests: false,
});

const { access_token: token } = must("token", await client.auth.getToken("5a1e0000-0000-4000-8000-000000000001", "liksom-demo-secret"));
const hook = must("register", await client.webhook.register(token, {
  url: hookURL,
  events: ["created", "authorized", "captured", "refunded", "cancelled"].map((name) => `epayments.payment.${name}.v1`),
}));
must("list", await client.webhook.list(token));

must("create", await client.payment.create(token, {
  amount: amount(24900),
  paymentMethod: { type: "WALLET" },
  customer: { phoneNumber: "4712345678" },
  reference,
  userFlow: "WEB_REDIRECT",
  returnUrl: "https://taxi.example/rides/1?step=paid",
  paymentDescription: "Ride 1",
}));
must("info", await client.payment.info(token, reference));

const tooEarly = await client.payment.capture(token, reference, { modificationAmount: amount(24900) });
steps.tooEarly = { ok: tooEarly.ok, error: tooEarly.error };

must("approve", await client.payment.forceApprove(token, reference, { customer: { phoneNumber: "4712345678" } }));
must("capture", await client.payment.capture(token, reference, { modificationAmount: amount(19900) }));
must("refund", await client.payment.refund(token, reference, { modificationAmount: amount(5000) }));
must("cancel", await client.payment.cancel(token, reference));
must("history", await client.payment.history(token, reference));
must("after", await client.payment.info(token, reference));

await untilReceived(5);
must("delete", await client.webhook.delete(token, hook.id));

steps.webhooks = [];
for (const { url, headers, body } of received) {
  const expected = await signatureOf(hook.secret, `http://${headers.host}${url}`, headers["x-ms-date"], body);
  const forged = await signatureOf(hook.secret + "x", `http://${headers.host}${url}`, headers["x-ms-date"], body);
  steps.webhooks.push({
    name: JSON.parse(body).name,
    sameSignature: headers.authorization === expected.authorization,
    sameHash: headers["x-ms-content-sha256"] === expected.hash,
    forgedDiffers: headers.authorization !== forged.authorization,
    copied: headers["x-vipps-authorization"] === headers.authorization,
  });
}
receiver.close();
receiver.closeAllConnections();
console.log(JSON.stringify(steps));
