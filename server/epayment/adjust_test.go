package epayment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

const day = 24 * time.Hour

// steps are what a payment goes through before the call in question: "approve",
// "abort", "expire", "terminate", "late", or an operation with an amount.
func (w *world) through(steps ...string) {
	w.t.Helper()
	w.create("create", ride).status(201)
	for i, step := range steps {
		var op string
		var value int64
		_, _ = fmt.Sscanf(step, "%s %d", &op, &value)
		switch op {
		case "approve":
			w.approve("taxi-ride-000417")
		case "expire":
			w.pass(5 * time.Minute)
		case "cancel":
			w.modify("cancel", "", "").status(200)
		case "late":
			w.pass(180 * day)
		case "year":
			w.pass(365 * day)
		default:
			w.modify(op, fmt.Sprint("step", i), modification("NOK", fmt.Sprint(value))).status(200)
		}
	}
}

func (w *world) modify(op, key, body string) *reply {
	return w.post("payments/taxi-ride-000417/"+op, key, body)
}

func modification(currency, value string) string {
	return `{"modificationAmount":{"currency":"` + currency + `","value":` + value + `}}`
}

func TestRefusedAdjustments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		steps []string
		op    string
		body  string
		code  string
	}{
		{"capture while waiting", nil, "capture", modification("NOK", "1"), "6080"},
		{"capture of nonsense while waiting", nil, "capture", modification("NOK", "0.5"), "6080"},
		{"capture after the end", []string{"expire"}, "capture", modification("NOK", "1"), "6200"},
		{"capture after withdrawal", []string{"cancel"}, "capture", modification("NOK", "1"), "6200"},
		{"capture of nothing", []string{"approve"}, "capture", modification("NOK", "0"), "4040"},
		{"capture of less than nothing", []string{"approve"}, "capture", modification("NOK", "-1"), "4040"},
		{"capture of half an øre", []string{"approve"}, "capture", modification("NOK", "100.5"), "4040"},
		{"capture of a text", []string{"approve"}, "capture", modification("NOK", `"100"`), "4040"},
		{"capture in another currency", []string{"approve"}, "capture", modification("EUR", "1"), "4040"},
		{"capture of more than all the money there is", []string{"approve"}, "capture", modification("NOK", "99999999999999999999"), "6090"},
		{"capture past the deadline", []string{"approve", "late"}, "capture", modification("NOK", "1"), "6100"},
		{"capture after a cancel", []string{"approve", "capture 1", "cancel"}, "capture", modification("NOK", "1"), "6070"},
		{"capture twice", []string{"approve", "capture 24900"}, "capture", modification("NOK", "1"), "6170"},
		{"capture of too much", []string{"approve", "capture 24800"}, "capture", modification("NOK", "101"), "6090"},

		{"cancel of what is over", []string{"expire"}, "cancel", "", "6190"},
		{"cancel twice", []string{"approve", "cancel"}, "cancel", "", "6190"},
		{"cancel only if waiting", []string{"approve"}, "cancel", `{"cancelTransactionOnly":true}`, "6060"},
		{"cancel of what is captured", []string{"approve", "capture 24900"}, "cancel", "", "6040"},
		{"cancel past the deadline", []string{"approve", "capture 1", "late"}, "cancel", "", "6030"},

		{"refund while waiting", nil, "refund", modification("NOK", "1"), "6020"},
		{"refund of what is over", []string{"expire"}, "refund", modification("NOK", "1"), "6210"},
		{"refund of nothing", []string{"approve", "capture 1"}, "refund", modification("NOK", "0"), "4040"},
		{"refund before capture", []string{"approve"}, "refund", modification("NOK", "1"), "6150"},
		{"refund of too much", []string{"approve", "capture 10"}, "refund", modification("NOK", "11"), "6150"},
		{"refund twice", []string{"approve", "capture 10", "refund 10"}, "refund", modification("NOK", "1"), "6180"},
		{"refund after a year", []string{"approve", "capture 10", "year"}, "refund", modification("NOK", "1"), "6220"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.through(c.steps...)
			before := w.taxi("GET", "/epayment/v1/payments/taxi-ride-000417/events", "").Body.String()
			d := w.modify(c.op, "the key", c.body).status(400).doc()
			require.Len(t, d.ExtraDetails, 1, d)
			require.Equal(t, c.code, d.ExtraDetails[0].Reason, d.Detail)
			require.Equal(t, "/v1/payments/taxi-ride-000417/"+c.op, d.Instance)
			require.Equal(t, before, w.taxi("GET", "/epayment/v1/payments/taxi-ride-000417/events", "").Body.String(), "a refusal leaves no event")
		})
	}
}

func TestAdjustmentsBySwitch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.through("approve", "capture 100")
	w.switches(func(s *directory.Switches) { s.RefundsPossible, s.FullCaptureOnly = false, true })
	w.modify("refund", "r1", modification("NOK", "101")).coded(400, "6150", "Not enough refundable")
	w.modify("refund", "r2", modification("NOK", "1")).coded(400, "5100", "Refund not possible")
	w.modify("capture", "c1", modification("NOK", "1")).coded(400, "6140", "Must capture full amount")
}

