package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"liksom/server/problem"
)

// answer is what a handler has to say.
type answer struct {
	status int // 0 means 200
	body   any // nil for none
	// text, unless empty, is said as plain text in place of the body; plain
	// has that done even with nothing to say.
	text  string
	plain bool
	// stream, unless nil, writes the answer piece by piece in place of both.
	stream func(http.ResponseWriter)
}

func ok(body any) (answer, error) { return answer{body: body}, nil }

func nothing() (answer, error) { return answer{status: http.StatusNoContent}, nil }

// handler is one endpoint: an answer or an error, both written by [Control.serve].
type handler func(*http.Request) (answer, error)

func (c *Control) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := h(r)
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		if err := a.write(w); err != nil {
			c.refuse(w, r, err)
		}
	})
}

// write puts the answer on the wire. An error means that nothing was written.
func (a answer) write(w http.ResponseWriter) error {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.stream != nil {
		a.stream(w)
		return nil
	}
	if a.body == nil && a.text == "" && !a.plain {
		w.WriteHeader(a.status)
		return nil
	}
	kind, out := "text/plain; charset=utf-8", bytes.NewBufferString(a.text)
	if a.text == "" && !a.plain {
		kind = "application/json; charset=utf-8"
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(a.body); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(a.status)
	_, _ = w.Write(out.Bytes()) // a client that has gone needs no answer
	return nil
}

// refuse answers with a problem document. What is no refusal is logged, and
// the client is given the trace id to find it by.
func (c *Control) refuse(w http.ResponseWriter, r *http.Request, err error) {
	doc, allow, known := document(err)
	doc.Instance = r.URL.Path
	doc.TraceID = problem.TraceID()
	if !known && r.Context().Err() == nil {
		name := ""
		if route := mux.CurrentRoute(r); route != nil {
			name = route.GetName()
		}
		c.Log.Error("a control request failed", "route", name, "path", r.URL.Path, "trace", doc.TraceID, "error", err)
	}
	if allow != "" {
		w.Header().Set("Allow", allow)
	}
	w.Header().Set("Cache-Control", "no-store")
	problem.Write(w, doc)
}

// document is the problem document of an error; known tells whether the error
// is one that a client may be told.
func document(err error) (doc problem.Document, allow string, known bool) {
	var f *failure
	if errors.As(err, &f) {
		return problem.Document{
			Status: f.status, Title: f.title, Detail: f.detail, ExtraDetails: f.extra,
		}, f.allow, true
	}
	if doc, known := refused(err); known {
		return doc, "", true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return problem.Document{
			Status: http.StatusServiceUnavailable,
			Detail: "The request was cut short, so it may be half done; ask what has become of it and try again.",
		}, "", false
	}
	return problem.Document{
		Status: http.StatusInternalServerError,
		Detail: "Something went wrong inside the simulator; its log has the cause under this trace id.",
	}, "", false
}

// failure is an error of this door itself.
type failure struct {
	status int
	title  string // "" for that of the status
	detail string
	allow  string // for 405
	extra  []problem.Detail
}

func (f *failure) Error() string { return f.detail }

// invalid says that a member of the body, a query parameter or a part of the
// path is wrong.
func invalid(field, reason string) error {
	return &failure{
		status: http.StatusBadRequest, detail: field + ": " + reason,
		extra: []problem.Detail{{Name: field, Reason: reason}},
	}
}

func missing(detail string) error { return &failure{status: http.StatusNotFound, detail: detail} }

func conflict(detail string) error { return &failure{status: http.StatusConflict, detail: detail} }
