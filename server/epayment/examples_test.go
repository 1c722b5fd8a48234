package epayment_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The worked examples of the contract, section 12, in their order.

func TestExampleCreateAndGet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.create("ride-417-create", ride).status(201).golden("create-web")
	require.Equal(t, "application/json; charset=utf-8", created.Header().Get("Content-Type"))
	require.Regexp(t, `^\{"redirectUrl":"http://127\.0\.0\.1:8080/landing\?token=[A-Za-z0-9.]+","reference":"taxi-ride-000417"\}$`, created.Body.String())

	again := w.create("ride-417-create", ride).status(201)
	require.Equal(t, created.Body.String(), again.Body.String())
	w.taxi("GET", "/epayment/v1/payments/taxi-ride-000417/events", "").status(200).golden("events-created")

	w.get("taxi-ride-000417").status(200).golden("get-created")
}

func TestExampleLifeOfAPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("ride-417-create", ride).status(201)
	const one = "payments/taxi-ride-000417"
	full, m199, m51 := `{"modificationAmount": {"currency": "NOK", "value": 24900}}`, `{"modificationAmount":{"currency":"NOK","value":19900}}`, `{"modificationAmount":{"currency":"NOK","value":5100}}`

	w.post(one+"/capture", "ride-417-capture-0", full).golden("capture-early").
		coded(400, "6080", "Cannot capture before reservation")

	w.pass(32 * time.Second)
	approved := w.taxi("POST", "/epayment/v1/test/payments/taxi-ride-000417/approve", `{"customer": {"phoneNumber": "4712345678"}}`).status(200)
	require.Empty(t, approved.Body.String())
	require.Equal(t, "0", approved.Header().Get("Content-Length"))
	require.Empty(t, approved.Header().Get("Content-Type"))
	w.get("taxi-ride-000417").status(200).golden("get-authorized")

	w.pass(15 * time.Minute)
	captured := w.post(one+"/capture", "ride-417-capture-1", m199).status(200).golden("capture")
	require.Equal(t, "application/json; charset=utf-8", captured.Header().Get("Content-Type"))
	w.pass(time.Second)
	w.post(one+"/capture", "ride-417-capture-2", m51).coded(400, "6090", "Capture amount too high")
	w.taxi("POST", "/epayment/v1/"+one+"/cancel", "").status(200).golden("cancel-rest")
	w.taxi("POST", "/epayment/v1/"+one+"/cancel", "").coded(400, "6190", "Payment cannot be cancelled")
	w.post(one+"/capture", "ride-417-capture-3", `{"modificationAmount":{"currency":"NOK","value":1}}`).
		coded(400, "6070", "Cannot capture a cancelled payment")
	require.Equal(t, captured.Body.String(), w.post(one+"/capture", "ride-417-capture-1", m199).Body.String(), "with the sums as they were then")

	w.pass(time.Second)
	w.post(one+"/refund", "ride-417-refund-1", `{"modificationAmount":{"currency":"NOK","value":5000}}`).status(200).golden("refund")
	w.post(one+"/refund", "ride-417-refund-2", `{"modificationAmount":{"currency":"NOK","value":15000}}`).coded(400, "6150", "Not enough refundable")
	w.post(one+"/refund", "ride-417-refund-1", `{"modificationAmount":{"currency":"NOK","value":6000}}`).coded(409, "4150", "Refund idempotency conflict")

	w.taxi("GET", "/epayment/v1/"+one+"/events", "").status(200).golden("events-all")
}

func TestExampleCancelBeforeApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", strings.NewReplacer("000417", "000418", "24900", "10000").Replace(ride)).status(201)
	w.taxi("POST", "/epayment/v1/payments/taxi-ride-000418/cancel", `{"cancelTransactionOnly": true}`).status(200).golden("cancel-waiting")
	w.taxi("GET", "/epayment/v1/payments/taxi-ride-000418/events", "").golden("events-terminated")
	w.get("taxi-ride-000418").golden("get-terminated")
}

func TestExamplePush(t *testing.T) {
	t.Parallel()
	const coffee = `{"amount":{"currency":"NOK","value":3500},"paymentMethod":{"type":"WALLET"},"customer":{"phoneNumber":"4787654321"},"customerInteraction":"CUSTOMER_PRESENT","reference":"kiosk-2026-0001","userFlow":"PUSH_MESSAGE","paymentDescription":"Coffee"}`
	w := newWorld(t)
	require.Equal(t, `{"reference":"kiosk-2026-0001"}`, w.create("k1", coffee).status(201).Body.String())
	require.NotContains(t, w.get("kiosk-2026-0001").Body.String(), "redirectUrl")
	nobody := strings.NewReplacer("4787654321", "4799999999", "0001", "0002").Replace(coffee)
	w.create("k2", nobody).golden("push-to-nobody").coded(400, "7010", "Customer not found")
}

