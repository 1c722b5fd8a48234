package orders_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/gateway"
	"liksom/server/payment"
)

const (
	fullReceipt = `{"orderLines":[
		{"name":"socks","id":"line_1","totalAmount":1000,"totalAmountExcludingTax":800,"totalTaxAmount":200,"taxRate":2500,
		 "unitInfo":{"unitPrice":400,"quantity":"2.5","quantityUnit":"KG"},"discount":0,"productUrl":"https://example.com/socks","isReturn":false,"isShipping":false},
		{"name":"carriage","id":"line_2","totalAmount":125,"totalAmountExcludingTax":100,"totalTaxAmount":25,"taxPercentage":25,"isShipping":true}],
	 "bottomLine":{"currency":"NOK","tipAmount":10,"posId":"pos_1","paymentSources":{"giftCard":1,"card":2,"voucher":3,"cash":4},
		"barcode":{"format":"EAN-13","data":"123456"},"receiptNumber":"0527","totalAmount":1125,"terminalId":"old","shippingInfo":{}}}`
	plainLine    = `{"name":"socks","id":"1","totalAmount":125,"totalAmountExcludingTax":100,"totalTaxAmount":25,"taxRate":2500}`
	plainReceipt = `{"orderLines":[` + plainLine + `],"bottomLine":{"currency":"NOK"}}`
	plainLink    = `{"category":"TICKET","orderDetailsUrl":"https://example.com/ticket/1"}`
)

func TestAReceiptIsSetOnceAndReadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Regexp(t, `^"[0-9a-f-]{36}"\n$`, w.done(201, "POST", "/v2/ECOM/receipts/order-1", fullReceipt))
	golden(t, "receipt.json", w.get("/v2/ECOM/order-1"))
	golden(t, "receipt-taken.json", w.done(409, "POST", "/v2/ecom/receipts/order-1", plainReceipt))
	golden(t, "receipt.json", w.get("/v2/ECOM/order-1"))
}

func TestOrdersOfUnitsAndKindsAreApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.done(201, "POST", "/v2/ecom/receipts/order-1", plainReceipt)
	w.done(201, "POST", "/v2/recurring/receipts/order-1", plainReceipt)
	require.Equal(t, 404, w.ask(shop, "GET", "/v2/ecom/order-1", "").Code)
	require.Equal(t, 201, w.ask(shop, "POST", "/v2/ecom/receipts/order-1", plainReceipt).Code)
}

func paid(receipt *payment.Receipt) payment.Payment {
	return payment.Payment{Details: &payment.Details{Receipt: receipt}}
}

func TestAReceiptGivenAtCreateIsTheOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	card := int64(500)
	w.payments[payment.ID{MSN: taxi, Reference: "ride-1"}] = paid(&payment.Receipt{
		Currency: "NOK", Tip: 100, Number: "17", POS: "car-7", Barcode: &payment.Barcode{Format: "CODE 39", Data: "X1"}, Sources: &payment.Sources{Card: &card},
		Lines: []payment.Line{
			{ID: "1", Name: "ride", Total: 560, ExcludesTax: 500, Tax: 60, TaxRate: 1200, UnitPrice: 56, Quantity: "10", Unit: "KM", Discount: 5, ProductURL: "https://taxi.example/"},
			{ID: "2", Name: "deposit", Total: 60, ExcludesTax: 60, Return: true},
		},
	})
	golden(t, "receipt-of-payment.json", w.get("/v2/ECOM/ride-1"))
	w.done(409, "POST", "/v2/ECOM/receipts/ride-1", plainReceipt)
	w.done(201, "POST", "/v2/RECURRING/receipts/ride-1", plainReceipt)
}

func TestAPaymentWithoutAReceiptCanGetOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.payments[payment.ID{MSN: taxi, Reference: "ride-1"}] = payment.Payment{}
	w.done(404, "GET", "/v2/ECOM/ride-1", "")
	w.done(201, "POST", "/v2/ECOM/receipts/ride-1", plainReceipt)
	require.Contains(t, w.get("/v2/ECOM/ride-1"), "socks")
}

func TestALinkIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.done(200, "PUT", "/v2/ECOM/categories/order-1", plainLink)
	require.Regexp(t, `^"[0-9a-f-]{36}"\n$`, id)
	require.JSONEq(t, `{"category":`+plainLink+`}`, w.get("/v2/ECOM/order-1"))
	next := `{"category":"RECEIPT","orderDetailsUrl":"https://example.com/receipt/1"}`
	require.Equal(t, id, w.done(200, "PUT", "/v2/ecom/categories/order-1", next))
	w.done(201, "POST", "/v2/ECOM/receipts/order-1", plainReceipt)
	golden(t, "order.json", w.get("/v2/ECOM/order-1"))
}

func TestNothingWasAdded(t *testing.T) {
	t.Parallel()
	golden(t, "not-found.json", newWorld(t).done(404, "GET", "/v2/ECOM/order-1", ""))
}

func TestPicturesGoWithLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	source := picture(t, "png", 10, 167)
	require.Equal(t, `{"imageId":"socks.orange_1-2"}`+"\n", w.done(200, "POST", "/v1/images/", upload("socks.orange_1-2", source)), "with a slash at the end")
	golden(t, "image-taken.json", w.done(409, "POST", "/v1/images", upload("socks.orange_1-2", source)))
	w.done(200, "POST", "/v1/images", upload("jpeg", picture(t, "jpeg", 10, 167)))
	require.Equal(t, 200, w.ask(shop, "POST", "/v1/images", upload("socks.orange_1-2", source)).Code, "each unit has its own")

	link := `{"category":"GENERAL","orderDetailsUrl":"https://example.com","imageId":"socks.orange_1-2"}`
	w.done(200, "PUT", "/v2/ECOM/categories/order-1", link)
	require.JSONEq(t, `{"category":`+link+`}`, w.get("/v2/ECOM/order-1"))
	golden(t, "no-image.json", w.done(400, "PUT", "/v2/ECOM/categories/order-1", strings.Replace(link, "socks", "shoes", 1)))
	w.done(400, "POST", "/v3/categories", strings.Replace(newLink("order-1"), "}", `,"imageId":"shoes"}`, 1))
}

func TestAPictureOfTwoMegabytesIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	small := picture(t, "png", 10, 167)
	w.done(200, "POST", "/v1/images", upload("largest", append(small, make([]byte, 2<<20-len(small))...)))
	answer := w.done(400, "POST", "/v1/images", upload("larger", append(small, make([]byte, 2<<20-len(small)+1)...)))
	require.Contains(t, answer, "2 MB at most")
	require.Equal(t, 413, w.ask(taxi, "POST", "/v1/images", upload("largest", make([]byte, 3<<20))).Code)
}

func newLink(order string) string {
	return `{"orderId":"` + order + `","paymentType":"ECOM","type":"DELIVERY","url":"https://example.com/where"}`
}

func (w *world) addLink(order string) string {
	var added struct{ CategoryID string }
	require.NoError(w.t, json.Unmarshal([]byte(w.done(201, "POST", "/v3/categories", newLink(order))), &added))
	return added.CategoryID
}

func TestLinksMayBeSeveral(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.addLink("order-1")
	second, other := w.addLink("order-1"), w.addLink("order-2")
	golden(t, "link.json", w.get("/v3/categories/"+first))
	golden(t, "links.json", w.get("/v3/categories?orderId=order-1"))
	order := func(path string) []string { return uuids.FindAllString(w.get(path), -1) }
	require.Equal(t, []string{first, second}, order("/v3/categories?orderId=order-1"))
	require.Equal(t, []string{first, second, other}, order("/v3/categories"), "of all orders, oldest first")
	require.Equal(t, `{"categories":[]}`+"\n", w.get("/v3/categories?orderId=none"))

	require.Equal(t, 404, w.ask(shop, "GET", "/v3/categories/"+first, "").Code)
	require.Equal(t, 404, w.ask(shop, "DELETE", "/v3/categories/"+first, "").Code)
	require.Empty(t, w.done(200, "DELETE", "/v3/categories/"+first, ""))
	w.done(404, "DELETE", "/v3/categories/"+first, "")
	w.done(404, "GET", "/v3/categories/"+first, "")
	w.done(404, "GET", "/v3/categories/none", "")
	require.Equal(t, []string{second}, order("/v3/categories?orderId=order-1"))
}

func TestEverythingSurvivesARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.done(201, "POST", "/v2/ECOM/receipts/order-1", fullReceipt)
	w.done(200, "PUT", "/v2/ECOM/categories/order-1", plainLink)
	w.done(200, "POST", "/v1/images", upload("picture", picture(t, "png", 1, 200)))
	first := w.addLink("order-1")
	before := w.get("/v2/ECOM/order-1")
	w.open()
	require.Equal(t, before, w.get("/v2/ECOM/order-1"))
	w.done(409, "POST", "/v1/images", upload("picture", picture(t, "png", 1, 200)))
	second := w.addLink("order-1")
	require.Equal(t, []string{first, second}, uuids.FindAllString(w.get("/v3/categories"), -1), "the order of links goes on")
}

func TestAResetForgetsAUnitsOrAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fill := func(unit string) {
		require.Equal(t, 201, w.ask(unit, "POST", "/v2/ECOM/receipts/order-1", plainReceipt).Code)
		require.Equal(t, 200, w.ask(unit, "POST", "/v1/images", upload("picture", picture(t, "png", 1, 200))).Code)
		require.Equal(t, 201, w.ask(unit, "POST", "/v3/categories", newLink("order-1")).Code)
	}
	fill(taxi)
	fill(shop)
	require.NoError(t, w.api.Reset(t.Context(), taxi))
	w.open() // the documents are gone, too
	fill(taxi)
	require.Equal(t, 409, w.ask(shop, "POST", "/v2/ECOM/receipts/order-1", plainReceipt).Code)
	require.NoError(t, w.api.Reset(t.Context(), ""))
	fill(shop)
}

func TestOfManyReceiptsAtOnceOneIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var mu sync.Mutex
	codes := map[int]int{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			code := w.ask(taxi, "POST", "/v2/ECOM/receipts/order-1", plainReceipt).Code
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	all.Wait()
	require.Equal(t, map[int]int{201: 1, 409: 19}, codes)
}

func TestUnknownMembersAreNotedOrRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	odd := strings.Replace(plainReceipt, `"currency"`, `"colour":"red","currency"`, 1)
	w.done(201, "POST", "/v2/ECOM/receipts/order-1", odd)
	logged := w.gateway.Log.Calls(gateway.Filter{})[0]
	require.Equal(t, []string{"BottomLine.Colour is not known and was ignored"}, logged.Notes)
	require.Equal(t, "order-1", logged.Reference)
	w.strict = true
	golden(t, "unknown-member.json", w.done(400, "POST", "/v2/ECOM/receipts/order-2", odd))
	w.done(201, "POST", "/v2/ECOM/receipts/order-2", fullReceipt)
}

func TestTroubleOfOursIsNotShown(t *testing.T) {
	t.Parallel()
	calls := []struct{ method, path, body string }{
		{"POST", "/v1/images", upload("picture", picture(t, "png", 1, 200))},
		{"PUT", "/v2/ECOM/categories/order-1", plainLink},
		{"POST", "/v2/ECOM/receipts/order-1", plainReceipt},
		{"GET", "/v2/ECOM/order-1", ""},
		{"POST", "/v3/categories", newLink("order-1")},
		{"GET", "/v3/categories", ""},
	}
	for _, c := range calls {
		w := newWorld(t)
		w.store.fails = errTrouble
		require.NotContains(t, w.done(500, c.method, c.path, c.body), "fire")
		w.store.fails = nil
		require.Less(t, w.ask(taxi, c.method, c.path, c.body).Code, 500, "it is read again")
	}
}

func TestWhatWasNotKeptDoesNotCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.done(404, "GET", "/v2/ECOM/order-1", "") // reads the book
	w.store.fails = errTrouble
	w.done(500, "POST", "/v2/ECOM/receipts/order-1", plainReceipt)
	w.done(500, "POST", "/v3/categories", newLink("order-1"))
	w.store.fails = nil
	w.done(404, "GET", "/v2/ECOM/order-1", "")
	require.Equal(t, `{"categories":[]}`+"\n", w.get("/v3/categories"))
}

func TestDeadAndUnknownPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, status := range map[string]int{
		"/v1/orders/order-1": 404, "/v1/receipts/order-1": 404, "/v2/GIFT/order-1": 400, "/v2/ECOM/order%201": 400, "/v2/ECOM/ordør": 400, "/v1/images": 405,
	} {
		require.Equal(t, status, w.ask(taxi, http.MethodGet, path, "").Code, path)
	}
}
