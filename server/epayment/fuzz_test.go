package epayment_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzBodies(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", "{", ride, sample, published.ReplaceAllString(sample, "$1"), with(nil), `{"":{"":[{}]}}`,
		`{"modificationAmount":{"currency":"NOK","value":1e9}}`, `{"cancelTransactionOnly":false}`, `{"token":"\ud800"}`,
		with(changes{"shipping": someOptions, "receipt": someReceipt, "cardPassthrough": somePSP, "metadata": `{"":"\u0000","":1}`}),
		with(changes{"amount": `{"currency":"NOK","value":-0}`, "profile": `{"scope":"name\u00a0email"}`, "returnUrl": `"http://[::1]:x/%zz"`}),
		with(changes{"userFlow": `"QR"`, "qrFormat": `{"format":"IMAGE/PNG","size":1e3}`, "expiresAt": `"9999-12-31T23:59:60Z"`}),
	} {
		f.Add(body)
	}
	w := newWorld(f)
	headers := append(w.as("123456"), "Idempotency-Key: k")
	w.ask("POST", "/epayment/v1/payments", ride, headers...).status(201)
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{"payments", "payments/taxi-ride-000417/capture", "payments/taxi-ride-000418/cancel", "payments/taxi-ride-000417/refund", "test/payments/taxi-ride-000417/approve"} {
			got := w.ask("POST", "/epayment/v1/"+path, body, headers...)
			require.Less(t, got.Code, 500, got.Body)
			if got.Code >= 400 {
				require.Contains(t, got.Body.String(), `"title":"`)
			}
		}
	})
}

func FuzzHeadersAndPaths(f *testing.F) {
	f.Add("k", "NAME", "taxi-ride-000417", "GET")
	f.Add("\xff\x00", strings.Repeat("ø", 99), "%2f..%2f", "POST")
	f.Add("", "", "", "PATCH")
	w := newWorld(f)
	headers := w.as("123456")
	f.Fuzz(func(t *testing.T, key, system, reference, method string) {
		r := httptest.NewRequest("POST", base+"/epayment/v1/payments", strings.NewReader(with(nil)))
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		r.Header["Idempotency-Key"], r.Header["Vipps-System-Name"] = []string{key}, []string{system}
		for _, path := range []string{"/epayment/v1/payments", "/epayment/v1/payments/" + reference, "/epayment/v1/payments/" + reference + "/capture"} {
			r.Method, r.URL.Path = method, path
			got := httptest.NewRecorder()
			w.handler.ServeHTTP(got, r)
			require.Less(t, got.Code, 500, got.Body)
		}
	})
}
