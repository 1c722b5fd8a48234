package server

import (
	"context"
	"net/http"
	"time"

	"liksom/server/gateway"
	"liksom/server/metrics"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// kind is how metrics call the world.
func (w *World) kind() metrics.World {
	if w.name == "" {
		return metrics.Default
	}
	return metrics.Named
}

// meter gives the gateway what counts an API's calls.
func (w *World) meter(api string) func(operation string, status int, took time.Duration) {
	return w.server.shared.book.API(w.kind(), api).Count
}

// tried counts what became of a delivery by a try.
func (w *World) tried(s webhook.Status) {
	outcome := metrics.Again
	switch s {
	case webhook.Delivered:
		outcome = metrics.Delivered
	case webhook.Dropped:
		outcome = metrics.Dropped
	}
	w.server.shared.book.Tried(w.kind(), outcome)
}

// metricsDoor tells operators of all worlds, at whatever world's door.
func (w *World) metricsDoor() http.Handler {
	all := w.server.shared.book.Handler(w.server.look, w.server.options.Log)
	return reading(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metrics" {
			gateway.NotFound(rw, r)
			return
		}
		all.ServeHTTP(rw, r)
	})
}

// look reads how all worlds of a kind stand.
func (s *Server) look(ctx context.Context, kind metrics.World) (metrics.State, error) {
	all := metrics.State{Payments: map[string]int{}}
	for _, state := range []payment.State{payment.Created, payment.Authorized, payment.Aborted, payment.Expired, payment.Terminated} {
		all.Payments[string(state)] = 0
	}
	for _, w := range s.list() {
		if w.kind() != kind {
			continue
		}
		if err := w.stands(ctx, &all); err != nil {
			return all, err
		}
	}
	return all, nil
}

// stands adds how the world stands.
func (w *World) stands(ctx context.Context, to *metrics.State) error {
	counted, err := w.store.Count(ctx, payment.Query{})
	if err != nil {
		return err
	}
	due, err := w.store.Waiting(ctx, "", 0)
	if err != nil {
		return err
	}
	for state, n := range counted {
		to.Payments[string(state)] += n
	}
	to.Worlds++
	to.Phones += w.phones.Sockets()
	to.Due += len(due)
	if w.kind() != metrics.Default {
		return nil
	}
	reading := w.clock.Read()
	to.Clock = reading.Now
	if !reading.Frozen {
		to.Speed = reading.Speed
	}
	return nil
}
