package orders_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/problem"
)

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	const receipts, categories, links, images = "POST /v2/ECOM/receipts/order-1", "PUT /v2/ECOM/categories/order-1", "POST /v3/categories", "POST /v1/images"
	line := func(change string) string {
		return `{"orderLines":[` + strings.TrimSuffix(plainLine, "}") + "," + change + `}],"bottomLine":{"currency":"NOK"}}`
	}
	bottom := func(members string) string {
		return `{"orderLines":[` + plainLine + `],"bottomLine":{` + members + `}}`
	}
	png := func(width, height int) string { return upload("picture", picture(t, "png", width, height)) }
	for _, c := range []struct {
		name, call, body string
		param, reason    string
	}{
		{"an empty body", receipts, "", "$", "The body is empty"},
		{"no JSON", receipts, `{"orderLines":`, "$", "Line 1, column 15"},
		{"an array", receipts, "[]", "$", "A JSON object was expected."},
		{"null", receipts, "null", "$", "A JSON object was expected."},
		{"no lines", receipts, `{"bottomLine":{"currency":"NOK"}}`, "OrderLines", "field is required"},
		{"an empty list of lines", receipts, `{"orderLines":[],"bottomLine":{"currency":"NOK"}}`, "OrderLines", "at least one"},
		{"lines that are no list", receipts, `{"orderLines":{},"bottomLine":{"currency":"NOK"}}`, "OrderLines", "must be an array"},
		{"a line that is no object", receipts, `{"orderLines":[1],"bottomLine":{"currency":"NOK"}}`, "OrderLines[0]", "JSON object"},
		{"no bottom line", receipts, `{"orderLines":[` + plainLine + `]}`, "BottomLine", "field is required"},
		{"a bottom line that is no object", receipts, `{"orderLines":[` + plainLine + `],"bottomLine":"x"}`, "BottomLine", "JSON object"},
		{"a line without a name", receipts, strings.Replace(plainReceipt, `"name":"socks"`, `"name":null`, 1), "OrderLines[0].Name", "field is required"},
		{"a line with an empty id", receipts, strings.Replace(plainReceipt, `"id":"1"`, `"id":""`, 1), "OrderLines[0].Id", "field is required"},
		{"a name that is a number", receipts, strings.Replace(plainReceipt, `"socks"`, `1`, 1), "OrderLines[0].Name", "must be a string"},
		{"a line without its total", receipts, strings.Replace(plainReceipt, `"totalAmount":125,`, ``, 1), "OrderLines[0].TotalAmount", "field is required"},
		{"half an øre", receipts, strings.Replace(plainReceipt, `:125`, `:125.5`, 1), "OrderLines[0].TotalAmount", "whole number"},
		{"a total in quotes", receipts, strings.Replace(plainReceipt, `:125`, `:"125"`, 1), "OrderLines[0].TotalAmount", "whole number"},
		{"no tax rate", receipts, strings.Replace(plainReceipt, `,"taxRate":2500`, ``, 1), "OrderLines[0].TaxRate", "Exactly one"},
		{"two tax rates", receipts, line(`"taxPercentage":25`), "OrderLines[0].TaxRate", "Exactly one"},
		{"a tax of more than all", receipts, strings.Replace(plainReceipt, `2500`, `10001`, 1), "OrderLines[0].TaxRate", "between 0 and 10000"},
		{"a percentage of more than all", receipts, strings.Replace(plainReceipt, `"taxRate":2500`, `"taxPercentage":101`, 1), "OrderLines[0].TaxPercentage", "between 0 and 100"},
		{"a negative discount", receipts, line(`"discount":-1`), "OrderLines[0].Discount", "between 0"},
		{"a flag in quotes", receipts, line(`"isReturn":"true"`), "OrderLines[0].IsReturn", "true or false"},
		{"a unit without its price", receipts, line(`"unitInfo":{"quantity":"1"}`), "OrderLines[0].UnitInfo.UnitPrice", "field is required"},
		{"a negative price", receipts, line(`"unitInfo":{"unitPrice":-1,"quantity":"1"}`), "OrderLines[0].UnitInfo.UnitPrice", "between 0"},
		{"a unit without its quantity", receipts, line(`"unitInfo":{"unitPrice":1}`), "OrderLines[0].UnitInfo.Quantity", "field is required"},
		{"a quantity in words", receipts, line(`"unitInfo":{"unitPrice":1,"quantity":"two"}`), "OrderLines[0].UnitInfo.Quantity", "regular expression"},
		{"nine decimals", receipts, line(`"unitInfo":{"unitPrice":1,"quantity":"1.123456789"}`), "OrderLines[0].UnitInfo.Quantity", "10 characters"},
		{"a quantity with a comma", receipts, line(`"unitInfo":{"unitPrice":1,"quantity":"1,5"}`), "OrderLines[0].UnitInfo.Quantity", "regular expression"},
		{"an unknown unit", receipts, line(`"unitInfo":{"unitPrice":1,"quantity":"1","quantityUnit":"MILE"}`), "OrderLines[0].UnitInfo.QuantityUnit", "PCS, KG, KM, MINUTE, LITRE, KWH"},
		{"no currency", receipts, bottom(``), "BottomLine.Currency", "field is required"},
		{"an unknown currency", receipts, bottom(`"currency":"XXX"`), "BottomLine.Currency", "NOK, DKK, EUR"},
		{"a negative tip", receipts, bottom(`"currency":"NOK","tipAmount":-1`), "BottomLine.TipAmount", "between 0"},
		{"a source in words", receipts, bottom(`"currency":"NOK","paymentSources":{"cash":"all"}`), "BottomLine.PaymentSources.Cash", "whole number"},
		{"an unknown barcode", receipts, bottom(`"currency":"NOK","barcode":{"format":"QR","data":"1"}`), "BottomLine.Barcode.Format", "EAN-13, CODE 39, CODE 128"},
		{"a barcode without data", receipts, bottom(`"currency":"NOK","barcode":{"format":"EAN-13"}`), "BottomLine.Barcode.Data", "field is required"},

		{"no category", categories, `{"orderDetailsUrl":"https://example.com"}`, "Category", "field is required"},
		{"an unknown category", categories, `{"category":"ticket","orderDetailsUrl":"https://example.com"}`, "Category", "GENERAL, RECEIPT, ORDER_CONFIRMATION, DELIVERY, TICKET, BOOKING"},
		{"no address", categories, `{"category":"TICKET"}`, "OrderDetailsUrl", "field is required"},
		{"half an address", categories, `{"category":"TICKET","orderDetailsUrl":"/ticket"}`, "OrderDetailsUrl", "absolute URL"},
		{"an address that is a script", categories, `{"category":"TICKET","orderDetailsUrl":"javascript:alert(1)"}`, "OrderDetailsUrl", "absolute URL"},

		{"a link of no order", links, `{"paymentType":"ECOM","type":"TICKET","url":"https://example.com"}`, "OrderId", "field is required"},
		{"a link of an impossible order", links, strings.Replace(newLink("x"), `"x"`, `"a b"`, 1), "OrderId", "regular expression"},
		{"a link of an unknown kind of payment", links, strings.Replace(newLink("x"), "ECOM", "GIFT", 1), "PaymentType", "ECOM, RECURRING"},
		{"a link of an unknown type", links, strings.Replace(newLink("x"), "DELIVERY", "FLIGHT", 1), "Type", "GENERAL"},
		{"a link to nowhere", links, strings.Replace(newLink("x"), "https://example.com/where", "", 1), "Url", "field is required"},

		{"a picture without an id", images, strings.Replace(png(1, 200), "picture", "", 1), "ImageId", "field is required"},
		{"a picture with an impossible id", images, strings.Replace(png(1, 200), "picture", "a/b", 1), "ImageId", "regular expression"},
		{"a picture with an id too long", images, strings.Replace(png(1, 200), "picture", strings.Repeat("x", 129), 1), "ImageId", "128 characters"},
		{"a picture of another type", images, strings.Replace(png(1, 200), `"base64"`, `"url"`, 1), "Type", "base64"},
		{"a picture without a type", images, strings.Replace(png(1, 200), `,"type":"base64"`, ``, 1), "Type", "field is required"},
		{"no picture", images, `{"imageId":"x","type":"base64"}`, "Src", "field is required"},
		{"no base64", images, `{"imageId":"x","type":"base64","src":"!"}`, "Src", "must be base64"},
		{"a picture in another format", images, upload("x", picture(t, "gif", 200, 200)), "Src", "PNG or a JPEG"},
		{"a picture too low", images, png(400, 166), "Src", "at least 167 pixels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			method, path, _ := strings.Cut(c.call, " ")
			var refused problem.Older
			require.NoError(t, json.Unmarshal([]byte(w.done(400, method, path, c.body)), &refused))
			require.Len(t, refused.InvalidParams, 1, refused)
			require.Equal(t, c.param, refused.InvalidParams[0].Name)
			require.Contains(t, refused.InvalidParams[0].Reason, c.reason)
		})
	}
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	t.Parallel()
	golden(t, "refusal.json", newWorld(t).done(400, "POST", "/v2/ECOM/receipts/order-1",
		`{"orderLines":[{"name":"socks"},`+plainLine+`],"bottomLine":{"currency":"XXX"}}`))
}

