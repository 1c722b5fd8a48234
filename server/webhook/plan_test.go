package webhook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/ident"
	"liksom/server/payment"
	"liksom/server/webhook"
)

const captured = "epayments.payment.captured.v1"

func TestPlanSendsToEveryRegistrationThatAsked(t *testing.T) {
	t.Parallel()
	p := payment.Payment{ID: id, Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 100}}
	e := payment.Event{Seq: 7, ID: id, Kind: payment.PaymentCaptured, Amount: 40, At: at("2026-01-19T16:26:32Z")}
	registrations := []webhook.Registration{
		{ID: "one", MSN: id.MSN, Events: []string{captured}},
		{ID: "other", MSN: id.MSN, Events: []string{"epayments.payment.created.v1"}},
		{ID: "partner", Client: "c", Events: []string{"epayments.payment.created.v1", captured}},
	}
	got := webhook.NewPlan(ident.Seeded("s"))(p, e, registrations)
	require.Len(t, got, 2)
	require.Equal(t, "one", got[0].Registration)
	require.Equal(t, "partner", got[1].Registration)
	require.NotEqual(t, got[0].ID, got[1].ID)
	got[0].ID = ""
	require.Equal(t, webhook.Delivery{
		Registration: "one", Payment: id, Event: 7, Type: captured, Body: webhook.Body(p, e), CreatedAt: e.At,
	}, got[0])
}

func TestPlanSendsNothing(t *testing.T) {
	t.Parallel()
	all := []webhook.Registration{{ID: "one", MSN: id.MSN, Events: webhook.Types()}}
	for _, c := range []struct {
		name, source string
		kind         payment.Kind
	}{
		{"of what stays inside the simulator", "epayment", payment.Opened},
		{"of a payment made through another API", "stripe", payment.PaymentCreated},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := payment.Payment{ID: id, Source: c.source}
			require.Empty(t, webhook.NewPlan(ident.New())(p, payment.Event{ID: id, Kind: c.kind}, all))
		})
	}
}

func TestPlanWithinPassesOverPartnersOfOtherUnits(t *testing.T) {
	t.Parallel()
	plan := webhook.NewPlan(ident.New()).Within(func(client, msn string) bool { return client == "ours" && msn == id.MSN })
	p, e := payment.Payment{ID: id, Source: "epayment"}, payment.Event{ID: id, Kind: payment.PaymentCaptured}
	got := plan(p, e, []webhook.Registration{
		{ID: "a", Client: "theirs", Events: []string{captured}},
		{ID: "b", Client: "ours", Events: []string{captured}},
		{ID: "c", Client: "theirs", MSN: id.MSN, Events: []string{captured}},
	})
	require.Len(t, got, 2)
	require.Equal(t, []string{"b", "c"}, []string{got[0].Registration, got[1].Registration})
}
