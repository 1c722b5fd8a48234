package payment_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/ident"
	"liksom/server/payment"
	"liksom/server/store/memory"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour

	kari = "4712345678"
	ola  = "4787654321"

	createKey = "create-key"
)

var (
	ctx     = context.Background()
	morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	taxi    = payment.ID{MSN: "123456", Reference: "order-0001"}
	good    = payment.Card{ID: "card-4242", BIN: "429198", Last4: "4242"}
	empty   = payment.Card{ID: "card-9995", BIN: "429198", Last4: "9995", Refusal: payment.InsufficientFunds}
	yes, no = new(true), new(false)
)

// world is a service on a store of its own, with a time that stands until the
// test moves it.
type world struct {
	*payment.Service
	t       require.TestingT
	store   *memory.Store
	now     time.Time
	windows payment.Windows
}

func newWorld(t require.TestingT) *world {
	w := &world{t: t, store: memory.New(nil), now: morning, windows: payment.Windows{Landing: 5 * minute, Approval: 5 * minute}}
	w.Service = &payment.Service{
		Store: w.store, IDs: ident.Seeded("payment tests"),
		Now:     func() time.Time { return w.now },
		Windows: func() payment.Windows { return w.windows },
	}
	return w
}

func nok(value int64) payment.Amount { return payment.Amount{Currency: "NOK", Value: value} }

// order is an ordinary create command, changed as the test needs it.
func order(change ...func(*payment.Create)) payment.Create {
	c := payment.Create{
		Source: "epayment", Amount: nok(1000), Flow: payment.WebRedirect, Method: "WALLET", Key: createKey,
		ReturnURL: "https://shop.example/back",
		Terms:     payment.Terms{CaptureFor: 180 * day, GuaranteedFor: 7 * day, RefundFor: 365 * day},
	}
	for _, with := range change {
		with(&c)
	}
	return c
}

func asPush(c *payment.Create)                 { c.Flow, c.Phone = payment.PushMessage, kari }
func asking(c *payment.Create)                 { c.Scopes = []string{"name", "email"} }
func until(at time.Time) func(*payment.Create) { return func(c *payment.Create) { c.Deadline = at } }

func (w *world) try(cmd payment.Command) (payment.Payment, error) {
	result, err := w.Do(ctx, taxi, cmd, nil)
	return result.Payment, err
}

func (w *world) must(cmds ...payment.Command) payment.Payment {
	var p payment.Payment
	for _, cmd := range cmds {
		var err error
		p, err = w.try(cmd)
		require.NoError(w.t, err, "%T", cmd)
	}
	return p
}

// refused expects a refusal that changes nothing.
func (w *world) refused(reason payment.Reason, cmd payment.Command) *payment.Error {
	events, before := w.log(), w.stored()
	_, err := w.try(cmd)
	require.ErrorIs(w.t, err, payment.Because(reason))
	require.Equal(w.t, events, w.log(), "a refused command leaves no event")
	require.Equal(w.t, before, w.stored(), "a refused command leaves the payment as it was")
	var refusal *payment.Error
	require.ErrorAs(w.t, err, &refusal)
	require.Equal(w.t, before.State, refusal.State, "a refusal tells the state")
	require.NotEmpty(w.t, refusal.Message)
	return refusal
}

// stored is the payment as the store has it, without settling it.
func (w *world) stored() payment.Payment {
	p, err := w.store.Get(ctx, taxi)
	if payment.ReasonOf(err) == payment.UnknownPayment {
		return payment.Payment{}
	}
	require.NoError(w.t, err)
	return p
}

func (w *world) get() payment.Payment {
	p, err := w.Get(ctx, taxi)
	require.NoError(w.t, err)
	return p
}

func (w *world) log() []payment.Event {
	events, err := w.store.After(ctx, 0, 0)
	require.NoError(w.t, err)
	return events
}

func (w *world) last() payment.Event {
	events := w.log()
	require.NotEmpty(w.t, events)
	return events[len(events)-1]
}

// told are the kinds of the events that merchants hear of.
func (w *world) told() []payment.Kind {
	var kinds []payment.Kind
	for _, e := range w.log() {
		if e.Kind.Public() {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

// fire does the rows that are due by now, as the timer does.
func (w *world) fire() {
	rows, err := w.store.Claim(ctx, w.now, 1000)
	require.NoError(w.t, err)
	require.NoError(w.t, w.Fire(ctx, rows))
}

func (w *world) waiting(kind string) []payment.Due {
	rows, err := w.store.Waiting(ctx, kind, 0)
	require.NoError(w.t, err)
	return rows
}

func approve() payment.Approve { return payment.Approve{Phone: kari, Card: good} }

// authorized makes a payment of 1000 that is paid.
func authorized(t require.TestingT) *world {
	w := newWorld(t)
	w.must(order(), payment.Identify{Phone: kari}, approve())
	return w
}

func capture(value int64) payment.Capture {
	return payment.Capture{Amount: nok(value), Key: "capture-key"}
}

func refund(value int64) payment.Refund {
	return payment.Refund{Amount: nok(value), Key: "refund-key"}
}

// once keeps an answer that tells state and captured amount, or the refusal.
func once(key, request string) *payment.Once {
	return &payment.Once{Key: key, Print: sha256.Sum256([]byte(request)), Answer: answer}
}

func answer(p payment.Payment, err error) []byte {
	if err != nil {
		return []byte("refused: " + payment.ReasonOf(err))
	}
	return fmt.Appendf(nil, "%s captured %d", p.State, p.Sums.Captured)
}
