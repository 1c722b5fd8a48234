// Package docs holds what is told of the simulator in tables that can be
// checked: errors.md is made of it.
package docs

import (
	"bytes"
	"fmt"
	"strconv"

	"liksom/server/epayment"
)

//go:generate go run ./generate

// Row is an error that a merchant can meet, and the line that provokes it.
type Row struct {
	// Code is "" for errors without one.
	Code   string
	Title  string
	Status int
	// Line is for a shell that has read [Shell]; the error is the answer to
	// its last call.
	Line string
}

// Shell is what the lines are written in: small functions around curl. The
// last call's answer is printed, and its status below it.
const Shell = `URL=${URL:-http://127.0.0.1:8080}
KEY=0123456789abcdef0123456789abcdef
TOKEN=$(curl -sS -X POST "$URL/accesstoken/get" -H "Ocp-Apim-Subscription-Key: $KEY" \
  -H 'client_id: 5a1e0000-0000-4000-8000-000000000000' -H 'client_secret: liksom-demo-secret' |
  sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# api METHOD PATH [BODY [IDEMPOTENCY-KEY]]: a call of the ePayment API
api() {
  n=$((${n:-0} + 1))
  curl -sS -w '\n%{http_code}\n' -X "$1" "$URL/epayment/v1$2" -H "Authorization: Bearer $TOKEN" \
    -H "Ocp-Apim-Subscription-Key: $KEY" -H 'Merchant-Serial-Number: 123456' \
    -H "Idempotency-Key: ${4:-key-$$-$n}" -H 'Content-Type: application/json' ${3:+-d "$3"}
}
# create [MEMBERS [KEY]]: makes a payment; members given here win over the usual ones
create() {
  REF=order-$$-$((${n:-0} + 1))
  api POST /payments '{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"userFlow":"WEB_REDIRECT",
    "returnUrl":"https://example.com/","reference":"'"$REF"'"'"${1:+,$1}"'}' "$2"
}
# approve, capture [AMOUNT [KEY]], refund [AMOUNT [KEY]], cancel [BODY], get: of the payment made last
approve() { api POST "/test/payments/$REF/approve" '{"customer":{"phoneNumber":"4712345678"}}'; }
capture() { api POST "/payments/$REF/capture" '{"modificationAmount":{"currency":"NOK","value":'"${1:-24900}"'}}' "$2"; }
refund() { api POST "/payments/$REF/refund" '{"modificationAmount":{"currency":"NOK","value":'"${1:-24900}"'}}' "$2"; }
cancel() { api POST "/payments/$REF/cancel" "$1"; }
get() { api GET "/payments/$REF"; }
# sim METHOD PATH [BODY]: a call of the simulator's own API
sim() { curl -sSf -o /dev/null -X "$1" "$URL/sim/v1$2" ${3:+-d "$3"}; }
switches() { sim PATCH /merchants/123456 '{"switches":{'"$1"'}}'; }
fault() { sim POST /faults '{"match":{"target":"api"},"do":{"code":"'"$1"'"},"times":1}'; }
advance() { sim POST /clock/advance '{"by":"'"$1"'"}'; }
# later DAYS: a time so many days ahead
later() { date -u -d "+$1 days" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v "+$1d" +%Y-%m-%dT%H:%M:%SZ; }
RECEIPT='"receipt":{"orderLines":[{"name":"Ride","id":"1","totalAmount":24900,"totalAmountExcludingTax":19920,"totalTaxAmount":4980,"taxRate":2500}],"bottomLine":{"currency":"NOK"}}'
EXPRESS='"profile":{"scope":"name email phoneNumber address"},"shipping":{"fixedOptions":[{"type":"MAILBOX","brand":"POSTEN","options":[{"id":"post","name":"Post","amount":{"currency":"NOK","value":0}}]}]}'
`

