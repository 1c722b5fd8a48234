package epayment_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestAHundredEqualCreatesMakeOnePayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	headers := append(w.as("123456"), "Idempotency-Key: the-one")
	answers := make([]*reply, 100)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = w.ask("POST", "/epayment/v1/payments", ride, headers...) })
	}
	all.Wait()
	for _, a := range answers {
		require.Equal(t, 201, a.Code)
		require.Equal(t, answers[0].Body.String(), a.Body.String())
	}
	list, err := w.store.List(t.Context(), payment.Query{})
	require.NoError(t, err)
	require.Len(t, list, 1)
	var events []json.RawMessage
	require.NoError(t, json.Unmarshal(w.taxi("GET", "/epayment/v1/payments/taxi-ride-000417/events", "").Body.Bytes(), &events))
	require.Len(t, events, 1)
}

func TestAHundredCapturesTakeNoMoreThanThereIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", ride).status(201)
	w.approve("taxi-ride-000417")
	headers := w.as("123456")
	codes := make([]int, 100)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			key := "Idempotency-Key: " + string(rune('a'+i%26)) + string(rune('a'+i/26))
			codes[i] = w.ask("POST", "/epayment/v1/payments/taxi-ride-000417/capture", modification("NOK", "1000"), append(headers[:len(headers):len(headers)], key)...).Code
		})
	}
	all.Wait()
	taken := 0
	for _, c := range codes {
		if c == 200 {
			taken++
		}
	}
	require.Equal(t, 24, taken)
	require.EqualValues(t, 24000, w.get("taxi-ride-000417").doc().Aggregate.CapturedAmount.Value)
}
