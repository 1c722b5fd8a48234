package payment_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"liksom/server/payment"
)

// TestRandomCommandsKeepTheModel plays random commands against the service
// and against a model of the contract that is as simple as it can be.
func TestRandomCommandsKeepTheModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := &game{world: newWorld(t), payments: map[payment.ID]*model{}, ended: map[payment.ID]payment.State{}}
		t.Repeat(map[string]func(*rapid.T){
			"create":         g.create,
			"land":           g.land,
			"identify":       g.identify,
			"open":           g.open,
			"let go":         g.letGo,
			"approve":        g.approve,
			"decline":        g.decline,
			"expire now":     g.expireNow,
			"capture":        g.capture,
			"cancel":         g.cancel,
			"refund":         g.refund,
			"time passes":    g.timePasses,
			"the timer runs": g.timerRuns,
			"replay":         g.replay,
			"reuse a key":    g.reuse,
			"":               g.invariants,
		})
	})
}

// model is all the contract says of one payment.
type model struct {
	state      payment.State
	push       bool
	scopes     bool
	fixed      bool
	identified bool
	lapsed     bool
	holder     string
	deadline   time.Time
	approved   time.Time
	sums       payment.Sums
	amount     int64
	// shipping is what delivery costs, 0 where nothing is delivered.
	shipping int64
	unknown  bool // the issuer needs an hour
	// decided is when the issuer will have decided on an approval; zero while
	// there is none.
	decided time.Time
}

// game is a world with the model of each payment in it.
type game struct {
	*world
	payments map[payment.ID]*model
	ended    map[payment.ID]payment.State
	asked    []asked
}

// asked is a command that was given with a key.
type asked struct {
	id     payment.ID
	cmd    payment.Command
	key    string
	answer string
}

var references = []string{"order-0001", "order-0002", "order-0003"}

func (g *game) pick(t *rapid.T) payment.ID {
	return payment.ID{MSN: "123456", Reference: rapid.SampledFrom(references).Draw(t, "reference")}
}

func somebody(t *rapid.T) string { return rapid.SampledFrom([]string{kari, ola}).Draw(t, "phone") }

// play gives a command and expects what the model expects: settled for the
// payment as the contract has it by now, and the rule's verdict on it.
func (g *game) play(t *rapid.T, id payment.ID, cmd payment.Command, rule func(*model) payment.Reason) {
	m := g.payments[id]
	if m != nil {
		m.expire(g.now)
	}
	want := payment.UnknownPayment
	if m != nil {
		want = rule(m)
	}
	var ask *payment.Once
	if rapid.Bool().Draw(t, "with a key") {
		ask = once(fmt.Sprintf("key-%d", len(g.asked)), "body")
	}
	seen := len(g.log())
	result, err := g.Do(ctx, id, cmd, ask)
	require.Equal(t, want, payment.ReasonOf(err), "%T: %v", cmd, err)
	if ask != nil {
		g.asked = append(g.asked, asked{id, cmd, ask.Key, string(result.Answer)})
	}
	if want == "" {
		return
	}
	for _, e := range g.log()[seen:] {
		mayStay := e.Kind == payment.PaymentExpired || e.Kind == payment.PaymentAuthorized && m.approved.Equal(e.At) && m.decided.Equal(e.At) || want == payment.CardRefused && !e.Kind.Public()
		require.True(t, mayStay, "a refused %T left the event %s", cmd, e.Kind)
	}
}

func (m *model) expire(now time.Time) {
	switch {
	case m.state != payment.Created:
	case m.processing() && !now.Before(m.decided):
		m.authorize(m.decided)
	case !m.processing() && !now.Before(m.deadline):
		m.state = payment.Expired
	}
}

func (m *model) processing() bool { return m.state == payment.Created && !m.decided.IsZero() }

func (m *model) authorize(at time.Time) {
	m.state, m.holder, m.approved = payment.Authorized, "", at
	m.sums.Authorized = m.amount + m.shipping
}

// waits gives the verdict on whatever only a waiting payment takes.
func (m *model) waits() payment.Reason {
	if m.processing() {
		return payment.BeingProcessed
	}
	return map[payment.State]payment.Reason{
		payment.Authorized: payment.AlreadyApproved, payment.Expired: payment.RanOut,
		payment.Aborted: payment.AlreadyDecided, payment.Terminated: payment.AlreadyDecided,
	}[m.state]
}

