package problem

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// Older is the form in which the QR and Order Management APIs tell of errors:
// without the status, and with the parameters at fault (QR contract, section
// 2). Its members are written in this order.
type Older struct {
	Type          string   `json:"type"`
	Title         string   `json:"title"`
	Detail        string   `json:"detail"`
	Instance      string   `json:"instance"`
	InvalidParams []Detail `json:"invalidParams,omitempty"`
}

// sections are where RFC 7231 and its kin explain a status.
var sections = map[int]string{
	http.StatusBadRequest: "rfc7231#section-6.5.1", http.StatusUnauthorized: "rfc7235#section-3.1",
	http.StatusForbidden: "rfc7231#section-6.5.3", http.StatusNotFound: "rfc7231#section-6.5.4",
	http.StatusConflict: "rfc7231#section-6.5.8", http.StatusUnsupportedMediaType: "rfc7231#section-6.5.13",
	http.StatusInternalServerError: "rfc7231#section-6.6.1",
}

// WriteOlder answers with the document, filled where it lacks something.
func WriteOlder(w http.ResponseWriter, status int, d Older) {
	if d.Type == "" {
		d.Type = "about:blank"
		if section, ok := sections[status]; ok {
			d.Type = "https://datatracker.ietf.org/doc/html/" + section
		}
	}
	if d.Title == "" {
		d.Title = http.StatusText(status)
	}
	if d.Detail == "" {
		d.Detail = http.StatusText(status)
	}
	if d.Instance == "" {
		d.Instance = TraceID()
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(d) // texts: cannot fail
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a client that has gone needs no answer
}
