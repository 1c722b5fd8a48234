package control

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/payment"
	"liksom/server/problem"
)

type amountView struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

type aggregateView struct {
	Authorized amountView `json:"authorizedAmount"`
	Captured   amountView `json:"capturedAmount"`
	Cancelled  amountView `json:"cancelledAmount"`
	Refunded   amountView `json:"refundedAmount"`
}

type cardView struct {
	ID    string `json:"id,omitempty"`
	BIN   string `json:"bin,omitempty"`
	Last4 string `json:"last4,omitempty"`
}

type shippingView struct {
	Address    payment.Address `json:"address"`
	OptionID   string          `json:"optionId"`
	OptionName string          `json:"optionName"`
	Cost       amountView      `json:"cost"`
}

// paymentView is a payment as testers see it. What is not known yet, or no
// more, is left out.
type paymentView struct {
	MSN            string        `json:"msn"`
	Reference      string        `json:"reference"`
	Code           string        `json:"code"`
	PSPReference   string        `json:"pspReference"`
	State          payment.State `json:"state"`
	Amount         amountView    `json:"amount"`
	Aggregate      aggregateView `json:"aggregate"`
	Flow           payment.Flow  `json:"flow"`
	Method         string        `json:"method,omitempty"`
	Source         string        `json:"source"`
	Description    string        `json:"description,omitempty"`
	MerchantName   string        `json:"merchantName,omitempty"`
	Brand          string        `json:"brand,omitempty"`
	Phone          string        `json:"phone,omitempty"`
	SuggestedPhone string        `json:"suggestedPhone,omitempty"`
	// OpenOn is the phone that holds the payment.
	OpenOn string   `json:"openOn,omitempty"`
	Scopes []string `json:"scopes,omitempty"`

	CreatedAt time.Time `json:"createdAt"`
	// Window and ExpiresAt are there while the payer can still act.
	Window    payment.Window `json:"window,omitempty"`
	ExpiresAt time.Time      `json:"expiresAt,omitzero"`
	// ProcessingUntil is when the issuer decides on an approval.
	ProcessingUntil time.Time `json:"processingUntil,omitzero"`
	EndedAt         time.Time `json:"endedAt,omitzero"`
	// CaptureBy is when what is not captured goes back to the payer.
	CaptureBy time.Time `json:"captureBy,omitzero"`

	Card *cardView `json:"card,omitempty"`
	// Shipping is what the payer chose to have delivered.
	Shipping    *shippingView `json:"shipping,omitempty"`
	Sub         string        `json:"sub,omitempty"`
	RedirectURL string        `json:"redirectUrl,omitempty"`
	QRURL       string        `json:"qrUrl,omitempty"`
	ReturnURL   string        `json:"returnUrl,omitempty"`
}

func (c *Control) view(r *http.Request, p *payment.Payment) paymentView {
	money := func(value int64) amountView { return amountView{p.Amount.Currency, value} }
	v := paymentView{
		MSN: p.MSN, Reference: p.Reference, Code: p.Code, PSPReference: p.PSP, State: p.State,
		Amount: money(p.Amount.Value),
		Aggregate: aggregateView{
			money(p.Sums.Authorized), money(p.Sums.Captured), money(p.Sums.Cancelled), money(p.Sums.Refunded),
		},
		Flow: p.Flow, Method: p.Method, Source: p.Source, Description: p.Description,
		Phone: p.Phone, SuggestedPhone: p.Suggested, OpenOn: p.Holder, Scopes: p.Scopes,
		CreatedAt: shown(p.CreatedAt), EndedAt: shown(p.EndedAt), CaptureBy: shown(p.CaptureBy), ReturnURL: p.ReturnURL,
	}
	if u, known := c.Directory.Unit(p.MSN); known {
		v.MerchantName, v.Brand = u.Name, u.Rules().Brand
	}
	if !p.Final() {
		v.Window, v.ExpiresAt = p.Window, shown(p.Deadline)
	}
	if p.Processing() {
		v.Window, v.ExpiresAt, v.ProcessingUntil = "", time.Time{}, shown(p.Pending.Until)
	}
	if p.Card != nil {
		v.Card = &cardView{p.Card.ID, p.Card.BIN, p.Card.Last4}
	}
	if p.Grant != nil {
		v.Sub = p.Grant.Sub
	}
	if s := p.Chosen; s != nil {
		v.Shipping = &shippingView{s.Address, s.OptionID, s.OptionName, money(s.Cost)}
	}
	if p.Flow != payment.PushMessage {
		v.RedirectURL = c.BaseURL(r) + "/landing?token=" + p.Token
	}
	if p.Flow == payment.QR {
		v.QRURL = c.BaseURL(r) + "/qr/" + p.Code
	}
	return v
}

