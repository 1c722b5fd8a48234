package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"liksom/server/clock"
	"liksom/server/fault"
	"liksom/server/payment"
	"liksom/server/playbill"
	"liksom/server/webhook"
)

// writeWait is the real time that a reader has to take what is sent. One that
// takes longer is cut off, and goes on from its position.
const writeWait = 30 * time.Second

// happened is what a stream tells of an event in the log, with the payment as
// it is by now.
type happened struct {
	Seq     payment.Seq  `json:"seq"`
	Kind    payment.Kind `json:"kind"`
	At      time.Time    `json:"at"`
	Phone   string       `json:"phone,omitempty"`
	By      string       `json:"by,omitempty"`
	Payment paymentView  `json:"payment"`
}

// stood is an entry of a payment's timeline.
type stood struct {
	MSN       string `json:"msn"`
	Reference string `json:"reference"`
	Entry     entry  `json:"entry"`
}

// pushStates are what the log tells of pushes.
var pushStates = map[payment.Kind]string{payment.Shown: "shown", payment.Opened: "opened"}

// gone is a thing that is no more.
type gone struct {
	ID      string `json:"id,omitempty"`
	Number  string `json:"number,omitempty"`
	MSN     string `json:"msn,omitempty"`
	Removed bool   `json:"removed"`
}

// faultTold is a fault that was set or removed, or has struck.
type faultTold struct {
	Change    string      `json:"change"` // set, removed, struck
	Fault     fault.Fault `json:"fault"`
	At        time.Time   `json:"at,omitzero"`
	Text      string      `json:"text,omitempty"`
	MSN       string      `json:"msn,omitempty"`
	Reference string      `json:"reference,omitempty"`
	Phone     string      `json:"phone,omitempty"`
}

func (t *teller) tellClock() {
	r := t.control.Clock.Read()
	t.tell(toldClock, clockView{Now: shown(r.Now), Real: shown(r.Real), Speed: r.Speed, Frozen: r.Frozen})
}

// tellLog tells the events behind the position.
func (t *teller) tellLog(ctx context.Context) {
	for t.err == nil {
		events, err := t.control.Payments.Store.After(ctx, t.seq, logBatch)
		if err != nil {
			t.fail(ctx, err)
			return
		}
		for i := range events {
			t.tellEvent(ctx, &events[i])
			t.seq = events[i].Seq
		}
		if len(events) < logBatch {
			return
		}
	}
}

// tellEvent tells one event, its entries on the timeline and the webhooks it
// caused. The event itself comes last: it has the id, so that a break in
// between loses nothing.
func (t *teller) tellEvent(ctx context.Context, e *payment.Event) {
	c := t.control
	if !same(t.filter.msn, e.ID.MSN) || !same(t.filter.reference, e.ID.Reference) {
		return
	}
	p, err := c.Payments.Get(ctx, e.ID)
	if payment.ReasonOf(err) == payment.UnknownPayment {
		return // forgotten meanwhile
	}
	if err != nil {
		t.fail(ctx, err)
		return
	}
	if !t.filter.meetsPayment(&p, e) {
		return
	}
	for _, v := range slices.Concat(before(&p, e), []entry{ofEvent(&p, e)}, after(&p, e)) {
		t.tellEntry(e.ID, v)
	}
	t.tellPlanned(ctx, e)
	if state, ok := pushStates[e.Kind]; ok {
		t.tell(toldPush, Push{MSN: e.ID.MSN, Reference: e.ID.Reference, Phone: e.Phone, State: state, At: shown(e.At)})
	}
	if t.filter.wants(toldPayment) {
		t.send(toldPayment, e.Seq, happened{e.Seq, e.Kind, shown(e.At), e.Phone, e.By, c.view(t.request, &p)})
		t.told = e.Seq
	}
}

func (t *teller) tellEntry(id payment.ID, v entry) {
	v.At = shown(v.At)
	t.tell(toldTimeline, stood{id.MSN, id.Reference, v})
}

// tellPlanned tells the webhooks that are to tell of an event.
func (t *teller) tellPlanned(ctx context.Context, e *payment.Event) {
	if !e.Kind.Public() || !t.filter.wants(toldDelivery) && !t.filter.wants(toldTimeline) {
		return
	}
	known, err := t.control.receivers(ctx)
	if err != nil || len(known) == 0 {
		t.fail(ctx, err)
		return
	}
	all, err := t.control.Deliveries.Deliveries(ctx, webhook.Query{MSN: e.ID.MSN, Reference: e.ID.Reference})
	if err != nil {
		t.fail(ctx, err)
		return
	}
	for i := range all {
		if d := &all[i]; d.Event == e.Seq {
			t.tellEntry(e.ID, planned(d, known.of(d, nil)))
			t.tell(toldDelivery, viewDelivery(d, known.of(d, nil), nil))
		}
	}
}

// tellNews tells the items up to a position.
func (t *teller) tellNews(ctx context.Context, upTo int64) {
	items, missed := t.control.News.between(t.news, upTo)
	t.news = upTo
	if missed {
		t.tell(toldMissed, struct{}{})
	}
	for i := range items {
		if t.err == nil && t.filter.meets(&items[i]) {
			t.tellItem(ctx, &items[i])
		}
	}
}

