package server_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// fault puts a fault in webhooks or pushes in force.
func inForce(t *testing.T, sim *servertest.Sim, target string, f client.Fault) {
	t.Helper()
	f.Match.Target = target
	_, err := sim.Client.AddFault(t.Context(), f)
	require.NoError(t, err)
}

// sunk are the names of the events that a sink got, oldest first.
func sunk(t *testing.T, sim *servertest.Sim) (names []string) {
	t.Helper()
	for _, r := range arrived(t, sim) {
		names = append(names, r.Event)
	}
	return names
}

func arrived(t *testing.T, sim *servertest.Sim) []client.SinkRequest {
	t.Helper()
	sim.Advance(t, time.Second) // waits for the tries under way
	got, err := sim.Client.SinkRequests(t.Context(), "shop", 0, 0)
	require.NoError(t, err)
	return got
}

// told are the sentences of a payment's timeline about faults.
func timelineOf(t *testing.T, sim *servertest.Sim) (texts []string) {
	t.Helper()
	for _, e := range sim.Payment(t, "order-0001").Timeline {
		if e.Kind == "fault" {
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// sinking is a simulator at rest whose webhooks go to its own sink.
func sinking(t *testing.T, change ...servertest.Option) (*servertest.Sim, client.Webhook) {
	t.Helper()
	sim := frozen(t, change...)
	return sim, register(t, sim.Client, sim.Client.SinkURL("shop"))
}

func TestEveryFaultInWebhooksStandsInTheTimelineAndShowsAtTheReceiver(t *testing.T) {
	t.Parallel()
	no := false
	for _, c := range []struct {
		name string
		do   client.FaultDo
		step string // at which the sink's check fails; "" for none
		says string
	}{
		{"signature", client.FaultDo{Corrupt: "signature"}, "signature", "broke the signature of the webhook epayments.payment.created.v1."},
		{"key", client.FaultDo{Corrupt: "key"}, "signature", "signed the webhook epayments.payment.created.v1 with another key."},
		{"decoded", client.FaultDo{Corrupt: "decoded"}, "signature", "with the bytes that its secret stands for in base64."},
		{"host", client.FaultDo{Corrupt: "host", Host: "proxy.example"}, "signature", "with another Host than it was signed for."},
		{"date", client.FaultDo{Corrupt: "date"}, "date", "off by -5m1s."},
		{"body", client.FaultDo{Corrupt: "body"}, "body", "changed the body of"},
		{"reserialise", client.FaultDo{Corrupt: "reserialise"}, "body", "with other spacing and order"},
		{"signed as sent", client.FaultDo{Corrupt: "reserialise", Resign: true}, "", "with other spacing and order"},
		{"stripped", client.FaultDo{StripHeader: "Authorization"}, "", "took the header Authorization out of"},
		{"failed", client.FaultDo{Success: &no}, "", "tell of a failed operation"},
		{"elsewhere", client.FaultDo{From: "127.0.0.2"}, "", "from 127.0.0.2."},
		{"held up", client.FaultDo{Latency: client.Span(time.Millisecond)}, "", "for 1ms."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sim, _ := sinking(t)
			inForce(t, sim, "webhook", client.Fault{ID: "mine", Do: c.do, Times: 1})
			sim.CreatePayment(t, "order-0001", 24900)
			got := arrived(t, sim)
			require.Len(t, got, 1)
			require.Equal(t, c.step, got[0].Step, got[0].Reason)
			if c.do.From != "" {
				require.Equal(t, c.do.From, got[0].From)
			}
			texts := timelineOf(t, sim)
			require.Len(t, texts, 1)
			require.Contains(t, texts[0], "The fault mine ")
			require.Contains(t, texts[0], c.says)
			require.Equal(t, "mine", onlyTry(t, sim, "order-0001").Fault)
		})
	}
}

func TestASinkNamesTheRegistrationWhoseSecretWasUsed(t *testing.T) {
	t.Parallel()
	sim, _ := sinking(t)
	other := register(t, webshop(sim), sim.Client.SinkURL("other"))
	inForce(t, sim, "webhook", client.Fault{Do: client.FaultDo{Corrupt: "key", Registration: other.ID}})
	sim.CreatePayment(t, "order-0001", 24900)
	got := arrived(t, sim)
	require.Contains(t, got[0].Reason, "the secret of another registration, "+other.ID)
}

func TestAFaultFailsTwiceAndThenWorks(t *testing.T) {
	t.Parallel()
	sim, _ := sinking(t)
	inForce(t, sim, "webhook", client.Fault{Do: client.FaultDo{Status: 500}, Times: 2})
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Advance(t, 4*time.Second)
	require.Equal(t, []string{"CREATED"}, sunk(t, sim))
	require.Len(t, timelineOf(t, sim), 2)
}

func TestDuplicatesAndDelaysAndOvertaking(t *testing.T) {
	t.Parallel()
	created := client.FaultMatch{Event: "epayments.payment.created.v1"}
	t.Run("duplicate", func(t *testing.T) {
		t.Parallel()
		sim, _ := sinking(t)
		inForce(t, sim, "webhook", client.Fault{Match: created, Do: client.FaultDo{Duplicate: 3}})
		sim.CreatePayment(t, "order-0001", 24900)
		require.Equal(t, []string{"CREATED", "CREATED", "CREATED"}, sunk(t, sim))
	})
	t.Run("reorder, in a database", func(t *testing.T) {
		t.Parallel()
		sim, _ := sinking(t, servertest.WithStore("sqlite:"+filepath.Join(t.TempDir(), "sim.db")))
		inForce(t, sim, "webhook", client.Fault{Match: created, Do: client.FaultDo{Reorder: true}})
		sim.CreatePayment(t, "order-0001", 24900)
		require.Empty(t, sunk(t, sim))
		sim.Approve(t, "order-0001")
		require.Equal(t, []string{"AUTHORIZED", "CREATED"}, sunk(t, sim))
	})
	t.Run("reorder", func(t *testing.T) {
		t.Parallel()
		sim, _ := sinking(t)
		inForce(t, sim, "webhook", client.Fault{Match: created, Do: client.FaultDo{Reorder: true}})
		sim.CreatePayment(t, "order-0001", 24900)
		require.Empty(t, sunk(t, sim))
		sim.Approve(t, "order-0001")
		require.Equal(t, []string{"AUTHORIZED", "CREATED"}, sunk(t, sim))
		require.Equal(t, []string{"The fault f1 held back the webhook epayments.payment.created.v1 until a later event of the payment has overtaken it."}, timelineOf(t, sim))
	})
	t.Run("delay", func(t *testing.T) {
		t.Parallel()
		sim, _ := sinking(t)
		inForce(t, sim, "webhook", client.Fault{Match: created, Do: client.FaultDo{Delay: client.Span(30 * time.Second)}})
		sim.CreatePayment(t, "order-0001", 24900)
		require.Empty(t, sunk(t, sim))
		page, err := sim.Client.Deliveries(t.Context(), client.Filter{Reference: "order-0001"})
		require.NoError(t, err)
		require.Equal(t, "A fault has put it off.", page.Deliveries[0].Reason)
		due, err := sim.Client.Deadlines(t.Context(), client.Filter{Reference: "order-0001"})
		require.NoError(t, err)
		require.Equal(t, "webhook", due.Deadlines[0].Kind)
		sim.Advance(t, 27*time.Second)
		require.Empty(t, sunk(t, sim))
		sim.Advance(t, time.Second)
		require.Equal(t, []string{"CREATED"}, sunk(t, sim))
	})
}

func TestWhatAFaultPutOffOutlivesARestart(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		hooks := first.Webhooks(t)
		inForce(t, first, "webhook", client.Fault{Do: client.FaultDo{Delay: client.Span(2 * time.Hour)}, Times: 1})
		first.CreatePayment(t, ride, 24900)
		pass(time.Second)
		l.down(first, time.Hour)
		second := l.start()
		pass(58 * time.Minute)
		require.Empty(t, hooks.Names(ride))
		pass(2 * time.Minute)
		require.NotNil(t, second)
		require.Equal(t, []string{"CREATED", "EXPIRED"}, hooks.Names(ride))
	})
}