func TestWhatIsTakenAtTheBounds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, body := range []string{
		strings.Replace(plainReceipt, `2500`, `0`, 1),
		strings.Replace(plainReceipt, `2500`, `10000`, 1),
		strings.Replace(plainReceipt, `"taxRate":2500`, `"taxRate":null,"taxPercentage":100`, 1),
		strings.Replace(plainReceipt, `:125`, `:-125`, 1),
		strings.Replace(plainReceipt, `"taxRate"`, `"unitInfo":{"unitPrice":0,"quantity":"1.12345678"},"taxRate"`, 1),
		strings.Replace(plainReceipt, `"NOK"`, `"EUR","posId":null,"barcode":null`, 1),
	} {
		w.done(201, "POST", fmt.Sprintf("/v2/ECOM/receipts/order-%d", i), body)
	}
	w.done(200, "POST", "/v1/images", upload(strings.Repeat("x", 128), picture(t, "png", 1, 167)))
}

func FuzzBodies(f *testing.F) {
	seeds := []string{
		fullReceipt, plainReceipt, plainLink, newLink("order-1"), upload("x", picture(f, "png", 1, 167)), "", "null", "[]", "{", `{"orderLines":[null]}`,
		`{"orderLines":[{"":1}],"bottomLine":{"":{}}}`, `{"imageId":"x","src":"iVBORw0KGgo=","type":"base64"}`, `{"bottomLine":{"currency":"\ud800"}}`,
		`{"orderLines":[{"totalAmount":9223372036854775808}]}`, strings.Repeat("[", 20000),
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	w := newWorld(f)
	calls := []struct{ method, path string }{
		{"POST", "/v1/images"}, {"PUT", "/v2/ECOM/categories/o"}, {"POST", "/v2/ECOM/receipts/o"}, {"POST", "/v3/categories"},
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, c := range calls {
			require.Less(t, w.ask(taxi, c.method, c.path, body).Code, 500)
			require.NoError(t, w.api.Reset(t.Context(), ""))
		}
	})
}
