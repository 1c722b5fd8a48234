package stripe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// work is what one request, or one row of the timer, does to the records. It
// holds the room's lock from beginning to end; what it changed is kept at its
// end, all together or not at all.
type work struct {
	*Room
	ctx context.Context
	// now is the simulated time of what is done.
	now     time.Time
	account *Account
	version version
	// request and idempotency are those of the call; "" for payer and timer.
	request, idempotency string

	dirty  map[string]record
	made   []record
	gone   []record
	events []*event
	due    []payment.Due
	// asked is what the call said about the command that it gave the core.
	asked asked
}

// asked is what a request says about a change that the core's log will tell.
type asked struct {
	reason   *string
	metadata map[string]string
	// withdrawn tells that the attempt's end is our own doing.
	withdrawn bool
	refund    string // the id of the refund that came of it
}

// get reads a record of the account, as changed by this work.
func get[T record](w *work, id string) (T, bool) {
	r, found := w.dirty[id]
	if !found {
		r, found = w.rows[id]
	}
	t, ok := r.(T)
	return t, found && ok
}

// edit gives a copy of a record to be changed.
func edit[T any, P interface {
	*T
	record
}](w *work, r P) P {
	if changed, ok := w.dirty[r.key()].(P); ok {
		return changed
	}
	c := *r
	w.dirty[r.key()] = P(&c)
	return &c
}

// add takes up a new record.
func (w *work) add(r record) {
	w.dirty[r.key()] = r
	w.made = append(w.made, r)
}

func (w *work) remove(r record) {
	delete(w.dirty, r.key())
	w.gone = append(w.gone, r)
}

// fresh is the beginning of a record.
func (w *work) fresh(prefix string, length int) made {
	return made{ID: prefix + w.IDs.Code(length), Account: w.account.ID, Created: w.now.Unix()}
}

// all are the account's records of a kind, newest first.
func all[T record](w *work, kind string) []T {
	var found []T
	for _, id := range w.lists[kind] {
		if t, ok := get[T](w, id); ok {
			found = append(found, t)
		}
	}
	for _, r := range w.made {
		if t, ok := r.(T); ok && r.kind() == kind {
			found = append(found, t)
		}
	}
	found = slices.DeleteFunc(found, func(t T) bool { return slices.ContainsFunc(w.gone, func(g record) bool { return g.key() == t.key() }) })
	slices.Reverse(found)
	return found
}

// emit writes down an event about an object as it is now.
func (w *work) emit(about payment.ID, name string, data object) *event {
	body, err := json.Marshal(data)
	if err != nil {
		panic("stripe: " + err.Error()) // texts, numbers and lists of them
	}
	e := &event{
		made: w.fresh("evt_", 24), Type: name, Data: body, Version: w.eventsVersion(),
		Request: w.request, Key: w.idempotency, Subject: about,
	}
	w.add(e)
	w.events = append(w.events, e)
	w.forgetEvents()
	return e
}

// forgetEvents drops the oldest events that nobody can ask for any more.
func (w *work) forgetEvents() {
	for _, id := range w.lists["event"] {
		old := w.rows[id].(*event)
		if w.now.Sub(time.Unix(old.Created, 0)) <= eventsLast {
			return
		}
		if !slices.ContainsFunc(w.gone, func(g record) bool { return g.key() == id }) {
			w.remove(old)
		}
	}
}

// previous notes what an update changed.
func (e *event) previous(before, after object) {
	was := object{}
	for name, value := range before {
		a, _ := json.Marshal(value)
		b, _ := json.Marshal(after[name])
		if string(a) != string(b) {
			was[name] = value
		}
	}
	e.Previous, _ = json.Marshal(was)
}

// subject names what events are about that concern no payment of the core.
func (w *work) subject(id string) payment.ID { return payment.ID{MSN: w.account.MSN, Reference: id} }

// later asks for something at a time.
func (w *work) later(at time.Time, key string) {
	w.due = append(w.due, payment.Due{At: at, Kind: DueSettle, Key: key})
}

// commit keeps everything.
func (w *work) commit() error {
	batch := webhook.Batch{Due: w.due}
	for _, e := range w.events {
		batch.Deliveries = append(batch.Deliveries, w.deliveries(e)...)
	}
	for _, r := range w.made {
		w.last++
		*w.dirty[r.key()].order() = w.last
	}
	for _, r := range w.dirty {
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write a %s of the Stripe side: %w", r.kind(), err)
		}
		batch.Documents = append(batch.Documents, webhook.Document{Kind: documentKind(r.kind()), Key: r.key(), Body: body})
	}
	for _, r := range w.gone {
		batch.Documents = append(batch.Documents, webhook.Document{Kind: documentKind(r.kind()), Key: r.key()})
	}
	if len(batch.Documents) == 0 && len(batch.Due) == 0 {
		return nil
	}
	slices.SortFunc(batch.Documents, func(a, b webhook.Document) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
	})
	done, err := w.Store.Keep(w.ctx, batch)
	if err != nil {
		return err
	}
	for _, r := range w.dirty {
		w.keep(r)
	}
	for _, r := range w.gone {
		w.forget(r)
	}
	if w.Committed != nil {
		w.Committed(done)
	}
	return nil
}

// do gives a command to the wallet core.
func (w *work) do(id payment.ID, cmd payment.Command) (payment.Payment, error) {
	done, err := w.Payments.Do(w.ctx, id, cmd, nil)
	return done.Payment, err
}

// core makes a refusal of the core one of Stripe's.
func core(in *intent, err error) error {
	var refused *payment.Error
	if !errors.As(err, &refused) {
		return err
	}
	e := refuse(http.StatusBadRequest, "payment_intent_unexpected_state", "", "%s", refused.Message)
	e.Intent = in.ID
	return e
}
