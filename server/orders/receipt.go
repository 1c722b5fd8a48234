package orders

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"unicode/utf8"

	"liksom/server/gateway"
	"liksom/server/payment"
)

// receipt is the bill of an order, in minor units of its currency. Members of
// older editions are taken and not kept.
type receipt struct {
	Lines  []line `json:"orderLines"`
	Bottom bottom `json:"bottomLine"`
}

type line struct {
	Name          string    `json:"name"`
	ID            string    `json:"id"`
	Total         int64     `json:"totalAmount"`
	ExcludesTax   int64     `json:"totalAmountExcludingTax"`
	Tax           int64     `json:"totalTaxAmount"`
	TaxPercentage *int64    `json:"taxPercentage,omitempty"`
	TaxRate       *int64    `json:"taxRate,omitempty"`
	Unit          *unitInfo `json:"unitInfo,omitempty"`
	Discount      *int64    `json:"discount,omitempty"`
	ProductURL    string    `json:"productUrl,omitempty"`
	Return        *bool     `json:"isReturn,omitempty"`
	Shipping      *bool     `json:"isShipping,omitempty"`
}

type unitInfo struct {
	Price    int64  `json:"unitPrice"`
	Quantity string `json:"quantity"`
	Unit     string `json:"quantityUnit,omitempty"`
}

type bottom struct {
	Currency string   `json:"currency"`
	Tip      *int64   `json:"tipAmount,omitempty"`
	POS      string   `json:"posId,omitempty"`
	Sources  *sources `json:"paymentSources,omitempty"`
	Barcode  *barcode `json:"barcode,omitempty"`
	Number   string   `json:"receiptNumber,omitempty"`
}

type sources struct {
	GiftCard *int64 `json:"giftCard,omitempty"`
	Card     *int64 `json:"card,omitempty"`
	Voucher  *int64 `json:"voucher,omitempty"`
	Cash     *int64 `json:"cash,omitempty"`
}

type barcode struct {
	Format string `json:"format"`
	Data   string `json:"data"`
}

// addReceipt sets the receipt, once: one given when the payment was created
// counts.
func (a *API) addReceipt(r *http.Request, unit string) (int, any, error) {
	key, err := order(r, unit)
	if err != nil {
		return 0, nil, err
	}
	if err := a.body(r, checkReceipt); err != nil {
		return 0, nil, err
	}
	var given receipt
	if err := json.Unmarshal(gateway.Body(r), &given); err != nil {
		return 0, nil, err // cannot be: its types have been checked
	}
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	k := a.book.orders[key.String()]
	earlier, err := a.receipt(r, key, k)
	if err != nil {
		return 0, nil, err
	}
	if earlier != nil {
		return 0, nil, taken("The order has a receipt already; receipts cannot be changed.")
	}
	k.Receipt = &given
	return http.StatusCreated, a.options.IDs.UUID(), a.book.putOrder(r.Context(), key, k)
}

func (a *API) getOrder(r *http.Request, unit string) (int, any, error) {
	key, err := order(r, unit)
	if err != nil {
		return 0, nil, err
	}
	if err := a.book.open(r.Context()); err != nil {
		return 0, nil, err
	}
	defer a.book.close()
	k := a.book.orders[key.String()]
	bill, err := a.receipt(r, key, k)
	if err != nil {
		return 0, nil, err
	}
	if bill == nil && k.Category == nil {
		return 0, nil, notFound("Nothing was added to an order with this id.")
	}
	return http.StatusOK, struct {
		Category *category `json:"category,omitempty"`
		Receipt  *receipt  `json:"receipt,omitempty"`
	}{k.Category, bill}, nil
}

// receipt is the one that was added, else the one of the payment, if any.
func (a *API) receipt(r *http.Request, key orderKey, k kept) (*receipt, error) {
	if k.Receipt != nil || key.kind != ecom {
		return k.Receipt, nil
	}
	p, err := a.options.Payments.Get(r.Context(), payment.ID{MSN: key.unit, Reference: key.order})
	if errors.Is(err, payment.Because(payment.UnknownPayment)) {
		return nil, nil
	}
	if err != nil || p.Details == nil || p.Details.Receipt == nil {
		return nil, err
	}
	return ofPayment(p.Details.Receipt), nil
}

