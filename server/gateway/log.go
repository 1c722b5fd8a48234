package gateway

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// DefaultCalls is how many calls a log keeps unless told otherwise.
	DefaultCalls = 2000
	// keptBody is how much of a body the log keeps.
	keptBody = 32 << 10
	// mostNotes bounds the notes of one call: a body may have very many
	// members that nobody knows.
	mostNotes = 20
	// longest is how many characters a system header may have, where an API
	// says no other.
	longest = 30
)

// Call is one call of an imitated API. Calls are never changed once logged.
type Call struct {
	// N numbers the calls; the first is 1.
	N int64
	// At is in simulated time, Real and Took on the wall.
	At, Real time.Time
	Took     time.Duration
	API      string
	// Operation is the name of the route, "" when none matched.
	Operation string
	Method    string
	Path      string
	Query     string
	Header    http.Header
	MSN       string
	Reference string
	Status    int
	// RequestBody and ResponseBody hold at most 32 KiB; Cut tells that the
	// request's had more.
	RequestBody    []byte
	Cut            bool
	ResponseHeader http.Header
	ResponseBody   []byte
	// Notes say what was odd: the true cause of a 401, members ignored.
	Notes []string

	// replayed: it was answered as the first time it was sent.
	replayed bool
}

func (c *Call) note(text string) {
	if text != "" && len(c.Notes) < mostNotes {
		c.Notes = append(c.Notes, text)
	}
}

type callKey struct{}

func withCall(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// Note adds a note to the call that a request is logged as. Without one it
// does nothing. It must be called by the goroutine that serves the request.
func Note(ctx context.Context, format string, args ...any) {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		c.note(fmt.Sprintf(format, args...))
	}
}

// Replayed notes that a call was answered with a kept answer, so that no limit
// counts it.
func Replayed(ctx context.Context) {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		c.replayed = true
	}
}

// Of notes which sales unit a call is of, and its operation, where the API knows
// its callers by itself.
func Of(ctx context.Context, msn, operation string) {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		c.MSN, c.Operation = msn, operation
	}
}

// About notes which payment a call is about, where the path does not say it.
func About(ctx context.Context, reference string) {
	if c, ok := ctx.Value(callKey{}).(*Call); ok {
		c.Reference = reference
	}
}

func noteLongHeaders(c *Call, h http.Header, most int) {
	if most == 0 {
		most = longest
	}
	for _, name := range [...]string{"Vipps-System-Name", "Vipps-System-Version", "Vipps-System-Plugin-Name", "Vipps-System-Plugin-Version"} {
		if v := h.Get(name); len(v) > most && utf8.RuneCountInString(v) > most {
			c.note(fmt.Sprintf("the header %s has more than %d characters", name, most))
		}
	}
}

// Log keeps the newest calls, up to a fixed number. It is safe for use by
// many goroutines.
type Log struct {
	size int
	// Told, unless nil, is called after each call that was logged. To be set
	// at wiring; it must not block.
	Told func()

	mu    sync.Mutex
	calls []*Call // a ring once it is full; the oldest is at next
	next  int
	last  int64
}

// NewLog makes a log of so many calls.
func NewLog(size int) *Log { return &Log{size: max(size, 1)} }

func (l *Log) add(c *Call) {
	l.append(c)
	if l.Told != nil {
		l.Told()
	}
}

func (l *Log) append(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	c.N = l.last
	if len(l.calls) < l.size {
		l.calls = append(l.calls, c)
		return
	}
	l.calls[l.next] = c
	l.next = (l.next + 1) % l.size
}

// Last is the number of the newest call, 0 before the first.
func (l *Log) Last() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Clear forgets all calls; numbers go on.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls, l.next = nil, 0
}

// Filter selects calls; what is zero selects all.
type Filter struct {
	MSN, Reference string
	// Path is the beginning of the path.
	Path string
	// Status is an answer's, Class a hundred of them: 4 for 400 to 499.
	Status, Class int
	// N selects the call of this number; Before and After are numbers that
	// lie above and below those selected.
	N, Before, After int64
	Limit            int
	// Secrets has the calls given as they were, without masks.
	Secrets bool
}

func (f *Filter) matches(c *Call) bool {
	return (f.MSN == "" || f.MSN == c.MSN) &&
		(f.Reference == "" || f.Reference == c.Reference) &&
		(f.Status == 0 || f.Status == c.Status) &&
		(f.Class == 0 || f.Class == c.Status/100) &&
		(f.N == 0 || f.N == c.N) &&
		(f.Before == 0 || c.N < f.Before) && c.N > f.After &&
		strings.HasPrefix(c.Path, f.Path)
}

// Calls gives the calls that a filter selects, newest first, with secrets
// masked unless they are asked for.
func (l *Log) Calls(f Filter) []Call {
	var found []Call
	for _, c := range l.newest() {
		if f.Limit > 0 && len(found) == f.Limit {
			break
		}
		if c.N <= f.After {
			break // the rest is older still
		}
		if !f.matches(c) {
			continue
		}
		if f.Secrets {
			found = append(found, *c)
		} else {
			found = append(found, c.masked())
		}
	}
	return found
}

func (l *Log) newest() []*Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]*Call, 0, len(l.calls))
	for i := range l.calls {
		all = append(all, l.calls[(l.next+len(l.calls)-1-i)%len(l.calls)])
	}
	return all
}

const mask = "***"

var secretMembers = regexp.MustCompile(`"(access_token|client_secret|secret)"(\s*:\s*)"[^"]*"?`)

// masked is a copy of the call without its secrets.
func (c *Call) masked() Call {
	shown := *c
	shown.Header = c.Header.Clone()
	for _, name := range []string{"Authorization", keyHeader, "Client_secret"} {
		for i, v := range shown.Header[name] {
			scheme, _, found := strings.Cut(v, " ")
			if found && name == "Authorization" {
				shown.Header[name][i] = scheme + " " + mask
			} else {
				shown.Header[name][i] = mask
			}
		}
	}
	shown.RequestBody = maskMembers(c.RequestBody)
	shown.ResponseBody = maskMembers(c.ResponseBody)
	return shown
}

func maskMembers(body []byte) []byte {
	return secretMembers.ReplaceAll(body, []byte(`"$1"$2"`+mask+`"`))
}

// recorder notes what a handler answers.
type recorder struct {
	http.ResponseWriter
	call *Call
	body []byte // the request's
}

// WriteHeader notes the status.
func (w *recorder) WriteHeader(status int) {
	if w.call.Status == 0 && status >= 200 {
		w.call.Status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write keeps a copy.
func (w *recorder) Write(b []byte) (int, error) {
	if w.call.Status == 0 {
		w.call.Status = http.StatusOK
	}
	w.call.ResponseBody = kept(w.call.ResponseBody, b)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] through.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// kept adds to what is kept of a body as long as there is room.
func kept(before, more []byte) []byte {
	room := keptBody - len(before)
	if room <= 0 || len(more) == 0 {
		return before
	}
	return append(before, more[:min(room, len(more))]...)
}

// bounded keeps a request's body as it is, or a copy of its beginning so that
// the rest can go.
func bounded(body []byte) []byte {
	if len(body) <= keptBody {
		return body
	}
	return kept(nil, body)
}
