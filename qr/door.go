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
	"slices"
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
	// Sticker gets a merchant's code by its id; nil where there are none.
	Sticker func(id string) (Sticker, bool)
	// Scanned hears of a merchant's code that a browser has opened to go where
	// it leads; nil where nobody counts.
	Scanned func(ctx context.Context, id string) error
	// Shop names a sales unit for people.
	Shop func(msn string) string
	// Owners are the phones that can check in with a callback code.
	Owners func() []Owner
	// CheckIn has a phone scan a callback code that a browser has opened. The
	// errors are [ErrUnknown] and trouble inside.
	CheckIn func(r *http.Request, number, id string) (Outcome, error)
	Log     *slog.Logger
}

// Outcome is how a merchant took a check-in, for people.
type Outcome struct {
	Reached bool
	Text    string
}

// Owner is a phone as it is offered to check in with.
type Owner struct{ Number, Name string }

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
	if c.Sticker == nil {
		c.Sticker = func(string) (Sticker, bool) { return Sticker{}, false }
	}
	return &Door{Config: c, album: newAlbum(albumRoom)}
}

// Mount adds the door's routes. None asks for any credentials.
func (d *Door) Mount(r *mux.Router) {
	for path, serve := range map[string]http.HandlerFunc{"/qr-image/v1": d.picture, "/qr/{id}": d.link} {
		r.HandleFunc(path, serve).Methods(http.MethodGet, http.MethodHead).Name("GET " + path)
	}
	r.HandleFunc("/qr/{id:c[A-Za-z0-9]{8}}", d.checkIn).Methods(http.MethodPost).Name("POST /qr/{id}")
	r.HandleFunc("/qr/{id:c[A-Za-z0-9]{8}}", problem.Only("GET, HEAD, POST"))
	for _, path := range []string{"/qr-image/v1", "/qr/{id}"} {
		r.HandleFunc(path, problem.Only("GET, HEAD"))
	}
}

// picture answers with the picture that the token names: a merchant's code as
// long as there is one, a one-time code as long as its payment can still be
// paid (QR contract, sections 5.1 and 10).
func (d *Door) picture(w http.ResponseWriter, r *http.Request) {
	pic, ok := ParseToken(r.URL.Query().Get("token"))
	if !ok {
		noPicture(w)
		return
	}
	err := d.alive(r.Context(), pic.Code)
	if errors.Is(err, payment.Because(payment.UnknownPayment)) {
		noPicture(w)
		return
	}
	content := Target(d.Base(r), pic.Code)
	var body []byte
	if err == nil {
		body, err = d.album.draw(content, pic)
	}
	if err != nil {
		d.trouble(w, r, err)
		return
	}
	head := w.Header()
	// The picture never changes, but it ends with what it leads to: it may be
	// kept and has to be asked about each time.
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
	problem.Write(w, problem.Document{Status: http.StatusNotFound, Detail: "There is no such picture, or what it led to is no more."})
}

func (d *Door) trouble(w http.ResponseWriter, r *http.Request, err error) {
	doc := problem.Document{Status: http.StatusInternalServerError, TraceID: problem.TraceID()}
	d.Log.ErrorContext(r.Context(), "a code cannot be served", "trace", doc.TraceID, "path", r.URL.Path, "error", err)
	problem.Write(w, doc)
}

// alive tells whether a code leads anywhere; if not the error is a refusal of
// an unknown payment.
func (d *Door) alive(ctx context.Context, id string) error {
	if _, known := d.Sticker(id); known {
		return nil
	}
	_, err := d.payable(ctx, id)
	return err
}

// link is where a code leads a browser: to the landing page of its payment,
// to the merchant's page, or to a page to check in from.
func (d *Door) link(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store") // where it leads may change at any time
	id := mux.Vars(r)["id"]
	if code, known := d.Sticker(id); known {
		d.open(w, r, &code)
		return
	}
	p, err := d.payable(r.Context(), id)
	switch {
	case errors.Is(err, payment.Because(payment.UnknownPayment)):
		show(w, http.StatusNotFound, lostPage, nil)
	case err != nil:
		d.trouble(w, r, err)
	default:
		base := strings.TrimSuffix(d.Base(r), "/")
		http.Redirect(w, r, base+landingPath+"?token="+url.QueryEscape(p.Token), http.StatusFound)
	}
}

func (d *Door) open(w http.ResponseWriter, r *http.Request, code *Sticker) {
	if code.Kind == Redirect {
		d.count(r, code.ID)
		http.Redirect(w, r, code.Target, http.StatusFound)
		return
	}
	show(w, http.StatusOK, choosePage, d.counterView(code))
}

// count tells of a scan. Whoever scans goes on even if it cannot be counted.
func (d *Door) count(r *http.Request, id string) {
	if d.Scanned == nil || r.Method != http.MethodGet {
		return
	}
	if err := d.Scanned(r.Context(), id); err != nil {
		d.Log.WarnContext(r.Context(), "count a scan", "code", id, "err", err)
	}
}

// checkIn has the phone chosen on the page scan the code.
func (d *Door) checkIn(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	code, known := d.Sticker(mux.Vars(r)["id"])
	if !known {
		show(w, http.StatusNotFound, lostPage, nil)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, largestForm)
	view := d.counterView(&code)
	at := slices.IndexFunc(view.Owners, func(o Owner) bool { return o.Number == r.PostFormValue("phone") })
	if at < 0 {
		view.Notice = "Choose one of these phones."
		show(w, http.StatusBadRequest, choosePage, view)
		return
	}
	view.Owner = view.Owners[at]
	done, err := d.CheckIn(r, view.Owner.Number, code.ID)
	switch {
	case errors.Is(err, ErrUnknown):
		show(w, http.StatusNotFound, lostPage, nil)
	case err != nil:
		d.trouble(w, r, err)
	default:
		view.Reached, view.Notice = done.Reached, done.Text
		show(w, http.StatusOK, donePage, view)
	}
}

// largestForm bounds what the page may send, in bytes.
const largestForm = 4 << 10

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