// ofPayment writes a payment's receipt as this API does.
func ofPayment(from *payment.Receipt) *receipt {
	to := &receipt{Lines: []line{}, Bottom: bottom{Currency: from.Currency, Tip: some(from.Tip), POS: from.POS, Number: from.Number}}
	for _, l := range from.Lines {
		rate := int64(l.TaxRate)
		one := line{
			Name: l.Name, ID: l.ID, Total: l.Total, ExcludesTax: l.ExcludesTax, Tax: l.Tax, TaxRate: &rate,
			Discount: some(l.Discount), ProductURL: l.ProductURL, Return: some(l.Return), Shipping: some(l.Shipping),
		}
		if l.Quantity != "" {
			one.Unit = &unitInfo{Price: l.UnitPrice, Quantity: l.Quantity, Unit: l.Unit}
		}
		to.Lines = append(to.Lines, one)
	}
	if from.Barcode != nil {
		to.Bottom.Barcode = &barcode{from.Barcode.Format, from.Barcode.Data}
	}
	if s := from.Sources; s != nil {
		to.Bottom.Sources = &sources{s.GiftCard, s.Card, s.Voucher, s.Cash}
	}
	return to
}

// some is a value that is worth telling, or nil.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func checkReceipt(o object) {
	o.list("orderLines", checkLine)
	o.object("bottomLine", true, checkBottom)
}

func checkLine(o object) {
	o.text("name", true)
	o.text("id", true)
	for _, sum := range []string{"totalAmount", "totalAmountExcludingTax", "totalTaxAmount"} {
		o.integer(sum, true, math.MinInt64, math.MaxInt64)
	}
	o.integer("taxRate", false, 0, 10000)
	o.integer("taxPercentage", false, 0, 100)
	if o.has("taxRate") == o.has("taxPercentage") {
		o.blame("taxRate", "Exactly one of TaxRate and TaxPercentage must be set.")
	}
	o.object("unitInfo", false, checkUnit)
	o.integer("discount", false, 0, math.MaxInt64)
	o.text("productUrl", false)
	o.boolean("isReturn")
	o.boolean("isShipping")
}

var quantityPattern = regexp.MustCompile(`^\d+([.]\d{1,8})?$`)

func checkUnit(o object) {
	o.integer("unitPrice", true, 0, math.MaxInt64)
	quantity := o.text("quantity", true)
	switch {
	case quantity == "":
	case utf8.RuneCountInString(quantity) > 10:
		o.blame("quantity", "The value must have 10 characters at most.")
	case !quantityPattern.MatchString(quantity):
		o.blame("quantity", `The field Quantity must match the regular expression '^\d+([\.]\d{1,8})?$'.`)
	}
	o.choice("quantityUnit", false, "PCS", "KG", "KM", "MINUTE", "LITRE", "KWH")
}

func checkBottom(o object) {
	o.choice("currency", true, "NOK", "DKK", "EUR")
	o.integer("tipAmount", false, 0, math.MaxInt64)
	o.text("posId", false)
	o.object("paymentSources", false, func(o object) {
		for _, source := range []string{"giftCard", "card", "voucher", "cash"} {
			o.integer(source, false, math.MinInt64, math.MaxInt64)
		}
	})
	o.object("barcode", false, func(o object) {
		o.choice("format", true, "EAN-13", "CODE 39", "CODE 128")
		o.text("data", true)
	})
	o.text("receiptNumber", false)
	for _, old := range []string{"giftCardAmount", "totalAmount", "totalTax", "totalDiscount", "shippingAmount", "shippingInfo", "terminalId"} {
		o.has(old) // tolerated: sums are computed from the lines
	}
}
