package gateway_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/ident"
	"liksom/server/store/memory"
)

var simulated = time.Date(2026, 10, 1, 11, 0, 0, 0, time.UTC)

// world is a gateway with a directory behind it.
type world struct {
	*gateway.Gateway
	t testing.TB
}

func newWorld(t testing.TB) *world {
	t.Helper()
	units, err := directory.New(t.Context(), memory.New(nil))
	require.NoError(t, err)
	ids := ident.Seeded(t.Name())
	return &world{t: t, Gateway: &gateway.Gateway{
		Directory: units, Tokens: gateway.NewIssuer(ids), Log: gateway.NewLog(gateway.DefaultCalls),
		Now: func() time.Time { return simulated }, IDs: ids, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}}
}

// token gets a token of a ready-made client.
func (w *world) token(client string) string {
	w.t.Helper()
	token, _, err := w.Tokens.Issue(client, false)
	require.NoError(w.t, err)
	return token
}

// api serves one route that tells who called.
func (w *world) api(api gateway.API) http.Handler {
	routes := mux.NewRouter()
	routes.Name("thing").Methods(http.MethodPost, http.MethodPut).Path("/epayment/v1/things/{reference}").
		HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			caller := directory.CallerFrom(r.Context())
			body, _ := io.ReadAll(r.Body)
			_, _ = io.WriteString(rw, caller.Client.ID+" for "+caller.Unit.MSN+" sent "+string(body)+string(gateway.Body(r)))
		})
	api.Prefix = "/epayment"
	return w.WrapRouter(api, routes)
}

// ask sends a request with headers given as "Name: value".
func ask(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

func decode(t testing.TB, body string) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &m), body)
	return m
}

const (
	key     = "Ocp-Apim-Subscription-Key: " + directory.DemoSubscriptionKey
	taxi    = directory.DemoClientID
	partner = directory.PartnerClientID
)
