package gateway

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limit is how often one thing may be asked in a minute of simulated time
// (ePayment contract, section 8.6). The zero value sets no limit.
type Limit struct {
	Most int
	// PerKey counts for a reference and a subscription key; else for a
	// reference and a sales unit.
	PerKey bool
}

// minute is the length of a window.
const minute = time.Minute

// manyWindows is how many windows are kept before those that have ended are
// looked for.
const manyWindows = 4096

// limits counts calls in windows that begin with the first call. The zero
// value is ready.
type limits struct {
	mu      sync.Mutex
	windows map[string]*window
}

type window struct {
	began time.Time
	calls int
}

func (w *window) over(now time.Time) bool {
	passed := now.Sub(w.began)
	return passed < 0 || passed >= minute // the clock of a world can be set back
}

// count adds a call, and answers how long to wait when that is one too many.
func (l *limits) count(thing string, most int, now time.Time) (wait time.Duration, refused bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.windows[thing]
	if w == nil || w.over(now) {
		w = l.begin(thing, now)
	}
	w.calls++
	return w.began.Add(minute).Sub(now), w.calls > most
}

func (l *limits) begin(thing string, now time.Time) *window {
	if l.windows == nil {
		l.windows = map[string]*window{}
	}
	if len(l.windows) >= manyWindows {
		for name, w := range l.windows {
			if w.over(now) {
				delete(l.windows, name)
			}
		}
	}
	w := &window{began: now}
	l.windows[thing] = w
	return w
}

// giveBack takes a call off again: a replay does not count.
func (l *limits) giveBack(thing string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w := l.windows[thing]; w != nil && w.calls > 0 {
		w.calls--
	}
}

func (l *limits) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.windows = nil
}

// Forget has the log and all limits begin anew.
func (g *Gateway) Forget() {
	g.Log.Clear()
	g.limits.clear()
}

// counted is a call that a limit was asked about. The zero value is one that
// nobody counts.
type counted struct {
	// thing is what it was counted as.
	thing string
	// over, unless nil, refuses it.
	over *refusal
	// mayReplay tells that it may be the repetition of a call that has been
	// answered, which no limit concerns.
	mayReplay bool
}

// count counts a call of a route that has a limit, while limits are in force.
func (g *Gateway) count(r *http.Request, api *API, rec *recorder) counted {
	if api.Limit == nil || g.Limited == nil || !g.Limited() {
		return counted{}
	}
	operation := rec.call.Operation
	limit := api.Limit(operation)
	if limit.Most == 0 {
		return counted{}
	}
	whose := g.claimedUnit(r)
	if limit.PerKey {
		whose = r.Header.Get(keyHeader)
	}
	c := counted{thing: strings.Join([]string{operation, rec.reference(), whose}, "\n"), mayReplay: !limit.PerKey}
	if wait, over := g.limits.count(c.thing, limit.Most, g.Now()); over {
		c.over = tooMany(wait)
	}
	return c
}

type overKey struct{}

// Over tells whether a call is over its limit, so that it may be answered as
// the first time it was sent, and do nothing else.
func Over(ctx context.Context) bool {
	over, _ := ctx.Value(overKey{}).(bool)
	return over
}

// orReplay serves a call that is over its limit: with a kept answer if its
// door has one, else it is refused.
func (c counted) orReplay(w *recorder, r *http.Request, next http.Handler) {
	out, kept := w.ResponseWriter, &held{header: http.Header{}}
	w.ResponseWriter = kept
	next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), overKey{}, true)))
	w.ResponseWriter = out
	if w.call.replayed {
		kept.release(out)
		return
	}
	w.call.Status, w.call.ResponseBody = 0, nil
	w.call.note(c.over.cause)
	c.over.answer(w, r)
}

// held is an answer that may or may not be sent.
type held struct {
	header http.Header
	status int
	body   []byte
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(b []byte) (int, error) { h.body = append(h.body, b...); return len(b), nil }

func (h *held) release(w http.ResponseWriter) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body) // a client that has gone needs no answer
}

// claimedUnit is the sales unit that a call says it is for. Limits come before
// the token is looked at, so this may be anybody's claim.
func (g *Gateway) claimedUnit(r *http.Request) string {
	if msn := r.Header.Get(unitHeader); msn != "" {
		return msn
	}
	claims, err := g.Tokens.Verify(bearer(r))
	if err != nil {
		return ""
	}
	if client, known := g.Directory.Client(claims.Client); known && len(client.MSNs) == 1 {
		return client.MSNs[0]
	}
	return ""
}

func tooMany(wait time.Duration) *refusal {
	seconds := strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second)))
	return &refusal{cause: "the rate limit is exceeded", answer: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", seconds)
		writeJSON(w, http.StatusTooManyRequests,
			`{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in `+seconds+` seconds." }`)
	}}
}

// reference is the payment a call is about: that in its path, or in its body
// the member of exactly this name; "" where there is neither.
func (w *recorder) reference() string {
	if w.call.Reference != "" {
		return w.call.Reference
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(w.body, &members) != nil {
		return ""
	}
	value := members["reference"]
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(value, &number) == nil {
		return number.String()
	}
	return ""
}
