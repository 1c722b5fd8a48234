// A second opinion on webhook signatures. The scheme is that of Microsoft's
// communication services, so their own client signs the same request anew, and
// both signatures must be equal. It takes the key in base64 and decodes it,
// where the webhooks' key is the secret's text: hence the encoding here.
import { createCommunicationAccessKeyCredentialPolicy } from "@azure/communication-common";

export async function signatureOf(secret, url, date, body) {
  const policy = createCommunicationAccessKeyCredentialPolicy({ key: Buffer.from(secret, "utf8").toString("base64") });
  const headers = new Map();
  const request = { method: "POST", url, body, headers: { set: (name, value) => headers.set(name.toLowerCase(), value) } };
  const toUTCString = Date.prototype.toUTCString;
  Date.prototype.toUTCString = () => date; // the policy dates its request itself
  try {
    await policy.sendRequest(request, async () => undefined);
  } finally {
    Date.prototype.toUTCString = toUTCString;
  }
  return { authorization: headers.get("authorization"), hash: headers.get("x-ms-content-sha256") };
}
