package server_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
)

// looksUp asks a simulator as a browser does, or as a program.
func looksUp(sim http.Handler, accept, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", accept)
	sim.ServeHTTP(w, r)
	return w
}

const asBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func TestWhoLostTheWayIsToldSoInTheirOwnForm(t *testing.T) {
	t.Parallel()
	sim, err := server.New(t.Context(), server.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Stop(context.Background())) })
	for path, says := range map[string]string{
		"/nothing": "There is no page here", "/landing/nothing": "There is no page here", "/landing/storybook/nothing": "There is no page here",
		"/phone/4712345678/nothing": "There is no page here", "/console/storybook/nothing": "There is no page here",
		"/w/nothing/landing?token=x": "There is no world &#34;nothing&#34;.", "/w/": "needs a world&#39;s name",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			page := looksUp(sim, asBrowser, path)
			require.Equal(t, http.StatusNotFound, page.Code)
			require.Equal(t, "text/html; charset=utf-8", page.Header().Get("Content-Type"))
			require.Contains(t, page.Body.String(), "sim-stripe")
			require.Contains(t, page.Body.String(), says)
			require.Equal(t, http.StatusNotFound, looksUp(sim, "application/json", path).Code)
		})
	}
	for _, path := range []string{"/nothing", "/landing/nothing", "/w/nothing/"} {
		require.Contains(t, looksUp(sim, "*/*", path).Header().Get("Content-Type"), "application/problem+json", "a program reads %s", path)
	}
	for _, path := range []string{"/epayment/v1/nothing", "/sim/v1/nothing"} {
		require.Contains(t, looksUp(sim, asBrowser, path).Header().Get("Content-Type"), "json", "an API stays one: %s", path)
	}
}

// fainting is a browser's connection at which whatever answers panics once.
type fainting struct {
	http.ResponseWriter
	once sync.Once
}

func (f *fainting) WriteHeader(status int) {
	f.once.Do(func() { panic("a secret of ours") })
	f.ResponseWriter.WriteHeader(status)
}

func TestAHandlerThatPanicsShowsAPageWithTheIdOfTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	sim, err := server.New(t.Context(), server.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Stop(context.Background())) })
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/landing?token=%3Cscript%3E", nil)
	r.Header.Set("Accept", asBrowser)
	sim.ServeHTTP(&fainting{ResponseWriter: w}, r)
	require.Equal(t, http.StatusInternalServerError, w.Code)
	page := w.Body.String()
	require.Contains(t, page, "Something broke in the simulator")
	require.Contains(t, page, `href="/landing?token=%3Cscript%3E" data-testid="trouble-again"`)
	require.NotContains(t, page, "secret")
	id := regexp.MustCompile(`data-copy="([^"]+)"`).FindStringSubmatch(page)
	require.NotNil(t, id)
	require.Contains(t, log.String(), "trace="+id[1])
	require.Contains(t, log.String(), "a secret of ours")
}
