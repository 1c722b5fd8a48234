package control

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
)

// Calls is the log of the merchants' API calls.
type Calls interface {
	// List gives the calls that a query selects, newest first.
	List(q CallQuery) []Call
	// Last is the number of the newest call, 0 before the first.
	Last() int64
}

// CallQuery selects API calls; what is zero selects all.
type CallQuery struct {
	MSN, Reference string
	// Path is the beginning of the path.
	Path string
	// Status is an answer's, Class a hundred of them: 4 for 400 to 499.
	Status, Class int
	// N selects one call; Before and After are numbers above and below those
	// selected.
	N, Before, After int64
	Limit            int
	// Secrets has keys and tokens told.
	Secrets bool
}

// Call is one API call. Secrets are masked unless they were asked for.
type Call struct {
	// N numbers the calls; the first is 1.
	N        int64
	At, Real time.Time // simulated, and on the wall
	Took     time.Duration
	// API and Operation name what was called; "" where that is not known.
	API, Operation      string
	Method, Path, Query string
	MSN, Reference      string
	Header              http.Header
	Body                []byte
	// Cut tells that only the beginning of the body is kept.
	Cut bool
	// Status is 0 when no answer was sent.
	Status       int
	AnswerHeader http.Header
	Answer       []byte
	// Notes say what was odd about the call.
	Notes []string
}

// about gives the calls about one payment, oldest first.
func (c *Control) about(msn, reference string) []Call {
	found := c.Calls.List(CallQuery{MSN: msn, Reference: reference})
	slices.Reverse(found)
	return found
}

// callLine is what a list needs to know of a call.
type callLine struct {
	N         int64     `json:"n"`
	At        time.Time `json:"at"`
	Real      time.Time `json:"real"`
	TookMs    *float64  `json:"tookMs"`
	API       string    `json:"api"`
	Operation string    `json:"operation,omitempty"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Query     string    `json:"query,omitempty"`
	MSN       string    `json:"msn,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Status    int       `json:"status"`
	Notes     []string  `json:"notes,omitempty"`
}

// callView is a call with all that went over the line.
type callView struct {
	callLine
	Request  callMessage    `json:"request"`
	Response *answerMessage `json:"response,omitempty"`
}

type callMessage struct {
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	Cut    bool        `json:"cut,omitempty"`
}

type answerMessage struct {
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
}

func lineOf(l *Call) callLine {
	return callLine{
		N: l.N, At: shown(l.At), Real: shown(l.Real), TookMs: milliseconds(l.Took), API: l.API, Operation: l.Operation,
		Method: l.Method, Path: l.Path, Query: l.Query, MSN: l.MSN, Reference: l.Reference, Status: l.Status, Notes: l.Notes,
	}
}

func viewCall(l *Call) callView {
	v := callView{callLine: lineOf(l), Request: callMessage{orNone(l.Header), string(l.Body), l.Cut}}
	if l.Status != 0 {
		v.Response = &answerMessage{orNone(l.AnswerHeader), string(l.Answer)}
	}
	return v
}

func orNone(h http.Header) http.Header {
	if h == nil {
		return http.Header{}
	}
	return h
}

// statusPattern is what ?status= may be: a status, or a hundred of them.
var statusPattern = regexp.MustCompile(`^([1-5])([0-9]{2}|xx)$`)

// calls lists the API calls, newest first, or writes them as commands.
func (c *Control) calls(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "msn", "reference", "path", "status", "as", "secrets", "limit", "cursor", "wait")
	if err != nil {
		return answer{}, err
	}
	form, secrets, err := asCurl(query)
	if err != nil {
		return answer{}, err
	}
	q := CallQuery{
		MSN: query.Get("msn"), Reference: query.Get("reference"), Path: query.Get("path"),
		Before: page.before, Limit: page.limit, Secrets: secrets,
	}
	if s := query.Get("status"); s != "" {
		parts := statusPattern.FindStringSubmatch(s)
		switch {
		case parts == nil:
			return answer{}, invalid("status", `A status is wanted, such as 404, or a hundred of them, such as "4xx".`)
		case parts[2] == "xx":
			q.Class, _ = strconv.Atoi(parts[1]) // a digit
		default:
			q.Status, _ = strconv.Atoi(s) // three digits
		}
	}
	found, err := await(c, r, page.wait, func(context.Context) ([]Call, error) { return c.Calls.List(q), nil })
	if err != nil {
		return answer{}, err
	}
	if form != "" {
		return c.commands(r, found, form)
	}
	list := struct {
		Requests []callView `json:"requests"`
		Cursor   string     `json:"cursor,omitempty"`
	}{Requests: make([]callView, len(found))}
	for i := range found {
		list.Requests[i] = viewCall(&found[i])
		list.Cursor = page.cursor(len(found), found[i].N)
	}
	return ok(list)
}

// call is one API call, or the command that makes it again.
func (c *Control) call(r *http.Request) (answer, error) {
	query, _, err := parameters(r, "as", "secrets")
	if err != nil {
		return answer{}, err
	}
	form, secrets, err := asCurl(query)
	if err != nil {
		return answer{}, err
	}
	name := mux.Vars(r)["n"]
	n, err := strconv.ParseInt(name, 10, 64)
	var found []Call
	if err == nil && n > 0 {
		found = c.Calls.List(CallQuery{N: n, Secrets: secrets})
	}
	if len(found) == 0 {
		return answer{}, missing("There is no API call " + name + " in the log, which keeps the newest; GET /sim/v1/requests lists them.")
	}
	if form != "" {
		return c.commands(r, found, form)
	}
	return ok(viewCall(&found[0]))
}

// commands writes calls as curl makes them, in the order of the list.
func (c *Control) commands(r *http.Request, calls []Call, form command) (answer, error) {
	lines := make([]string, len(calls))
	for i := range calls {
		lines[i] = calls[i].curl(c.BaseURL(r), form)
	}
	return answer{plain: true, text: strings.Join(lines, "\n")}, nil
}
