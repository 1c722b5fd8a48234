package userinfo

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"liksom/server/problem"
)

// refusal is an error as this API alone of all writes it: the status is a
// text, the instance an id, and what more there is to say an object.
type refusal struct {
	Type      string   `json:"type"`
	Title     string   `json:"title"`
	Status    string   `json:"status"`
	Detail    string   `json:"detail"`
	Instance  string   `json:"instance"`
	ExtraInfo struct{} `json:"extraInfo"`
}

// Refuse answers with an error in the API's own form; the gateway uses it for
// refused tokens and sales units.
func Refuse(w http.ResponseWriter, _ *http.Request, status int, title, detail string) {
	write(w, status, refusal{
		Type: problem.TypeOf(status), Title: title, Status: strconv.Itoa(status), Detail: detail, Instance: uuid.NewString(),
	})
}

func write(w http.ResponseWriter, status int, answer any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(answer) // texts and truth values: cannot fail
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a client that has gone needs no answer
}
