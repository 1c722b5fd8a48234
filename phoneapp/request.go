package phoneapp

import (
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// State is where a request stands, as its payer sees it.
type State string

// The states of a request. Processing is approved, and the issuer takes its
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
	// Scopes are, while the request waits, those to ask consent for: what was
	// granted lately is not asked for again. Later they are what was asked.
	Scopes   []string  `json:"scopes"`
	Shipping *Shipping `json:"shipping,omitempty"`
	Cards    []Card    `json:"cards"`
	// CreatedAt to ExpiresAt is the payment's whole life; the window that
	// runs now began at Since.
	CreatedAt time.Time `json:"createdAt"`
	Since     time.Time `json:"since"`
	ExpiresAt time.Time `json:"expiresAt"`
	// EndedAt is when it was answered, withdrawn or ran out; left out before.
	EndedAt   time.Time `json:"endedAt,omitzero"`
	ReturnURL string    `json:"returnUrl,omitempty"`
	// ReceiptURL is the merchant's own receipt, to be opened once paid.
	ReceiptURL  string      `json:"receiptUrl,omitempty"`
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

// Failure is why the last try did not go through. While the request waits,
// another card may be tried; after "authentication_needed" the same one, once
// confirmed with the code. Of a request that was declined it is what ended it.
type Failure struct {
	Code    string `json:"code"` // a card's outcome, or another refusal
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
	QuantityUnit            string `json:"quantityUnit,omitempty"` // PCS, KG, …
	UnitPrice               int64  `json:"unitPrice,omitempty"`
	TaxRate                 int    `json:"taxRate,omitempty"` // hundredths of a percent
	ProductURL              string `json:"productUrl,omitempty"`
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
	PosID         string `json:"posId,omitempty"`
	// Barcode is to be shown with the receipt.
	Barcode *Barcode `json:"barcode,omitempty"`
}

// Barcode is what a scanner at the shop reads.
type Barcode struct {
	Format string `json:"format"` // EAN-13, CODE 39, CODE 128
	Data   string `json:"data"`
}

// labels tell what choosing a card leads to.
var labels = map[string]string{
	directory.Works:                   "always works",
	directory.WorksSecond:             "works after one decline",
	directory.WorksSlowly:             "answers after 8 s",
	string(payment.DeclinedByIssuer):  "bank declines",
	string(payment.InsufficientFunds): "not enough money",
	string(payment.CardExpired):       "card expired",
}

// request shows a payment to one phone.
func (h *Hub) request(p *payment.Payment, phone *directory.Phone, past history) Request {
	unit, _ := h.Directory.Unit(p.MSN)
	now := h.Clock.Read().Now
	r := Request{
		ID: p.Code, State: stateFor(p, phone.Number, now), Source: p.Source, MSN: p.MSN, Reference: p.Reference,
		MerchantName: unit.Name, Company: unit.Company, Brand: unit.Rules().Brand, Flow: string(p.Flow),
		Amount: Amount(p.Amount), Description: p.Description, Scopes: []string{}, Shipping: shippingOf(p, phone), Cards: cards(phone.CardsFor(p)),
		CreatedAt: shown(p.CreatedAt), Since: shown(p.Since), ExpiresAt: shown(p.Ends()), ReturnURL: p.ReturnURL,
	}
	switch asked := payment.Without(p.Scopes, past.known); {
	case r.State != Pending && p.Scopes != nil:
		r.Scopes = p.Scopes
	case r.State == Pending && asked != nil:
		r.Scopes = asked
	}
	if d := p.Details; d != nil {
		r.Receipt, r.ReceiptURL = receipt(p), d.ReceiptURL
		if d.TermsURL != "" || d.PrivacyURL != "" {
			r.LegalLinks = &LegalLinks{TermsOfSaleURL: d.TermsURL, PrivacyPolicyURL: d.PrivacyURL}
		}
	}
	ended := r.State == Declined && p.RefusalEnds // by the refusal, if there was one
	if past.failure != "" && (r.State == Pending || ended) {
		r.Failure = &Failure{Code: past.failure, Message: payment.Refusal(past.failure).Text()}
	}
	if r.State != Pending {
		r.EndedAt = endedAt(p, r.State)
		return r
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
	case p.Processing():
		return Processing
	case waiting(p, now):
		return Pending
	case !p.Final():
		return TimedOut // its row is about to be done
	}
	return states[p.State]
}

// endedAt is when a request ended; zero where it went on to another phone.
func endedAt(p *payment.Payment, state State) time.Time {
	switch {
	case p.Final():
		return shown(p.EndedAt)
	case state == TimedOut:
		return shown(p.Deadline)
	}
	return time.Time{}
}

// belongs tells whether a phone is the payer's, or might become so.
func belongs(p *payment.Payment, number string) bool {
	return p.Phone == number || p.Holder == number || p.Phone == ""
}

// waiting tells whether the payer can still answer.
func waiting(p *payment.Payment, now time.Time) bool {
	ends := p.Ends()
	return !p.Final() && (ends.IsZero() || now.Before(ends))
}

func cards(offered []directory.Card) []Card {
	all := make([]Card, len(offered))
	for i, c := range offered {
		all[i] = Card{ID: c.ID, Name: c.Name, Last4: c.Last4, Outcome: c.Outcome, Label: labels[c.Outcome]}
	}
	return all
}

// receipt shows the bill. Of a payment that ships something, the shipping
// lines give way to what the payer chooses.
func receipt(p *payment.Payment) *Receipt {
	if p.Details.Receipt == nil {
		return nil
	}
	return bill(p, p.Details.Receipt)
}

// bill shows a receipt as that of a payment.
func bill(p *payment.Payment, r *payment.Receipt) *Receipt {
	out := &Receipt{
		OrderLines: make([]OrderLine, 0, len(r.Lines)),
		BottomLine: BottomLine{Currency: r.Currency, TipAmount: r.Tip, ReceiptNumber: r.Number, PosID: r.POS},
	}
	if r.Barcode != nil {
		out.BottomLine.Barcode = &Barcode{r.Barcode.Format, r.Barcode.Data}
	}
	for _, l := range r.Lines {
		if l.Shipping && p.Shipping() != nil {
			continue
		}
		out.OrderLines = append(out.OrderLines, OrderLine{
			ID: l.ID, Name: l.Name, Quantity: l.Quantity, QuantityUnit: l.Unit, UnitPrice: l.UnitPrice, TaxRate: l.TaxRate,
			ProductURL:  l.ProductURL,
			TotalAmount: l.Total, TotalAmountExcludingTax: l.ExcludesTax, TotalTaxAmount: l.Tax,
			Discount: l.Discount, IsReturn: l.Return, IsShipping: l.Shipping,
		})
	}
	if c := p.Chosen; c != nil {
		out.OrderLines = append(out.OrderLines, OrderLine{
			ID: c.OptionID, Name: c.OptionName, Quantity: "1", TotalAmount: c.Cost, TotalAmountExcludingTax: c.Cost, IsShipping: true,
		})
	}
	return out
}
