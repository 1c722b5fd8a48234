package command_test

import (
	"bufio"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
)

// told reads lines until each of the wanted ones has come, in any order. A
// line is wanted by words that it has, divided by "|".
func told(t *testing.T, lines *bufio.Reader, wanted ...string) {
	t.Helper()
	for len(wanted) > 0 {
		line, err := lines.ReadString('\n')
		require.NoError(t, err, "no line had %q", wanted)
		wanted = slices.DeleteFunc(wanted, func(words string) bool {
			return !slices.ContainsFunc(strings.Split(words, "|"), func(word string) bool { return !strings.Contains(line, word) })
		})
	}
}

// clientOf speaks to what runs.
func clientOf(t *testing.T, r *running) *client.Client {
	t.Helper()
	first, err := r.lines.ReadString('\n')
	require.NoError(t, err, r.errors)
	return client.New(strings.TrimSpace(strings.TrimPrefix(first, "listening  ")))
}

// order asks for a payment, of which a built-in receiver hears.
func order(t *testing.T, sim *client.Client) {
	t.Helper()
	_, err := sim.RegisterWebhook(t.Context(), sim.SinkURL("taxi"), client.PaymentEvents()...)
	require.NoError(t, err)
	_, err = sim.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(35000), Reference: "24ab7cd6ef658155992", UserFlow: client.PushMessage,
		Customer: &client.Customer{PhoneNumber: "4712345678"}, PaymentDescription: "A ride",
	})
	require.NoError(t, err)
}

// ride has one approved.
func ride(t *testing.T, r *running) *client.Client {
	t.Helper()
	sim := clientOf(t, r)
	order(t, sim)
	_, err := sim.Approve(t.Context(), "24ab7cd6ef658155992")
	require.NoError(t, err)
	return sim
}

func TestServeTellsWhatHappensLineByLine(t *testing.T) {
	t.Parallel()
	r := start(t)
	defer r.stop()
	sim := ride(t, r)

	_, err := sim.Advance(t.Context(), 90*time.Minute)
	require.NoError(t, err)
	told(t, r.lines,
		"POST|/epayment/v1/payments|201|24ab7cd6…992|created",
		"pay|Kari, card 4242|authorized",
		"hook|, authorized|200|try 1",
		"time|jumped 1h30m")
}

func TestServeTellsWhenAWebhookThatFailedIsTriedAgain(t *testing.T) {
	t.Parallel()
	r := start(t)
	defer r.stop()
	sim := clientOf(t, r)
	require.NoError(t, sim.PutSink(t.Context(), "taxi", client.Sink{Status: 200, FailFirst: 1}))
	order(t, sim)
	told(t, r.lines, "hook|, created|500|try 1, again in 2 s")

	_, err := sim.Advance(t.Context(), 2*time.Second)
	require.NoError(t, err)
	told(t, r.lines, "hook|, created|200|try 2")
}

func TestServeTellsWhatHappensAsObjects(t *testing.T) {
	t.Parallel()
	r := start(t, "--log-format", "json")
	defer r.stop()
	ride(t, r)

	told(t, r.lines, `"kind":"pay"|"what":"Kari, card 4242"|"reference":"24ab7cd6ef658155992"|"outcome":"authorized"`)
}
