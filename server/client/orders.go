package client

import (
	"context"
	"net/http"
	"net/url"
)

// Category is the one link of an order.
type Category struct {
	// Category is GENERAL, RECEIPT, ORDER_CONFIRMATION, DELIVERY, TICKET or
	// BOOKING.
	Category string `json:"category"`
	URL      string `json:"orderDetailsUrl"`
	ImageID  string `json:"imageId,omitempty"`
}

// Link is one of any number of links of an order.
type Link struct {
	ID          string `json:"categoryId,omitempty"`
	OrderID     string `json:"orderId"`
	PaymentType string `json:"paymentType"` // ECOM, RECURRING
	Type        string `json:"type"`        // as a category's
	URL         string `json:"url"`
	ImageID     string `json:"imageId,omitempty"`
}

// Order is what was added to an order; nil is what was not.
type Order struct {
	Category *Category `json:"category"`
	Receipt  *Receipt  `json:"receipt"`
}

// Receipt is the bill of an order, in minor units of its currency.
type Receipt struct {
	Lines  []ReceiptLine `json:"orderLines"`
	Bottom ReceiptBottom `json:"bottomLine"`
}

// ReceiptLine is one line of a receipt. One of TaxRate, in hundredths of a
// percent, and TaxPercentage must be set.
type ReceiptLine struct {
	Name          string       `json:"name"`
	ID            string       `json:"id"`
	Total         int64        `json:"totalAmount"`
	ExcludesTax   int64        `json:"totalAmountExcludingTax"`
	Tax           int64        `json:"totalTaxAmount"`
	TaxRate       *int         `json:"taxRate,omitempty"`
	TaxPercentage *int         `json:"taxPercentage,omitempty"`
	Unit          *ReceiptUnit `json:"unitInfo,omitempty"`
	Discount      int64        `json:"discount,omitempty"`
	ProductURL    string       `json:"productUrl,omitempty"`
	Return        bool         `json:"isReturn,omitempty"`
	Shipping      bool         `json:"isShipping,omitempty"`
}

// ReceiptUnit is how many of what, at which price.
type ReceiptUnit struct {
	Price    int64  `json:"unitPrice"`
	Quantity string `json:"quantity"` // "2.5"
	Unit     string `json:"quantityUnit,omitempty"`
}

// ReceiptBottom is what stands below the lines.
type ReceiptBottom struct {
	Currency string          `json:"currency"`
	Tip      int64           `json:"tipAmount,omitempty"`
	POS      string          `json:"posId,omitempty"`
	Sources  *ReceiptSources `json:"paymentSources,omitempty"`
	Barcode  *Barcode        `json:"barcode,omitempty"`
	Number   string          `json:"receiptNumber,omitempty"`
}

// ReceiptSources are how much was paid in which way.
type ReceiptSources struct {
	GiftCard *int64 `json:"giftCard,omitempty"`
	Card     *int64 `json:"card,omitempty"`
	Voucher  *int64 `json:"voucher,omitempty"`
	Cash     *int64 `json:"cash,omitempty"`
}

// Barcode is printed below a receipt.
type Barcode struct {
	Format string `json:"format"` // "EAN-13", "CODE 39", "CODE 128"
	Data   string `json:"data"`
}

const (
	orderManagement = "/order-management"
	ofPayments      = orderManagement + "/v2/ECOM"
	linksPath       = orderManagement + "/v3/categories"
)

// AddImage uploads a PNG or a JPEG, to be named by links.
func (c *Client) AddImage(ctx context.Context, id string, picture []byte) error {
	body := map[string]any{"imageId": id, "type": "base64", "src": picture}
	return c.merchant(ctx, http.MethodPost, orderManagement+"/v1/images", body, nil)
}

// PutCategory sets the link of a payment's order and gives its id.
func (c *Client) PutCategory(ctx context.Context, reference string, category Category) (id string, err error) {
	err = c.merchant(ctx, http.MethodPut, ofPayments+"/categories/"+url.PathEscape(reference), category, &id)
	return id, err
}

// AddReceipt sets the receipt of a payment's order, once, and gives its id.
func (c *Client) AddReceipt(ctx context.Context, reference string, receipt Receipt) (id string, err error) {
	err = c.merchant(ctx, http.MethodPost, ofPayments+"/receipts/"+url.PathEscape(reference), receipt, &id)
	return id, err
}

// Order reads what was added to a payment's order.
func (c *Client) Order(ctx context.Context, reference string) (Order, error) {
	var out Order
	err := c.merchant(ctx, http.MethodGet, ofPayments+"/"+url.PathEscape(reference), nil, &out)
	return out, err
}

// AddLink adds one of any number of links to an order and gives its id. The
// one given with it is not looked at.
func (c *Client) AddLink(ctx context.Context, link Link) (id string, err error) {
	link.ID = ""
	var out Link
	err = c.merchant(ctx, http.MethodPost, linksPath, link, &out)
	return out.ID, err
}

// Links lists an order's links, oldest first, or those of all orders for "".
func (c *Client) Links(ctx context.Context, order string) ([]Link, error) {
	var out struct {
		Categories []Link `json:"categories"`
	}
	path := linksPath
	if order != "" {
		path += "?orderId=" + url.QueryEscape(order)
	}
	err := c.merchant(ctx, http.MethodGet, path, nil, &out)
	return out.Categories, err
}

// Link reads one link.
func (c *Client) Link(ctx context.Context, id string) (Link, error) {
	var out Link
	err := c.merchant(ctx, http.MethodGet, linksPath+"/"+url.PathEscape(id), nil, &out)
	return out, err
}

// DeleteLink removes one link.
func (c *Client) DeleteLink(ctx context.Context, id string) error {
	return c.merchant(ctx, http.MethodDelete, linksPath+"/"+url.PathEscape(id), nil, nil)
}
