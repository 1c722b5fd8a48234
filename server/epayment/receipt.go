package epayment

import (
	"fmt"
	"math"
	"strings"

	"liksom/server/payment"
)

// receipt reads the bill (section 2.11). Sums that do not add up are
// accepted, as by the API; see [doubts].
func (r *reader) receipt() *payment.Receipt {
	at := r.object(root, "receipt", false)
	if at == absent {
		return nil
	}
	receipt := &payment.Receipt{}
	lines := r.objects(at, "orderLines", true)
	if r.emptyList(at, "orderLines") {
		r.blame("receipt.orderLines", "The field OrderLines must have at least one line.")
	}
	for _, line := range lines {
		receipt.Lines = append(receipt.Lines, r.line(line))
	}
	r.bottomLine(r.object(at, "bottomLine", true), receipt)
	return receipt
}

func (r *reader) line(at int32) payment.Line {
	var l payment.Line
	l.Name = r.needed(at, "name")
	l.ID = r.needed(at, "id")
	l.Total, _ = r.integer(at, "totalAmount", true, math.MinInt64, math.MaxInt64)
	l.ExcludesTax, _ = r.integer(at, "totalAmountExcludingTax", true, math.MinInt64, math.MaxInt64)
	l.Tax, _ = r.integer(at, "totalTaxAmount", true, math.MinInt64, math.MaxInt64)
	l.TaxRate = r.taxRate(at)
	r.unitInfo(r.object(at, "unitInfo", false), &l)
	l.Discount, _ = r.integer(at, "discount", false, 0, math.MaxInt64)
	l.ProductURL = r.optional(at, "productUrl")
	l.Return = r.boolean(at, "isReturn")
	l.Shipping = r.boolean(at, "isShipping")
	return l
}

// needed is a text that must be there; the receipt outlives the body it is a
// part of.
func (r *reader) needed(at int32, name string) string {
	s, _ := r.text(at, name, true)
	return strings.Clone(s)
}

// optional is a text that may be left out.
func (r *reader) optional(at int32, name string) string {
	s, _ := r.text(at, name, false)
	return strings.Clone(s)
}

// taxRate gives hundredths of a percent, in whichever way they are told.
func (r *reader) taxRate(at int32) int {
	hundredths, rate := r.integer(at, "taxRate", false, 0, 10000)
	percent, percentage := r.integer(at, "taxPercentage", false, 0, 100)
	hasRate, hasPercentage := r.find(at, "taxRate") != absent, r.find(at, "taxPercentage") != absent
	switch {
	case rate && percentage:
		r.blame(join(r.path(at), "taxRate"), "Only one of TaxRate and TaxPercentage can be set.")
	case !hasRate && !hasPercentage:
		r.blame(join(r.path(at), "taxRate"), "The TaxRate field is required.")
	}
	return int(hundredths + 100*percent)
}

// unitInfo reads how many of what, at which price; one piece of the line's
// price unless told.
func (r *reader) unitInfo(unit int32, l *payment.Line) {
	const piece = "PCS"
	l.Quantity, l.Unit = "1", piece
	if unit == absent {
		l.UnitPrice = l.Total
		return
	}
	l.UnitPrice, _ = r.integer(unit, "unitPrice", true, 0, math.MaxInt64)
	quantity, given := r.text(unit, "quantity", true)
	switch {
	case !given:
	case length(quantity) > 10:
		r.blame(join(r.path(unit), "quantity"), tooLong("Quantity", 0, 10))
	case !quantityPattern.fits(quantity):
		r.blame(join(r.path(unit), "quantity"), quantityPattern.reason("Quantity"))
	}
	l.Quantity = strings.Clone(quantity)
	if kind := r.oneOf(unit, "quantityUnit", false, piece, "KG", "KM", "MINUTE", "LITRE", "KWH"); kind != "" {
		l.Unit = kind
	}
}

func (r *reader) bottomLine(at int32, receipt *payment.Receipt) {
	receipt.Currency = r.oneOf(at, "currency", true, currencies...)
	receipt.Tip, _ = r.integer(at, "tipAmount", false, 0, math.MaxInt64)
	receipt.POS = r.optional(at, "posId")
	receipt.Sources = r.sources(r.object(at, "paymentSources", false))
	if barcode := r.object(at, "barcode", false); barcode != absent {
		receipt.Barcode = &payment.Barcode{
			Format: r.oneOf(barcode, "format", true, "EAN-13", "CODE 39", "CODE 128"), Data: r.needed(barcode, "data"),
		}
	}
	receipt.Number = r.optional(at, "receiptNumber")
	r.accept(at, "giftCardAmount", "totalAmount", "totalTax", "totalDiscount", "shippingAmount", "shippingInfo", "terminalId")
}

func (r *reader) sources(at int32) *payment.Sources {
	if at == absent {
		return nil
	}
	paid := func(name string) *int64 {
		if value, given := r.integer(at, name, false, math.MinInt64, math.MaxInt64); given {
			return &value
		}
		return nil
	}
	return &payment.Sources{GiftCard: paid("giftCard"), Card: paid("card"), Voucher: paid("voucher"), Cash: paid("cash")}
}

// mostWarnings bounds what is said about one receipt.
const mostWarnings = 10

// doubts tells what does not add up in a receipt.
func doubts(receipt *payment.Receipt, amount payment.Amount) []string {
	if receipt == nil {
		return nil
	}
	var told []string
	var sum int64
	for i, l := range receipt.Lines {
		if l.ExcludesTax+l.Tax != l.Total && len(told) < mostWarnings {
			told = append(told, fmt.Sprintf("receipt.orderLines[%d]: totalAmountExcludingTax and totalTaxAmount do not add up to totalAmount", i))
		}
		if l.Return {
			sum -= l.Total
		} else {
			sum += l.Total
		}
	}
	if sum+receipt.Tip != amount.Value && sum != amount.Value {
		told = append(told, fmt.Sprintf("receipt: the lines add up to %d, the payment's amount is %d", sum, amount.Value))
	}
	if receipt.Currency != amount.Currency {
		told = append(told, fmt.Sprintf("receipt: the currency is %s, the payment's is %s", receipt.Currency, amount.Currency))
	}
	return told
}
