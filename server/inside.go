package server

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"liksom/phoneapp"
	"liksom/qr"
	"liksom/server/control"
	"liksom/server/gateway"
	"liksom/server/payment"
	"liksom/server/sink"
)

// newControl hands the control API what it looks into.
func (w *World) newControl() *control.Control {
	s := w.server
	return control.New(control.Deps{
		Info: func() control.Info {
			return control.Info{
				Version: s.options.Version, PublicURL: w.URL(), World: w.label(), Auth: s.options.Auth, Store: storeKind(s.options.Store),
				Addresses: s.addresses(), FixedBy: s.options.fixed(),
			}
		},
		Clock: w.clock, Payments: w.service, Express: w.express, Feed: w.feed, Bell: w.bell, News: w.news, Directory: w.directory,
		Calls: calls{w.gateway.Log}, Phones: phones{w.phones}, DecodeQR: qr.Decode, PersonalQR: w.personalQR, QRCodes: w.qrCodes,
		Deliveries: w.store, Pending: w.pending, Stripe: stripeKept{w},
		Waiting: func(ctx context.Context) ([]payment.Due, error) { return w.store.Waiting(ctx, "", 0) },
		Resend: func(ctx context.Context, delivery string) error {
			_, _, err := w.sender.Resend(ctx, delivery)
			return err
		},
		Codes: faultCodes(), Draw: w.ids, FixedBy: s.begun.fixedBy, ExpireTokens: w.expireTokens,
		ReseedFaults: w.reseedFaults, Departed: departed{w.store},
		Hooks: w.sender, Sinks: sinks{w.sinks}, Faults: w.faults, Reset: w.reset, Worlds: worlds{s}, Scenarios: w.server.stage.in(w), Snapshots: snapshots{w}, BaseURL: w.base, Log: s.options.Log,
		Ready: func(context.Context) error {
			if !s.Ready() {
				return errors.New("the simulator is stopping or has not started")
			}
			return nil
		},
	})
}

// calls shows the control API the gateway's log.
type calls struct{ log *gateway.Log }

// List implements [control.Calls].
func (c calls) List(q control.CallQuery) []control.Call {
	logged := c.log.Calls(gateway.Filter(q))
	found := make([]control.Call, len(logged))
	for i := range logged {
		l := &logged[i]
		found[i] = control.Call{
			N: l.N, At: l.At, Real: l.Real, Took: l.Took, API: l.API, Operation: l.Operation,
			Method: l.Method, Path: l.Path, Query: l.Query, MSN: l.MSN, Reference: l.Reference,
			Header: l.Header, Body: l.RequestBody, Cut: l.Cut,
			Status: l.Status, AnswerHeader: l.ResponseHeader, Answer: l.ResponseBody, Notes: l.Notes,
		}
	}
	return found
}

// Last implements [control.Calls].
func (c calls) Last() int64 { return c.log.Last() }

// phones lets the control API act on phones.
type phones struct{ hub *phoneapp.Hub }

// Requests implements [control.Phones].
func (p phones) Requests(ctx context.Context, number string) ([]any, error) {
	requests, err := p.hub.Requests(ctx, number)
	return anys(requests), refused(err)
}

// Approve implements [control.Phones].
func (p phones) Approve(ctx context.Context, number, request string, a control.PhoneAnswer) (any, error) {
	r, err := p.hub.Approve(ctx, number, request, phoneapp.Answer(a))
	return r, refused(err)
}

// Decline implements [control.Phones].
func (p phones) Decline(ctx context.Context, number, request string) (any, error) {
	r, err := p.hub.Decline(ctx, number, request)
	return r, refused(err)
}

// Scan implements [control.Phones].
func (p phones) Scan(ctx context.Context, number, content string) (any, error) {
	r, err := p.hub.Scan(ctx, number, content)
	return r, refused(err)
}

// HangUp implements [control.Phones].
func (p phones) HangUp(number string) { p.hub.HangUp(number) }

// refused turns a phone's refusal into the control API's.
func refused(err error) error {
	var e *phoneapp.Error
	if errors.As(err, &e) {
		return &control.PhoneError{Code: string(e.Code), Message: e.Message, Reason: e.Reason, Host: e.Host}
	}
	return err
}

// sinks lets the control API set the built-in receivers.
type sinks struct{ room *sink.Room }

// Sink implements [control.Sinks].
func (s sinks) Sink(name string) control.Sink {
	c := s.room.Get(name)
	return control.Sink{Status: c.Status, Delay: time.Duration(c.Delay), FailFirst: c.FailFirst}
}

// PutSink implements [control.Sinks].
func (s sinks) PutSink(name string, c control.Sink) error {
	return s.room.Put(name, sink.Config{Status: c.Status, Delay: sink.Duration(c.Delay), FailFirst: c.FailFirst})
}

// DeleteSink implements [control.Sinks].
func (s sinks) DeleteSink(name string) { s.room.Delete(name) }

// Sinks implements [control.Sinks].
func (s sinks) Sinks() []control.NamedSink {
	states := s.room.States()
	all := make([]control.NamedSink, 0, len(states))
	for _, name := range slices.Sorted(maps.Keys(states)) {
		all = append(all, control.NamedSink{Name: name, Sink: s.Sink(name), Got: states[name].Last})
	}
	return all
}

// SinkRequests implements [control.Sinks].
func (s sinks) SinkRequests(ctx context.Context, name string, after int) []any {
	return anys(s.room.Wait(ctx, name, after))
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i]
	}
	return out
}
