package api_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/directory"
	"liksom/server/openapi/openapitest"
	"liksom/server/servertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shop is a whole simulator with a merchant who calls its QR API.
type shop struct {
	*servertest.Sim
	t testing.TB
	// headers go with every call; a value of "" leaves one out.
	headers map[string]string
	openapi *openapitest.Checker
}

func open(t testing.TB, options ...servertest.Option) *shop {
	t.Helper()
	openapi := openapitest.New(t)
	s := &shop{Sim: servertest.Start(t, append(options, servertest.WithAround(openapi.Handler))...), t: t, openapi: openapi}
	_, err := s.Client.Freeze(t.Context())
	require.NoError(t, err)
	s.as(client.Demo())
	return s
}

func strict(o *server.Options) { o.StrictURLs, o.StrictBodies = server.On, server.On }

// as has the shop call with other keys.
func (s *shop) as(keys client.Credentials) {
	s.t.Helper()
	asking := keys
	asking.MSN = directory.DemoMSN // any will do, but an empty one
	token, err := client.New(s.URL, client.WithHTTPClient(s.HTTP), client.WithCredentials(asking)).Token(s.t.Context())
	require.NoError(s.t, err)
	s.headers = map[string]string{
		"Authorization": "Bearer " + token.AccessToken, "Ocp-Apim-Subscription-Key": keys.SubscriptionKey,
		"Merchant-Serial-Number": keys.MSN, "Content-Type": "application/json",
	}
}

// asPartner has the shop call with keys that cover several sales units.
func (s *shop) asPartner(msn string) {
	s.t.Helper()
	keys := client.Demo()
	keys.ClientID, keys.MSN = directory.PartnerClientID, msn
	s.as(keys)
}

func of(msn string) client.Credentials {
	keys := client.Demo()
	keys.MSN = msn
	n := map[string]string{"123456": "1", "234567": "2", "345678": "3"}[msn]
	keys.ClientID = keys.ClientID[:len(keys.ClientID)-1] + n
	return keys
}

// reply is an answer.
type reply struct {
	t testing.TB
	*http.Response
	body string
}

// ask calls the API; each further line is a header, "Accept: image/png".
func (s *shop) ask(method, path, body string, headers ...string) *reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+"/qr/v1"+path, strings.NewReader(body))
	require.NoError(s.t, err)
	for name, value := range s.headers {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return s.send(r)
}

// fetch opens a link as anybody may, relative to the simulator if it begins
// with a slash.
func (s *shop) fetch(link string) *reply {
	s.t.Helper()
	if strings.HasPrefix(link, "/") {
		link = s.URL + link
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, link, nil)
	require.NoError(s.t, err)
	return s.send(r)
}

// submit sends a form as a browser on our own page does.
func (s *shop) submit(link string, form url.Values) *reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, link, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(r)
}

func (s *shop) send(r *http.Request) *reply {
	s.t.Helper()
	resp, err := s.HTTP.Do(r)
	require.NoError(s.t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	return &reply{s.t, resp, string(body)}
}

func (r *reply) is(status int) *reply {
	r.t.Helper()
	require.Equal(r.t, status, r.StatusCode, r.body)
	return r
}

// into reads the answer.
func (r *reply) into(out any) {
	r.t.Helper()
	require.NoError(r.t, json.Unmarshal([]byte(r.body), out), r.body)
}

// refusal is an error of the API in either of its forms.
type refusal struct {
	Type, Title, Detail, Instance string
	Status                        int
	InvalidParams, ExtraDetails   []struct{ Name, Reason string }
}

// blames checks which parameters are wrong.
func (r *reply) blames(names ...string) {
	r.t.Helper()
	r.is(http.StatusBadRequest)
	require.Equal(r.t, "application/json; charset=utf-8", r.Header.Get("Content-Type"))
	var e refusal
	r.into(&e)
	require.NotContains(r.t, r.body, `"status"`)
	require.Equal(r.t, "One or more validation errors occurred.", e.Title)
	var got []string
	for _, p := range e.InvalidParams {
		got = append(got, p.Name)
	}
	require.Equal(r.t, names, got, r.body)
}

// create makes a redirect code.
func (s *shop) create(body string) client.RedirectCode {
	s.t.Helper()
	var code client.RedirectCode
	s.ask("POST", "/merchant-redirect", body, "Accept: text/targetUrl").is(http.StatusOK).into(&code)
	return code
}

// place makes a callback code and gives what it says.
func (s *shop) place(id string) client.CallbackCode {
	s.t.Helper()
	require.NoError(s.t, s.Client.PutCallbackCode(s.t.Context(), id, "Kasse 1"))
	code, err := s.Client.CallbackCode(s.t.Context(), id)
	require.NoError(s.t, err)
	return code
}

var (
	trace = regexp.MustCompile(`00-[0-9a-f]{32}-[0-9a-f]{16}-00`)
	short = regexp.MustCompile(`(/qr/|token=)([rc])[A-Za-z0-9]{8}`)
)

// golden compares an answer with a file; names drawn for it are left out.
func (r *reply) golden(name string) {
	r.t.Helper()
	got := short.ReplaceAllString(trace.ReplaceAllString(r.body, "00-trace-00"), "${1}${2}00000000")
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(r.t, os.MkdirAll("testdata", 0o755))
		require.NoError(r.t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(r.t, err)
	require.Equal(r.t, string(want), got)
}
