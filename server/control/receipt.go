package control

import "liksom/server/payment"

// receiptView is the merchant's bill as the phone shows it, in minor units.
// It has the same shape as in a phone's request.
type receiptView struct {
	OrderLines []orderLineView `json:"orderLines"`
	BottomLine bottomLineView  `json:"bottomLine"`
}

type orderLineView struct {
	ID                      string `json:"id,omitempty"`
	Name                    string `json:"name"`
	Quantity                string `json:"quantity,omitempty"`
	QuantityUnit            string `json:"quantityUnit,omitempty"`
	UnitPrice               int64  `json:"unitPrice,omitempty"`
	TaxRate                 int    `json:"taxRate,omitempty"` // hundredths of a percent
	TotalAmount             int64  `json:"totalAmount"`
	TotalAmountExcludingTax int64  `json:"totalAmountExcludingTax"`
	TotalTaxAmount          int64  `json:"totalTaxAmount"`
	Discount                int64  `json:"discount,omitempty"`
	IsReturn                bool   `json:"isReturn,omitempty"`
	IsShipping              bool   `json:"isShipping,omitempty"`
}

type bottomLineView struct {
	Currency      string `json:"currency"`
	TipAmount     int64  `json:"tipAmount,omitempty"`
	ReceiptNumber string `json:"receiptNumber,omitempty"`
	PosID         string `json:"posId,omitempty"`
}

// viewReceipt is nil where the merchant sent none.
func viewReceipt(p *payment.Payment) *receiptView {
	if p.Details == nil || p.Details.Receipt == nil {
		return nil
	}
	from := p.Details.Receipt
	v := &receiptView{
		OrderLines: make([]orderLineView, len(from.Lines)),
		BottomLine: bottomLineView{from.Currency, from.Tip, from.Number, from.POS},
	}
	for i, l := range from.Lines {
		v.OrderLines[i] = orderLineView{
			l.ID, l.Name, l.Quantity, l.Unit, l.UnitPrice, l.TaxRate, l.Total, l.ExcludesTax, l.Tax, l.Discount, l.Return, l.Shipping,
		}
	}
	return v
}
