package landing

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"liksom/server/payment"
)

// stream tells a page, by server-sent events, what happens to its payment and
// to the clock, and nothing else of the world. It goes on behind the position
// the page was drawn at, so nothing is missed between the two.
func (d *Door) stream(w http.ResponseWriter, r *http.Request) {
	p, err := d.lookup(r.Context(), r.URL.Query().Get("token"))
	if payment.ReasonOf(err) == payment.UnknownPayment {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	out := &events{w: w, rc: http.NewResponseController(w)}
	_ = out.rc.SetWriteDeadline(time.Time{}) // it lasts as long as the page
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	happened := make(chan payment.Event)
	go d.follow(r, p.ID, happened)
	push := &pushWatch{door: d, payment: p}
	for {
		changed := d.Clock.Changed() // before reading, so that no change is missed
		if d.tellClock(out) != nil || !push.look(r.Context()) {
			return
		}
		if !d.relay(r, out, happened, changed, push) {
			return
		}
	}
}

// relay passes events on until the clock changes; false when the page is gone.
func (d *Door) relay(r *http.Request, out *events, happened <-chan payment.Event, changed <-chan struct{}, push *pushWatch) bool {
	for {
		news := d.News() // before looking, so that none is missed
		if push.tell(out) != nil {
			return false
		}
		select {
		case e, more := <-happened:
			if !more || out.send("payment", strconv.FormatInt(int64(e.Seq), 10), map[string]any{"kind": e.Kind, "at": stamp(e.At)}) != nil {
				return false
			}
			_ = push.look(r.Context()) // its end stands in the log
		case <-news:
		case <-changed:
			return true
		case <-r.Context().Done():
			return false
		}
	}
}

// pushWatch tells a page when the push of its payment is held back, and when
// it no longer is: a phone's network is no event of the payment.
type pushWatch struct {
	door    *Door
	payment payment.Payment
	told    string
}

// look reads the payment anew: somebody else may pay by now. It is false once
// there is none, as after a reset, which sets the clock: a page that asks
// again then learns so.
func (p *pushWatch) look(ctx context.Context) bool {
	now, err := p.door.Store.Find(ctx, p.payment.Code)
	if err == nil {
		p.payment = now
	}
	return payment.ReasonOf(err) != payment.UnknownPayment
}

func (p *pushWatch) tell(out *events) error {
	state := "sent"
	if p.payment.Phone == "" || p.payment.Final() {
		return nil
	}
	if p.door.Pushes.Held(&p.payment) {
		state = "held"
	}
	if state == p.told {
		return nil
	}
	p.told = state
	return out.send("push", "", map[string]any{"state": state})
}

// follow picks one payment's events out of the log.
func (d *Door) follow(r *http.Request, id payment.ID, happened chan<- payment.Event) {
	defer close(happened)
	for e, err := range d.Feed.Follow(r.Context(), position(r, d.Feed.Head())) {
		if err != nil {
			d.Log.ErrorContext(r.Context(), "follow a payment", "payment", id.String(), "err", err)
			return
		}
		if e.ID != id {
			continue
		}
		select {
		case happened <- e:
		case <-r.Context().Done():
			return
		}
	}
}

// position is where a stream begins: where it broke off, else where its page
// was drawn, else now. Never ahead of the log.
func position(r *http.Request, head payment.Seq) payment.Seq {
	for _, s := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")} {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
			return min(payment.Seq(n), head)
		}
	}
	return head
}

func (d *Door) tellClock(out *events) error {
	now := d.Clock.Read()
	return out.send("clock", "", map[string]any{"now": stamp(now.Now), "speed": now.Speed, "frozen": now.Frozen})
}

// events writes server-sent events.
type events struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (e *events) send(name, id string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	if _, err := fmt.Fprintf(e.w, "event: %s\n%sdata: %s\n\n", name, id, body); err != nil {
		return err
	}
	return e.rc.Flush()
}