func TestExampleQR(t *testing.T) {
	t.Parallel()
	for format, redirect := range map[string]string{
		`{"format":"IMAGE/PNG","size":400}`:    `^http://127\.0\.0\.1:8080/qr-image/v1\?token=p\w{10}\.png$`,
		`{"format":"IMAGE/SVG+XML","size":90}`: `/qr-image/v1\?token=`,
		`null`:                                 `/qr-image/v1\?token=`,
		`{"format":"TEXT/TARGETURL"}`:          `^http://127\.0\.0\.1:8080/qr/p\w{10}$`,
	} {
		w := newWorld(t).lenient()
		got := w.create("k", with(map[string]string{"userFlow": `"QR"`, "returnUrl": "", "qrFormat": format})).status(201)
		require.Regexp(t, redirect, got.doc().RedirectURL, format)
	}
}

func TestExampleValidation(t *testing.T) {
	t.Parallel()
	newWorld(t).create("k", `{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"r 1","userFlow":"WEB","returnUrl":"https://taxi.example/"}`).
		status(400).golden("validation")
}

func TestExampleConflicts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("ride-417-create", ride).status(201)
	w.create("ride-417-create", strings.Replace(ride, "24900", "25000", 1)).coded(409, "4020", "Idempotency error")
	w.create("ride-417-create", strings.Replace(ride, "000417", "000418", 1)).coded(409, "4020", "Idempotency error")
	w.create("another", ride).coded(409, "4150", "Reference exists")
}

func TestExampleNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.get("no-such-ride-1").golden("not-found").coded(404, "5090", "Reference not found").doc()
	require.Equal(t, "/v1/payments/no-such-ride-1", d.Instance)
	shop := append(w.as("234567"), "Idempotency-Key: k")
	w.ask("POST", "/epayment/v1/payments", ride, shop...).status(201)
	w.get("taxi-ride-000417").coded(404, "5090", "Reference not found")
}

func TestExampleLongLiving(t *testing.T) {
	t.Parallel()
	const receipt = `{"orderLines":[{"name":"Ride","id":"1","totalAmount":24900,"totalAmountExcludingTax":22232,"totalTaxAmount":2668,"taxRate":1200}],"bottomLine":{"currency":"NOK"}}`
	w := newWorld(t)
	ahead := func(d time.Duration) string { return `"` + w.time().Add(d).Format(time.RFC3339Nano) + `"` }
	for i, c := range []struct {
		expires, receipt string
		status           int
		code, title      string
	}{
		{ahead(7 * 24 * time.Hour), receipt, 201, "", ""},
		{ahead(7 * 24 * time.Hour), "", 400, "6130", "Long living payments require a receipt"},
		{ahead(9 * time.Minute), receipt, 400, "6120", "Expiration date is too soon"},
		{ahead(10 * time.Minute), receipt, 400, "6120", "Expiration date is too soon"},
		{ahead(10*time.Minute + time.Millisecond), receipt, 201, "", ""},
		{ahead(60 * 24 * time.Hour), receipt, 400, "6110", "Expiration date is too late"},
		{ahead(61 * 24 * time.Hour), receipt, 400, "6110", "Expiration date is too late"},
	} {
		key := fmt.Sprintf("order-%04d", i)
		got := w.create(key, with(map[string]string{"reference": `"` + key + `"`, "expiresAt": c.expires, "receipt": c.receipt}))
		if c.code == "" {
			got.status(c.status)
		} else {
			got.coded(c.status, c.code, c.title)
		}
	}
	w.pass(8 * 24 * time.Hour)
	require.Equal(t, "EXPIRED", w.get("order-0000").doc().State)
}

func TestExampleExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", ride).status(201)
	w.pass(5*time.Minute - time.Millisecond)
	require.Equal(t, "CREATED", w.get("taxi-ride-000417").doc().State)
	w.pass(time.Millisecond)
	got := w.get("taxi-ride-000417").golden("get-expired").doc()
	require.Equal(t, "EXPIRED", got.State)
	w.taxi("GET", "/epayment/v1/payments/taxi-ride-000417/events", "").golden("events-expired")
	w.post("payments/taxi-ride-000417/capture", "c", `{"modificationAmount":{"currency":"NOK","value":1}}`).coded(400, "6200", "Payment cannot be captured")
	w.post("payments/taxi-ride-000417/cancel", "c", "").coded(400, "6190", "Payment cannot be cancelled")
	w.post("test/payments/taxi-ride-000417/approve", "c", `{"customer":{"phoneNumber":"4712345678"}}`).coded(400, "10010", "Approve failed")
}

var published = regexp.MustCompile(`,(\s*[}\]])`)

