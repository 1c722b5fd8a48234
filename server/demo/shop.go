package demo

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/client"
	"liksom/server/merchant"
	"liksom/web"
)

// pair is what a pair of socks costs, in øre, VAT included.
const pair = 17500

// socks are the goods.
var socks = map[string]string{"rust": "Wool socks, rust", "fjord": "Wool socks, fjord"}

func (d *Room) shopPage(w http.ResponseWriter, r *http.Request) {
	d.Site.Render(w, r, web.Page{Name: "demo-shop", Lang: "en", Brand: "vipps", Title: "Demo Webshop, checkout", TellsItself: true, Data: map[string]any{
		"Boot": map[string]any{"prefix": d.Site.Prefix(r), "order": r.URL.Query().Get("order")},
	}})
}

func (d *Room) shopStream(w http.ResponseWriter, r *http.Request) {
	d.sock.stream(w, r, func() any {
		view := map[string]any{"calls": d.sock.tail.lines(d.Base())}
		if o, found := d.sock.shop.Order(r.URL.Query().Get("order")); found {
			view["order"] = shown(o)
		}
		return view
	})
}

// shown is an order as pages see it: what the customer shared is not there
// before they paid, because the merchant does not have it.
func shown(o merchant.Order) map[string]any {
	v := map[string]any{
		"reference": o.Reference, "state": o.State, "why": o.Why, "says": o.Says(), "amount": o.Amount.Value,
		"captured": o.Captured, "refunded": o.Refunded, "redirectUrl": o.RedirectURL, "flow": o.Flow, "shipped": o.Shipped,
	}
	if o.Shared != nil {
		v["phone"] = o.Shared.Phone
	}
	return v
}

// wish is what the checkout sends.
type wish struct {
	Phone string   `json:"phone"`
	Way   string   `json:"way"` // vipps, mobilepay, push
	Items []string `json:"items"`
}

func (d *Room) order(w http.ResponseWriter, r *http.Request) {
	var in wish
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&in); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"problem": "The order cannot be read."})
		return
	}
	lines := []map[string]any{}
	for _, item := range in.Items {
		if name, sold := socks[item]; sold {
			lines = append(lines, orderLine(item, name, pair))
		}
	}
	if len(lines) == 0 {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"problem": "Your cart is empty."})
		return
	}
	shop, err := d.sock.open(r.Context())
	if shop == nil {
		unanswered(w, err)
		return
	}
	reference := "socks-" + strings.ToLower(rand.Text()[:8])
	o := merchant.Order{
		Reference: reference, Amount: client.NOK(pair * int64(len(lines))), Phone: in.Phone, Description: "Order " + reference,
		Receipt: receipt(reference, lines), Flow: client.WebRedirect, ReturnURL: d.Base() + "/demo/shop?order=" + url.QueryEscape(reference),
	}
	if in.Way == "push" {
		o.Flow, o.ReturnURL = client.PushMessage, ""
	}
	if o, err = shop.Checkout(r.Context(), o); err != nil {
		unanswered(w, err)
		return
	}
	answer(w, http.StatusCreated, shown(o))
}

// act cancels, refunds or tries again.
func (d *Room) act(w http.ResponseWriter, r *http.Request) {
	shop, err := d.sock.open(r.Context())
	if shop == nil {
		unanswered(w, err)
		return
	}
	reference, act := mux.Vars(r)["reference"], mux.Vars(r)["act"]
	o, found := shop.Order(reference)
	if !found {
		answer(w, http.StatusNotFound, map[string]string{"problem": "There is no such order."})
		return
	}
	switch act {
	case "cancel":
		err = shop.Cancel(r.Context(), reference)
	case "refund":
		err = shop.Refund(r.Context(), reference, o.Captured-o.Refunded)
	case "again":
		o, err = shop.Again(r.Context(), reference)
		reference = o.Reference
	default:
		answer(w, http.StatusNotFound, map[string]string{"problem": "An order can be cancelled, refunded or tried again."})
		return
	}
	if err != nil {
		unanswered(w, err)
		return
	}
	o, _ = shop.Order(reference)
	answer(w, http.StatusOK, shown(o))
}

// vat is the rate of all the demos' goods, in percent.
const vat = 25

// orderLine is a line of a receipt (ePayment contract, section 2).
func orderLine(id, name string, total int64) map[string]any {
	tax := total * vat / (100 + vat)
	return map[string]any{
		"id": id, "name": name, "totalAmount": total, "totalAmountExcludingTax": total - tax, "totalTaxAmount": tax, "taxPercentage": vat,
	}
}

func receipt(number string, lines []map[string]any) map[string]any {
	return map[string]any{"orderLines": lines, "bottomLine": map[string]any{"currency": "NOK", "receiptNumber": number}}
}
