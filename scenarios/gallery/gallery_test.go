package gallery_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/scenarios/catalogue"
	"liksom/scenarios/gallery"
	"liksom/web"
)

func read(t *testing.T, path string) (status int, page string) {
	t.Helper()
	site := web.New(web.Options{Base: func(*http.Request) string { return "http://127.0.0.1:8080/w/ci-42" }})
	answer := httptest.NewRecorder()
	gallery.Door{Site: site}.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Code, answer.Body.String()
}

func TestThePageListsEveryScenarioByGroup(t *testing.T) {
	t.Parallel()
	all, err := catalogue.All()
	require.NoError(t, err)
	status, page := read(t, "/docs/scenarios")
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, page, "<script")
	for _, s := range all {
		require.Contains(t, page, `data-name="`+s.Group+`"`)
		require.Contains(t, page, `href="/w/ci-42/docs/scenarios/`+s.ID+`"`, "links stay in their world")
		require.Contains(t, html.UnescapeString(page), s.About)
		require.Contains(t, page, "liksom run "+s.ID)
	}
}

func TestEachScenarioHasAPageWithItsSource(t *testing.T) {
	t.Parallel()
	all, err := catalogue.All()
	require.NoError(t, err)
	for _, s := range all {
		status, page := read(t, "/docs/scenarios/"+s.ID)
		require.Equal(t, http.StatusOK, status)
		require.NotContains(t, page, "<script")
		page = html.UnescapeString(page)
		require.Contains(t, page, string(s.Source))
		require.Contains(t, page, "liksom run "+s.ID)
		require.Contains(t, page, `href="/w/ci-42/console/scenarios/`+s.ID+`"`)
		for _, step := range s.Steps {
			require.Contains(t, page, step.Name)
		}
	}
}

func TestAnUnknownScenarioIsToldWithTheNearest(t *testing.T) {
	t.Parallel()
	status, page := read(t, "/docs/scenarios/retry-lader")
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, page, "retry-ladder")
	status, page = read(t, "/docs/scenarios/<b>")
	require.Equal(t, http.StatusNotFound, status)
	require.False(t, strings.Contains(page, "<b>"), page)
}

func TestPagesAreOnlyRead(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	gallery.Door{Site: web.New(web.Options{})}.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/docs/scenarios", nil))
	require.Equal(t, http.StatusMethodNotAllowed, answer.Code)
}

func TestEditorsFindTheSchemaOfTheLanguage(t *testing.T) {
	t.Parallel()
	status, text := read(t, gallery.SchemaPath)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, string(scenarios.EditorSchema()), text)
	require.Contains(t, text, `"duplicate"`)
}