func (t *teller) tellItem(ctx context.Context, i *item) {
	c := t.control
	switch n := i.what.(type) {
	case triedNews:
		t.tellTried(ctx, n)
	case registrationNews:
		if n.removed {
			t.tell(toldRegistration, gone{ID: n.registration.ID, MSN: n.registration.MSN, Removed: true})
			return
		}
		t.tell(toldRegistration, viewRegistration(n.registration, false))
	case phoneNews:
		if n.removed {
			t.tell(toldPhone, gone{Number: n.phone.Number, Removed: true})
			return
		}
		t.tell(toldPhone, viewPhone(n.phone))
	case merchantNews:
		t.tellMerchant(n)
	case settingsNews:
		t.tell(toldSettings, c.shownSettings(*c.Directory.Settings()))
	case faultNews:
		t.tell(toldFault, faultTold{Change: n.change, Fault: n.fault})
	case fault.Strike:
		m := n.Match
		t.tell(toldFault, faultTold{"struck", n.Fault, shown(n.At), n.Text(), m.MSN, m.Reference, m.Phone})
		if m.Reference != "" {
			t.tellEntry(payment.ID{MSN: m.MSN, Reference: m.Reference}, ofStrike(&n))
		}
	case Push:
		n.At, n.Until = shown(n.At), shown(n.Until)
		t.tell(toldPush, n)
	case codeNews:
		t.tellCode(n)
	case playbill.News:
		t.tell(toldScenario, n)
	case resetNews:
		t.tell(toldReset, struct {
			MSN string `json:"msn,omitempty"`
		}{n.msn})
	}
}

func (t *teller) tellMerchant(n merchantNews) {
	unit, known := t.control.Directory.Unit(n.msn)
	if n.removed || !known {
		t.tell(toldMerchant, gone{MSN: n.msn, Removed: true})
		return
	}
	client, _ := t.control.Directory.ClientOf(n.msn)
	t.tell(toldMerchant, t.control.shown(viewMerchant(unit, client), false))
}

func (t *teller) tellCode(n codeNews) {
	if n.removed {
		t.tell(toldQR, gone{ID: n.code.ID, MSN: n.code.MSN, Removed: true})
		return
	}
	t.tell(toldQR, n.code.view())
}

// tellTried tells what became of a delivery, and which of its queue may go
// now that it is out of the way.
func (t *teller) tellTried(ctx context.Context, n triedNews) {
	c := t.control
	d, err := c.Deliveries.Delivery(ctx, n.delivery)
	if errors.Is(err, webhook.ErrNotFound) {
		return // forgotten meanwhile
	}
	if err != nil {
		t.fail(ctx, err)
		return
	}
	known, err := c.receivers(ctx)
	if err != nil {
		t.fail(ctx, err)
		return
	}
	if n.attempt != nil && d.Payment.Reference != "" {
		t.tellEntry(d.Payment, ofAttempt(&d, n.attempt, known))
	}
	changed := []webhook.Delivery{d}
	if !d.Status.Open() {
		next, err := c.Deliveries.Deliveries(ctx, webhook.Query{
			MSN: d.Payment.MSN, Reference: d.Payment.Reference, Registration: d.Registration, Status: webhook.Waiting,
		})
		if err != nil {
			t.fail(ctx, err)
			return
		}
		changed = append(changed, next...)
	}
	for i := range changed {
		attempts, err := c.Deliveries.Attempts(ctx, changed[i].ID)
		if err != nil {
			t.fail(ctx, err)
			return
		}
		t.tell(toldDelivery, viewDelivery(&changed[i], known.of(&changed[i], nil), attempts))
	}
}

// tellCalls tells the API calls up to a position.
func (t *teller) tellCalls(upTo int64) {
	after := t.calls
	t.calls = upTo
	// Of a call it is not known which phone it concerns.
	if after == upTo || t.filter.phone != "" || !t.filter.wants(toldRequest) && !t.filter.wants(toldTimeline) {
		return
	}
	found := t.control.Calls.List(CallQuery{
		MSN: t.filter.msn, Reference: t.filter.reference, After: after, Before: upTo + 1,
	})
	for i := range slices.Backward(found) {
		call := &found[i]
		t.tell(toldRequest, lineOf(call))
		if call.Reference != "" {
			t.tellEntry(payment.ID{MSN: call.MSN, Reference: call.Reference}, ofCall(*call))
		}
	}
}

// tell sends an event without an id, if the reader wants its kind.
func (t *teller) tell(kind string, data any) {
	if t.filter.wants(kind) {
		t.send(kind, 0, data)
	}
}

func (t *teller) send(kind string, id payment.Seq, data any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(data); err != nil {
		t.err = err
		return
	}
	line := "event: " + kind + "\n"
	if id > 0 {
		line += "id: " + strconv.FormatInt(int64(id), 10) + "\n"
	}
	t.write(line + "data: " + body.String() + "\n") // the encoder ends with a line break of its own
}

func (t *teller) write(text string) {
	if t.err != nil {
		return
	}
	// Not every writer has deadlines; what it has is in force for this write.
	_ = t.flush.SetWriteDeadline(clock.Wall().Add(writeWait))
	_, t.err = t.out.Write([]byte(text))
}

// push sends what was written; false when the reader is gone.
func (t *teller) push() bool {
	if t.err == nil {
		t.err = t.flush.Flush()
	}
	return t.err == nil
}

// fail ends the stream because something could not be read: the reader comes
// again from its position.
func (t *teller) fail(ctx context.Context, err error) {
	if err == nil || t.err != nil {
		return
	}
	t.err = err
	if ctx.Err() == nil {
		t.control.Log.ErrorContext(ctx, "a stream cannot go on", "after", t.seq, "error", err)
	}
}
