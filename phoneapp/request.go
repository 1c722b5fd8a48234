package phoneapp

import (
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// State is where a request stands, as its payer sees it.
type State string

// The states of a request. Processing is kept for issuers that take their
// time.
const (
	Pending    State = "PENDING"
	Processing State = "PROCESSING"
	Approved   State = "APPROVED"
	Declined   State = "DECLINED"
	TimedOut   State = "EXPIRED"
	Terminated State = "TERMINATED"
)

var states = map[payment.State]State{
	payment.Created:    Pending,
	payment.Authorized: Approved,
	payment.Aborted:    Declined,
	payment.Expired:    TimedOut,
	payment.Terminated: Terminated,
}

// Request is a payment as a phone shows it (simulator contract, section 4).
type Request struct {
	ID           string   `json:"id"`
	State        State    `json:"state"`
	Source       string   `json:"source"`
	MSN          string   `json:"msn"`
	Reference    string   `json:"reference"`
	MerchantName string   `json:"merchantName"`
	Company      string   `json:"company"`
	Brand        string   `json:"brand"`
	Flow         string   `json:"flow"`
	Amount       Amount   `json:"amount"`
	Description  string   `json:"description"`
	Receipt      *Receipt `json:"receipt,omitempty"`
	Scopes       []string `json:"scopes"`
	Cards        []Card   `json:"cards"`
	// CreatedAt to ExpiresAt is the payment's whole life; the window that
	// runs now began at Since.
	CreatedAt   time.Time   `json:"createdAt"`
	Since       time.Time   `json:"since"`
	ExpiresAt   time.Time   `json:"expiresAt"`
	ReturnURL   string      `json:"returnUrl,omitempty"`
	LegalLinks  *LegalLinks `json:"legalLinks,omitempty"`
	AutopilotAt *time.Time  `json:"autopilotAt,omitempty"`
	Failure     *Failure    `json:"failure,omitempty"`
}

// Amount is money in minor units.
type Amount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

// Card is a card to choose from; the first one is the default.
type Card struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Last4   string `json:"last4"`
	Outcome string `json:"outcome"`
	Label   string `json:"label"`
}

// LegalLinks are the merchant's terms, to be accepted before paying.
type LegalLinks struct {
	TermsOfSaleURL   string `json:"termsOfSaleUrl,omitempty"`
	PrivacyPolicyURL string `json:"privacyPolicyUrl,omitempty"`
}

// Failure is why the last try did not go through. Another card may be tried.
type Failure struct {
	Code    string `json:"code"` // a card's outcome
	Message string `json:"message"`
}

// Receipt is the merchant's bill, as it was sent.
type Receipt struct {
	OrderLines []OrderLine `json:"orderLines"`
	BottomLine BottomLine  `json:"bottomLine"`
}

// OrderLine is one line of a receipt.
type OrderLine struct {
	ID                      string `json:"id,omitempty"`
	Name                    string `json:"name"`
	Quantity                string `json:"quantity,omitempty"`
	TotalAmount             int64  `json:"totalAmount"`
	TotalAmountExcludingTax int64  `json:"totalAmountExcludingTax"`
	TotalTaxAmount          int64  `json:"totalTaxAmount"`
	Discount                int64  `json:"discount,omitempty"`
	IsReturn                bool   `json:"isReturn,omitempty"`
	IsShipping              bool   `json:"isShipping,omitempty"`
}

// BottomLine is the end of a receipt.
type BottomLine struct {
	Currency      string `json:"currency"`
	TipAmount     int64  `json:"tipAmount,omitempty"`
	ReceiptNumber string `json:"receiptNumber,omitempty"`
}

// labels tell what choosing a card leads to.
var labels = map[string]string{
	directory.Works:                   "always works",
	string(payment.DeclinedByIssuer):  "bank declines",
	string(payment.InsufficientFunds): "not enough money",
	string(payment.CardExpired):       "card expired",
}

// failures tell why a card was refused.
var failures = map[string]string{
	string(payment.DeclinedByIssuer):  "The bank declined the card.",
	string(payment.InsufficientFunds): "There is not enough money on the card.",
	string(payment.CardExpired):       "The card has expired.",
}

// request shows a payment to one phone.
func (h *Hub) request(p *payment.Payment, phone *directory.Phone, past history) Request {
	unit, _ := h.Directory.Unit(p.MSN)
	now := h.Clock.Read().Now
	r := Request{
		ID: p.Code, State: stateFor(p, phone.Number, now), Source: p.Source, MSN: p.MSN, Reference: p.Reference,
		MerchantName: unit.Name, Company: unit.Company, Brand: unit.Rules().Brand, Flow: string(p.Flow),
		Amount: Amount(p.Amount), Description: p.Description, Scopes: []string{}, Cards: cards(phone),
		CreatedAt: shown(p.CreatedAt), Since: shown(p.Since), ExpiresAt: shown(p.Deadline), ReturnURL: p.ReturnURL,
	}
	if len(p.Scopes) > 0 {
		r.Scopes = p.Scopes
	}
	if d := p.Details; d != nil {
		r.Receipt = receipt(d.Receipt)
		if d.TermsURL != "" || d.PrivacyURL != "" {
			r.LegalLinks = &LegalLinks{TermsOfSaleURL: d.TermsURL, PrivacyPolicyURL: d.PrivacyURL}
		}
	}
	if r.State != Pending {
		return r
	}
	if past.failure != "" {
		r.Failure = &Failure{Code: past.failure, Message: failures[past.failure]}
	}
	if at, ok := h.autopilotAt(p, phone, past); ok && at.After(now) {
		at = shown(at)
		r.AutopilotAt = &at
	}
	return r
}

// stateFor tells a payment's state as a phone sees it. A request that went on
// to another number has ended on this one, whatever becomes of the payment.
func stateFor(p *payment.Payment, number string, now time.Time) State {
	switch {
	case !belongs(p, number):
		return Terminated
	case waiting(p, now):
		return Pending
	case !p.Final():
		return TimedOut // its row is about to be done
	}
	return states[p.State]
}

// belongs tells whether a phone is the payer's, or might become so.
func belongs(p *payment.Payment, number string) bool {
	return p.Phone == number || p.Holder == number || p.Phone == ""
}

// waiting tells whether the payer can still answer.
func waiting(p *payment.Payment, now time.Time) bool {
	return !p.Final() && (p.Deadline.IsZero() || now.Before(p.Deadline))
}

func cards(phone *directory.Phone) []Card {
	all := make([]Card, len(phone.Cards))
	for i, c := range phone.Cards {
		all[i] = Card{ID: c.ID, Name: c.Name, Last4: c.Last4, Outcome: c.Outcome, Label: labels[c.Outcome]}
	}
	return all
}

func receipt(r *payment.Receipt) *Receipt {
	if r == nil {
		return nil
	}
	out := &Receipt{
		OrderLines: make([]OrderLine, len(r.Lines)),
		BottomLine: BottomLine{Currency: r.Currency, TipAmount: r.Tip, ReceiptNumber: r.Number},
	}
	for i, l := range r.Lines {
		out.OrderLines[i] = OrderLine{
			ID: l.ID, Name: l.Name, Quantity: l.Quantity,
			TotalAmount: l.Total, TotalAmountExcludingTax: l.ExcludesTax, TotalTaxAmount: l.Tax,
			Discount: l.Discount, IsReturn: l.Return, IsShipping: l.Shipping,
		}
	}
	return out
}
