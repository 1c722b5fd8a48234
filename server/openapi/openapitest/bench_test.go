package openapitest_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/openapi/openapitest"
)

// BenchmarkCheck is what holding one exchange against the documents costs each
// test that speaks HTTP.
func BenchmarkCheck(b *testing.B) {
	const create = `{"amount":{"currency":"NOK","value":25000},"paymentMethod":{"type":"WALLET"},"reference":"order-0001","userFlow":"WEB_REDIRECT","returnUrl":"https://shop.example/","paymentDescription":"Socks"}`
	for _, c := range []struct{ name, method, path, body, answer string }{
		{"clock", "GET", "/sim/v1/clock", "", clock},
		{"create", "POST", "/epayment/v1/payments", create, `{"redirectUrl":"http://127.0.0.1/landing?token=x","reference":"order-0001"}`},
		{"payments", "GET", "/sim/v1/payments?limit=5", "", `{"payments":[],"cursor":""}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			status := http.StatusOK
			if c.method == "POST" {
				status = http.StatusCreated
			}
			for b.Loop() {
				request := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
				request.Header = http.Header{
					"Content-Type": {"application/json"}, "Authorization": {"Bearer x"}, "Ocp-Apim-Subscription-Key": {"x"},
					"Merchant-Serial-Number": {"123456"}, "Idempotency-Key": {"abcdefgh"},
				}
				x := &openapitest.Exchange{Request: request, Body: []byte(c.body), Status: status, Header: http.Header{"Content-Type": {jsonUT}}, Answer: []byte(c.answer)}
				require.NoError(b, openapitest.Check(x, false))
			}
		})
	}
}
