// Package problem writes problem documents, the form in which the imitated
// APIs and the simulator's own tell of errors (ePayment contract, section
// 8.1).
package problem

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
)

// ContentType is what problem documents are served as.
const ContentType = "application/problem+json; charset=utf-8"

// Document is one problem document. Its members are written in this order.
type Document struct {
	Type         string   `json:"type"`
	Title        string   `json:"title"`
	Detail       string   `json:"detail,omitempty"`
	Instance     string   `json:"instance,omitempty"`
	Status       int      `json:"status"`
	ExtraDetails []Detail `json:"extraDetails,omitempty"`
	TraceID      string   `json:"traceId"`
}

// Detail is one thing that is wrong: a field and the rule it broke, or
// "ErrorCode" and the code.
type Detail struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// TypeOf is the usual type of a document with this status.
func TypeOf(status int) string { return "https://httpstatuses.io/" + strconv.Itoa(status) }

// TraceID draws a new trace id in the W3C form: 00-, 32 hexadecimal digits,
// 16 more, -01.
func TraceID() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program first
	var out [55]byte
	copy(out[:], "00-")
	hex.Encode(out[3:35], b[:16])
	out[35] = '-'
	hex.Encode(out[36:52], b[16:])
	copy(out[52:], "-01")
	return string(out[:])
}

// Fill gives the document what every one has and this one lacks: type and
// title of its status, and a trace id.
func (d *Document) Fill() {
	if d.Status == 0 {
		d.Status = http.StatusInternalServerError
	}
	if d.Type == "" {
		d.Type = TypeOf(d.Status)
	}
	if d.Title == "" {
		d.Title = http.StatusText(d.Status)
	}
	if d.TraceID == "" {
		d.TraceID = TraceID()
	}
}

// JSON is the filled document as it goes over the wire, without HTML
// escaping.
func (d Document) JSON() []byte {
	d.Fill()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(d) // strings and a number: cannot fail
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// NoRoute answers a path that leads nowhere. Beside its own members the
// document has the two of the imitated gateway's answer (ePayment contract,
// section 8.3), so that clients which look for those find them.
func NoRoute(w http.ResponseWriter, instance string) {
	d := Document{Status: http.StatusNotFound, Detail: "There is nothing at this path.", Instance: instance}
	d.Fill()
	body, _ := json.Marshal(struct {
		Document
		StatusCode int    `json:"statusCode"`
		Message    string `json:"message"`
	}{d, d.Status, "Resource not found"}) // strings and numbers: cannot fail
	send(w, d.Status, body)
}

// WrongMethod answers a known path that does not take the method, naming the
// methods it takes, "GET, HEAD".
func WrongMethod(w http.ResponseWriter, r *http.Request, allowed string) {
	w.Header().Set("Allow", allowed)
	Write(w, Document{
		Status: http.StatusMethodNotAllowed, Instance: r.URL.Path,
		Detail: r.Method + " is not possible here; it takes " + allowed + ".",
	})
}

// Only answers every request as [WrongMethod] does: the handler to stand
// behind those of the methods that a path takes.
func Only(allowed string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { WrongMethod(w, r, allowed) }
}

// Write answers with the document, filled where it lacks something.
func Write(w http.ResponseWriter, d Document) {
	d.Fill()
	send(w, d.Status, d.JSON())
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone needs no answer
}
