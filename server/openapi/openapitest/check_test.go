package openapitest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/openapi/openapitest"
)

const (
	clock  = `{"now":"2026-11-21T10:00:00Z","real":"2026-11-21T10:00:00Z","speed":1,"frozen":false}`
	jsonUT = "application/json; charset=utf-8"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		method, path, body     string
		status                 int
		media, answer, problem string
	}{
		{"what is described passes", "GET", "/sim/v1/clock", "", 200, jsonUT, clock, ""},
		{"a request that is described passes", "PUT", "/sim/v1/clock", `{"speed":2}`, 200, jsonUT, clock, ""},
		{"an undescribed member is told", "GET", "/sim/v1/clock", "", 200, jsonUT, strings.Replace(clock, "{", `{"more":1,`, 1), "more"},
		{"a missing member is told", "GET", "/sim/v1/clock", "", 200, jsonUT, `{}`, "missing"},
		{"an answer that is no JSON is told", "GET", "/sim/v1/clock", "", 200, jsonUT, "{", "it is no JSON"},
		{"an undescribed status is told", "GET", "/sim/v1/clock", "", 418, jsonUT, `{}`, "this status is not described"},
		{"an undescribed content type is told", "GET", "/sim/v1/clock", "", 200, "text/html", clock, "text/html"},
		{"a body where none is described is told", "DELETE", "/sim/v1/faults", "", 204, jsonUT, `{}`, "a body is not described"},
		{"a body that is lacking is told", "GET", "/sim/v1/clock", "", 200, "", "", "a body is described and not there"},
		{"a success of a request that is not as described is told", "PUT", "/sim/v1/clock", `{"spede":2}`, 200, jsonUT, clock, "the request"},
		{"a parameter that is not as described is told", "GET", "/sim/v1/payments?limit=0", "", 200, jsonUT, `{"payments":[]}`, "limit"},
		{"a refused request may be anything", "PUT", "/sim/v1/clock", `{"spede":2}`, 400, "application/problem+json", `{"type":"a","title":"b","status":400,"traceId":"00-2f1e0d9c8b7a69584736251403f2e1d0-0a1b2c3d4e5f6071-01"}`, ""},
		{"an undescribed path is told", "GET", "/sim/v1/nowhere", "", 200, jsonUT, `{}`, "no document has this path"},
		{"an undescribed path may be missing", "GET", "/sim/v1/nowhere", "", 404, "application/problem+json; charset=utf-8", `{}`, ""},
		{"a slash at the end is no matter to imitated APIs", "DELETE", "/webhooks/v1/webhooks/497f6eca-6276-4993-bfeb-53cbbbba6f08/", "", 204, "", "", ""},
		{"the token's path may be cased at will", "POST", "/AccessToken/get", "", 500, jsonUT, `{}`, "this status is not described"},
		{"pages are not described", "GET", "/landing", "", 200, "text/html", "<p>", ""},
		{"nor are codes for cameras", "GET", "/qr/pAbCdEfGhIj", "", 302, "", "", ""},
		{"what is no page is not let pass", "GET", "/nothing/known", "", 200, "text/html", "<p>", "no document has this path"},
		{"nor is what only begins like a page", "GET", "/qr/v1/unknown", "", 200, "application/json", "{}", "no document has this path"},
		{"what is missing is told by a problem document", "GET", "/nothing/known", "", 404, "text/plain", "404", "problem document"},
		{"a stream is described by its status and kind", "GET", "/sim/v1/stream", "", 200, "text/event-stream", "id: 1\n\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := &openapitest.Exchange{
				Request: httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)), Body: []byte(c.body),
				Status: c.status, Header: http.Header{"Content-Type": {c.media}}, Answer: []byte(c.answer),
			}
			err := openapitest.Check(x, false)
			if c.problem == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.problem)
		})
	}
}

func TestALenientCheckTakesAnyRequestAndLooksAtTheAnswer(t *testing.T) {
	t.Parallel()
	x := &openapitest.Exchange{
		Request: httptest.NewRequest("PUT", "/sim/v1/clock", nil), Body: []byte(`{"spede":2}`),
		Status: 200, Header: http.Header{"Content-Type": {jsonUT}}, Answer: []byte(clock),
	}
	require.NoError(t, openapitest.Check(x, true))
	x.Answer = []byte(`{}`)
	require.Error(t, openapitest.Check(x, true))
}

