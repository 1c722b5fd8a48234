package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/openapi"
	"liksom/server/openapi/openapitest"
	"liksom/server/servertest"
)

// sample is a request as one of our documents shows it.
type sample struct{ method, target, body string }

// samples are every operation of every document, with its examples.
func samples(t testing.TB) []sample {
	t.Helper()
	var found []sample
	for _, name := range openapi.Names() {
		doc, err := openapitest.Load(name)
		require.NoError(t, err)
		for _, path := range doc.Paths.InMatchingOrder() {
			for method, op := range doc.Paths.Value(path).Operations() {
				target := filled(path, op.Parameters)
				for _, body := range bodies(t, op) {
					found = append(found, sample{method, target, body})
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b sample) int { return strings.Compare(a.target+a.method+a.body, b.target+b.method+b.body) })
	return found
}

// filled is a path with the examples of its parameters.
func filled(path string, parameters openapi3.Parameters) string {
	query := url.Values{}
	for _, p := range parameters {
		text, isText := p.Value.Example.(string)
		if !isText {
			text = strings.TrimSpace(string(must(json.Marshal(p.Value.Example))))
		}
		switch {
		case p.Value.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", url.PathEscape(text))
		case p.Value.In == "query" && p.Value.Name != "wait":
			query.Set(p.Value.Name, text)
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// bodies are an operation's examples; one empty body where there are none.
func bodies(t testing.TB, op *openapi3.Operation) []string {
	t.Helper()
	var found []string
	if op.RequestBody != nil {
		for _, c := range op.RequestBody.Value.Content {
			if c.Example != nil {
				found = append(found, string(must(json.Marshal(c.Example))))
			}
			for _, e := range c.Examples {
				found = append(found, string(must(json.Marshal(e.Value.Value))))
			}
		}
	}
	if found == nil {
		return []string{""}
	}
	slices.Sort(found)
	return found
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// put sends a request with the demo merchant's keys to a simulator's door.
func put(ctx context.Context, sim *servertest.Sim, token, method, target, host, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, "POST", "/", strings.NewReader(body))
	r.Method, r.Host = method, host
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil // no server would have come to read it
	}
	r.URL, r.RequestURI = u, target
	r.Header = http.Header{
		"Authorization": {"Bearer " + token}, "Ocp-Apim-Subscription-Key": {directory.DemoSubscriptionKey},
		"Merchant-Serial-Number": {directory.DemoMSN}, "Idempotency-Key": {"fuzz"}, "Content-Type": {"application/json"},
		"Client_id": {directory.DemoClientID}, "Client_secret": {directory.DemoSecret},
	}
	answer := httptest.NewRecorder()
	sim.Server.ServeHTTP(answer, r)
	return answer
}

func TestEveryExampleOfTheDocumentsIsUnderstood(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		t.Run(s.method+" "+s.target, func(t *testing.T) {
			t.Parallel()
			if strings.HasSuffix(s.target, "/ws") || strings.HasSuffix(s.target, "/v1/payments/taxi-ride-000417/approve") {
				t.Skip("a socket is no request, and the older path is there by a setting only")
			}
			sim := start(t)
			token, err := sim.Client.Token(t.Context())
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if strings.HasPrefix(s.target, "/sim/v1/stream") {
				cancel() // it would never end; its head comes all the same
			}
			answer := put(ctx, sim, token.AccessToken, s.method, s.target, "localhost:8080", s.body)
			require.Less(t, answer.Code, 500, answer.Body)
			require.NotContains(t, answer.Body.String(), "Resource not found", "the path is not served")
			require.NotEqual(t, http.StatusMethodNotAllowed, answer.Code)
		})
	}
}

// FuzzAnyRequest asks all doors of a whole simulator. No input may cause a
// 500, a panic or a hang; what waits by design is let go after a moment.
func FuzzAnyRequest(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.method, s.target, "localhost:8080", s.body)
	}
	for _, target := range []string{
		"/", "/w/", "/w//sim/v1/info", "/w/none/", "/w/%2f/x", "/landing?token=%00", "/landing?token=p0123456789.x", "/phone/%ff", "/qr/p0123456789",
		"/qr-image/v1?token=..", "/sink/a/b?c", "/docs/sim", "/openapi/..json", "/sim/v1/payments?cursor=-1&limit=1e9", "/sim/v1/payments?cursor=9223372036854775808",
		"/sim/v1/deliveries?wait=1ns", "/sim/v1/payments/%2F/%00", "/assets/x/../y", "//", "/epayment/v1/payments/a%20b/events",
	} {
		f.Add("GET", target, "ci-42.localhost:8080", "")
	}
	f.Add("POST", "/landing/number?token=x", "localhost", "phoneNumber=%2b47")
	f.Add("POST", "/phone", "[::1]:80", "number=4799999999&name=%00")
	sim := servertest.Start(f)
	token, err := sim.Client.Token(f.Context())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, method, target, host, body string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		answer := put(ctx, sim, token.AccessToken, method, target, host, body)
		if answer == nil || answer.Code == http.StatusServiceUnavailable && ctx.Err() != nil {
			return
		}
		require.Less(t, answer.Code, 500, "%s %s: %s", method, target, answer.Body)
	})
}