func TestShapeOfAdjustments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.through("approve")
	w.modify("capture", "k", "{}").violations("modificationAmount: The ModificationAmount field is required.")
	w.modify("refund", "k", modification("XXX", "1")).violations("modificationAmount.currency: The value XXX is not valid for Currency.")
	w.modify("capture", "k", "").violations("$: The body is empty; a JSON object was expected.")
	w.taxi("POST", "/epayment/v1/payments/taxi-ride-000417/capture", "{}").violations("Idempotency-Key: The Idempotency-Key field is required.")
	w.modify("cancel", "k", "[]").violations("$: Line 1, column 1: an object was expected, in braces.")
	w.modify("cancel", "k", `{"cancelTransactionOnly":"true"}`).violations("cancelTransactionOnly: The value true is not valid for CancelTransactionOnly.")
}

func TestAdjustmentsOfNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, op := range []string{"capture", "cancel", "refund"} {
		w.modify(op, "k", modification("NOK", "1")).coded(404, "5090", "Reference not found")
	}
	w.taxi("GET", "/epayment/v1/payments/taxi-ride-000417/events", "").coded(404, "5090", "Reference not found")
	w.post("test/payments/taxi-ride-000417/approve", "", `{"token":"x"}`).coded(404, "5090", "Reference not found")
}

func TestOneKeyForEverythingOfAPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("one", ride).status(201)
	w.approve("taxi-ride-000417")
	w.modify("capture", "one", modification("NOK", "100")).status(200)
	w.modify("refund", "one", modification("NOK", "100")).status(200)
	w.modify("cancel", "one", "").status(200)
}

func TestReusedKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.through("approve")
	first := w.modify("capture", "c", modification("NOK", "100")).status(200)
	require.Equal(t, first.Body.String(), w.modify("capture", "c", ` {"modificationAmount": {"value":100,"currency":"NOK"}}`).status(200).Body.String())
	w.modify("capture", "c", modification("NOK", "101")).coded(409, "4010", "Capture idempotency conflict")
	w.modify("capture", "other", modification("NOK", "100")).status(200)
	w.modify("refund", "r", modification("NOK", "100")).status(200)
	w.modify("refund", "r", modification("NOK", "101")).coded(409, "4150", "Refund idempotency conflict")
	w.modify("cancel", "x", `{"cancelTransactionOnly":false}`).status(200)
	w.modify("cancel", "x", "").status(200)
	w.modify("cancel", "x", `{"cancelTransactionOnly":true}`).coded(409, "4020", "Idempotency error")
}

func TestAReusedKeyIsToldSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.through("approve")
	w.modify("capture", "c", modification("NOK", "100")).status(200)
	w.modify("refund", "r", modification("NOK", "100")).status(200)
	for _, c := range []struct {
		got    *reply
		detail string
	}{
		{w.create("create", with(nil)), "Idempotency-Key create was already used for another request."},
		{w.modify("capture", "c", modification("NOK", "101")), "A capture with this Idempotency-Key had another body."},
		{w.modify("refund", "r", modification("NOK", "101")), "A refund with this Idempotency-Key had another body."},
	} {
		require.Equal(t, c.detail, c.got.status(409).doc().Detail)
	}
}

func TestAKeyIsASalesUnitsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("one", with(nil)).status(201)
	other := append(w.as("234567"), "Idempotency-Key: one")
	w.ask("POST", "/epayment/v1/payments", with(changes{"amount": `{"currency":"NOK","value":500}`}), other...).status(201)
}

func TestARefusedKeyStaysRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("create", ride).status(201)
	early := w.modify("capture", "c", modification("NOK", "100")).coded(400, "6080", "Cannot capture before reservation")
	w.approve("taxi-ride-000417")
	require.Equal(t, early.Body.String(), w.modify("capture", "c", modification("NOK", "100")).status(400).Body.String(), "to the byte, the trace id too")
	w.modify("capture", "c2", modification("NOK", "100")).status(200)

	bad := with(changes{"returnUrl": ""})
	first := w.create("k", bad).coded(400, "4140", "Missing required parameter")
	require.Equal(t, first.Body.String(), w.create("k", bad).Body.String())
	w.create("k", with(nil)).coded(409, "4020", "Idempotency error")
}

func TestTheSameKeyForTheCancelOfTwoPayments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, reference := range []string{"order-0001", "order-0002"} {
		w.create(reference, with(changes{"reference": `"` + reference + `"`})).status(201)
		d := w.post("payments/"+reference+"/cancel", "1", `{"cancelTransactionOnly":false}`).status(200).doc()
		require.Equal(t, reference, d.Reference, "no replay of the other's")
		require.Equal(t, "TERMINATED", w.get(reference).doc().State)
	}
}
