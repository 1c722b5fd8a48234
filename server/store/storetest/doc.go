// Package storetest is what every store must pass: the contracts of payment,
// timer, webhook and directory told as tests.
package storetest

import (
	"testing"

	"liksom/server/store"
	"liksom/server/webhook"
)

// Store is everything a world asks of its store.
type Store = store.Store

// Run tests an engine. The function given opens an empty world that is
// closed when its test ends.
func Run(t *testing.T, open func(t *testing.T, plan webhook.Plan) Store) {
	for _, part := range []struct {
		name  string
		tests []test
	}{
		{"payments", payments}, {"log", logs}, {"lists", lists}, {"due rows", dueRows},
		{"registrations", registrations}, {"deliveries", deliveries}, {"records", records}, {"batches", batches}, {"health", health}, {"documents", documents}, {"wipes", wipes}, {"dumps", dumps}, {"many at once", concurrency},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			for _, test := range part.tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(t, open(t, Plan))
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(*testing.T, Store)
}