func TestALateOrLostPushIsToldAndTheRequestWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   client.FaultDo
		says string
	}{
		"lost": {client.FaultDo{Drop: true}, "The fault f1 lost the push to 4712345678."},
		"late": {client.FaultDo{Delay: client.Span(time.Minute)}, "The fault f1 held the push to 4712345678 back for 1m0s."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := frozen(t)
			inForce(t, sim, "push", client.Fault{Do: c.do})
			sim.CreatePayment(t, "order-0001", 24900)
			_, err := sim.Client.Open(t.Context(), "order-0001", "4712345678")
			require.NoError(t, err)
			waiting, err := sim.Client.Requests(t.Context(), "4712345678", time.Second)
			require.NoError(t, err)
			require.Len(t, waiting, 1)
			sim.Advance(t, 2*time.Minute)
			require.Equal(t, []string{c.says}, timelineOf(t, sim))
		})
	}
}

func TestWhatThePayerSharesCanBeLateInAReading(t *testing.T) {
	t.Parallel()
	sim := frozen(t)
	inForce(t, sim, "api", client.Fault{Match: client.FaultMatch{Path: "/epayment/v1/payments/*"}, Do: client.FaultDo{Delay: client.Span(2 * time.Second)}})
	order := order("order-0001")
	order.Profile = &client.Profile{Scope: "name"}
	_, err := sim.Client.CreatePayment(t.Context(), order)
	require.NoError(t, err)
	sim.Approve(t, "order-0001")
	sub := func() any {
		_, body := merchantAsk(t, sim, "GET", "/epayment/v1/payments/order-0001", "")
		return members(t, body)["profile"].(map[string]any)["sub"]
	}
	require.Nil(t, sub())
	sim.Advance(t, 2*time.Second)
	require.NotNil(t, sub())
}

func TestAPausedRegistrationOutlivesItsPause(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]string{"memory": "memory", "sqlite": "sqlite:" + filepath.Join(t.TempDir(), "sim.db")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, hook := sinking(t, servertest.WithStore(store))
			paused, goesOn := true, false
			_, err := sim.Client.ChangeRegistration(t.Context(), hook.ID, client.RegistrationChange{Paused: &paused})
			require.NoError(t, err)
			sim.CreatePayment(t, "order-0001", 24900)
			sim.Approve(t, "order-0001")
			require.Empty(t, sunk(t, sim))
			test, err := sim.Client.TestRegistration(t.Context(), hook.ID, "epayments.payment.captured.v1")
			require.NoError(t, err)
			require.Equal(t, "delivered", test.State)
			r, err := sim.Client.ChangeRegistration(t.Context(), hook.ID, client.RegistrationChange{Paused: &goesOn})
			require.NoError(t, err)
			require.False(t, r.Paused)
			require.Equal(t, []string{"CAPTURED", "CREATED", "AUTHORIZED"}, sunk(t, sim))
			for _, got := range arrived(t, sim) {
				require.True(t, got.Verified, got.Reason)
			}
			require.NoError(t, sim.Client.RemoveRegistration(t.Context(), hook.ID))
			require.Empty(t, listed(t, sim.Client))
		})
	}
}