// sample is a published example, broken as printed.
const sample = `{"amount":{"value":300000,"currency":"NOK"},"paymentMethod":{"type":"WALLET"},"profile":{"scope":"phoneNumber"},
 "receipt":{"orderLines":[{"name":"Accident insurance","id":"12345","totalAmount":150000,"totalAmountExcludingTax":112500,"totalTaxAmount":37500,"taxPercentage":25,},
 {"name":"Travel insurance","id":"12345","totalAmount":150000,"totalAmountExcludingTax":112500,"totalTaxAmount":37500,"taxPercentage":25,},],
 "bottomLine":{"currency":"NOK",},"receiptNumber":"0527013501"},
 "reference":248679167965815592292,"userFlow":"PUSH_MESSAGE","returnUrl":"http://example.com/redirect?reference=2486791679658155992","paymentDescription":"Spendings"}`

func TestThePublishedSample(t *testing.T) {
	t.Parallel()
	w := newWorld(t).lenient()
	line := strings.Split(sample, "\n")[1]
	column := strings.Index(line, ",}") + 1
	w.create("k1", sample).violations(fmt.Sprintf("$: Line 2, column %d: another member was expected after this comma, but '}' follows; leave the comma out.", column))

	mended := published.ReplaceAllString(sample, "$1")
	mended = published.ReplaceAllString(mended, "$1")
	d := w.create("k2", mended).coded(400, "4140", "Missing required parameter").doc()
	require.Equal(t, "customer is required for PUSH_MESSAGE.", d.Detail)
	require.Equal(t, []string{"the member receipt.receiptNumber is not known and was ignored"}, w.notes())

	whole := strings.Replace(mended, `"reference"`, `"customer":{"phoneNumber":"4712345678"},"reference"`, 1)
	require.Equal(t, `{"reference":"248679167965815592292"}`, w.create("k3", whole).status(201).Body.String())
	require.Equal(t, "248679167965815592292", w.get("248679167965815592292").status(200).doc().Reference)
}

func TestReservationsEndByMarket(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		name, msn, currency string
		late                bool
		days                int
	}{
		{"Norway", "123456", "NOK", false, 180},
		{"Denmark", "456789", "DKK", false, 14},
		{"Finland", "567890", "EUR", false, 14},
		{"Denmark with permission", "456789", "DKK", true, 180},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			unit, _ := w.units.Unit(c.msn)
			unit.Switches.LateCapture = c.late
			require.NoError(t, w.units.PutUnit(t.Context(), unit))
			ask := func(method, path, key, body string) *reply {
				return w.ask(method, "/epayment/v1/"+path, body, append(w.as(c.msn), "Idempotency-Key: "+key)...)
			}
			modification := func(value int) string {
				return fmt.Sprintf(`{"modificationAmount":{"currency":%q,"value":%d}}`, c.currency, value)
			}
			ask("POST", "payments", "k", with(map[string]string{
				"amount":    fmt.Sprintf(`{"currency":%q,"value":1000}`, c.currency),
				"expiresAt": `"` + w.time().Add(59*day).Format(time.RFC3339) + `"`,
				"receipt":   fmt.Sprintf(`{"orderLines":[{"name":"a","id":"1","totalAmount":1000,"totalAmountExcludingTax":1000,"totalTaxAmount":0,"taxRate":0}],"bottomLine":{"currency":%q}}`, c.currency),
			})).status(201)
			w.pass(58 * day)
			ask("POST", "test/payments/order-0001/approve", "", fmt.Sprintf(`{"customer":{"phoneNumber":%q}}`, firstNumber(w, unit.Market))).status(200)
			ask("POST", "payments/order-0001/capture", "c1", modification(400)).status(200)
			w.pass(time.Duration(c.days)*day - time.Millisecond)
			ask("POST", "payments/order-0001/capture", "c2", modification(100)).status(200)
			w.pass(time.Millisecond)
			d := ask("GET", "payments/order-0001", "", "").status(200).doc()
			require.Equal(t, int64(500), d.Aggregate.CancelledAmount.Value, "what was left is given back")
			require.Equal(t, int64(500), d.Aggregate.CapturedAmount.Value)
			require.Equal(t, "AUTHORIZED", d.State)
			ask("POST", "payments/order-0001/capture", "c3", modification(1)).coded(400, "6100", "Capture period expired")
			ask("POST", "payments/order-0001/cancel", "", "").coded(400, "6030", "Cancel period expired")
			ask("POST", "payments/order-0001/refund", "r1", modification(500)).status(200)
			log := ask("GET", "payments/order-0001/events", "", "").status(200).Body.String()
			released := log[strings.Index(log, `"CANCELLED"`):]
			require.Contains(t, released[:strings.Index(released, "}}")+200], `"amount":{"currency":"`+c.currency+`","value":500}`)
			require.NotContains(t, released[:strings.Index(released, "success")], "idempotencyKey")
		})
	}
}

func firstNumber(w *world, market string) string {
	for _, phone := range w.units.Phones() {
		if phone.Market == market {
			return phone.Number
		}
	}
	return ""
}