// lines are how each coded error is provoked, in the order of
// [epayment.Codes].
var lines = []struct{ code, line string }{
	{"3010", `sim PATCH /phones/4712345678 '{"cards":[{"id":"old","name":"Old card","bin":"429198","last4":"0069","outcome":"expired"}]}'; create; approve`},
	{"4010", `create; approve; capture 100 once; capture 200 once`},
	{"4020", `create '"paymentDescription":"Ride A"' once; create '"paymentDescription":"Ride B"' once`},
	{"4040", `create '"amount":{"currency":"NOK","value":249.5}'`},
	{"4050", `create '"customer":{"customerToken":"nobody-has-this"}'`},
	{"4060", `create '"customer":{"personalQr":"https://example.com/me"}'`},
	{"4070", `create '"customer":{"phoneNumber":"12345"}'`},
	{"4080", `create '"profile":{"scope":"name shoeSize"}'`},
	{"4090", `create '"returnUrl":"nowhere"'`},
	{"4100", `create '"metadata":{"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6"}'`},
	{"4110", `create '"metadata":{"a":"1","a":"2"}'`},
	{"4120", `create '"metadata":{"'$(printf %0101d 0)'":"1"}'`},
	{"4130", `create '"metadata":{"a":"'$(printf %0501d 0)'"}'`},
	{"4140", `create '"userFlow":"PUSH_MESSAGE"'`},
	{"4150", `create; create '"reference":"'$REF'"'`},
	{"4150", `create; approve; capture; refund 100 once; refund 200 once`},
	{"4160", `create '"paymentMethod":{"type":"CARD"},"userFlow":"NATIVE_REDIRECT"'`},
	{"5010", `create '"paymentMethod":{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}'`},
	{"5020", `switches '"expressAllowed":false'; create "$EXPRESS"`},
	{"5030", `create '"profile":{"scope":"nin"}'`},
	{"5040", `create '"amount":{"currency":"DKK","value":24900}'`},
	{"5050", `switches '"longLivingAllowed":false'; create '"expiresAt":"'$(later 7)'",'"$RECEIPT"`},
	{"5060", `switches '"bankVerified":false'; create`},
	{"5070", `create '"paymentMethod":{"type":"CARD"}'`},
	{"5080", `switches '"pushAllowed":false'; create '"userFlow":"PUSH_MESSAGE","customer":{"phoneNumber":"4712345678"}'`},
	{"5090", `REF=no-such-ride; get`},
	{"5100", `switches '"refundsPossible":false'; create; approve; capture; refund`},
	{"6010", `create '"amount":{"currency":"NOK","value":99}'`},
	{"6020", `create; refund`},
	{"6030", `create; approve; advance 181d; cancel`},
	{"6040", `create; approve; capture; cancel`},
	{"6050", `create; fault 6050; cancel`},
	{"6060", `create; approve; cancel '{"cancelTransactionOnly":true}'`},
	{"6070", `create; approve; capture 100; cancel; capture 100`},
	{"6080", `create; capture`},
	{"6090", `create; approve; capture 24901`},
	{"6100", `create; approve; advance 181d; capture`},
	{"6110", `create '"expiresAt":"'$(later 61)'",'"$RECEIPT"`},
	{"6120", `create '"expiresAt":"'$(later 0)'",'"$RECEIPT"`},
	{"6130", `create '"expiresAt":"'$(later 7)'"'`},
	{"6140", `switches '"fullCaptureOnly":true'; create; approve; capture 100`},
	{"6150", `create; approve; capture 100; refund 200`},
	{"6160", `create; approve; fault 6160; capture`},
	{"6170", `create; approve; capture; capture`},
	{"6180", `create; approve; capture; refund; refund`},
	{"6190", `create; cancel; cancel`},
	{"6200", `create; cancel; capture`},
	{"6210", `create; cancel; refund`},
	{"6220", `create; approve; capture; advance 366d; refund`},
	{"6230", `create; approve; approve`},
	{"6250", `create '"amount":{"currency":"NOK","value":201}'; sim POST /payments/123456/$REF/approve; cancel`},
	{"6260", `create; approve; fault 6260; capture`},
	{"6280", `create; approve; fault 6280; capture`},
	{"7010", `create '"userFlow":"PUSH_MESSAGE","customer":{"phoneNumber":"4799999999"}'`},
	{"10010", `create; cancel; approve`},
	{"10020", `create "$EXPRESS"; approve`},
	{"10030", `sim PATCH /phones/4712345678 '{"identified":false}'; create; approve`},
	{"10040", `sim PATCH /phones/4712345678 '{"cards":[{"id":"bad","name":"Bad card","bin":"429198","last4":"0002","outcome":"declined"}]}'; create; approve`},
	{"10050", `sim PATCH /phones/4712345678 '{"cards":[]}'; create; approve`},
	{"10060", `create; fault 10060; approve`},
	{"10070", `create; fault 10070; approve`},
}

