package gateway

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"

	"liksom/server/problem"
)

// BodyLimit is the most bytes a request may have, where an API says no other.
const BodyLimit = 1 << 20

// body is a request's body, read in whole already.
type body struct {
	bytes.Reader
	all []byte
}

func newBody(all []byte) *body {
	b := &body{all: all}
	b.Reset(all)
	return b
}

func (*body) Close() error { return nil }

// Body gives the whole body of a request that passed the gateway. It must not
// be changed.
func Body(r *http.Request) []byte {
	if b, ok := r.Body.(*body); ok {
		return b.all
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, *refusal) {
	if r.Body == nil || r.ContentLength == 0 {
		return nil, nil
	}
	if r.ContentLength > most {
		w.Header().Set("Connection", "close") // the rest is not worth reading
		return nil, tooLarge(most)
	}
	all, err := readAll(w, r, most)
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge(most)
	case err != nil:
		return nil, plain(problem.Document{Status: http.StatusBadRequest, Detail: "The body could not be read to its end."}, "")
	}
	return all, nil
}

func readAll(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	if r.ContentLength < 0 {
		return io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	}
	all := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, all)
	return all, err
}

func tooLarge(most int64) *refusal {
	return plain(problem.Document{
		Status: http.StatusRequestEntityTooLarge, Title: "Payload Too Large",
		Detail: "A request body may have " + strconv.FormatInt(most>>20, 10) + " MiB at most.",
	}, "")
}
