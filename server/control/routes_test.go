package control_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInfoTellsWhatRuns(t *testing.T) {
	t.Parallel()
	golden(t, "info", newWorld(t).ask("GET", "/sim/v1/info", ""))
}

func TestAWrongMethodIsAnsweredWithThoseThatWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ method, path, allow string }{
		{"DELETE", "/sim/v1/clock", "GET, HEAD, PUT"},
		{"GET", "/sim/v1/clock/advance", "POST"},
		{"PUT", "/sim/v1/phones/4712345678", "DELETE, GET, HEAD, PATCH"},
		{"POST", "/sim/v1/payments/123456/order-0001", "GET, HEAD"},
		{"PATCH", "/sim/v1/faults", "DELETE, GET, HEAD, POST, PUT"},
		{"POST", "/healthz", "GET, HEAD"},
		{"GET", "/sim/v1/scenarios/run", "POST"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			t.Parallel()
			out := w.ask(c.method, c.path, "")
			require.Equal(t, http.StatusMethodNotAllowed, out.Code)
			require.Equal(t, c.allow, out.Header().Get("Allow"))
			require.Contains(t, out.Body.String(), "it takes "+c.allow)
		})
	}
}

func TestAPathThatDoesNotExistIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/sim/v1/snapshots", "/sim/v1/clock/", "/sim/v1//clock", "/nowhere"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.want(t, 404, "GET", path, "")["detail"], "There is nothing at "+path)
		})
	}
}

func TestHeadIsAnsweredWhereGetIs(t *testing.T) {
	t.Parallel()
	require.Equal(t, http.StatusOK, newWorld(t).ask("HEAD", "/sim/v1/info", "").Code)
}

func TestHealthIsPlain(t *testing.T) {
	t.Parallel()
	out := newWorld(t).ask("GET", "/healthz", "")
	require.Equal(t, http.StatusOK, out.Code)
	require.Equal(t, "ok\n", out.Body.String())
}

func TestReadinessFollowsTheSimulator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, "ready", w.want(t, 200, "GET", "/readyz", "")["status"])
	w.ready = errors.New("the disk is gone")
	doc := w.want(t, 503, "GET", "/readyz", "")
	require.NotContains(t, doc["detail"], "disk")
}

func TestResetIsPassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 204, "POST", "/sim/v1/reset", "")
	w.want(t, 204, "POST", "/sim/v1/reset?msn=123456", "")
	w.want(t, 404, "POST", "/sim/v1/reset?msn=999999", "")
	require.Equal(t, []string{"", "123456"}, w.reset)
}

func TestAMisspeltParameterIsRefused(t *testing.T) {
	t.Parallel()
	doc := newWorld(t).want(t, 400, "POST", "/sim/v1/reset?mns=123456", "")
	require.Equal(t, "mns: There is no query parameter of this name here. Did you mean msn?", doc["detail"])
}

func TestABodyOverAMebibyteIsRefused(t *testing.T) {
	t.Parallel()
	body := `{"name":"` + strings.Repeat("x", 1<<20) + `"}`
	doc := newWorld(t).want(t, 413, "PATCH", "/sim/v1/phones/4712345678", body)
	require.Contains(t, doc["detail"], "1 MiB")
}

func TestAWrongBodyIsToldWhereAndHowToMendIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ name, path, body, field, detail string }{
		{"a trailing comma", "/sim/v1/clock/advance", "{\n \"by\": \"5m\",}", "$", "Line 2, column 12: another member was expected after this comma, but '}' follows; leave the comma out."},
		{"no body", "/sim/v1/clock/advance", "", "$", "The body is empty; a JSON object was expected."},
		{"a list", "/sim/v1/clock/advance", "[]", "$", "$: The body must be a JSON object: {…}."},
		{"null", "/sim/v1/clock/advance", "null", "$", "$: The body must be a JSON object: {…}."},
		{"two objects", "/sim/v1/clock/advance", "{} {}", "$", "Line 1, column 4: '{' cannot stand here; the end of the text was expected."},
		{"a misspelt member", "/sim/v1/phones", `{"numbr":"4799999999"}`, "numbr", "numbr: There is no member of this name here. Did you mean number?"},
		{"a misspelt inner member", "/sim/v1/phones", `{"autopilot":{"dealy":"1s"}}`, "dealy", "dealy: There is no member of this name here. Did you mean delay?"},
		{"a member from elsewhere", "/sim/v1/clock/advance", `{"until":"5m"}`, "until", "until: There is no member of this name here. Possible are by."},
		{"a number for a text", "/sim/v1/clock/advance", `{"by":5}`, "by", "by: This must be a text, not a number."},
		{"a text for a number", "/sim/v1/phones", `{"age":"5"}`, "age", "age: This must be a whole number, not a text."},
		{"a fraction for a whole number", "/sim/v1/phones", `{"age":5.5}`, "age", "age: This must be a whole number, not the number 5.5."},
		{"a text for a switch", "/sim/v1/phones", `{"online":"yes"}`, "online", "online: This must be true or false, not a text."},
		{"a text for an object", "/sim/v1/phones", `{"autopilot":"approve"}`, "autopilot", "autopilot: This must be an object, not a text."},
		{"a text for a list", "/sim/v1/phones", `{"cards":"one"}`, "cards", "cards: This must be a list, not a text."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, "POST", c.path, c.body)
			require.Equal(t, c.detail, doc["detail"])
			require.Equal(t, c.field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
		})
	}
}

func TestTroubleInsideIsNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inbox.err = errors.New("secret cause")
	out := w.ask("GET", "/sim/v1/phones/4712345678/requests", "")
	require.Equal(t, http.StatusInternalServerError, out.Code)
	require.NotContains(t, out.Body.String(), "secret cause")
	require.Contains(t, out.Body.String(), "traceId")
}
