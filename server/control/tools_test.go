package control_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/control"
)

func TestASinkIsToldHowToAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.want(t, 200, "PUT", "/sim/v1/sinks/shop", `{"status":503,"delay":"1s","failFirst":2}`)
	require.Equal(t, map[string]any{"status": 503.0, "delay": "1s", "failFirst": 2.0}, v)
	require.Equal(t, v, w.want(t, 200, "GET", "/sim/v1/sinks/shop", ""))
	require.Equal(t, control.Sink{Status: 503, Delay: time.Second, FailFirst: 2}, w.sinks.config)
}

func TestASinkAnswers200AtOnceUnlessTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 200, "PUT", "/sim/v1/sinks/shop", "")
	require.Equal(t, control.Sink{Status: 200}, w.sinks.config)
}

func TestASinkThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, body := range []string{`{"status":99}`, `{"status":600}`, `{"failFirst":-1}`, `{"delay":"-1s"}`, `{"delay":"1h"}`, `{"stat":200}`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			w.want(t, 400, "PUT", "/sim/v1/sinks/shop", body)
		})
	}
	w.want(t, 400, "PUT", "/sim/v1/sinks/sh%20op", `{}`)
}

func TestWhatASinkGotIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openapi.Off("what the stub tells is not as it is")
	require.Equal(t, map[string]any{"requests": []any{}}, w.want(t, 200, "GET", "/sim/v1/sinks/shop/requests", ""))
	w.sinks.got = []any{"a", "b"}
	require.Equal(t, []any{"a", "b"}, w.want(t, 200, "GET", "/sim/v1/sinks/shop/requests", "")["requests"])
	require.Equal(t, []any{"b"}, w.want(t, 200, "GET", "/sim/v1/sinks/shop/requests?after=1&wait=10s", "")["requests"])
	require.Greater(t, w.sinks.waited, 9*time.Second)
	w.want(t, 400, "GET", "/sim/v1/sinks/shop/requests?after=x", "")
	w.want(t, 204, "DELETE", "/sim/v1/sinks/shop", "")
	require.Empty(t, w.sinks.got)
}

func TestFaultsArePutInForceListedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 201, "POST", "/sim/v1/faults", `{"match":{"target":"webhook","event":"epayments.payment.captured.v1"},"do":{"status":503},"times":2,"skip":1,"probability":0.5}`)
	w.want(t, 201, "POST", "/sim/v1/faults", `{"id":"mine","match":{"target":"push","phone":"4712345678"},"do":{"drop":true}}`)
	golden(t, "faults", w.ask("GET", "/sim/v1/faults", ""))
	w.want(t, 204, "DELETE", "/sim/v1/faults/f1", "")
	w.want(t, 404, "DELETE", "/sim/v1/faults/f1", "")
	w.want(t, 204, "DELETE", "/sim/v1/faults", "")
	require.Empty(t, w.faults.List())
}

func TestAFaultThatCannotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ body, field, why string }{
		{`{"match":{"target":"webhook"},"do":{"code":"6260"}}`, "do.code", "This can be done to calls of the api, not to webhooks. Possible for webhooks: latency, status, drop"},
		{`{"match":{"target":"webhook"},"do":{"drop":1}}`, "do.drop", `{"drop":true} is one that will do`},
		{`{"match":{"target":"phone"},"do":{"drop":true}}`, "match.target", "Possible are api, webhook, push."},
		{`{"match":{"target":"api"},"do":{"drop":true}}`, "do.drop", "This can be done to webhooks and pushes, not to calls of the api."},
		{`{"match":{"target":"api"},"do":{"code":"1234"}}`, "do.code", "docs/errors.md lists them"},
		{`{"match":{"target":"webhook"},"do":"drop"}`, "do", "one thing to do is wanted"},
		{`{"match":{"target":"webhook"},"do":{"duplicat":2}}`, "do.duplicat", "Did you mean duplicate?"},
		{`{"match":{"target":"webhook"},"do":{"corrupt":"signatur"}}`, "do.corrupt", "Did you mean signature?"},
		{`{"match":{"target":"webhook","event":"epayments.payment.capture.v1"},"do":{"drop":true}}`, "match.event", "Did you mean epayments.payment.captured.v1?"},
		{`{"match":{"target":"webhook"},"do":{"corrupt":"key","registration":"none"}}`, "do.registration", "There is no registration none"},
		{`{"match":{"target":"webhook"},"do":{"corrupt":"body","by":"2s"}}`, "do.by", "corrupt date"},
		{`{"match":{"target":"webhook"},"do":{"drop":true,"delay":"2s"}}`, "do", "exactly one thing"},
		{`{"match":{"traget":"webhook"},"do":{"drop":true}}`, "traget", "Did you mean target?"},
		{`{"do":{"drop":true}}`, "match.target", "Say what the fault meets"},
	} {
		t.Run(c.body, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, "POST", "/sim/v1/faults", c.body)
			require.Equal(t, c.field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
			require.Contains(t, doc["detail"], c.why)
		})
	}
}

func TestTheIdOfAFaultIsTakenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := `{"id":"mine","match":{"target":"push"},"do":{"drop":true}}`
	w.want(t, 201, "POST", "/sim/v1/faults", body)
	w.want(t, 409, "POST", "/sim/v1/faults", body)
}

func TestTheSeedOfTheFaultsIsToldAndSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, w.faults.Seed(), w.want(t, 200, "GET", "/sim/v1/faults", "")["seed"])
	w.want(t, 201, "POST", "/sim/v1/faults", `{"match":{"target":"push"},"do":{"drop":true}}`)
	w.faults.Push("123456", "order-0001", "4712345678")
	told := w.want(t, 200, "PUT", "/sim/v1/faults", `{"seed":"20251121"}`)
	require.Equal(t, "20251121", told["seed"])
	require.Equal(t, 0.0, told["faults"].([]any)[0].(map[string]any)["met"], "it begins anew")
	require.Equal(t, "20251121", w.want(t, 200, "GET", "/sim/v1/faults", "")["seed"])
	for _, body := range []string{`{"seed":""}`, `{}`, `{"sed":"1"}`} {
		w.want(t, 400, "PUT", "/sim/v1/faults", body)
	}
}

func TestSinksAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 200, "PUT", "/sim/v1/sinks/shop", `{"status":503,"failFirst":2}`)
	require.Equal(t, map[string]any{"sinks": []any{
		map[string]any{"name": "shop", "status": 503.0, "delay": "0s", "failFirst": 2.0, "got": 0.0},
	}}, w.want(t, 200, "GET", "/sim/v1/sinks", ""))
}
