package control_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// dues gives the deadlines as "kind at", with the query's filters.
func (w *world) dues(t *testing.T, query string) []string {
	t.Helper()
	lines := []string{}
	for _, d := range w.want(t, 200, "GET", "/sim/v1/deadlines"+query, "")["deadlines"].([]any) {
		v := d.(map[string]any)
		lines = append(lines, v["kind"].(string)+" "+v["at"].(string))
	}
	return lines
}

func TestWhatIsDueNextIsToldEarliestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	w.create("ride-417")
	golden(t, "deadlines", w.ask("GET", "/sim/v1/deadlines", ""))
}

func TestAWindowThatGaveWayToAnotherIsNotDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("ride-417")
	require.NoError(t, w.timer.Advance(t.Context(), time.Minute))
	w.want(t, 200, "POST", "/sim/v1/payments/123456/ride-417/open", `{"phoneNumber":"4712345678"}`)
	require.Equal(t, []string{"window 2026-11-21T10:06:00Z"}, w.dues(t, ""))
}

func TestARowWrittenTwiceIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("ride-417")
	rows, err := w.store.Waiting(t.Context(), payment.DueWindow, 0)
	require.NoError(t, err)
	require.NoError(t, w.store.Add(t.Context(), rows...))
	require.Len(t, w.dues(t, ""), 1)
}

func TestOnlyWhatWillHappenIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("ride-417")
	w.want(t, 200, "POST", "/sim/v1/payments/123456/ride-417/approve", "")
	p := w.get("ride-417")
	require.Equal(t, []string{"reservation-end " + p.CaptureBy.Format(time.RFC3339)}, w.dues(t, ""))
	_, err := w.pay.Do(t.Context(), p.ID, payment.Capture{Amount: p.Amount, Key: "k"}, nil)
	require.NoError(t, err)
	require.Empty(t, w.dues(t, ""), "nothing is left to give back")
	w.create("ride-418")
	w.want(t, 200, "POST", "/sim/v1/payments/123456/ride-418/decline", "")
	require.Empty(t, w.dues(t, ""), "the payment has ended")
}

func TestDueRowsOfOtherRoomsAreToldByThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.store.Add(t.Context(),
		payment.Due{At: morning.Add(time.Hour), Kind: "push", Key: "pointless"}, payment.Due{At: morning.Add(2 * time.Hour), Kind: "push", Key: "x"}))
	require.Equal(t, []string{"push 2026-11-21T12:00:00Z"}, w.dues(t, ""))
}

func TestTriesAndRemovalsOfRegistrationsAreDueWhileTheyAreWanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(t)
	w.create("ride-417")
	found, err := w.store.Deliveries(t.Context(), webhook.Query{})
	require.NoError(t, err)
	rows, err := w.store.Claim(t.Context(), morning, 1)
	require.NoError(t, err)
	d := found[0]
	d.Tries, d.NextAt = 1, morning.Add(2*time.Second)
	_, err = w.store.Settle(t.Context(), d, w.attempt(d, 500), rows[0].N, morning)
	require.NoError(t, err)
	require.Equal(t, []string{"webhook 2026-11-21T10:00:02Z", "window 2026-11-21T10:05:00Z", "registration-removal 2026-12-05T10:00:00Z"}, w.dues(t, ""))
	list := w.want(t, 200, "GET", "/sim/v1/registrations", "")["registrations"].([]any)
	require.Equal(t, "2026-12-05T10:00:00Z", list[0].(map[string]any)["removalAt"])
	require.NoError(t, w.store.Unregister(t.Context(), r.ID, morning))
	require.Equal(t, []string{"window 2026-11-21T10:05:00Z"}, w.dues(t, ""))
}

func TestDeadlinesAreSelectedAndPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, reference := range []string{"ride-1", "ride-2", "ride-3"} {
		w.create(reference)
		require.NoError(t, w.timer.Advance(t.Context(), time.Second))
	}
	require.Equal(t, []string{"window 2026-11-21T10:05:01Z"}, w.dues(t, "?msn=123456&reference=ride-2"))
	require.Empty(t, w.dues(t, "?msn=234567"))
	page := w.want(t, 200, "GET", "/sim/v1/deadlines?limit=2", "")
	require.Len(t, page["deadlines"], 2)
	require.Equal(t, []string{"window 2026-11-21T10:05:02Z"}, w.dues(t, "?limit=2&cursor="+page["cursor"].(string)))
}

func TestRegistrationsAreListedWithTheirSecretsMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	partner := webhook.Registration{ID: "p", Client: "5a1e0000-0000-4000-8000-000000000000", URL: "https://partner.example/", Events: webhook.Types()[:1], Secret: "q", CreatedAt: morning}
	require.NoError(t, w.store.Register(t.Context(), partner, nil))
	of := func(query string) []any {
		return w.want(t, 200, "GET", "/sim/v1/registrations"+query, "")["registrations"].([]any)
	}
	require.Len(t, of(""), 2)
	require.Equal(t, "***", of("?msn=123456")[0].(map[string]any)["secret"])
	require.Equal(t, "s", of("?secrets=show")[0].(map[string]any)["secret"])
	require.Len(t, of("?msn=234567"), 1, "the partner's alone")
	require.Empty(t, of("?msn=999999"), "the partner does not speak for it")
	w.want(t, 400, "GET", "/sim/v1/registrations?secrets=maybe", "")
}
