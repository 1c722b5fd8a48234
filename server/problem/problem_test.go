package problem_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"liksom/server/problem"
)

func TestMembersAreWrittenInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	got := problem.Document{
		Detail: "Details <here> & there.", Instance: "/v1/payments", Status: 400,
		ExtraDetails: []problem.Detail{{Name: "ErrorCode", Reason: "6080"}}, TraceID: "00-a-b-01",
	}.JSON()
	require.Equal(t, `{"type":"https://httpstatuses.io/400","title":"Bad Request","detail":"Details <here> & there.",`+
		`"instance":"/v1/payments","status":400,"extraDetails":[{"name":"ErrorCode","reason":"6080"}],"traceId":"00-a-b-01"}`, string(got))
}

func TestWriteAnswersWithStatusAndType(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	problem.Write(w, problem.Document{Status: 404})
	require.Equal(t, 404, w.Code)
	require.Equal(t, "application/problem+json; charset=utf-8", w.Header().Get("Content-Type"))
	var doc problem.Document
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &doc))
	require.Equal(t, "Not Found", doc.Title)
	require.Regexp(t, `^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`, doc.TraceID)
}

func TestTraceIDsDiffer(t *testing.T) {
	t.Parallel()
	require.NotEqual(t, problem.TraceID(), problem.TraceID())
}

func TestPosition(t *testing.T) {
	t.Parallel()
	body := []byte("{\n \"blåbær\": x\n}")
	for _, c := range []struct {
		offset, line, column int
	}{
		{0, 1, 1}, {1, 1, 2}, {2, 2, 1}, {strings.IndexByte(string(body), 'x'), 2, 12}, {len(body), 3, 2}, {99, 3, 2}, {-1, 1, 1},
	} {
		line, column := problem.Position(body, c.offset)
		require.Equal(t, []int{c.line, c.column}, []int{line, column}, "offset %d", c.offset)
	}
}

func TestSyntaxSaysWhereAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, reason string }{
		{"a trailing comma in an object", "{\"a\":1,\n\"b\":25,}", "Line 2, column 7: another member was expected after this comma, but '}' follows; leave the comma out."},
		{"a trailing comma in an array", "[1, ]", "Line 1, column 3: another value was expected after this comma, but ']' follows; leave the comma out."},
		{"a missing comma", `{"a":1 "b":2}`, `Line 1, column 8: '"' cannot stand here; ',' or '}' was expected.`},
		{"a missing colon", `{"a" 1}`, "Line 1, column 6: '1' cannot stand here; ':' was expected."},
		{"a name without quotes", `{a:1}`, "Line 1, column 2: 'a' cannot stand here; a member's name in double quotes, or '}' was expected."},
		{"something behind the end", `{} x`, "Line 1, column 4: 'x' cannot stand here; the end of the text was expected."},
		{"half a body", `{"a":[1`, "Line 1, column 8: the JSON text ends too early; a closing quote, bracket or brace is missing."},
		{"no value", `{"a":}`, "Line 1, column 6: '}' cannot stand here; a value was expected."},
		{"a letter outside ASCII", `{"a":æ}`, "Line 1, column 6: 'æ' cannot stand here; a value was expected."},
		{"nothing at all", " ", "The body is empty; a JSON object was expected."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var v any
			got, ok := problem.Syntax([]byte(c.body), json.Unmarshal([]byte(c.body), &v))
			require.True(t, ok)
			require.Equal(t, problem.Detail{Name: "$", Reason: c.reason}, got)
		})
	}
}

func TestSyntaxLeavesOtherErrorsAlone(t *testing.T) {
	t.Parallel()
	var v int
	_, ok := problem.Syntax([]byte(`"x"`), json.Unmarshal([]byte(`"x"`), &v))
	require.False(t, ok)
}

func FuzzSyntaxPointsIntoTheBody(f *testing.F) {
	for _, s := range []string{"", "{", `{"a":1,}`, "[\n,]", `"\u12`, "\xff", "{}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var v json.RawMessage // a number too large for Go is no error of syntax
		err := json.Unmarshal([]byte(s), &v)
		if err == nil {
			return
		}
		d, ok := problem.Syntax([]byte(s), err)
		require.True(t, ok)
		require.True(t, utf8.ValidString(d.Reason))
		require.Equal(t, "$", d.Name)
	})
}
