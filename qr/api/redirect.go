package api

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"liksom/qr"
)

// The patterns of the specification, as the reasons quote them.
const (
	idPattern     = `^[-_+%æøåÆØÅ\w\s]*$`
	targetPattern = `^https://[\w\.]+([\w#!:.?+=&%@\-/]+)?$`
)

var (
	rightID     = regexp.MustCompile(idPattern)
	rightTarget = regexp.MustCompile(targetPattern)
)

const (
	longestID    = 128 // characters
	leastSeconds = 300
	// forever is what is told of a code that never ends.
	forever = -1
)

// redirectView is a redirect code as the merchant sees it.
type redirectView struct {
	ID          string `json:"id"`
	URL         string `json:"url"`
	RedirectURL string `json:"redirectUrl"`
	ExpiresIn   int64  `json:"expiresIn"`
}

func (a *API) viewRedirect(c *call, code *qr.Sticker, as wanted) redirectView {
	v := redirectView{ID: code.Name, URL: a.link(c.Request, code.ID, as), RedirectURL: code.Target, ExpiresIn: forever}
	if !code.EndsAt.IsZero() {
		v.ExpiresIn = seconds(code.EndsAt.Sub(a.Now()))
	}
	return v
}

// seconds are whole ones. Times are kept to the millisecond, so that one more
// or less does not count.
func seconds(d time.Duration) int64 { return int64((d + time.Millisecond) / time.Second) }

func (a *API) createRedirect(c *call) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	m, err := c.body()
	if err != nil {
		return nil, err
	}
	as, err := c.form(m)
	if err != nil {
		return nil, err
	}
	code := qr.Sticker{Kind: qr.Redirect, MSN: msn}
	code.Name = m.id()
	code.Target = a.target(c, m)
	if ttl, given := m.integer("ttl", leastSeconds, mostSeconds); given {
		code.EndsAt = a.Now().Add(time.Duration(ttl) * time.Second)
	}
	if err := a.finish(c, m); err != nil {
		return nil, err
	}
	code, err = a.Shelf.Add(c.Context(), code)
	if errors.Is(err, qr.ErrTaken) {
		return nil, &conflict{ID: m.id()}
	}
	if err != nil {
		return nil, err
	}
	return a.viewRedirect(c, &code, as), nil
}

// id takes the merchant's own id.
func (m *members) id() string {
	id, given := m.text("id", true)
	n := utf8.RuneCountInString(id)
	switch {
	case !given:
	case n == 0 || n > longestID:
		m.blame("id", "The field Id must be a string with a minimum length of 1 and a maximum length of 128.")
	case !rightID.MatchString(id):
		m.blame("id", "The field Id must match the regular expression '"+idPattern+"'.")
	}
	return id
}

// target takes the page that a code leads to. What only the real service
// would refuse is noted, or refused in strict mode.
func (a *API) target(c *call, m *members) string {
	target, given := m.text("redirectUrl", true)
	if !given {
		return ""
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		m.blame("redirectUrl", mismatch)
		return target
	}
	objection := a.Objection(u)
	if !rightTarget.MatchString(target) {
		objection = mismatch
	}
	switch {
	case objection == "":
	case a.StrictURLs():
		m.blame("redirectUrl", objection)
	default:
		a.Note(c.Context(), "redirectUrl would be refused in strict mode, as by the real service: %s", objection)
	}
	return target
}

const mismatch = "The field RedirectUrl must match the regular expression '" + targetPattern + "'."

func (a *API) listRedirects(c *call) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	as, err := c.formOnly()
	if err != nil {
		return nil, err
	}
	views := []redirectView{}
	for _, code := range a.Shelf.List(qr.Redirect, msn) {
		views = append(views, a.viewRedirect(c, &code, as))
	}
	return views, nil
}

func (a *API) getRedirect(c *call) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	as, err := c.formOnly()
	if err != nil {
		return nil, err
	}
	code, known := a.Shelf.Get(qr.Redirect, msn, named(c))
	if !known {
		return nil, plain(http.StatusNotFound)
	}
	return a.viewRedirect(c, &code, as), nil
}

// named is the id in the path, which has been decoded once.
func named(c *call) string { return mux.Vars(c.Request)["id"] }

func (a *API) updateRedirect(c *call) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	m, err := c.body()
	if err != nil {
		return nil, err
	}
	as, err := c.form(m)
	if err != nil {
		return nil, err
	}
	m.accept("id", "ttl") // tolerated; neither can be changed
	target := a.target(c, m)
	if err := a.finish(c, m); err != nil {
		return nil, err
	}
	code, err := a.Shelf.Aim(c.Context(), msn, named(c), target)
	if err != nil {
		return nil, orNotFound(err)
	}
	return a.viewRedirect(c, &code, as), nil
}

func orNotFound(err error) error {
	if errors.Is(err, qr.ErrUnknown) {
		return plain(http.StatusNotFound)
	}
	return err
}

func (a *API) deleteRedirect(c *call) (any, error) { return a.remove(c, qr.Redirect) }

func (a *API) remove(c *call, kind qr.Kind) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	return nil, orNotFound(a.Shelf.Remove(c.Context(), kind, msn, named(c)))
}
