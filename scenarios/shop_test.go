package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
)

// TestTheBuiltInShopIsSeenThroughByEachScript holds scripts against the sound
// shop, which passes, and one with a bad habit, which fails.
func TestTheBuiltInShopIsSeenThroughByEachScript(t *testing.T) {
	t.Parallel()
	url := simulator(t)
	for name, c := range map[string]struct{ habit, text string }{
		"a rewritten path": {"rewrites-path", `
shop: {hook: "/hook/?a=1"}
steps:
  - order
  - wait: {deliveries: {event: CREATED, answered: 2xx}}
    within: 3s
`},
		"another address": {"allows-fixed-addresses", `
shop: true
steps:
  - fault: {match: {target: webhook}, do: {from: 127.0.0.2}}
  - order
  - wait: {deliveries: {event: CREATED, answered: 2xx}}
    within: 3s
`},
		"a wrong event name": {"registers-singular-events", `
shop: {start: false}
steps:
  - shop: start
  - expect: len(registrations()) == 1
`},
		"no webhook ever": {"trusts-webhooks-alone", `
shop: true
steps:
  - fault: {match: {target: webhook}, do: {drop: true}}
  - order
  - approve
  - shop: poll
  - expect: order.state == "paid" && order.shipped == 1
`},
		"cookies": {"needs-cookie", `
shop: true
steps:
  - order
  - approve
  - shop: return
  - expect: answer.text contains "paid"
`},
		"the last second": {"gives-up-at-five-minutes", `
shop: true
steps:
  - fault: {match: {target: webhook}, do: {drop: true}}
  - order
  - advance: 4m59s
  - identify
  - advance: 4m59s
  - shop: poll
  - approve
  - shop: poll
  - expect: order.state == "paid"
`},
		"cancel and approval at once": {"cancels-without-looking", `
shop: true
steps:
  - fault: {match: {target: webhook}, do: {drop: true}}
  - order
  - approve
  - shop: cancel
    status: any
  - expect: order.state == "paid" && order.captured == 25000
`},
		"tokens that end": {"keeps-token-for-a-day", `
shop: true
steps:
  - fault: {match: {target: webhook}, do: {drop: true}}
  - order
  - approve
  - expire-tokens
  - shop: poll
  - expect: order.state == "paid"
`},
		"an ended order again": {"reuses-reference", `
shop: true
steps:
  - order
  - decline
  - expect: order.state == "declined"
    within: 5s
  - shop: again
  - approve
  - expect: order.state == "paid"
    within: 5s
`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Parse("x.yaml", []byte("id: a-test\ntitle: A test\nfails-with: ["+c.habit+"]\n"+c.text))
			require.NoError(t, err)
			passes(t, scenarios.Run(t.Context(), s, scenarios.Options{URL: url}))
			r := scenarios.Run(t.Context(), s, scenarios.Options{URL: url, Habits: s.FailsWith})
			require.Equal(t, scenarios.Failed, r.State)
		})
	}
}
