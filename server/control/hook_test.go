package control_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/control"
	"liksom/server/webhook"
)

// hooked is a world with two registrations of a unit.
func hooked(t *testing.T) *world {
	w := newWorld(t)
	for _, id := range []string{"mine", "other"} {
		require.NoError(t, w.store.Register(t.Context(), webhook.Registration{
			ID: id, MSN: "123456", Client: "c", URL: "http://shop.example/" + id, Secret: "hush", CreatedAt: w.clock.Now(),
			Events: []string{"epayments.payment.created.v1"},
		}, nil))
	}
	return w
}

func TestARegistrationIsShownChangedAndDeleted(t *testing.T) {
	t.Parallel()
	w := hooked(t)
	v := w.want(t, 200, "GET", "/sim/v1/registrations/mine", "")
	require.Equal(t, "***", v["secret"])
	require.Equal(t, "hush", w.want(t, 200, "GET", "/sim/v1/registrations/mine?secrets=show", "")["secret"])

	v = w.want(t, 200, "PATCH", "/sim/v1/registrations/mine", `{"paused":true}`)
	require.Equal(t, true, v["paused"])
	require.Equal(t, "http://shop.example/mine", v["url"], "what is left out stays")
	v = w.want(t, 200, "PATCH", "/sim/v1/registrations/mine", `{"url":"https://shop.example/new","events":["epayments.payment.expired.v1"]}`)
	require.Equal(t, "https://shop.example/new", v["url"])
	require.Equal(t, []any{"epayments.payment.expired.v1"}, v["events"])
	require.Equal(t, true, v["paused"])
	require.Equal(t, v, w.want(t, 200, "GET", "/sim/v1/registrations/mine", ""))

	w.want(t, 204, "DELETE", "/sim/v1/registrations/mine", "")
	for _, ask := range [][2]string{{"GET", ""}, {"PATCH", "{}"}, {"DELETE", ""}} {
		w.want(t, 404, ask[0], "/sim/v1/registrations/mine", ask[1])
	}
	w.want(t, 404, "POST", "/sim/v1/registrations/mine/test", "")
}

func TestAChangeOfARegistrationThatCannotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := hooked(t)
	require.NoError(t, w.store.Register(t.Context(), webhook.Registration{ID: "desk", MSN: "123456", URL: "https://a.example/", Events: []string{webhook.CheckedIn}}, nil))
	for _, c := range []struct{ body, field, why string }{
		{`{"url":"shop"}`, "url", "absolute"},
		{`{"events":[]}`, "events", "pause"},
		{`{"events":["epayments.payment.capture.v1"]}`, "events", "Did you mean epayments.payment.captured.v1?"},
		{`{"events":["epayments.payment.created.v1","epayments.payment.created.v1"]}`, "events", "twice"},
		{`{"events":["user.checked-in.v1"]}`, "events", "at most 1"},
		{`{"pause":true}`, "pause", "Did you mean paused?"},
	} {
		t.Run(c.body, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, "PATCH", "/sim/v1/registrations/mine", c.body)
			require.Equal(t, c.field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
			require.Contains(t, doc["detail"], c.why)
		})
	}
	w.want(t, 200, "PATCH", "/sim/v1/registrations/desk", `{"events":["user.checked-in.v1"]}`)
}

func TestAMadeUpEventIsSentOnceAndBelongsToNoPayment(t *testing.T) {
	t.Parallel()
	w := hooked(t)
	w.want(t, 200, "PATCH", "/sim/v1/registrations/mine", `{"paused":true}`)
	d := w.want(t, 200, "POST", "/sim/v1/registrations/mine/test", "")
	require.Equal(t, "delivered", d["state"])
	require.Equal(t, "epayments.payment.created.v1", d["event"])
	require.Equal(t, "", d["reference"])
	require.Contains(t, d["body"], `"reference":"liksom-test-event"`)
	require.Len(t, d["attempts"], 1)
	require.Contains(t, w.want(t, 200, "POST", "/sim/v1/registrations/mine/test", `{"event":"user.checked-in.v1"}`)["body"], "customerToken")
	w.want(t, 400, "POST", "/sim/v1/registrations/mine/test", `{"event":"recurring.charge-failed.v1"}`)
	require.Len(t, w.want(t, 200, "GET", "/sim/v1/deliveries", "")["deliveries"], 2)
}

func TestARegistrationRemovedForItsSilenceIsToldUntilItIsDeleted(t *testing.T) {
	t.Parallel()
	w := hooked(t)
	was := webhook.Registration{ID: "dead", MSN: "123456", URL: "http://dead.example/", Events: []string{"epayments.payment.created.v1"}, CreatedAt: morning, FailingSince: morning}
	w.departed = []control.DepartedRegistration{control.Depart(&was, morning.Add(14*24*time.Hour))}
	told := func(query string) []any {
		return w.want(t, 200, "GET", "/sim/v1/registrations"+query, "")["removed"].([]any)
	}
	require.Equal(t, map[string]any{
		"id": "dead", "msn": "123456", "url": "http://dead.example/", "events": []any{"epayments.payment.created.v1"},
		"createdAt": "2026-11-21T10:00:00Z", "failingSince": "2026-11-21T10:00:00Z", "removedAt": "2026-12-05T10:00:00Z",
	}, told("")[0])
	require.Len(t, told("?msn=123456"), 1)
	require.Empty(t, told("?msn=234567"))
	w.want(t, 204, "DELETE", "/sim/v1/registrations/dead", "")
	require.Empty(t, told(""))
	w.want(t, 404, "DELETE", "/sim/v1/registrations/dead", "")
}

func TestWhoListensIsTriedWithoutSendingAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, map[string]any{"reachable": true, "objection": "The URL must use HTTPS."},
		w.want(t, 200, "POST", "/sim/v1/registrations/reach", `{"url":"http://shop.example/hook"}`))
	told := w.want(t, 200, "POST", "/sim/v1/registrations/reach", `{"url":"http://169.254.169.254/latest"}`)
	require.Equal(t, false, told["reachable"])
	require.Contains(t, told["why"], "link-local and multicast addresses are always refused")
	require.Contains(t, w.want(t, 400, "POST", "/sim/v1/registrations/reach", `{"url":"shop.example"}`)["extraDetails"].([]any)[0].(map[string]any)["reason"], "must be absolute")
}
