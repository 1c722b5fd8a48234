// Code to begin with, for a sales unit and a phone: the base URL and the world
// are those of this page. The payments are as a merchant's server makes them.
import { boot } from "./api.js";

const quoted = (s) => `'${String(s).replaceAll("'", `'\\''`)}'`;
const js = (s) => JSON.stringify(String(s));
const php = (s) => `'${String(s).replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

// keysIn are a unit's keys, as the snippets want them.
export const keysIn = (u) => ({ msn: u.msn, clientId: u.clientId, secret: u.clientSecret, key: u.subscriptionKeys?.[0] || "", currency: u.currency || "NOK" });

const description = "Two pairs of wool socks";

// firstCurl creates a payment with a unit's real keys, token included.
export function firstCurl(keys, phone) {
  const body = { amount: { currency: keys.currency || "NOK", value: 35000 }, paymentMethod: { type: "WALLET" }, customer: { phoneNumber: phone },
    userFlow: "PUSH_MESSAGE", paymentDescription: description };
  const rest = JSON.stringify(body).replaceAll("'", `'\\''`).slice(0, -1);
  return `TOKEN=$(curl -s -X POST ${boot.address}/accesstoken/get \\
  -H ${quoted("client_id: " + keys.clientId)} -H ${quoted("client_secret: " + keys.secret)} \\
  -H ${quoted("Ocp-Apim-Subscription-Key: " + keys.key)} | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')

curl -s ${boot.address}/epayment/v1/payments \\
  -H "Authorization: Bearer $TOKEN" -H ${quoted("Ocp-Apim-Subscription-Key: " + keys.key)} \\
  -H ${quoted("Merchant-Serial-Number: " + keys.msn)} -H "Idempotency-Key: $(date +%s)" -H 'Content-Type: application/json' \\
  -d '${rest},"reference":"first-'$(date +%s)'"}'`;
}

// node uses the vendor's own package, @vippsmobilepay/sdk, whose requests are
// sent to the simulator instead of the test environment.
const node = (k, phone) => `// npm install @vippsmobilepay/sdk
import { Client } from "@vippsmobilepay/sdk";

// The package knows two addresses; what goes to the test one comes here.
const real = globalThis.fetch;
globalThis.fetch = (url, init) =>
  real(String(url).replace("https://apitest.vipps.no", ${js(boot.address)}), init);

const client = Client({
  merchantSerialNumber: ${js(k.msn)},
  subscriptionKey: ${js(k.key)},
  useTestMode: true,
  retryRequests: false,
});

const token = await client.auth.getToken(
  ${js(k.clientId)},
  ${js(k.secret)},
);
const payment = await client.payment.create(token.data.access_token, {
  amount: { currency: ${js(k.currency)}, value: 35000 },
  paymentMethod: { type: "WALLET" },
  customer: { phoneNumber: ${js(phone)} },
  reference: "first-node-" + Date.now(),
  userFlow: "PUSH_MESSAGE",
  paymentDescription: ${js(description)},
});
console.log(payment);
`;

const go = (k, phone) => `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"time"
)

const base = ${js(boot.address)}

func main() {
	var token struct {
		Value string \`json:"access_token"\`
	}
	call("/accesstoken/get", nil, &token, map[string]string{
		"client_id":     ${js(k.clientId)},
		"client_secret": ${js(k.secret)},
	})

	now := time.Now().Unix()
	var payment map[string]any
	call("/epayment/v1/payments", map[string]any{
		"amount":             map[string]any{"currency": ${js(k.currency)}, "value": 35000},
		"paymentMethod":      map[string]any{"type": "WALLET"},
		"customer":           map[string]any{"phoneNumber": ${js(phone)}},
		"reference":          fmt.Sprint("first-go-", now),
		"userFlow":           "PUSH_MESSAGE",
		"paymentDescription": ${js(description)},
	}, &payment, map[string]string{
		"Authorization":          "Bearer " + token.Value,
		"Merchant-Serial-Number": ${js(k.msn)},
		"Idempotency-Key":        fmt.Sprint("go-", now),
	})
	fmt.Println(payment)
}

func call(path string, body, out any, header map[string]string) {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			log.Fatal(err)
		}
	}
	r, err := http.NewRequest(http.MethodPost, base+path, &sent)
	if err != nil {
		log.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Ocp-Apim-Subscription-Key", ${js(k.key)})
	for name, value := range header {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
		log.Fatal(err)
	}
	if answer.StatusCode >= 300 {
		log.Fatal(answer.Status, out)
	}
}
`;

const phpCode = (k, phone) => `<?php
const BASE = ${php(boot.address)};

function call(string $path, array $headers, ?array $body = null): array {
    $ch = curl_init(BASE . $path);
    curl_setopt_array($ch, [
        CURLOPT_POST => true,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_POSTFIELDS => $body === null ? '' : json_encode($body),
        CURLOPT_HTTPHEADER => array_merge($headers, [
            'Content-Type: application/json',
            'Ocp-Apim-Subscription-Key: ' . ${php(k.key)},
        ]),
    ]);
    $answer = curl_exec($ch);
    if ($answer === false || curl_getinfo($ch, CURLINFO_RESPONSE_CODE) >= 300) {
        throw new RuntimeException(curl_error($ch) ?: $answer);
    }
    return json_decode($answer, true);
}

$token = call('/accesstoken/get', [
    'client_id: ' . ${php(k.clientId)},
    'client_secret: ' . ${php(k.secret)},
])['access_token'];

print_r(call('/epayment/v1/payments', [
    'Authorization: Bearer ' . $token,
    'Merchant-Serial-Number: ' . ${php(k.msn)},
    'Idempotency-Key: php-' . time(),
], [
    'amount' => ['currency' => ${php(k.currency)}, 'value' => 35000],
    'paymentMethod' => ['type' => 'WALLET'],
    'customer' => ['phoneNumber' => ${php(phone)}],
    'reference' => 'first-php-' . time(),
    'userFlow' => 'PUSH_MESSAGE',
    'paymentDescription' => ${php(description)},
]));
`;

// snippets are all of them: [id, name, code of keys and phone].
export const snippets = [["curl", "curl", firstCurl], ["node", "Node", node], ["go", "Go", go], ["php", "PHP", phpCode]]
  .map(([id, name, code]) => [id, name, (keys, phone) => code({ currency: "NOK", ...keys }, phone)]);
