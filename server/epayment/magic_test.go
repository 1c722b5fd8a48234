package epayment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestMagicAmountsOfPayments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value      int64
		norway, dk payment.Refusal
	}{
		{150, "", ""},
		{151, payment.InsufficientFunds, payment.InsufficientFunds},
		{182, payment.DeclinedByIssuer, payment.DeclinedByIssuer},
		{183, payment.FraudSuspected, payment.FraudSuspected},
		{184, payment.LimitExceeded, payment.LimitExceeded},
		{185, "", ""},
		{186, payment.CardExpired, payment.CardExpired},
		{187, payment.CardInvalid, payment.CardInvalid},
		{197, payment.AuthenticationDenied, ""},
		{201, payment.ResultUnknown, payment.ResultUnknown},
		{202, payment.AuthenticationNeeded, ""},
	} {
		t.Run(fmt.Sprint(c.value), func(t *testing.T) {
			t.Parallel()
			for msn, want := range map[string]payment.Refusal{"123456": c.norway, "456789": c.dk} {
				w := newWorld(t)
				currency := map[string]string{"123456": "NOK", "456789": "DKK"}[msn]
				body := with(changes{"amount": fmt.Sprintf(`{"currency":%q,"value":%d}`, currency, c.value)})
				w.ask("POST", "/epayment/v1/payments", body, append(w.as(msn), "Idempotency-Key: k")...).status(201)
				p, err := w.payments.Get(t.Context(), payment.ID{MSN: msn, Reference: "order-0001"})
				require.NoError(t, err)
				require.Equal(t, want, p.Verdict, currency)
			}
		})
	}
}

func TestForceApproveIgnoresMagicAmounts(t *testing.T) {
	t.Parallel()
	for _, value := range []int64{151, 182, 183, 184, 186, 187, 197, 201, 202} {
		w := newWorld(t)
		w.create("k", with(changes{"amount": fmt.Sprintf(`{"currency":"NOK","value":%d}`, value)})).status(201)
		w.approve("order-0001")
		require.Equal(t, "AUTHORIZED", w.get("order-0001").doc().State, value)
	}
}

func TestAnUnknownResultCannotBeCancelledAndDoesNotExpire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", with(changes{"amount": `{"currency":"NOK","value":201}`})).status(201)
	phone, _ := w.units.Phone("4712345678")
	_, err := w.payments.Do(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"}, payment.Approve{Phone: phone.Number, Card: phone.Cards[0].Payment()}, nil)
	require.NoError(t, err)
	require.Equal(t, "CREATED", w.get("order-0001").doc().State)
	w.post("payments/order-0001/cancel", "", "").coded(400, "6250", "Cannot cancel processing payment")
	w.post("payments/order-0001/cancel", "", `{"cancelTransactionOnly":true}`).coded(400, "6250", "Cannot cancel processing payment")
	w.post("payments/order-0001/capture", "c", `{"modificationAmount":{"currency":"NOK","value":1}}`).coded(400, "6080", "Cannot capture before reservation")
	w.pass(time.Hour - time.Millisecond)
	require.Equal(t, "CREATED", w.get("order-0001").doc().State)
	w.pass(time.Millisecond)
	require.Equal(t, "AUTHORIZED", w.get("order-0001").doc().State)
	w.post("payments/order-0001/cancel", "", "").status(200)
}

func TestAnUnknownResultCanBeForced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", with(changes{"amount": `{"currency":"NOK","value":201}`})).status(201)
	phone, _ := w.units.Phone("4712345678")
	_, err := w.payments.Do(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"}, payment.Approve{Phone: phone.Number, Card: phone.Cards[0].Payment()}, nil)
	require.NoError(t, err)
	w.approve("order-0001")
	require.Equal(t, "AUTHORIZED", w.get("order-0001").doc().State)
	w.pass(2 * time.Hour)
	events, err := w.store.Events(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
	require.NoError(t, err)
	require.Equal(t, payment.PaymentAuthorized, events[len(events)-1].Kind, "once, and nothing after it")
}

func TestMagicAmountsOfRefunds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", with(nil)).status(201)
	w.approve("order-0001")
	refund := func(key string, value int) *reply {
		return w.post("payments/order-0001/refund", key, fmt.Sprintf(`{"modificationAmount":{"currency":"NOK","value":%d}}`, value))
	}
	refund("r0", 123).coded(400, "6150", "Not enough refundable") // it comes last of the rules
	w.post("payments/order-0001/capture", "c", `{"modificationAmount":{"currency":"NOK","value":24900}}`).status(200)
	refund("r1", 123).coded(400, "6210", "Payment cannot be refunded")
	refund("r2", 124).coded(400, "6220", "Refund period expired")
	refund("r3", 125).status(200)
}
