package epayment

import (
	"math"
	"strings"

	"liksom/server/payment"
)

// receipt reads the bill (section 2.11). Sums that do not add up are noted,
// as the API accepts them.
func (c *call) receipt(r *reader) *payment.Receipt {
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
	r.taxRate(at)
	l.Quantity = r.quantity(r.object(at, "unitInfo", false))
	l.Discount, _ = r.integer(at, "discount", false, 0, math.MaxInt64)
	r.text(at, "productUrl", false)
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

func (r *reader) taxRate(at int32) {
	_, rate := r.integer(at, "taxRate", false, 0, 10000)
	_, percentage := r.integer(at, "taxPercentage", false, 0, 100)
	hasRate, hasPercentage := r.find(at, "taxRate") != absent, r.find(at, "taxPercentage") != absent
	switch {
	case rate && percentage:
		r.blame(join(r.path(at), "taxRate"), "Only one of TaxRate and TaxPercentage can be set.")
	case !hasRate && !hasPercentage:
		r.blame(join(r.path(at), "taxRate"), "The TaxRate field is required.")
	}
}

// quantity reads how many of what; one piece unless told.
func (r *reader) quantity(unit int32) string {
	if unit == absent {
		return "1"
	}
	r.integer(unit, "unitPrice", true, 0, math.MaxInt64)
	quantity, given := r.text(unit, "quantity", true)
	switch {
	case !given:
	case length(quantity) > 10:
		r.blame(join(r.path(unit), "quantity"), tooLong("Quantity", 0, 10))
	case !quantityPattern.fits(quantity):
		r.blame(join(r.path(unit), "quantity"), quantityPattern.reason("Quantity"))
	}
	r.oneOf(unit, "quantityUnit", false, "PCS", "KG", "KM", "MINUTE", "LITRE", "KWH")
	return strings.Clone(quantity)
}

func (r *reader) bottomLine(at int32, receipt *payment.Receipt) {
	receipt.Currency = r.oneOf(at, "currency", true, currencies...)
	receipt.Tip, _ = r.integer(at, "tipAmount", false, 0, math.MaxInt64)
	r.text(at, "posId", false)
	sources := r.object(at, "paymentSources", false)
	for _, name := range []string{"giftCard", "card", "voucher", "cash"} {
		r.integer(sources, name, false, math.MinInt64, math.MaxInt64)
	}
	barcode := r.object(at, "barcode", false)
	r.oneOf(barcode, "format", true, "EAN-13", "CODE 39", "CODE 128")
	r.text(barcode, "data", true)
	number, _ := r.text(at, "receiptNumber", false)
	receipt.Number = strings.Clone(number)
	r.accept(at, "giftCardAmount", "totalAmount", "totalTax", "totalDiscount", "shippingAmount", "shippingInfo", "terminalId")
}

// noteSums notes what does not add up in a receipt.
func (c *call) noteSums(receipt *payment.Receipt, amount payment.Amount) {
	if receipt == nil {
		return
	}
	var sum int64
	for i, l := range receipt.Lines {
		if l.ExcludesTax+l.Tax != l.Total {
			c.note("receipt.orderLines[%d]: totalAmountExcludingTax and totalTaxAmount do not add up to totalAmount", i)
		}
		if l.Return {
			sum -= l.Total
		} else {
			sum += l.Total
		}
	}
	if sum+receipt.Tip != amount.Value && sum != amount.Value {
		c.note("receipt: the lines add up to %d, the payment's amount is %d", sum, amount.Value)
	}
	if receipt.Currency != amount.Currency {
		c.note("receipt: the currency is %s, the payment's is %s", receipt.Currency, amount.Currency)
	}
}