func (m *model) known(now time.Time) {
	if !m.identified && !m.fixed && !m.push {
		m.deadline = now.Add(5 * minute)
	}
	m.identified = true
}

func (g *game) create(t *rapid.T) {
	id := g.pick(t)
	c := order()
	c.Amount = nok(rapid.Int64Range(1, 9).Draw(t, "amount"))
	m := &model{state: payment.Created, amount: c.Amount.Value, deadline: g.now.Add(5 * minute)}
	if m.push = rapid.Bool().Draw(t, "push"); m.push {
		asPush(&c)
		m.identified = true
	}
	if m.scopes = rapid.Bool().Draw(t, "scopes"); m.scopes {
		asking(&c)
	}
	if rapid.Bool().Draw(t, "ships") {
		shipping(&c)
		m.shipping = 79
	}
	if m.unknown = rapid.Bool().Draw(t, "unknown"); m.unknown {
		c.Verdict = payment.ResultUnknown
	}
	if m.fixed = rapid.Bool().Draw(t, "fixed"); m.fixed {
		m.deadline = g.now.Add(20 * minute)
		c.Deadline = m.deadline
	}
	if g.payments[id] != nil {
		g.play(t, id, c, func(*model) payment.Reason { return payment.ReferenceTaken })
		return
	}
	g.payments[id] = m
	g.play(t, id, c, func(*model) payment.Reason { return "" })
}

func (g *game) land(t *rapid.T) {
	g.play(t, g.pick(t), payment.Land{}, func(*model) payment.Reason { return "" })
}

func (g *game) identify(t *rapid.T) {
	c := payment.Identify{Phone: somebody(t), Holds: rapid.Bool().Draw(t, "holds")}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		if r := m.mayTouch(c.Phone); r != "" {
			return r
		}
		if c.Holds {
			m.holder = c.Phone
		}
		m.known(g.now)
		return ""
	})
}

// mayTouch gives the verdict on what another phone may hold off.
func (m *model) mayTouch(phone string) payment.Reason {
	if r := m.waits(); r != "" {
		return r
	}
	if m.holder != "" && phone != "" && m.holder != phone {
		return payment.Taken
	}
	return ""
}

func (g *game) open(t *rapid.T) {
	c := payment.Open{Phone: somebody(t)}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		if r := m.mayTouch(c.Phone); r != "" {
			return r
		}
		if !m.push {
			m.holder = c.Phone
		}
		m.known(g.now)
		return ""
	})
}

func (g *game) letGo(t *rapid.T) {
	c := payment.LetGo{Phone: somebody(t)}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		r := m.mayTouch(c.Phone)
		if r == "" {
			m.holder = ""
		}
		return r
	})
}

func (g *game) approve(t *rapid.T) {
	c := payment.Approve{
		Phone: somebody(t), Card: rapid.SampledFrom([]payment.Card{good, good, empty}).Draw(t, "card"),
		Consent: rapid.SampledFrom([]*bool{nil, yes, no}).Draw(t, "consent"),
		Forced:  rapid.Bool().Draw(t, "forced"),
		Takes:   rapid.SampledFrom([]time.Duration{0, 0, minute, 6 * minute}).Draw(t, "takes"),
	}
	if rapid.Bool().Draw(t, "chooses") {
		c.Shipping = &payment.ShippingPick{Address: bergen, OptionID: "home"}
	}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		if r := m.waits(); r != "" && !(c.Forced && m.processing()) {
			return r
		}
		if !c.Forced {
			if r := m.mayTouch(c.Phone); r != "" {
				return r
			}
			if m.scopes && c.Consent == nil {
				return payment.ConsentMissing
			}
			if m.scopes && !*c.Consent {
				m.state, m.holder = payment.Aborted, ""
				return ""
			}
		}
		if m.shipping > 0 && c.Shipping == nil {
			return payment.ShippingMissing
		}
		takes := c.Takes
		if m.unknown {
			takes = time.Hour
		}
		if c.Forced {
			m.authorize(g.now)
			return ""
		}
		m.known(g.now)
		switch {
		case c.Card.Refusal != "":
			return payment.CardRefused
		case takes > 0:
			m.decided = g.now.Add(takes)
		default:
			m.authorize(g.now)
		}
		return ""
	})
}