// uncoded are the answers that have no code.
var uncoded = []Row{
	{"", "Bad Request", 400, `create '"reference":"r 1","userFlow":"WEB"'`},
	{"", "Forbidden", 403, `sim DELETE /merchants/123456; create`},
	{"", "Merchant Not Allowed for Ecommerce Payment", 403, `switches '"paymentsAllowed":false'; create`},
	{"", "subscription key", 401, `KEY=; create`},
	{"", "subscription key", 401, `KEY=ffffffffffffffffffffffffffffffff; create`},
	{"", "Unauthorized", 401, `sim POST /tokens/expire; create`},
	{"", "Resource not found", 404, `api GET /no/such/route`},
	{"", "Method Not Allowed", 405, `api DELETE /payments/order-0001`},
	{"", "Rate limit is exceeded", 429, `sim PATCH /settings '{"rateLimit":true}'; REF=order-0001; capture; capture; capture; capture; capture; capture`},
	{"", "Service Unavailable", 503, `sim POST /faults '{"match":{"target":"api","path":"/epayment/v1/payments"},"do":{"status":503}}'; create`},
}

// Rows are all errors: those with a code in the order of the contract, then
// the others, whose titles may be words of an answer in another form.
func Rows() ([]Row, error) {
	codes := epayment.Codes()
	if len(codes) != len(lines) {
		return nil, fmt.Errorf("there are %d coded errors and %d lines to provoke them", len(codes), len(lines))
	}
	rows := make([]Row, 0, len(codes)+len(uncoded))
	for i, c := range codes {
		if lines[i].code != c.Number {
			return nil, fmt.Errorf("the line for %s stands where that for %s is wanted", lines[i].code, c.Number)
		}
		rows = append(rows, Row{c.Number, c.Title, c.Status, lines[i].line})
	}
	return append(rows, uncoded...), nil
}

// Errors is the file errors.md.
func Errors() ([]byte, error) {
	rows, err := Rows()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`# Every error, and the line that provokes it

<!-- Made by "make generate" from docs/errors.go; a test runs every line. -->

Paste the functions below into a shell that has ` + "`curl`" + `, with the simulator running, then any line of the tables.
Each line expects the ready-made data: ` + "`sim POST /reset`" + ` goes back to it, with the token as good as before.

` + "```sh\n" + Shell + "```\n" + `
## Errors with a code

| code | title | status | line |
|---|---|---|---|
`)
	for _, r := range rows {
		if r.Code != "" {
			b.WriteString("| " + r.Code + " | " + r.Title + " | " + strconv.Itoa(r.Status) + " | `" + r.Line + "` |\n")
		}
	}
	b.WriteString("\n## Answers without one\n\n| says | status | line |\n|---|---|---|\n")
	for _, r := range rows {
		if r.Code == "" {
			b.WriteString("| " + r.Title + " | " + strconv.Itoa(r.Status) + " | `" + r.Line + "` |\n")
		}
	}
	return b.Bytes(), nil
}
