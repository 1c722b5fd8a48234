package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web"
)

// person is what a browser asks with; program what all others do.
const (
	person  = "text/html,application/xhtml+xml,*/*;q=0.8"
	program = "*/*"
)

func asked(method, path, accept string) *http.Request {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept", accept)
	return r
}

func TestBroken_tells_a_person_under_which_id_the_log_has_more(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	w := httptest.NewRecorder()
	s.Broken(w, asked("GET", "/landing?token=a.b&lang=nb", person), web.Trouble{Brand: "mobilepay", Request: "q3Zk0bVxL8aT"})
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	for _, want := range []string{
		"Simulator. Ingen ekte penger flyttes.", "<h1 tabindex=\"-1\">Noe gikk galt i simulatoren</h1>", ">q3Zk0bVxL8aT</b>",
		`data-copy="q3Zk0bVxL8aT"`, `href="/landing?token=a.b&amp;lang=nb" data-testid="trouble-again"`, `data-brand="mobilepay"`,
	} {
		require.Contains(t, w.Body.String(), want)
	}
}

func TestBroken_tells_a_program_in_a_line(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	web.New(web.Options{}).Broken(w, asked("GET", "/phone/4712345678/desk", program), web.Trouble{Request: "q3Zk0bVxL8aT"})
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Equal(t, "Something broke in the simulator. Request q3Zk0bVxL8aT.\n", w.Body.String())
}

func TestBroken_leads_nowhere_that_was_not_asked_for_here(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	for name, r := range map[string]*http.Request{
		"a form is not sent twice": asked("POST", "/landing", person),
		"another host":             asked("GET", "http://sim.test//evil.test/x", person),
		"a whole address":          asked("GET", "http://evil.test/x", person),
		"a host behind a slash":    asked("GET", `http://sim.test/\evil.test`, person),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			switch name {
			case "another host":
				r.RequestURI = "//evil.test/x"
			case "a host behind a slash":
				r.RequestURI = `/\evil.test`
			}
			s.Broken(w, r, web.Trouble{Request: "q3Zk0bVxL8aT"})
			require.NotContains(t, w.Body.String(), "trouble-again")
			require.NotContains(t, w.Body.String(), "evil")
		})
	}
	w := httptest.NewRecorder()
	s.Broken(w, asked("POST", "/landing", person), web.Trouble{Request: "x", Again: "/landing?token=a.b"})
	require.Contains(t, w.Body.String(), `href="/landing?token=a.b" data-testid="trouble-again"`, "unless the page says where")
}

func TestNotHere_shows_the_way_back_and_no_markup_of_strangers(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	w := httptest.NewRecorder()
	r := asked("GET", "/nothing", person)
	r.RequestURI = `/<script>alert(1)</script>"><img src=x>?q=<script>`
	s.NotHere(w, r, "")
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Body.String(), "There is no page here")
	require.Contains(t, w.Body.String(), `<a class="btn tall" href="/">`)
	require.NotContains(t, w.Body.String(), "<script>alert")
	require.NotContains(t, w.Body.String(), `"><img`)
	w = httptest.NewRecorder()
	s.NotHere(w, r, `There is no world "<b>x".`)
	require.Contains(t, w.Body.String(), "There is no world &#34;&lt;b&gt;x&#34;.")
}
