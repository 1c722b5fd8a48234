package control_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAutopilotTakesRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/sim/v1/phones/4712345678"
	rules := []any{
		map[string]any{"amount": map[string]any{"currency": "NOK", "from": 100000.0}, "mode": "decline", "delay": "2s"},
		map[string]any{"reference": "broke-*", "mode": "approve", "delay": "0s", "cardId": w.want(t, 200, "GET", path, "")["cards"].([]any)[2].(map[string]any)["id"]},
	}
	body, err := json.Marshal(map[string]any{"autopilot": map[string]any{"mode": "approve", "rules": rules}})
	require.NoError(t, err)
	v := w.want(t, 200, "PATCH", path, string(body))
	require.Equal(t, rules, v["autopilot"].(map[string]any)["rules"])
	v = w.want(t, 200, "PATCH", path, `{"autopilot":{"mode":"off"}}`)
	require.Equal(t, rules, v["autopilot"].(map[string]any)["rules"], "what is left out stays")
	v = w.want(t, 200, "PATCH", path, `{"autopilot":{"rules":[]}}`)
	require.NotContains(t, v["autopilot"], "rules")
}

func TestARuleThatMakesNoSenseIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ rule, field string }{
		{`{"mode":"approve"}`, "amount"},
		{`{"msn":"123456"}`, "mode"},
		{`{"msn":"123456","mode":"refuse"}`, "mode"},
		{`{"reference":"[","mode":"approve"}`, "reference"},
		{`{"amount":{},"mode":"approve"}`, "amount"},
		{`{"amount":{"is":1,"to":2},"mode":"approve"}`, "amount.is"},
		{`{"amount":{"from":3,"to":2},"mode":"approve"}`, "amount.to"},
		{`{"msn":"123456","mode":"approve","delay":"soon"}`, "delay"},
		{`{"msn":"123456","mode":"approve","cardId":"none"}`, "cardId"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, "PATCH", "/sim/v1/phones/4712345678", `{"autopilot":{"rules":[`+c.rule+`]}}`)
			require.Equal(t, "autopilot.rules[0]."+c.field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
		})
	}
}
