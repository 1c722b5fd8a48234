package epayment

import (
	"slices"
	"strings"
	"time"

	"liksom/server/gateway"
	"liksom/server/payment"
)

// order is a create request's body, its shape checked (section 2, step 3 of
// 2.15).
type order struct {
	amount      money
	method      string
	reference   string
	flow        payment.Flow
	customer    customer
	returnURL   string
	description string
	scopes      []string // as sent
	expiresAt   time.Time
	details     payment.Details
	metadata    []payment.Pair
	twice       bool // a metadata key was there twice
	shipping    *shipping
	// badLink is the first URL that is not valid, if there is one.
	badLink *badLink
}

// The kinds of pictures, as the wallet core spells them.
const (
	qrSVG    = "image/svg+xml"
	qrPNG    = "image/png"
	qrTarget = "text/targeturl"
)

const defaultQRSize = 1024

// readOrder reads a create request's body and its print.
func (d *Door) readOrder(c *call) (*order, print, error) {
	r, err := d.readers.of(gateway.Body(c.Request))
	if err != nil {
		return nil, print{}, err
	}
	defer r.close()
	o := &order{}
	o.amount = r.amount(root, "amount")
	r.bounded(o.amount, "amount.value")
	o.readMethod(r)
	o.reference = r.matching(root, "reference", true, referencePattern)
	o.flow = payment.Flow(r.oneOf(root, "userFlow", true,
		string(payment.WebRedirect), string(payment.NativeRedirect), string(payment.PushMessage), string(payment.QR)))
	o.customer = r.customer(root)
	o.returnURL, _ = r.text(root, "returnUrl", false)
	o.readDescription(r)
	o.details.CustomerPresent = r.oneOf(root, "customerInteraction", false, "CUSTOMER_PRESENT", "CUSTOMER_NOT_PRESENT") == "CUSTOMER_PRESENT"
	age, _ := r.integer(root, "minimumUserAge", false, 0, 100)
	o.details.MinimumAge = int(age)
	scope, _ := r.text(r.object(root, "profile", false), "scope", false)
	o.scopes = strings.Fields(scope)
	o.readExpiry(r)
	o.readQRFormat(r)
	o.details.Receipt = r.receipt()
	o.details.ReceiptURL, _ = r.text(root, "receiptUrl", false)
	o.readMetadata(r)
	links := r.object(root, "merchantLegalLinks", false)
	o.details.TermsURL, _ = r.text(links, "termsOfSaleUrl", false)
	o.details.PrivacyURL, _ = r.text(links, "privacyPolicyUrl", false)
	o.shipping = r.shipping(root)
	o.details.Airline = r.airline()
	o.details.Passthrough = r.passthrough(root)
	return o, r.digest(), r.finish(c.settings.StrictBodies, c.note)
}

func (o *order) readMethod(r *reader) {
	at := r.object(root, "paymentMethod", true)
	o.method = r.oneOf(at, "type", true, wallet, freeCard, passthroughCard)
	o.details.NoCompanyCards = len(r.list(at, "blockedSources", false, func(i int32) bool {
		return r.nodes[i].kind == isString && r.nodes[i].text == "COMMERCIAL_CARDS"
	})) > 0
}

func (o *order) readDescription(r *reader) {
	o.description, _ = r.text(root, "paymentDescription", false)
	if o.description != "" && !within(o.description, 3, 100) {
		r.blame("paymentDescription", tooLong("PaymentDescription", 3, 100))
	}
}

func (o *order) readExpiry(r *reader) {
	text, given := r.text(root, "expiresAt", false)
	if !given {
		return
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || loose(text) {
		r.blameValue(r.find(root, "expiresAt"))
		return
	}
	o.expiresAt = at.UTC()
}

// loose tells whether a time is written as Go would have it and the API not:
// with a comma before the fraction, or an hour of one digit.
func loose(t string) bool { return strings.Contains(t, ",") || t[len("2006-01-02T15")] != ':' }

// readQRFormat is only looked at when the flow is QR, the size only for PNG.
func (o *order) readQRFormat(r *reader) {
	if o.flow != payment.QR {
		r.accept(root, "qrFormat")
		return
	}
	o.details.QRFormat = qrSVG
	at := r.object(root, "qrFormat", false)
	if at == absent {
		return
	}
	format := r.oneOf(at, "format", true, "IMAGE/SVG+XML", "IMAGE/PNG", "TEXT/TARGETURL")
	o.details.QRFormat = strings.ToLower(format)
	if o.details.QRFormat != qrPNG {
		r.accept(at, "size")
		return
	}
	o.details.QRSize = defaultQRSize
	if size, given := r.integer(at, "size", false, 100, 2000); given {
		o.details.QRSize = int(size)
	}
}

// readMetadata takes keys as they are spelled. Numbers and truth values
// become text.
func (o *order) readMetadata(r *reader) {
	at := r.object(root, "metadata", false)
	if at == absent {
		return
	}
	for i := at + 1; i < r.nodes[at].next; i = r.nodes[i].next {
		n := &r.nodes[i]
		r.know(i)
		switch n.kind {
		case isNull:
		case isObject, isArray:
			r.blameValue(i)
		default:
			o.twice = o.twice || slices.ContainsFunc(o.metadata, func(p payment.Pair) bool { return p.Name == n.name })
			o.metadata = append(o.metadata, payment.Pair{Name: n.name, Value: n.text})
		}
	}
	sorted := slices.Clone(o.metadata)
	slices.SortStableFunc(sorted, func(a, b payment.Pair) int { return strings.Compare(a.Name, b.Name) })
	for _, p := range sorted {
		r.pair(p.Name, p.Value)
	}
}

// tidy gives the details as the wallet core keeps them, nil when there are
// none. Texts are copied: the request's body, whose parts they are, need not
// live as long as the payment.
func (o *order) tidy(country string) *payment.Details {
	d := o.details
	d.Shipping = o.shipping.tidy(country)
	d.ReceiptURL, d.TermsURL, d.PrivacyURL = strings.Clone(d.ReceiptURL), strings.Clone(d.TermsURL), strings.Clone(d.PrivacyURL)
	for _, p := range o.metadata {
		d.Metadata = append(d.Metadata, payment.Pair{Name: strings.Clone(p.Name), Value: strings.Clone(p.Value)})
	}
	empty := d.Metadata == nil && d.Receipt == nil && !d.CustomerPresent && d.MinimumAge == 0 &&
		d.ReceiptURL == "" && d.TermsURL == "" && d.PrivacyURL == "" && d.QRFormat == "" && !d.NoCompanyCards &&
		d.Shipping == nil && d.Airline == nil && d.Passthrough == nil
	if empty {
		return nil
	}
	return &d
}
