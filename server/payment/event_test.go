package payment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// TestWhatEachEventCarries follows the webhooks contract, section 8, and the
// ePayment contract, section 5: what payer and time do has the creation's
// reference and key, what the merchant does has its own.
func TestWhatEachEventCarries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		way    []payment.Command
		kind   payment.Kind
		shared bool // the creation's operator reference
		key    string
		amount int64
	}{
		{"created", []payment.Command{order()}, payment.PaymentCreated, true, createKey, 1000},
		{"authorized", []payment.Command{order(), approve()}, payment.PaymentAuthorized, true, createKey, 1000},
		{"aborted", []payment.Command{order(), payment.Decline{}}, payment.PaymentAborted, true, createKey, 1000},
		{"expired", []payment.Command{order(), payment.ExpireNow{}}, payment.PaymentExpired, true, createKey, 1000},
		{"terminated", []payment.Command{order(), payment.Cancel{}}, payment.PaymentTerminated, false, "", 1000},
		{"captured", []payment.Command{order(), approve(), capture(300)}, payment.PaymentCaptured, false, "capture-key", 300},
		{"refunded", []payment.Command{order(), approve(), capture(300), refund(100)}, payment.PaymentRefunded, false, "refund-key", 100},
		{"cancelled", []payment.Command{order(), approve(), capture(300), payment.Cancel{}}, payment.PaymentCancelled, false, "", 700},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := w.must(tt.way...)
			e := w.last()
			require.Equal(t, tt.kind, e.Kind)
			require.True(t, e.Kind.Public())
			require.Equal(t, taxi, e.ID)
			require.Equal(t, tt.key, e.Key)
			require.Equal(t, tt.amount, e.Amount)
			require.Equal(t, morning, e.At)
			require.Len(t, e.PSP, 36)
			require.Equal(t, tt.shared, e.PSP == p.PSP)
			require.Equal(t, w.log()[0].PSP, p.PSP, "the payment's reference is that of its creation")
		})
	}
}

func TestEachModificationHasAReferenceOfItsOwn(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	w.must(capture(100), capture(100), refund(50), refund(50), payment.Cancel{})
	seen := map[string]bool{}
	for _, e := range w.log()[3:] {
		require.False(t, seen[e.PSP])
		seen[e.PSP] = true
	}
	require.Len(t, seen, 5)
}

func TestTheSameSeedDrawsTheSameNames(t *testing.T) {
	t.Parallel()
	one, other := authorized(t), authorized(t)
	require.Equal(t, one.stored(), other.stored())
	require.Equal(t, one.log(), other.log())
}

func TestANewPaymentHasItsHandles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = morning.Add(minute)
	details := &payment.Details{MinimumAge: 18}
	p := w.must(order(func(c *payment.Create) {
		c.Phone, c.Description, c.Scopes, c.Details = kari, "Taxi", []string{"name"}, details
	}))
	require.Regexp(t, `^p[A-Za-z0-9]{10}$`, p.Code)
	require.Regexp(t, `^`+p.Code+`\.[A-Za-z0-9]{32}$`, p.Token)
	require.Equal(t, kari, p.Suggested)
	require.Empty(t, p.Phone, "a suggestion identifies nobody")
	require.Equal(t, payment.Seq(1), w.stored().Number)
	require.Equal(t, details, p.Details)
	require.Equal(t, payment.Payment{
		ID: taxi, Code: p.Code, Token: p.Token, Source: "epayment", PSP: p.PSP, Number: 1, Amount: nok(1000), State: payment.Created,
		Flow: payment.WebRedirect, Method: "WALLET", CreatedAt: morning.Add(minute), Window: payment.Landing, Since: morning.Add(minute),
		Deadline: morning.Add(6 * minute), Suggested: kari, Key: createKey, Description: "Taxi", ReturnURL: "https://shop.example/back",
		Scopes: []string{"name"}, Terms: p.Terms, Details: details,
	}, w.stored())
}

func TestAPushKnowsItsPayerFromTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, kari, w.must(order(asPush)).Phone)
	require.Equal(t, kari, w.last().Phone)
}

