package web_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web"
	"liksom/web/browsertest"
)

// maxFirstLoad is what the console may weigh when it is first opened, in
// bytes, as sent.
const maxFirstLoad = 150 << 10

var imported = regexp.MustCompile(`(?m)^import .* from "(\.[^"]+)"`)

func TestConsole_is_light_when_first_opened(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	weight, seen := 0, map[string]bool{}
	var load func(name string)
	load = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		get := func(encoding string) []byte {
			r := httptest.NewRequest(http.MethodGet, "/assets/x/"+name, nil)
			r.Header.Set("Accept-Encoding", encoding)
			w := httptest.NewRecorder()
			s.ServeAsset(w, r)
			require.Equal(t, http.StatusOK, w.Code, name)
			return w.Body.Bytes()
		}
		weight += len(get("gzip"))
		if path.Ext(name) != ".js" {
			return
		}
		for _, m := range imported.FindAllStringSubmatch(string(get("")), -1) {
			load(path.Join(path.Dir(name), m[1]))
		}
	}
	for _, name := range []string{"tokens.css", "base.css", "console.css", "console-pages.css", "theme.js", "mark.svg", "console/main.js"} {
		load(name)
	}
	require.True(t, seen["console/signature.js"] && seen["vendor/preact-htm.js"], "imports were followed")
	require.Less(t, weight, maxFirstLoad)
}

// The brief's own example: these values were computed elsewhere.
func TestSignature_in_the_browser_is_computed_by_hand(t *testing.T) {
	chromium := browsertest.Start(t)
	s := web.New(web.Options{})
	mux := http.NewServeMux()
	mux.HandleFunc("/assets/", s.ServeAsset)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<!doctype html><title>signature</title><script type="application/json" id="boot">{"prefix":""}</script>`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := chromium.Tab(t, browsertest.Desktop())
	tab.Go(server.URL)
	got := browsertest.Eval[[]string](tab, `(async () => {
		const { sha256, hmac, utf8, base64 } = await import("/assets/x/console/sha256.js");
		const { compare } = await import("/assets/x/console/signature.js");
		const signed = "POST\n/hooks/vipps\nFri, 21 Nov 2025 13:32:44 GMT;taxi.example;fun44i5sgS1jAmjU8HNdAyqtvHDvnpLLLzeKudegKkw=";
		const step = { hash: "h", path: "/hooks", date: "D", host: "taxi.example", string: "POST\n/hooks\nD;taxi.example;h", signature: "s", sentSignature: "s" };
		const said = (text) => compare(text, step, "{}")[1];
		return [
			base64(sha256(utf8(""))), base64(sha256(utf8("a".repeat(119)))), base64(hmac(utf8("8f0c2c4e-demo-secret-4b1d"), utf8(signed))), base64(hmac(utf8("k".repeat(80)), utf8("m"))),
			said("POST\n/hooks\nD;taxi.example:443;h"), said("POST\n/other\nD;taxi.example;h"), said("POST\n/hooks\nD;taxi.example;x"), said("s"),
		];
	})()`)
	require.Equal(t, []string{
		"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", hashOf119(), "0tpWGCE1AWrWHT31xp7d6UXM/ntz9En9p1srWwJSBhw=", macOfLongKey(),
		"Your hash matches, your string doesn’t: you signed host taxi.example:443, and it is taxi.example.",
		"Your hash matches, your string doesn’t: you signed the path /other, and it is /hooks, with its query and without the host.",
		"Step 1 differs: you signed another hash. Hash the bytes of the body as they arrived.",
		"Your signature matches.",
	}, got)
}

func hashOf119() string {
	sum := sha256.Sum256([]byte(strings.Repeat("a", 119)))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func macOfLongKey() string {
	mac := hmac.New(sha256.New, []byte(strings.Repeat("k", 80)))
	_, _ = mac.Write([]byte("m"))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// The insurance example of a public guide, with commas that JSON forbids.
const refusedBody = `{\n  \"receipt\": {\n    \"orderLines\": [\n      {\"totalTaxAmount\": 37500, \"totalAmountExcludingTax\": 112500,\n        \"taxPercentage\": 25,\n      },\n    ]\n  },\n  \"reference\": 248679,\n  \"userFlow\": \"PUSH_MESSAGE\"\n}`

// A page has no say in what an API answers; this holds what it makes of it.
func TestWhy_tells_the_cause_the_line_and_what_is_left(t *testing.T) {
	chromium := browsertest.Start(t)
	s := web.New(web.Options{})
	mux := http.NewServeMux()
	mux.HandleFunc("/assets/", s.ServeAsset)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<!doctype html><title>why</title>`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := chromium.Tab(t, browsertest.Desktop())
	tab.Go(server.URL)
	got := browsertest.Eval[[]string](tab, `(async () => {
		const { why } = await import("/assets/x/console/why.js");
		const { places, lineOf } = await import("/assets/x/console/places.js");
		const call = (status, answer, body, more) => ({ method: "POST", path: "/epayment/v1/payments", status, request: { body }, response: answer === undefined ? undefined : { body: typeof answer === "string" ? answer : JSON.stringify(answer) }, ...more });
		const told = (w) => [w.first && [w.first.line, w.first.head, w.first.text, w.first.code].filter(Boolean).join("|"), ...w.more.map((m) => m.line + " " + m.text)].join("\n");
		const body = "`+refusedBody+`";
		return [
			told(why(call(400, { extraDetails: [{ name: "$", reason: "Line 6, column 7: leave the comma out." }] }, body))),
			told(why(call(400, { extraDetails: [{ name: "amount.value", reason: "Too small." }, { name: "Lines[1].id", reason: "Missing." }] }, "{\"amount\":\n{\"value\": 1},\n\"lines\": [{},\n{}]}", { method: "PUT" }))),
			told(why(call(409, { detail: "There is one already.", extraDetails: [{ name: "ErrorCode", reason: "4150" }] }, "{}"))),
			told(why(call(401, { error: "invalid_client", error_description: "Wrong secret." }, ""))),
			told(why(call(502, "<html>", ""))), told(why(call(503, "", ""))), told(why(call(0, undefined, ""))),
			told(why(call(201, {}, "{\"reference\": \"12345678\", \"userFlow\": \"QR\"}"))),
			String(lineOf(places("not json at all"), "a.b", "")), String(lineOf(places("[".repeat(5000)), "a", "")), String(places("{\"a\": \"x\ny\"}").whole),
		];
	})()`)
	require.Equal(t, []string{
		"6|The body is not valid JSON.|Line 6, column 7: leave the comma out.\n10 PUSH_MESSAGE needs customer.phoneNumber, or there is no phone to send it to.\n9 reference is a bare number. It is taken as text, but most JSON readers will round it.\n4 375.00 is not 25 % of 1,125.00. The phone shows the numbers as you sent them.",
		"2|amount.value:|Too small.\n4 Missing.",
		"There is one already.|4150",
		"Wrong secret.",
		"The answer is no problem document; it stands under Answer.", "The answer is 503, without a word.", "No answer was sent: the line was cut.",
		"",
		"0", "0", "false",
	}, got)
}