func (g *game) decline(t *rapid.T) {
	c := payment.Decline{Phone: rapid.SampledFrom([]string{"", kari, ola}).Draw(t, "phone")}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		r := m.mayTouch(c.Phone)
		if r == "" {
			m.state, m.holder = payment.Aborted, ""
		}
		return r
	})
}

func (g *game) expireNow(t *rapid.T) {
	g.play(t, g.pick(t), payment.ExpireNow{}, func(m *model) payment.Reason {
		r := m.waits()
		if r == "" {
			m.state, m.holder = payment.Expired, ""
		}
		return r
	})
}

// anAmount is small, so that sums often meet their bounds exactly.
func anAmount(t *rapid.T) payment.Amount {
	return payment.Amount{
		Currency: rapid.SampledFrom([]string{"NOK", "NOK", "NOK", "NOK", "NOK", "NOK", "NOK", "EUR"}).Draw(t, "currency"),
		Value:    rapid.Int64Range(0, 10).Draw(t, "value"),
	}
}

func (g *game) capture(t *rapid.T) {
	c := payment.Capture{Amount: anAmount(t), InFull: rapid.IntRange(0, 4).Draw(t, "in full") == 0}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		switch {
		case m.state == payment.Created:
			return payment.NotReserved
		case m.state != payment.Authorized:
			return payment.CaptureState
		case c.Amount.Value < 1 || c.Amount.Currency != "NOK":
			return payment.BadAmount
		case g.now.Sub(m.approved) >= 180*day:
			return payment.CaptureTooLate
		case m.sums.Cancelled > 0:
			return payment.CaptureCancelled
		case m.sums.Captured == m.sums.Authorized:
			return payment.FullyCaptured
		case m.sums.Captured+c.Amount.Value > m.sums.Authorized:
			return payment.CaptureTooMuch
		case c.InFull && c.Amount.Value != m.sums.Authorized:
			return payment.CaptureInFull
		}
		m.sums.Captured += c.Amount.Value
		return ""
	})
}

func (g *game) cancel(t *rapid.T) {
	c := payment.Cancel{OnlyWaiting: rapid.Bool().Draw(t, "only waiting")}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		switch {
		case m.processing():
			return payment.CancelProcessing
		case m.state == payment.Created:
			m.state, m.holder, m.sums.Cancelled = payment.Terminated, "", m.amount
			return ""
		case m.state != payment.Authorized:
			return payment.CancelState
		case c.OnlyWaiting:
			return payment.CancelAuthorized
		case m.sums.Cancelled > 0 && !m.lapsed:
			return payment.CancelState
		case m.sums.Captured == m.sums.Authorized:
			return payment.CancelCaptured
		case g.now.Sub(m.approved) >= 180*day:
			return payment.CancelTooLate
		}
		m.sums.Cancelled = m.sums.Authorized - m.sums.Captured
		return ""
	})
}

func (g *game) refund(t *rapid.T) {
	c := payment.Refund{Amount: anAmount(t)}
	g.play(t, g.pick(t), c, func(m *model) payment.Reason {
		switch {
		case m.state == payment.Created:
			return payment.RefundEarly
		case m.state != payment.Authorized:
			return payment.RefundState
		case c.Amount.Value < 1 || c.Amount.Currency != "NOK":
			return payment.BadAmount
		case m.sums.Captured == 0:
			return payment.RefundTooMuch
		case m.sums.Refunded == m.sums.Captured:
			return payment.FullyRefunded
		case g.now.Sub(m.approved) >= 365*day:
			return payment.RefundTooLate
		case m.sums.Refunded+c.Amount.Value > m.sums.Captured:
			return payment.RefundTooMuch
		}
		m.sums.Refunded += c.Amount.Value
		return ""
	})
}

func (g *game) timePasses(t *rapid.T) {
	steps := []time.Duration{time.Millisecond, minute, minute, 5*minute - time.Millisecond, 5 * minute, 7 * day, 180*day - minute, 180 * day}
	g.pass(rapid.SampledFrom(steps).Draw(t, "time"))
}

