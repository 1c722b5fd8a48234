package problem_test

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/problem"
)

func TestTheOlderFormHasNoStatusAndNamesParameters(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	problem.WriteOlder(w, 400, problem.Older{
		Title: "Not valid.", Detail: "BadRequest", InvalidParams: []problem.Detail{{Name: "Src", Reason: "<too> big"}},
	})
	require.Equal(t, 400, w.Code)
	require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	body := regexp.MustCompile("00-[0-9a-f]{32}-[0-9a-f]{16}-01").ReplaceAllString(w.Body.String(), "TRACE")
	require.Equal(t, `{"type":"https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.1","title":"Not valid.",`+
		`"detail":"BadRequest","instance":"TRACE","invalidParams":[{"name":"Src","reason":"<too> big"}]}`+"\n", body)
}

func TestTheOlderFormIsFilled(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		404: `{"type":"https://datatracker.ietf.org/doc/html/rfc7231#section-6.5.4","title":"Not Found","detail":"Not Found",`,
		418: `{"type":"about:blank","title":"I'm a teapot","detail":"I'm a teapot",`,
	} {
		w := httptest.NewRecorder()
		problem.WriteOlder(w, status, problem.Older{})
		require.Contains(t, w.Body.String(), want)
		require.NotContains(t, w.Body.String(), "invalidParams")
	}
}