func (c *Control) payments(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "msn", "state", "q", "limit", "cursor", "wait")
	if err != nil {
		return answer{}, err
	}
	q := payment.Query{
		MSN: query.Get("msn"), State: payment.State(query.Get("state")), Text: query.Get("q"),
		Before: payment.Seq(page.before), Limit: page.limit,
	}
	states := []payment.State{payment.Created, payment.Authorized, payment.Aborted, payment.Expired, payment.Terminated}
	if q.State != "" && !slices.Contains(states, q.State) {
		return answer{}, invalid("state", "There is no such state. "+problem.Instead(string(q.State), texts(states)))
	}
	found, err := await(c, r, page.wait, func(ctx context.Context) ([]payment.Payment, error) {
		return c.Payments.Store.List(ctx, q)
	})
	if err != nil {
		return answer{}, err
	}
	list := struct {
		Payments []paymentView `json:"payments"`
		Cursor   string        `json:"cursor,omitempty"`
	}{Payments: make([]paymentView, len(found))}
	for i := range found {
		list.Payments[i] = c.view(r, &found[i])
		list.Cursor = page.cursor(len(found), int64(found[i].Number))
	}
	return ok(list)
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

func (c *Control) payment(r *http.Request) (answer, error) {
	p, err := c.Payments.Get(r.Context(), idOf(r))
	if err != nil {
		return answer{}, err
	}
	entries, err := c.timeline(r.Context(), &p)
	if err != nil {
		return answer{}, err
	}
	intent, err := c.intent(r.Context(), &p)
	if err != nil {
		return answer{}, err
	}
	return ok(struct {
		paymentView
		Receipt  *receiptView  `json:"receipt,omitempty"`
		Stripe   *StripeIntent `json:"stripe,omitempty"`
		Timeline []entry       `json:"timeline"`
	}{c.view(r, &p), viewReceipt(&p), intent, entries})
}

func idOf(r *http.Request) payment.ID {
	v := mux.Vars(r)
	return payment.ID{MSN: v["msn"], Reference: v["reference"]}
}

func (c *Control) open(r *http.Request) (answer, error) {
	var body struct {
		PhoneNumber string `json:"phoneNumber"`
	}
	if err := decodeOptional(r, &body); err != nil {
		return answer{}, err
	}
	return c.acted(r, c.payer.Open(r.Context(), idOf(r), strings.TrimSpace(body.PhoneNumber)))
}

func (c *Control) approve(r *http.Request) (answer, error) {
	var body struct {
		CardID           string `json:"cardId"`
		AddressID        string `json:"addressId"`
		ShippingOptionID string `json:"shippingOptionId"`
	}
	if err := decodeOptional(r, &body); err != nil {
		return answer{}, err
	}
	return c.acted(r, c.payer.ApproveWith(r.Context(), idOf(r), Choice(body)))
}

func (c *Control) decline(r *http.Request) (answer, error) {
	return c.acted(r, c.payer.Decline(r.Context(), idOf(r)))
}

func (c *Control) expire(r *http.Request) (answer, error) {
	return c.acted(r, c.payer.Expire(r.Context(), idOf(r)))
}

// acted answers the payment that was acted on.
func (c *Control) acted(r *http.Request, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	p, err := c.Payments.Get(r.Context(), idOf(r))
	if err != nil {
		return answer{}, err
	}
	return ok(c.view(r, &p))
}
