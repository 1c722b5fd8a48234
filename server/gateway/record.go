package gateway

import (
	"bytes"
	"io"
	"net/http"
)

// Recorded logs the calls of an API that knows its callers by itself, and has
// them meet faults. Of the API only Name, MaxBody, Refuse and Faulted count. Of what
// it refuses with 401 only the path is kept: the key may be one for real money.
// Scrub takes out of bodies and queries what nobody may keep.
func (g *Gateway) Recorded(api API, scrub func([]byte) []byte, next http.Handler) http.Handler {
	return g.recorded(api.Name, api.MaxBody, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := w.(*recorder)
		body := rec.body
		rec.call.RequestBody = bounded(scrub(body))
		rec.call.Query = string(scrub([]byte(rec.call.Query)))
		r = r.WithContext(withCall(r.Context(), rec.call))
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.faulted(&api, rec, r, func() { next.ServeHTTP(rec, r) })
		if rec.call.Status == http.StatusUnauthorized {
			rec.call.Header = rec.call.Header.Clone()
			rec.call.Header.Del("Authorization")
			rec.call.RequestBody, rec.call.Query = nil, ""
		}
	}))
}
