package orders

import (
	"context"

	"liksom/server/payment"
)

// Link is a page of the merchant's about an order.
type Link struct {
	Kind string // a category, such as "TICKET"
	URL  string
}

// Added is what was added to a one-time payment's order: its receipt, nil for
// none, and its links, that of version 2 first.
func (a *API) Added(ctx context.Context, id payment.ID) (*payment.Receipt, []Link, error) {
	if err := a.book.open(ctx); err != nil {
		return nil, nil, err
	}
	defer a.book.close()
	var links []Link
	k := a.book.orders[orderKey{id.MSN, ecom, id.Reference}.String()]
	if k.Category != nil {
		links = append(links, Link{k.Category.Category, k.Category.URL})
	}
	for _, l := range a.book.linksOf(id.MSN, id.Reference) {
		if l.PaymentType == ecom {
			links = append(links, Link{l.Type, l.URL})
		}
	}
	if k.Receipt == nil {
		return nil, links, nil
	}
	return k.Receipt.payments(), links, nil
}

// payments writes the receipt as one given with a payment.
func (r *receipt) payments() *payment.Receipt {
	to := &payment.Receipt{Currency: r.Bottom.Currency, Tip: or0(r.Bottom.Tip), Number: r.Bottom.Number, POS: r.Bottom.POS}
	if b := r.Bottom.Barcode; b != nil {
		to.Barcode = &payment.Barcode{Format: b.Format, Data: b.Data}
	}
	for _, l := range r.Lines {
		one := payment.Line{
			ID: l.ID, Name: l.Name, Total: l.Total, ExcludesTax: l.ExcludesTax, Tax: l.Tax, ProductURL: l.ProductURL,
			TaxRate: int(or0(l.TaxRate) + 100*or0(l.TaxPercentage)), Discount: or0(l.Discount), Return: or0(l.Return), Shipping: or0(l.Shipping),
		}
		if l.Unit != nil {
			one.UnitPrice, one.Quantity, one.Unit = l.Unit.Price, l.Unit.Quantity, l.Unit.Unit
		}
		to.Lines = append(to.Lines, one)
	}
	return to
}

// or0 is what is there, or nothing of its kind.
func or0[T any](v *T) T {
	if v == nil {
		var none T
		return none
	}
	return *v
}
