package gateway

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/problem"
)

// Faults say what is to go wrong with calls (simulator contract, section 4).
type Faults interface {
	// Any tells quickly whether there is any fault to ask for.
	Any() bool
	// Call gives what happens to a call, if anything does. Coded errors are
	// among it unless the API has them itself. Asking counts.
	Call(m Meeting, coded bool) (Effect, bool)
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
	// Truncate cuts it in the middle of the answer's body.
	Truncate bool
	// Code, with Status and Title, is a coded error, to be told as the API
	// tells errors.
	Code, Title string
}

// faulted serves a call of an API, unless a fault has it otherwise.
func (g *Gateway) faulted(api *API, w *recorder, r *http.Request, serve func()) {
	if g.Faults == nil || !g.Faults.Any() {
		serve()
		return
	}
	e, met := g.Faults.Call(Meeting{Method: r.Method, Path: r.URL.Path, MSN: w.call.MSN, Reference: w.reference()}, !api.OwnCodes)
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
	case e.Truncate:
		w.call.note("the fault " + e.Name + " cut the answer in half")
		halve(w, serve)
	case e.Code != "":
		w.call.note("the fault " + e.Name + " answered with the error " + e.Code)
		e.refuse(api, w, r)
	default:
		w.call.note("the fault " + e.Name + " answered")
		e.answer(api, w, r)
	}
}

func (e *Effect) answer(api *API, w http.ResponseWriter, r *http.Request) {
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
	detail := "The fault " + e.Name + " of the simulator answered this call."
	if api.Faulted != nil {
		api.Faulted(w, r, e.Status, detail)
		return
	}
	problem.Write(w, problem.Document{Status: e.Status, Instance: r.URL.Path, Detail: detail})
}

// refuse answers a coded error in the API's own form where it has one.
func (e *Effect) refuse(api *API, w http.ResponseWriter, r *http.Request) {
	detail := "The fault " + e.Name + " of the simulator has this call end with the error " + e.Code + "."
	if api.Refuse != nil {
		api.Refuse(w, r, e.Status, e.Title, detail)
		return
	}
	problem.Write(w, problem.Document{
		Status: e.Status, Title: e.Title, Instance: strings.TrimPrefix(r.URL.Path, api.Prefix), Detail: detail,
		ExtraDetails: []problem.Detail{{Name: "ErrorCode", Reason: e.Code}},
	})
}

// halve sends half of the answer's body and cuts the connection. An answer
// without one has nothing to halve and comes as it is.
func halve(w *recorder, serve func()) {
	out, whole := w.ResponseWriter, &held{header: http.Header{}, status: http.StatusOK}
	w.ResponseWriter = whole
	serve()
	w.ResponseWriter = out
	if len(whole.body) == 0 {
		whole.release(out)
		return
	}
	whole.header.Set("Content-Length", strconv.Itoa(len(whole.body)))
	whole.body = whole.body[:len(whole.body)/2]
	whole.release(out)
	_ = http.NewResponseController(out).Flush() // a writer that cannot sends it with the end
	panic(http.ErrAbortHandler)
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
