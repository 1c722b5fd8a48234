package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

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
	reference := r.URL.Query().Get("order")
	house := d.houseOf(reference)
	if sold.MatchString(reference) {
		d.recall(r.Context(), house, reference)
	}
	house.stream(w, r, func() map[string]any {
		view := map[string]any{"calls": house.tail.lines(d.Base()), "known": true}
		if o, found := house.order(reference); found {
			view["order"] = shown(o)
		} else {
			view["known"] = reference == ""
		}
		return view
	})
}

// sold is what references of the shop look like; those of the Danish one
// begin with the Danish word.
var sold = regexp.MustCompile(`^(socks|sokker)-[a-z0-9]{8}$`)

func (d *Room) houseOf(reference string) *house {
	if strings.HasPrefix(reference, "sokker-") {
		return d.butik
	}
	return d.sock
}

// recall has an order back that was made before the simulator last started:
// the book is in memory, the payment is not. One that cannot be had is shown
// as unknown.
func (d *Room) recall(ctx context.Context, h *house, reference string) {
	shop, err := h.open(ctx)
	if shop != nil {
		err = shop.Recall(ctx, reference)
	}
	if err != nil {
		d.Log.DebugContext(ctx, "demo order not found again", "reference", reference, "err", err)
	}
}

// shown is an order as pages see it: what the customer shared is not there
// before they paid, because the merchant does not have it.
func shown(o merchant.Order) map[string]any {
	v := map[string]any{
		"reference": o.Reference, "state": o.State, "why": o.Why, "says": o.Says(), "amount": o.Amount.Value, "currency": o.Amount.Currency,
		"captured": o.Captured, "refunded": o.Refunded, "redirectUrl": o.RedirectURL, "flow": o.Flow, "shipped": o.Shipped,
		"limits": limits(o),
	}
	if o.Shared != nil {
		v["phone"] = o.Shared.Phone
	}
	return v
}

// window is how long the documentation gives a customer to open a request, and
// as long again to approve it. The API does not say when the first has become
// the second, so a merchant knows two limits: until the earlier one the request
// is open for sure, and after the later one it is over for sure.
const window = 5 * time.Minute

func limits(o merchant.Order) []time.Time {
	if !o.Open() {
		return nil
	}
	if o.Flow == client.PushMessage {
		return []time.Time{o.CreatedAt.Add(window)}
	}
	return []time.Time{o.CreatedAt.Add(window), o.CreatedAt.Add(2 * window)}
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
			lines = append(lines, orderLine(item, name, pair, 25))
		}
	}
	if len(lines) == 0 {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"problem": "Your cart is empty."})
		return
	}
	house, reference := d.sock, "socks-"+strings.ToLower(rand.Text()[:8])
	if in.Way == "mobilepay" {
		house, reference = d.butik, "sokker-"+strings.ToLower(rand.Text()[:8])
	}
	shop, err := house.open(r.Context())
	if shop == nil {
		unanswered(w, err)
		return
	}
	o := merchant.Order{
		Reference: reference, Amount: client.Amount{Currency: house.currency, Value: pair * int64(len(lines))}, Phone: in.Phone, Description: "Order " + reference,
		Receipt: receipt(house.currency, reference, lines), Flow: client.WebRedirect, ReturnURL: d.Base() + "/demo/shop?order=" + url.QueryEscape(reference),
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
	reference, act := mux.Vars(r)["reference"], mux.Vars(r)["act"]
	shop, err := d.houseOf(reference).open(r.Context())
	if shop == nil {
		unanswered(w, err)
		return
	}
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

// orderLine is a line of a receipt (ePayment contract, section 2), with the
// rate of its tax in percent.
func orderLine(id, name string, total, vat int64) map[string]any {
	tax := (total*vat + (100+vat)/2) / (100 + vat)
	return map[string]any{
		"id": id, "name": name, "totalAmount": total, "totalAmountExcludingTax": total - tax, "totalTaxAmount": tax, "taxPercentage": vat,
	}
}

func receipt(currency, number string, lines []map[string]any) map[string]any {
	return map[string]any{"orderLines": lines, "bottomLine": map[string]any{"currency": currency, "receiptNumber": number}}
}
