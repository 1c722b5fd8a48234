package control

import (
	"net/http"
	"slices"
	"time"

	"liksom/server/payment"
)

// The kinds of QR codes that are listed.
const (
	QRRedirect = "redirect" // leads to a merchant's page
	QRCallback = "callback" // checks a payer in
	QROneTime  = "one-time" // asks for one payment
)

// The states of a QR code.
const (
	QRLive = "live" // can be scanned
	QRUsed = "used" // its payment is decided
	QROver = "over" // its time is over
)

// QRCode is a code that merchants show or print.
type QRCode struct {
	ID, Kind, MSN string
	// Name is the merchant's own id of it, or its payment's reference; Title
	// is what people call it.
	Name, Title string
	// Content is what the code says, Pictures where it is drawn, as a path of
	// the world; both are empty when it cannot be scanned any more.
	Content, SVG, PNG string
	// Target is the page of a redirect code, Place what a payer is told who
	// checks in.
	Target, Place string
	State         string
	// Scans counts openings; it is not known of one-time codes.
	Scans int
	// Amount and EndsAt, in simulated time, belong to one-time codes; a
	// redirect code may have EndsAt, too.
	Amount *payment.Amount
	EndsAt time.Time
}

// codeView is a code as it is told.
type codeView struct {
	ID      string      `json:"id"`
	Kind    string      `json:"kind"`
	MSN     string      `json:"msn"`
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	State   string      `json:"state"`
	Content string      `json:"content,omitempty"`
	SVG     string      `json:"svg,omitempty"`
	PNG     string      `json:"png,omitempty"`
	Target  string      `json:"target,omitempty"`
	Place   string      `json:"place,omitempty"`
	Scans   int         `json:"scans"`
	Amount  *amountView `json:"amount,omitempty"`
	EndsAt  *time.Time  `json:"endsAt,omitempty"`
}

func (c *QRCode) view() codeView {
	v := codeView{
		ID: c.ID, Kind: c.Kind, MSN: c.MSN, Name: c.Name, Title: c.Title, State: c.State, Content: c.Content,
		SVG: c.SVG, PNG: c.PNG, Target: c.Target, Place: c.Place, Scans: c.Scans,
	}
	if c.Amount != nil {
		v.Amount = &amountView{c.Amount.Currency, c.Amount.Value}
	}
	if !c.EndsAt.IsZero() {
		ends := shown(c.EndsAt)
		v.EndsAt = &ends
	}
	return v
}

// qrCodes lists the codes of merchants and payments, newest first.
func (c *Control) qrCodes(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "msn", "kind", "limit")
	if err != nil {
		return answer{}, err
	}
	msn, kind := query.Get("msn"), query.Get("kind")
	if kind != "" {
		if err := oneOf("kind", kind, QRRedirect, QRCallback, QROneTime); err != nil {
			return answer{}, err
		}
	}
	found, err := c.QRCodes(r)
	if err != nil {
		return answer{}, err
	}
	found = slices.DeleteFunc(found, func(code QRCode) bool {
		return msn != "" && code.MSN != msn || kind != "" && code.Kind != kind
	})
	list := struct {
		Codes []codeView `json:"codes"`
	}{make([]codeView, 0, len(found))}
	for i := range found[:min(page.limit, len(found))] {
		list.Codes = append(list.Codes, found[i].view())
	}
	return ok(list)
}
