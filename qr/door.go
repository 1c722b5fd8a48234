package qr

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/payment"
	"liksom/server/problem"
)

// albumRoom is how many bytes of pictures are kept: some thousand of them.
const albumRoom = 8 << 20

// Config is what a door works with. Log may be nil.
type Config struct {
	// Find gets a payment by its code.
	Find func(ctx context.Context, code string) (payment.Payment, error)
	// Base is the public URL by which a request came in.
	Base func(*http.Request) string
	// Now is the world's simulated time.
	Now func() time.Time
	Log *slog.Logger
}

// Door serves pictures and what their links lead to.
type Door struct {
	Config
	album *album
}

// NewDoor makes the door of a world.
func NewDoor(c Config) *Door {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Door{Config: c, album: newAlbum(albumRoom)}
}

// Mount adds the door's routes. Neither asks for any credentials.
func (d *Door) Mount(r *mux.Router) {
	for path, serve := range map[string]http.HandlerFunc{"/qr-image/v1": d.picture, "/qr/{id}": d.link} {
		r.HandleFunc(path, serve).Methods(http.MethodGet, http.MethodHead).Name("GET " + path)
		r.HandleFunc(path, wrongMethod)
	}
}

func wrongMethod(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	problem.Write(w, problem.Document{Status: http.StatusMethodNotAllowed, Detail: r.Method + " is not possible here."})
}

// picture answers with the picture that the token names, as long as its
// payment can still be paid (QR contract, section 5.1).
func (d *Door) picture(w http.ResponseWriter, r *http.Request) {
	pic, ok := ParseToken(r.URL.Query().Get("token"))
	if !ok {
		noPicture(w)
		return
	}
	_, err := d.payable(r.Context(), pic.Code)
	if errors.Is(err, payment.Because(payment.UnknownPayment)) {
		noPicture(w)
		return
	}
	content := Target(d.Base(r), pic.Code)
	var body []byte
	if err == nil {
		body, err = d.album.draw(content, pic.Format, pic.Size)
	}
	if err != nil {
		d.trouble(w, r, err)
		return
	}
	head := w.Header()
	// The picture never changes, but it ends with its payment: it may be kept
	// and has to be asked about each time.
	head.Set("Cache-Control", "no-cache")
	head.Set("ETag", tagOf(content, pic))
	head.Set("Cross-Origin-Resource-Policy", "cross-origin") // to be embedded anywhere
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Type", pic.Format.ContentType())
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func tagOf(content string, pic Picture) string {
	sum := sha256.Sum256([]byte(content + " " + pic.Token()))
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

func noPicture(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	problem.Write(w, problem.Document{Status: http.StatusNotFound, Detail: "There is no such picture, or its payment has ended."})
}

func (d *Door) trouble(w http.ResponseWriter, r *http.Request, err error) {
	doc := problem.Document{Status: http.StatusInternalServerError, TraceID: problem.TraceID()}
	d.Log.ErrorContext(r.Context(), "a code cannot be served", "trace", doc.TraceID, "path", r.URL.Path, "error", err)
	problem.Write(w, doc)
}

// link is where a code leads a browser: to the landing page of its payment.
func (d *Door) link(w http.ResponseWriter, r *http.Request) {
	p, err := d.payable(r.Context(), mux.Vars(r)["id"])
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case errors.Is(err, payment.Because(payment.UnknownPayment)):
		lost(w)
	case err != nil:
		d.trouble(w, r, err)
	default:
		base := strings.TrimSuffix(d.Base(r), "/")
		http.Redirect(w, r, base+landingPath+"?token="+url.QueryEscape(p.Token), http.StatusFound)
	}
}

// payable finds the payment of a one-time code. One that can no longer be
// paid is as unknown as one that never was.
func (d *Door) payable(ctx context.Context, id string) (payment.Payment, error) {
	unknown := payment.Because(payment.UnknownPayment)
	if KindOf(id) != OneTime {
		return payment.Payment{}, unknown
	}
	p, err := d.Find(ctx, id)
	if err != nil {
		return payment.Payment{}, err
	}
	if p.Final() || !p.Deadline.IsZero() && !d.Now().Before(p.Deadline) {
		return payment.Payment{}, unknown
	}
	return p, nil
}

// lostPage is all there is to say about a code that leads nowhere.
const lostPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>We can't find this code</title>
<style>
body { margin: 0; font: 400 16px/1.5 system-ui, sans-serif; color: #1c1a17; background: #faf8f4; }
.stripe { display: flex; align-items: center; justify-content: center; min-height: 28px; padding: 2px 16px;
  background: #FFC53D; font-size: 13px; font-weight: 600; text-align: center; }
main { max-width: 560px; margin: 64px auto; padding: 0 24px; }
h1 { font-size: 24px; letter-spacing: -0.03em; }
</style>
</head>
<body>
<div class="stripe">Simulator. No real money moves.</div>
<main>
<h1>We can't find this code</h1>
<p>It was never made here, or its payment is over. Ask the shop for a new code.</p>
</main>
</body>
</html>
`

func lost(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write([]byte(lostPage)) // whoever has gone needs no page
}
