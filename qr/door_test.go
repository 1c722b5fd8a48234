package qr_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"liksom/qr"
	"liksom/server/payment"
)

const base = "http://localhost:8080"

var now = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func door(payments ...payment.Payment) http.Handler {
	r := mux.NewRouter()
	qr.NewDoor(qr.Config{
		Find: func(_ context.Context, code string) (payment.Payment, error) {
			for _, p := range payments {
				if p.Code == code {
					return p, nil
				}
			}
			return payment.Payment{}, payment.Unknown(payment.ID{})
		},
		Base: func(*http.Request) string { return base },
		Now:  func() time.Time { return now },
	}).Mount(r)
	return r
}

func waiting(change func(*payment.Payment)) payment.Payment {
	p := payment.Payment{
		ID: payment.ID{MSN: "123456", Reference: "a"}, Code: "p0123456789", Token: "p0123456789.secret",
		State: payment.Created, Deadline: now.Add(time.Minute),
	}
	if change != nil {
		change(&p)
	}
	return p
}

func get(h http.Handler, method, path string, header http.Header) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	for k, v := range header {
		r.Header[k] = v
	}
	h.ServeHTTP(w, r)
	return w
}

func TestThePictureIsWhatTheMerchantAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		details     *payment.Details
		link        string
		contentType string
	}{
		"an SVG when nothing was said": {nil, base + "/qr-image/v1?token=p0123456789.svg", "image/svg+xml"},
		"an SVG with a size":           {&payment.Details{QRFormat: "image/svg+xml", QRSize: 400}, base + "/qr-image/v1?token=p0123456789.svg", "image/svg+xml"},
		"a PNG":                        {&payment.Details{QRFormat: "image/png"}, base + "/qr-image/v1?token=p0123456789.png.1024", "image/png"},
		"a PNG with a size":            {&payment.Details{QRFormat: "IMAGE/PNG", QRSize: 400}, base + "/qr-image/v1?token=p0123456789.png.400", "image/png"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := waiting(func(p *payment.Payment) { p.Details = c.details })
			require.Equal(t, c.link, qr.Link(base, p))
			w := get(door(p), "GET", c.link, nil)
			require.Equal(t, http.StatusOK, w.Code)
			require.Equal(t, c.contentType, w.Header().Get("Content-Type"))
			if c.contentType == "image/png" {
				said, err := qr.Decode(w.Body.Bytes())
				require.NoError(t, err)
				require.Equal(t, base+"/qr/p0123456789", said)
			}
		})
	}
}

func TestTheTextItselfIsGivenWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	p := waiting(func(p *payment.Payment) { p.Details = &payment.Details{QRFormat: "text/targeturl"} })
	require.Equal(t, base+"/qr/p0123456789", qr.Link(base, p))
}

func TestAKnownPictureIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := door(waiting(nil))
	tag := get(h, "GET", "/qr-image/v1?token=p0123456789.svg", nil).Header().Get("ETag")
	require.NotEmpty(t, tag)
	w := get(h, "GET", "/qr-image/v1?token=p0123456789.svg", http.Header{"If-None-Match": {tag}})
	require.Equal(t, http.StatusNotModified, w.Code)
	require.Empty(t, w.Body.Bytes())
}

func TestThereIsNoPictureOfWhatCannotBePaid(t *testing.T) {
	t.Parallel()
	ended := func(p *payment.Payment) { p.State = payment.Authorized }
	overdue := func(p *payment.Payment) { p.Deadline = now }
	for name, c := range map[string]struct {
		payment payment.Payment
		token   string
	}{
		"an ended payment":      {waiting(ended), "p0123456789.svg"},
		"an overdue payment":    {waiting(overdue), "p0123456789.svg"},
		"an unknown payment":    {waiting(nil), "p9999999999.svg"},
		"no token":              {waiting(nil), ""},
		"a size out of bounds":  {waiting(nil), "p0123456789.png.99"},
		"a size of many zeros":  {waiting(nil), "p0123456789.png.0400"},
		"an unknown format":     {waiting(nil), "p0123456789.gif"},
		"a merchant's own code": {waiting(nil), "r01234567.svg"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := get(door(c.payment), "GET", "/qr-image/v1?token="+c.token, nil)
			require.Equal(t, http.StatusNotFound, w.Code)
			require.Contains(t, w.Header().Get("Content-Type"), "application/problem+json")
		})
	}
}

func TestABrowserIsLedToTheLandingPage(t *testing.T) {
	t.Parallel()
	w := get(door(waiting(nil)), "GET", "/qr/p0123456789", nil)
	require.Equal(t, http.StatusFound, w.Code)
	require.Equal(t, base+"/landing?token=p0123456789.secret", w.Header().Get("Location"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
}

func TestADeadCodeIsAPageThatSaysSo(t *testing.T) {
	t.Parallel()
	h := door(waiting(func(p *payment.Payment) { p.State = payment.Expired }))
	for _, id := range []string{"p0123456789", "p9999999999", "r01234567", "c01234567", "x"} {
		w := get(h, "GET", "/qr/"+id, nil)
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Contains(t, w.Body.String(), "Simulator. No real money moves.")
	}
}

func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/qr-image/v1", "/qr/p0123456789"} {
		w := get(door(), "POST", path, nil)
		require.Equal(t, http.StatusMethodNotAllowed, w.Code)
		require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	}
}
