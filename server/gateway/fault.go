package gateway

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"liksom/server/clock"
	"liksom/server/problem"
)

// Faults say what is to go wrong with calls (simulator contract, section 4).
// The errors that only one API has are not among them: its door knows them.
type Faults interface {
	// Any tells quickly whether there is any fault to ask for.
	Any() bool
	// Call gives what happens to a call, if anything does. Asking counts.
	Call(m Meeting) (Effect, bool)
}

// Meeting is a call that a fault may meet.
type Meeting struct{ Method, Path, MSN, Reference string }

// Effect is what a fault does to a call: one of its members after the name is
// set.
type Effect struct {
	Name string
	// Latency holds the call up, in real time, before it is served.
	Latency time.Duration
	// Status answers in the API's place, with Body, JSON, or a problem
	// document.
	Status int
	Body   []byte
	// CloseBefore cuts the connection in place of the work, CloseAfter in
	// place of the answer to it.
	CloseBefore, CloseAfter bool
}

// faulted serves a call, unless a fault has it otherwise.
func (g *Gateway) faulted(w *recorder, r *http.Request, serve func()) {
	if g.Faults == nil || !g.Faults.Any() {
		serve()
		return
	}
	e, met := g.Faults.Call(Meeting{Method: r.Method, Path: r.URL.Path, MSN: w.call.MSN, Reference: w.reference()})
	if !met {
		serve()
		return
	}
	switch {
	case e.Latency > 0:
		w.call.note("the fault " + e.Name + " held the call up for " + e.Latency.String())
		if clock.Rest(r.Context(), e.Latency, nil) == nil {
			serve()
		}
	case e.CloseBefore:
		w.call.note("the fault " + e.Name + " cut the connection before the work was done")
		panic(http.ErrAbortHandler)
	case e.CloseAfter:
		w.call.note("the fault " + e.Name + " cut the connection after the work was done")
		w.ResponseWriter = unheard{http.Header{}}
		serve()
		panic(http.ErrAbortHandler)
	default:
		w.call.note("the fault " + e.Name + " answered")
		e.answer(w, r)
	}
}

func (e *Effect) answer(w http.ResponseWriter, r *http.Request) {
	if len(e.Body) > 0 {
		w.Header().Set("Content-Type", contentType(e.Body))
		w.Header().Set("Content-Length", strconv.Itoa(len(e.Body)))
		w.WriteHeader(e.Status)
		_, _ = w.Write(e.Body) // a client that has gone needs no answer
		return
	}
	if e.Status < http.StatusBadRequest {
		w.WriteHeader(e.Status)
		return
	}
	problem.Write(w, problem.Document{
		Status: e.Status, Instance: r.URL.Path, Detail: "The fault " + e.Name + " of the simulator answered this call.",
	})
}

// contentType is that of a problem document for what looks like one.
func contentType(body []byte) string {
	var doc struct {
		Title *string `json:"title"`
	}
	if json.Unmarshal(body, &doc) == nil && doc.Title != nil {
		return problem.ContentType
	}
	return "application/json; charset=utf-8"
}

// unheard takes an answer that nobody will get.
type unheard struct{ header http.Header }

func (u unheard) Header() http.Header         { return u.header }
func (u unheard) Write(b []byte) (int, error) { return len(b), nil }
func (u unheard) WriteHeader(int)             {}