func TestTheSameReferenceAtAnotherUnitIsAnotherPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	shop := payment.ID{MSN: "234567", Reference: taxi.Reference}
	_, err := w.Do(ctx, shop, order(), nil)
	require.NoError(t, err)
	_, err = w.Do(ctx, shop, payment.Cancel{}, nil)
	require.NoError(t, err)
	require.Equal(t, payment.Created, w.stored().State)
}

func TestIDsSurviveTheirTextForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		id   payment.ID
		ok   bool
	}{
		{"123456/order-0001", taxi, true},
		{"123456/a/b", payment.ID{MSN: "123456", Reference: "a/b"}, true},
		{"123456", payment.ID{}, false},
		{"", payment.ID{}, false},
		{"/order-0001", payment.ID{Reference: "order-0001"}, false},
		{"123456/", payment.ID{MSN: "123456"}, false},
	}
	for _, tt := range tests {
		id, ok := payment.ParseID(tt.text)
		require.Equal(t, tt.ok, ok, tt.text)
		require.Equal(t, tt.id, id, tt.text)
		if ok {
			require.Equal(t, tt.text, id.String())
		}
	}
}

func TestFollowUpsAreKeptWithTheirEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.FollowUps = func(p payment.Payment, e payment.Event) []payment.Due {
		if e.Kind != payment.Identified {
			return nil
		}
		return []payment.Due{{At: e.At.Add(minute), Kind: "push", Key: p.Code + "@" + e.Phone}}
	}
	p := w.must(order(), payment.Identify{Phone: kari})
	rows := w.waiting("push")
	require.Len(t, rows, 1)
	require.Equal(t, payment.Due{At: morning.Add(minute), Kind: "push", Key: p.Code + "@" + kari, N: rows[0].N}, rows[0])
	_, err := w.try(payment.Capture{Amount: nok(1)})
	require.Error(t, err)
	require.Len(t, w.waiting("push"), 1)
}

func TestTheBellRingsAfterEachCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var rung []payment.Committed
	w.Committed = func(c payment.Committed) { rung = append(rung, c) }
	w.must(order(), approve())
	w.refused(payment.AlreadyApproved, approve())
	require.Equal(t, payment.Committed{Seq: 1, Earliest: morning.Add(5 * minute)}, rung[0])
	require.Equal(t, payment.Committed{Seq: 3, Earliest: morning.Add(5 * minute)}, rung[1])
	for _, c := range rung[2:] {
		require.Zero(t, c.Seq, "a refusal writes no event")
	}
}

func TestACommitNotesTheFurthestAndTheEarliest(t *testing.T) {
	t.Parallel()
	var c payment.Committed
	c.Note(3, morning.Add(minute))
	c.Note(2, morning)
	c.Note(0, morning.Add(day))
	c.Note(4, payment.Payment{}.Deadline)
	require.Equal(t, payment.Committed{Seq: 4, Earliest: morning}, c)
}

func TestErrorsHaveTheirClass(t *testing.T) {
	t.Parallel()
	for reason, want := range map[payment.Reason]payment.Class{
		payment.UnknownPayment: payment.NotFound, payment.ReferenceTaken: payment.Conflict, payment.KeyReused: payment.Conflict,
		payment.Taken: payment.Conflict, payment.BadAmount: payment.Invalid, payment.ConsentMissing: payment.Invalid,
		payment.CaptureTooLate: payment.TooLate, payment.CancelTooLate: payment.TooLate, payment.RefundTooLate: payment.TooLate,
		payment.RanOut: payment.TooLate, payment.CaptureTooMuch: payment.WrongState, payment.AlreadyApproved: payment.WrongState,
	} {
		require.Equal(t, want, (&payment.Error{Reason: reason}).Class(), reason)
	}
}

func TestReasonsAreFoundInWrappedErrors(t *testing.T) {
	t.Parallel()
	err := error(payment.Unknown(taxi))
	require.Equal(t, payment.UnknownPayment, payment.ReasonOf(err))
	require.Contains(t, err.Error(), taxi.Reference)
	require.NotErrorIs(t, err, payment.Because(payment.Taken))
	require.Empty(t, payment.ReasonOf(errBroken))
}
