package control

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/payment"
	"liksom/server/problem"
)

const (
	// heartbeat is how long a stream is silent at most, in real time: what
	// stands between must not take it for dead.
	heartbeat = 15 * time.Second
	// breath is the real time between two tellings of the clock: a jump over
	// many deadlines moves it more often than anybody can see.
	breath = 50 * time.Millisecond
	// logBatch is how many events are read at once.
	logBatch = 256
)

// The kinds of things that a stream tells.
const (
	toldClock        = "clock"
	toldPayment      = "payment"
	toldTimeline     = "timeline"
	toldRequest      = "request"
	toldDelivery     = "delivery"
	toldRegistration = "registration"
	toldPhone        = "phone"
	toldMerchant     = "merchant"
	toldSettings     = "settings"
	toldFault        = "fault"
	toldQR           = "qr"
	toldPush         = "push"
	toldReset        = "reset"
	toldScenario     = "scenario"
	toldMissed       = "missed"
)

var toldKinds = []string{
	toldClock, toldPayment, toldTimeline, toldRequest, toldDelivery, toldRegistration, toldPhone, toldMerchant,
	toldSettings, toldFault, toldQR, toldPush, toldReset, toldScenario, toldMissed,
}

// filter says what a stream tells. What is empty tells everything.
type filter struct {
	msn, reference, phone string
	kinds                 []string
}

func filterOf(query url.Values) (filter, error) {
	f := filter{msn: query.Get("msn"), reference: query.Get("reference"), phone: query.Get("phone")}
	if s := query.Get("kinds"); s != "" {
		f.kinds = strings.Split(s, ",")
	}
	for _, kind := range f.kinds {
		if !slices.Contains(toldKinds, kind) {
			return f, invalid("kinds", "A stream tells nothing of the kind "+strconv.Quote(kind)+". "+problem.Instead(kind, toldKinds))
		}
	}
	return f, nil
}

// wants tells whether a kind is to be told.
func (f *filter) wants(kind string) bool { return len(f.kinds) == 0 || slices.Contains(f.kinds, kind) }

func (f *filter) meets(i *item) bool {
	return i.everybody || same(f.msn, i.msn) && same(f.reference, i.reference) && same(f.phone, i.phone)
}

func (f *filter) meetsPayment(p *payment.Payment, e *payment.Event) bool {
	return same(f.msn, p.MSN) && same(f.reference, p.Reference) &&
		(same(f.phone, p.Phone) || f.phone == p.Holder || f.phone == e.Phone)
}

func same(wanted, have string) bool { return wanted == "" || wanted == have }

// stream tells what happens by server-sent events. The id of an event is a
// position of the log: whoever comes again with it misses nothing of what the
// log holds. All else is told as it happens; a reader asks for the lists anew
// after a break.
func (c *Control) stream(r *http.Request) (answer, error) {
	query, _, err := parameters(r, "msn", "reference", "phone", "kinds", "after")
	if err != nil {
		return answer{}, err
	}
	f, err := filterOf(query)
	if err != nil {
		return answer{}, err
	}
	after, err := c.position(r, query.Get("after"))
	if err != nil {
		return answer{}, err
	}
	return answer{stream: func(w http.ResponseWriter) {
		t := &teller{control: c, request: r, filter: f, seq: after, told: after, out: w, flush: http.NewResponseController(w)}
		t.run(r.Context())
	}}, nil
}

// position is where a stream begins: where it broke off, else where it is
// asked to, else now. Never ahead of the log, which may be a new one.
func (c *Control) position(r *http.Request, after string) (payment.Seq, error) {
	head := c.Feed.Head()
	if after != "" {
		n, err := strconv.ParseInt(after, 10, 64)
		if err != nil || n < 0 {
			return 0, invalid("after", "Take the id of the last event that you have, or 0 for the log's beginning.")
		}
		head = min(payment.Seq(n), head)
	}
	// A browser sends the id it got by itself; one that is not ours is no
	// reason to refuse for ever.
	if n, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil && n >= 0 {
		return min(payment.Seq(n), c.Feed.Head()), nil
	}
	return head, nil
}

// teller is one reader's stream. It pulls what it has not told yet, at its
// own pace: nobody waits for it.
type teller struct {
	control *Control
	request *http.Request
	filter  filter
	seq     payment.Seq // how far the log was read
	told    payment.Seq // the id the reader has
	news    int64
	calls   int64

	out   http.ResponseWriter
	flush *http.ResponseController
	err   error // of writing
}

func (t *teller) run(ctx context.Context) {
	c := t.control
	h := t.out.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	t.out.WriteHeader(http.StatusOK)
	if t.request.Method == http.MethodHead {
		return
	}
	t.news, t.calls = c.News.head(), c.Calls.Last()
	t.tellClock()
	for moved := false; ; {
		// All bells are taken before anything is read, so that none is missed.
		_, logged := c.Feed.Bell()
		changed, ticked := c.Bell.Wait(), c.Clock.Changed()
		if moved {
			t.tellClock()
		}
		t.catchUp(ctx)
		if !t.push() || moved && clock.Rest(ctx, breath, nil) != nil {
			return
		}
		patience, cancel := context.WithTimeout(ctx, heartbeat)
		select {
		case <-logged:
		case <-changed:
		case <-ticked:
		case <-patience.Done():
			t.write(": alive\n\n")
		}
		cancel()
		if ctx.Err() != nil {
			return
		}
		moved = closed(ticked)
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// catchUp tells all there is by now. How far news and calls reach is asked
// before the log is read, so that an effect never comes before its cause.
func (t *teller) catchUp(ctx context.Context) {
	news, calls := t.control.News.head(), t.control.Calls.Last()
	t.tellLog(ctx)
	t.tellNews(ctx, news)
	t.tellCalls(calls)
	if t.told != t.seq { // what came last was not for this reader, who need not see it again
		t.write("id: " + strconv.FormatInt(int64(t.seq), 10) + "\n\n")
		t.told = t.seq
	}
}
