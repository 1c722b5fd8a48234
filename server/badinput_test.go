package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// published is an example as it was printed: with commas that end nothing.
const published = `{"amount":{"value":300000,"currency":"NOK"},"paymentMethod":{"type":"WALLET"},"profile":{"scope":"phoneNumber"},
 "receipt":{"orderLines":[{"name":"Accident insurance","id":"12345","totalAmount":150000,"totalAmountExcludingTax":112500,"totalTaxAmount":37500,"taxPercentage":25,},
 {"name":"Travel insurance","id":"12345","totalAmount":150000,"totalAmountExcludingTax":112500,"totalTaxAmount":37500,"taxPercentage":25,},],
 "bottomLine":{"currency":"NOK",},"receiptNumber":"0527013501"},
 "reference":248679167965815592292,"userFlow":"PUSH_MESSAGE","returnUrl":"http://example.com/redirect?reference=2486791679658155992","paymentDescription":"Spendings"}`

func mended() string {
	return strings.NewReplacer(",}", "}", ",]", "]").Replace(published)
}

func TestAPublishedExample(t *testing.T) {
	t.Parallel()
	toKari := strings.Replace(mended(), `"reference":`, `"customer":{"phoneNumber":"4712345678"},"reference":`, 1)
	for _, c := range []struct {
		name, body string
		status     int
		tells      []string
	}{
		{"as printed is refused at its first comma too many", published, 400, []string{"Line 2, column 164", "this comma"}},
		{"without its commas lacks the payer's number", mended(), 400, []string{"4140", "customer is required"}},
		{"with a number is accepted, its reference a bare number", toKari, 201, []string{`"reference":"248679167965815592292"`}},
		{"with a reference that is text", strings.Replace(toKari, "248679167965815592292", `"248679167965815592293"`, 1), 201, []string{"248679167965815592293"}},
		{"by redirect needs no number", strings.Replace(mended(), "PUSH_MESSAGE", "WEB_REDIRECT", 1), 201, []string{"redirectUrl"}},
		{"cut off in the middle", toKari[:200], 400, []string{"Line 2"}},
		{"with something after it", toKari + "}", 400, []string{"Line 5"}},
		{"empty", "", 400, nil},
		{"that is no object", "[1]", 400, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sim := start(t, described(t, lenient("a number is taken for the reference, as the published example has it")))
			got := merchant(t, sim, "POST", "/epayment/v1/payments", c.body, "Idempotency-Key: k1")
			require.Equal(t, c.status, got.status, got.body)
			if c.status != 201 {
				got.problem(t)
			}
			for _, told := range c.tells {
				require.Contains(t, got.body, told)
			}
		})
	}
}

func TestABodyOverOneMebibyteIsTooLarge(t *testing.T) {
	t.Parallel()
	sim := start(t)
	large := `{"x":"` + strings.Repeat("a", 1<<20) + `"}`
	for _, path := range []string{"/epayment/v1/payments", "/webhooks/v1/webhooks", "/sim/v1/clock/advance", "/sim/v1/phones", "/sink/shop/"} {
		got := merchant(t, sim, "POST", path, large, "Idempotency-Key: k1")
		require.Equal(t, 413, got.status, path)
		got.problem(t)
	}
}

func TestUnknownRoutesAreNotFoundAtEveryDoor(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, path := range []string{
		"/nothing", "/epayment/v1/nothing", "/epayment/v2/payments", "/epayment", "/webhooks/v1/nothing", "/webhooks/v1", "/accesstoken/nothing", "/miami/v1/nothing",
		"/qr-image/v2", "/qr", "/landing/nothing", "/phone/4712345678/nothing", "/sim/v1/nothing", "/sim/v2/info", "/sim", "/healthz/nothing", "/sink", "/w",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{"GET", "POST", "DELETE"} {
				got := merchant(t, sim, method, path, "")
				require.Equal(t, 404, got.status, "%s %s", method, got.body)
				require.Equal(t, "Not Found", got.problem(t)["title"])
			}
		})
	}
}

// Clients that look for the gateway's own members find them.
func TestAnUnknownRouteOfAnImitatedAPIHasTheGatewaysMembersToo(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, path := range []string{"/epayment/v1/nothing", "/webhooks/v1/nothing", "/accesstoken/nothing", "/nothing"} {
		var body struct {
			StatusCode int
			Message    string
		}
		require.NoError(t, json.Unmarshal([]byte(merchant(t, sim, "GET", path, "").body), &body))
		require.Equal(t, 404, body.StatusCode, path)
		require.Equal(t, "Resource not found", body.Message, path)
	}
}

func TestAWrongMethodNamesTheRightOnesAtEveryDoor(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, c := range []struct{ method, path, allow string }{
		{"GET", "/accesstoken/get", "POST"},
		{"GET", "/miami/v1/token", "POST"},
		{"GET", "/epayment/v1/payments", "POST"},
		{"DELETE", "/epayment/v1/payments/order-0001", "GET"},
		{"PUT", "/epayment/v1/payments/order-0001/capture", "POST"},
		{"PUT", "/webhooks/v1/webhooks", "GET, POST"},
		{"GET", "/webhooks/v1/webhooks/497f6eca-6276-4993-bfeb-53cbbbba6f08", "DELETE"},
		{"POST", "/qr-image/v1", "GET, HEAD"},
		{"POST", "/qr/p012345678", "GET, HEAD"},
		{"DELETE", "/landing", "GET, HEAD, POST"},
		{"POST", "/landing/stream", "GET"},
		{"POST", "/", "GET, HEAD"},
		{"DELETE", "/phone", "GET, HEAD, POST"},
		{"POST", "/phone/4712345678", "GET, HEAD"},
		{"POST", "/assets/x/mark.svg", "GET, HEAD"},
		{"POST", "/favicon.ico", "GET, HEAD"},
		{"GET", "/sim/v1/clock/advance", "POST"},
		{"DELETE", "/sim/v1/clock", "GET, HEAD, PUT"},
		{"PUT", "/sim/v1/phones/4712345678", "DELETE, GET, HEAD, PATCH"},
		{"POST", "/healthz", "GET, HEAD"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			t.Parallel()
			got := merchant(t, sim, c.method, c.path, "")
			require.Equal(t, 405, got.status, got.body)
			require.Equal(t, c.allow, got.header.Get("Allow"))
			got.problem(t)
		})
	}
}