// complaints counts what a test was told, in the place of failing.
type complaints struct {
	*testing.T
	told []string
}

func (c *complaints) Errorf(_ string, args ...any) { c.told = append(c.told, args[0].(error).Error()) }

func TestATransportPassesOnWhatItChecks(t *testing.T) {
	t.Parallel()
	answer := clock
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", jsonUT)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	heard := &complaints{T: t}
	client := &http.Client{Transport: openapitest.New(heard).Transport(http.DefaultTransport)}
	get := func() string {
		got, err := client.Get(server.URL + "/w/ci-42/sim/v1/clock")
		require.NoError(t, err)
		defer func() { require.NoError(t, got.Body.Close()) }()
		text, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		return string(text)
	}
	require.Equal(t, clock, get())
	require.Empty(t, heard.told)
	answer = `{"now":"late"}`
	require.Equal(t, answer, get())
	require.Len(t, heard.told, 1)
}

func TestAHandlerIsWatchedWithoutBeingChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path string
		serve      http.HandlerFunc
		body       string
		problems   int
	}{
		{"a good answer", "/w/ci-42/sim/v1/clock", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", jsonUT)
			_, _ = io.WriteString(w, clock)
		}, clock, 0},
		{"a bad answer in a world", "/w/ci-42/sim/v1/clock", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", jsonUT)
			_, _ = io.WriteString(w, "{}")
		}, "{}", 1},
		{"a path that the handler takes apart", "/w/ci-42/sim/v1/clock", func(w http.ResponseWriter, r *http.Request) {
			r.URL.Path = "/landing"
			w.WriteHeader(http.StatusTeapot)
		}, "", 1},
		{"headers that come after the answer", "/sim/v1/clock", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.Header().Set("Content-Type", jsonUT)
			_, _ = io.WriteString(w, clock)
		}, clock, 1},
		{"a stream that is read while it goes on", "/sim/v1/stream", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "id: 1\n\n")
			_ = http.NewResponseController(w).Flush()
		}, "id: 1\n\n", 0},
		{"a call that was given up", "/given-up", func(http.ResponseWriter, *http.Request) {}, "", 0},
		{"an answer to somebody who is excepted", "/sim/v1/merchants", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			heard := &complaints{T: t}
			checker := openapitest.New(heard)
			checker.Except("a test of exceptions", func(x *openapitest.Exchange) bool { return x.Request.URL.Path == "/sim/v1/merchants" })
			answer := httptest.NewRecorder()
			ctx, giveUp := context.WithCancel(t.Context())
			if c.path == "/given-up" {
				giveUp()
			}
			defer giveUp()
			checker.Handler(c.serve).ServeHTTP(answer, httptest.NewRequestWithContext(ctx, "GET", c.path, nil))
			require.Equal(t, c.body, answer.Body.String())
			require.Len(t, heard.told, c.problems, "%v", heard.told)
		})
	}
}

func TestAConnectionThatIsNoCallAnyMoreIsNotChecked(t *testing.T) {
	t.Parallel()
	heard := &complaints{T: t}
	server := httptest.NewServer(openapitest.New(heard).Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(connection, "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			_ = connection.Close()
		}
	})))
	t.Cleanup(server.Close)
	answer, err := http.Get(server.URL + "/sim/v1/phones/4712345678/ws") //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusTeapot, answer.StatusCode)
	require.Empty(t, heard.told)
}

func TestABodyThatWasNotReadIsNotJudged(t *testing.T) {
	t.Parallel()
	heard := &complaints{T: t}
	read := 0
	h := openapitest.New(heard).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, int64(read))
		w.Header().Set("Content-Type", jsonUT)
		_, _ = io.WriteString(w, clock)
	}))
	ask := func() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("PUT", "/sim/v1/clock", strings.NewReader(`{"spede":2}`)))
	}
	ask()
	require.Empty(t, heard.told)
	read = len(`{"spede":2}`)
	ask()
	require.Len(t, heard.told, 1)
}