func (g *game) timerRuns(*rapid.T) {
	g.fire()
	for _, m := range g.payments {
		m.expire(g.now)
		over := m.state == payment.Authorized && g.now.Sub(m.approved) >= 180*day
		if rest := m.sums.Authorized - m.sums.Captured - m.sums.Cancelled; over && rest > 0 {
			m.sums.Cancelled += rest
			m.lapsed = true
		}
	}
}

// replay gives a command again that was given before.
func (g *game) replay(t *rapid.T) {
	if len(g.asked) == 0 {
		t.Skip("nothing was asked with a key")
	}
	again := rapid.SampledFrom(g.asked).Draw(t, "again")
	events := g.log()
	result, err := g.Do(ctx, again.id, again.cmd, once(again.key, "body"))
	require.NoError(t, err)
	require.True(t, result.Replayed)
	require.Equal(t, again.answer, string(result.Answer))
	require.Equal(t, events, g.log(), "a replay changes nothing")
}

func (g *game) reuse(t *rapid.T) {
	if len(g.asked) == 0 {
		t.Skip("nothing was asked with a key")
	}
	again := rapid.SampledFrom(g.asked).Draw(t, "again")
	events := g.log()
	_, err := g.Do(ctx, again.id, again.cmd, &payment.Once{Key: again.key, Print: sha256.Sum256([]byte("other")), Answer: answer})
	require.Equal(t, payment.KeyReused, payment.ReasonOf(err))
	require.Equal(t, events, g.log(), "a refused reuse changes nothing")
}

func (g *game) invariants(t *rapid.T) {
	told := tell(t, g.log())
	for id, m := range g.payments {
		p, err := g.store.Get(ctx, id)
		require.NoError(t, err)
		require.Equal(t, m.state, p.State, "state of %s", id)
		require.Equal(t, m.sums, p.Sums, "sums of %s", id)
		if p.State == payment.Created {
			require.Equal(t, m.deadline, p.Deadline)
			require.Equal(t, m.holder, p.Holder)
			require.Equal(t, m.processing(), p.Processing())
		}

		s := p.Sums
		require.True(t, 0 <= s.Refunded && s.Refunded <= s.Captured, "no money from nowhere: %+v", s)
		require.True(t, s.Authorized == 0 || s.Authorized == m.amount+m.shipping, "all or nothing is reserved: %+v", s)
		if p.State == payment.Authorized {
			require.LessOrEqual(t, s.Captured+s.Cancelled, s.Authorized)
		}
		require.Equal(t, p.Sums, told[id].sums, "the log alone gives the same sums")
		require.Equal(t, p.State, told[id].state, "the log alone gives the same state")
		if before := g.ended[id]; before != "" {
			require.Equal(t, before, p.State, "nothing leads out of a final state")
		}
		if p.Final() {
			g.ended[id] = p.State
		}
	}
}

// story is what the events of a payment tell.
type story struct {
	state payment.State
	sums  payment.Sums
}

func tell(t *rapid.T, events []payment.Event) map[payment.ID]story {
	told := map[payment.ID]story{}
	for i, e := range events {
		require.Equal(t, payment.Seq(i+1), e.Seq, "positions have no gaps")
		s := told[e.ID]
		switch e.Kind {
		case payment.PaymentCreated:
			require.Empty(t, s.state, "a payment is created once")
			s.state = payment.Created
		case payment.PaymentAuthorized, payment.PaymentAborted, payment.PaymentExpired, payment.PaymentTerminated:
			require.Equal(t, payment.Created, s.state, "one final state is entered, once")
			s.state = payment.State(e.Kind)
		}
		switch e.Kind {
		case payment.PaymentAuthorized:
			s.sums.Authorized = e.Amount
		case payment.PaymentCaptured:
			s.sums.Captured += e.Amount
		case payment.PaymentCancelled, payment.PaymentTerminated:
			s.sums.Cancelled += e.Amount
		case payment.PaymentRefunded:
			s.sums.Refunded += e.Amount
		}
		told[e.ID] = s
	}
	return told
}
