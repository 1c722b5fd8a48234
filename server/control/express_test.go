package control_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestTheTimelineTellsWhatOnlyTheSimulatorKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", func(c *payment.Create) { c.Verdict, c.Warnings = payment.ResultUnknown, []string{"receipt: odd sums"} })
	w.want(t, 200, "POST", order+"/approve", "")
	told := map[string]string{}
	for _, e := range w.want(t, 200, "GET", order, "")["timeline"].([]any) {
		entry := e.(map[string]any)
		told[entry["name"].(string)] = entry["kind"].(string) + ": " + entry["text"].(string)
	}
	require.Equal(t, "api: Accepted, but odd: receipt: odd sums.", told["warning"])
	require.Equal(t, "card: The payer approved on 4712345678, through the console; the bank has not decided yet.", told["processing"])
}

func ships(c *payment.Create) {
	c.Details = &payment.Details{Shipping: &payment.Shipping{Countries: []string{"NO"}, Groups: []payment.ShippingGroup{
		{Type: "MAILBOX", Brand: "GLS", Options: []payment.ShippingOption{{ID: "box", Name: "Mailbox", Cost: 4900}, {ID: "home", Name: "Home", Cost: 7900, Default: true}}},
	}}}
}

func TestApprovingTakesTheDefaultDelivery(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, option string }{
		{"without a body", "", "home"},
		{"with the option named", `{"shippingOptionId":"box"}`, "box"},
		{"with both named", `{"addressId":"home","shippingOptionId":"box","cardId":"card-4242"}`, "box"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.create("order-0001", ships)
			v := w.want(t, 200, "POST", order+"/approve", c.body)
			require.Equal(t, "AUTHORIZED", v["state"])
			shipping := v["shipping"].(map[string]any)
			require.Equal(t, c.option, shipping["optionId"])
			require.Equal(t, "Bergen", shipping["address"].(map[string]any)["city"])
			chosen := w.get("order-0001").Chosen
			require.Equal(t, w.get("order-0001").Amount.Value+chosen.Cost, w.get("order-0001").Sums.Authorized)
		})
	}
}

func TestWhatCannotBeDeliveredIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		status     int
		detail     string
	}{
		{"an unknown option", `{"shippingOptionId":"owl"}`, 400, "no shipping option owl"},
		{"an unknown address", `{"addressId":"cabin"}`, 409, "no address cabin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.create("order-0001", ships)
			v := w.want(t, c.status, "POST", order+"/approve", c.body)
			require.Contains(t, v["detail"], c.detail)
			require.Equal(t, payment.Created, w.get("order-0001").State)
		})
	}
}

func TestAnApprovalThatIsProcessedIsShownSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", func(c *payment.Create) { c.Verdict = payment.ResultUnknown })
	v := w.want(t, 200, "POST", order+"/approve", "")
	require.Equal(t, "CREATED", v["state"])
	until, err := time.Parse(time.RFC3339, v["processingUntil"].(string))
	require.NoError(t, err)
	require.Equal(t, w.get("order-0001").Pending.Until, until)
	require.NotContains(t, v, "expiresAt", "no window ends it")
	for _, act := range []string{"approve", "decline", "expire"} {
		require.Contains(t, w.want(t, 409, "POST", order+"/"+act, "")["detail"], "the bank has not decided yet")
	}
}
