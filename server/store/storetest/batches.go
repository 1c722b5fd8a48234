package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// told is a delivery that a room beside the log has caused.
func told(id string) webhook.Delivery {
	return webhook.Delivery{
		ID: id, Registration: "we_1", Payment: payment.ID{MSN: unit, Reference: "pi-1-1"}, Type: "payment_intent.succeeded",
		Body: []byte(`{"id":"` + id + `"}`), CreatedAt: start,
	}
}

var batches = []test{
	{"a batch is kept: documents, deliveries in their queue, and due rows", func(t *testing.T, s Store) {
		require.NoError(t, s.PutDocument(t.Context(), "stripe.event", "old", []byte("x")))
		done, err := s.Keep(t.Context(), webhook.Batch{
			Documents:  []webhook.Document{{Kind: "stripe.event", Key: "new", Body: []byte("y")}, {Kind: "stripe.event", Key: "old"}},
			Deliveries: []webhook.Delivery{told("a"), told("b")},
			Due:        []payment.Due{{At: start.Add(time.Hour), Kind: "stripe", Key: "r"}},
		})
		require.NoError(t, err)
		require.Equal(t, start, done.Earliest)

		docs, err := s.Documents(t.Context(), "stripe.event")
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"new": []byte("y")}, docs)
		require.Equal(t, webhook.Waiting, delivery(t, s, "a").Status)
		require.Equal(t, webhook.Held, delivery(t, s, "b").Status, "behind the first of its payment")
		rows := claim(t, s, start.Add(time.Hour), 9)
		require.Len(t, rows, 2)
		require.Equal(t, []string{webhook.DueDelivery + " a", "stripe r"}, []string{rows[0].Kind + " " + rows[0].Key, rows[1].Kind + " " + rows[1].Key})
	}},
	{"an empty batch keeps nothing", func(t *testing.T, s Store) {
		done, err := s.Keep(t.Context(), webhook.Batch{})
		require.NoError(t, err)
		require.Equal(t, payment.Committed{}, done)
		require.Empty(t, claim(t, s, start.Add(time.Hour), 9))
	}},
}
