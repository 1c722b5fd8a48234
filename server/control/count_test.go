package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestPaymentsAreCountedByStateBeyondThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.create("order-0002", push)
	w.create("order-0003")
	w.want(t, 200, "POST", order+"/decline", "")
	require.Equal(t, map[string]any{"total": 3.0, "states": map[string]any{"CREATED": 2.0, "ABORTED": 1.0}}, w.want(t, 200, "GET", "/sim/v1/payments/counts", ""))
	require.Equal(t, map[string]any{"total": 1.0, "states": map[string]any{"CREATED": 1.0}}, w.want(t, 200, "GET", "/sim/v1/payments/counts?q=0002&msn=123456", ""))
	require.Equal(t, map[string]any{"total": 0.0, "states": map[string]any{}}, w.want(t, 200, "GET", "/sim/v1/payments/counts?msn=234567", ""))
	require.Contains(t, w.want(t, 400, "GET", "/sim/v1/payments/counts?state=CREATED", "")["detail"], "There is no query parameter")
}

func TestACardThatFailsLeavesThePaymentWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", push)
	require.Equal(t, "CREATED", w.want(t, 200, "POST", order+"/fail-card", "")["state"])
	var declined bool
	for _, e := range w.want(t, 200, "GET", order, "")["timeline"].([]any) {
		declined = declined || e.(map[string]any)["kind"] == "card"
	}
	require.True(t, declined, "the timeline tells of the card")
	require.Equal(t, "AUTHORIZED", w.want(t, 200, "POST", order+"/approve", "")["state"])
	w.want(t, 409, "POST", order+"/fail-card", "")
	w.want(t, 404, "POST", "/sim/v1/payments/123456/nothing/fail-card", "")
}

func TestTheReceiptIsToldWithThePayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", func(c *payment.Create) {
		c.Details = &payment.Details{Receipt: &payment.Receipt{
			Currency: "NOK", Tip: 500, Number: "R-1",
			Lines: []payment.Line{{ID: "a", Name: "Socks", Total: 24400, ExcludesTax: 19520, Tax: 4880, TaxRate: 2500, UnitPrice: 12200, Quantity: "2", Unit: "PCS"}},
		}}
	})
	w.create("order-0002")
	require.Equal(t, map[string]any{
		"orderLines": []any{map[string]any{
			"id": "a", "name": "Socks", "quantity": "2", "quantityUnit": "PCS", "unitPrice": 12200.0, "taxRate": 2500.0,
			"totalAmount": 24400.0, "totalAmountExcludingTax": 19520.0, "totalTaxAmount": 4880.0,
		}},
		"bottomLine": map[string]any{"currency": "NOK", "tipAmount": 500.0, "receiptNumber": "R-1"},
	}, w.want(t, 200, "GET", order, "")["receipt"])
	require.NotContains(t, w.want(t, 200, "GET", "/sim/v1/payments/123456/order-0002", ""), "receipt")
}
