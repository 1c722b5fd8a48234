package control_test

import (
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/control"
)

func logged(n int64) control.Call {
	return control.Call{
		N: n, At: morning, Real: morning, Took: 1500 * time.Microsecond, API: "epayment", Operation: "create", Method: "POST",
		Path: "/epayment/v1/payments", Query: "a=b&c=%20", MSN: "123456", Reference: "ride-417",
		Header: http.Header{"Authorization": {"Bearer ***"}, "Content-Type": {"application/json"}, "Host": {"x"}, "X-Empty": {""}},
		Body:   []byte(`{"note":"Kari's ride"}`), Status: 201, AnswerHeader: http.Header{"Content-Type": {"application/json"}},
		Answer: []byte(`{"reference":"ride-417"}`), Notes: []string{"odd"},
	}
}

func TestTheAPICallsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.calls = []control.Call{logged(1), logged(2)}
	golden(t, "requests", w.ask("GET", "/sim/v1/requests", ""))
	page := w.want(t, 200, "GET", "/sim/v1/requests?limit=1", "")
	require.Equal(t, "2", page["cursor"])
	page = w.want(t, 200, "GET", "/sim/v1/requests?cursor=2", "")
	require.Len(t, page["requests"], 1)
	require.Equal(t, 1.0, w.want(t, 200, "GET", "/sim/v1/requests/1", "")["n"])
	w.want(t, 404, "GET", "/sim/v1/requests/3", "")
	w.want(t, 404, "GET", "/sim/v1/requests/x", "")
}

func TestTheAPICallsAreSelectedAsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 200, "GET", "/sim/v1/requests?msn=123456&reference=ride-417&path=/epayment&status=4xx&limit=7&cursor=9", "")
	w.want(t, 200, "GET", "/sim/v1/requests?status=404&secrets=show", "")
	require.Equal(t, []control.CallQuery{
		{MSN: "123456", Reference: "ride-417", Path: "/epayment", Class: 4, Before: 9, Limit: 7},
		{Status: 404, Limit: 50, Secrets: true},
	}, w.asked)
	for _, query := range []string{"status=abc", "status=6xx", "as=wget", "secrets=yes", "method=GET"} {
		w.want(t, 400, "GET", "/sim/v1/requests?"+query, "")
	}
}

func TestACallThatWasCutOffHasNoResponse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cut := logged(1)
	cut.Status, cut.AnswerHeader, cut.Answer, cut.Cut = 0, nil, nil, true
	w.calls = []control.Call{cut}
	v := w.want(t, 200, "GET", "/sim/v1/requests/1", "")
	require.NotContains(t, v, "response")
	require.Equal(t, true, v["request"].(map[string]any)["cut"])
}

func TestACallIsWrittenAsTheCommandThatMakesItAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bare := logged(2)
	bare.Method, bare.Query, bare.Header, bare.Body = "GET", "", nil, nil
	form := logged(3)
	form.Query, form.Header, form.Cut = "", nil, true
	w.calls = []control.Call{logged(1), bare, form}
	for path, want := range map[string]string{
		"/sim/v1/requests/1?as=curl": `curl -X 'POST' 'http://sim.test/epayment/v1/payments?a=b&c=%20' \
  -H 'Authorization: Bearer ***' \
  -H 'Content-Type: application/json' \
  -H 'X-Empty;' \
  --data-raw '{"note":"Kari'\''s ride"}'
`,
		"/sim/v1/requests/2?as=curl": "curl 'http://sim.test/epayment/v1/payments'\n",
		"/sim/v1/requests/3?as=curl": `# Only the beginning of this body was kept.
curl -X 'POST' 'http://sim.test/epayment/v1/payments' \
  -H 'Content-Type:' \
  --data-raw '{"note":"Kari'\''s ride"}'
`,
	} {
		out := w.ask("GET", path, "")
		require.Equal(t, 200, out.Code)
		require.Equal(t, "text/plain; charset=utf-8", out.Header().Get("Content-Type"))
		require.Equal(t, want, out.Body.String())
	}
	w.calls = nil
	require.Empty(t, w.ask("GET", "/sim/v1/requests?as=curl", "").Body.String())
}

func TestTheCommandFitsOnOneLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spaced := logged(1)
	spaced.Body = []byte("{\n  \"note\": \"Kari's ride\"\n}")
	w.calls = []control.Call{spaced}
	require.Equal(t, `curl -X 'POST' 'http://sim.test/epayment/v1/payments?a=b&c=%20' -H 'Authorization: Bearer ***' -H 'Content-Type: application/json' -H 'X-Empty;' --data-raw '{"note":"Kari'\''s ride"}'`+"\n",
		w.ask("GET", "/sim/v1/requests/1?as=curl-line", "").Body.String())
	w.want(t, 400, "GET", "/sim/v1/requests/1?as=line", "")
}

func TestTheCommandIsWordsThatAShellTakesAsTheyStand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hostile := logged(1)
	hostile.Body = []byte("'; $(id) `id` \\ \"\n!")
	hostile.Header = nil
	w.calls = []control.Call{hostile}
	// The shell prints its words in the place of calling curl.
	script := "curl() { for word; do last=$word; done; printf %s \"$last\"; }\n" + w.ask("GET", "/sim/v1/requests/1?as=curl", "").Body.String()
	said, err := exec.CommandContext(t.Context(), "sh", "-c", script).Output()
	require.NoError(t, err)
	require.Equal(t, string(hostile.Body), string(said))
}

func TestAListOfCallsWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, map[string]any{"requests": []any{}}, w.want(t, 200, "GET", "/sim/v1/requests?wait=1ms", ""))
}
