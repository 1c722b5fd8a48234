package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzBody sends any body to every call that takes one: it is answered, and
// never with an error of our own.
func FuzzBody(f *testing.F) {
	for _, body := range []string{
		billboard, `{"redirectUrl":"http://localhost:3000/"}`, `{"locationDescription":"Kasse 1","category":"VENDING"}`,
		`{"url":"http://localhost:8080/landing?token=pAbCdEfGhIj.x"}`, `{"qrCode":"https://qr.vipps.no/28/2/01/031/4712345678?v=1","requestedData":["MSISDN"]}`,
		`{"customer":{"customerToken":"AA=="}}`, ``, `[]`, `null`, `{"id":null}`, `{"":1}`, `{"id":"\ud800","ID":2}`, `{"ttl":1e9}`,
		`{"id":"a","redirectUrl":"https://a.no/\u0000","size":100,"whiteBorder":100}`, "{\"id\":\"\xff\"}",
	} {
		f.Add(body, "image/png")
	}
	f.Add(billboard, "text/targetUrl")
	s := open(f)
	f.Fuzz(func(t *testing.T, body, accept string) {
		s := *s
		s.t = t
		if strings.ContainsFunc(accept, func(r rune) bool { return r < ' ' || r > '~' }) {
			accept = "*/*" // no header a client could send
		}
		for _, call := range []string{
			"POST /merchant-redirect", "PUT /merchant-redirect/a", "PUT /merchant-callback/a", "PUT /merchant-callback/mobilepay/b",
			"POST /", "POST /exchange", "POST /exchange/customer",
		} {
			method, path, _ := strings.Cut(call, " ")
			require.Less(t, s.ask(method, path, body, "Accept: "+accept).StatusCode, 500, call)
		}
	})
}

// FuzzPath asks for codes of any name.
func FuzzPath(f *testing.F) {
	for _, name := range []string{"billboard 1", "kjøkken", "a%b", "a/b", "..", ".", "", "a?b#c", "\x00", "\xff", "mobilepay/x", strings.Repeat("x", 200)} {
		f.Add(name)
	}
	s := open(f)
	f.Fuzz(func(t *testing.T, name string) {
		s := *s
		s.t = t
		for _, part := range []string{"/merchant-redirect/", "/merchant-callback/"} {
			for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
				got := s.ask(method, part+url.PathEscape(name), `{"locationDescription":"Kasse","redirectUrl":"https://a.no/"}`)
				require.Less(t, got.StatusCode, 500)
			}
		}
		require.Less(t, s.fetch("/qr/"+url.PathEscape(name)).StatusCode, 500)
		require.Less(t, s.fetch("/qr-image/v1?token="+url.QueryEscape(name)).StatusCode, 500)
	})
}
