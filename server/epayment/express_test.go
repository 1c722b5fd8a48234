package epayment_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

const fourScopes = `{"scope":"name email phoneNumber address"}`

// shop is the request of section 12.16.
var shop = with(changes{
	"amount": `{"currency":"NOK","value":39900}`, "profile": fourScopes, "reference": `"shop-order-7001"`,
	"shipping": `{"fixedOptions":[
		{"type":"HOME_DELIVERY","brand":"POSTEN","isDefault":true,"priority":0,
		 "options":[{"id":"home-std","name":"Home, weekdays","amount":{"currency":"NOK","value":7900},"isDefault":true,"estimatedDelivery":"2-3 days"}]},
		{"type":"IN_STORE","brand":"OTHER","priority":1,
		 "options":[{"id":"store-1","name":"Our shop","amount":{"currency":"NOK","value":0},"meta":"Storgata 1"}]}]}`,
})

var order7001 = payment.ID{MSN: "123456", Reference: "shop-order-7001"}

// buy approves in the app, as the payer does after choosing.
func (w *world) buy(id payment.ID, option string) {
	w.t.Helper()
	phone, _ := w.units.Phone("4712345678")
	p, err := w.payments.Get(w.t.Context(), id)
	require.NoError(w.t, err)
	_, err = w.payments.Do(w.t.Context(), id, payment.Approve{
		Phone: phone.Number, Card: phone.Cards[0].Payment(), Consent: new(true), Grant: phone.Grant(id.MSN, p.Scopes),
		Shipping: &payment.ShippingPick{Address: phone.Profile.Addresses[0], OptionID: option},
	}, nil)
	require.NoError(w.t, err)
}

func TestExampleExpress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", shop).status(201)
	require.NotContains(t, w.get("shop-order-7001").Body.String(), "shippingDetails", "nothing is chosen yet")
	w.buy(order7001, "home-std")
	w.get("shop-order-7001").status(200).golden("get-express")
	w.post("payments/shop-order-7001/capture", "c1", `{"modificationAmount":{"currency":"NOK","value":47801}}`).coded(400, "6090", "Capture amount too high")
	d := w.post("payments/shop-order-7001/capture", "c2", `{"modificationAmount":{"currency":"NOK","value":47800}}`).status(200).doc()
	require.Equal(t, amount{"NOK", 47800}, d.Aggregate.CapturedAmount)
	w.taxi("GET", "/epayment/v1/payments/shop-order-7001/events", "").status(200).golden("events-express")
}

func TestShippingAtNoCost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", shop).status(201)
	w.buy(order7001, "store-1")
	got := w.get("shop-order-7001").status(200)
	require.Equal(t, amount{"NOK", 39900}, got.doc().Aggregate.AuthorizedAmount)
	require.Contains(t, got.Body.String(), `"shippingCost":0,"shippingOptionId":"store-1","shippingOptionName":"Our shop"}`)
}

func TestCancellingExpressBeforeApprovalConcernsTheAmountAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", shop).status(201)
	d := w.post("payments/shop-order-7001/cancel", "", "").status(200).doc()
	require.Equal(t, amount{"NOK", 39900}, d.Aggregate.CancelledAmount)
}

func TestCancellingExpressGivesTheShippingBackToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", shop).status(201)
	w.buy(order7001, "home-std")
	d := w.post("payments/shop-order-7001/cancel", "", "").status(200).doc()
	require.Equal(t, amount{"NOK", 47800}, d.Aggregate.CancelledAmount)
}

func TestExpressIsNotForceApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", shop).status(201)
	force := func() *reply {
		return w.taxi("POST", "/epayment/v1/test/payments/shop-order-7001/approve", `{"customer":{"phoneNumber":"4712345678"}}`)
	}
	force().coded(400, "10020", "Approve not allowed")
	w.buy(order7001, "store-1")
	force().coded(400, "6230", "Payment is already reserved")
}

func TestWhatIsKeptOfExpress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, shipping string
		want           payment.Shipping
	}{
		{"fixed options", `{"fixedOptions":[{"type":"MAILBOX","brand":"GLS","priority":3,"options":[{"id":"1","name":"a","amount":{"currency":"NOK","value":5},"priority":-1,"isDefault":true,"meta":"m","estimatedDelivery":"e"}]}]}`,
			payment.Shipping{Countries: []string{"NO"}, Groups: []payment.ShippingGroup{{
				Type: "MAILBOX", Brand: "GLS", Priority: 3,
				Options: []payment.ShippingOption{{ID: "1", Name: "a", Cost: 5, Default: true, Priority: -1, Meta: "m", Estimate: "e"}},
			}}}},
		{"a callback", `{"dynamicOptions":{"callbackUrl":"https://shop.example:8080/s","callbackAuthorizationToken":"Bearer ey.J"},"allowedCountries":["SE","DK"]}`,
			payment.Shipping{CallbackURL: "https://shop.example:8080/s", CallbackToken: "Bearer ey.J", Countries: []string{"SE", "DK"}}},
		{"a callback without a token", `{"dynamicOptions":{"callbackUrl":"https://shop.example/s"},"allowedCountries":null}`,
			payment.Shipping{CallbackURL: "https://shop.example/s", Countries: []string{"NO"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).lenient()
			w.create("k", with(changes{"profile": fourScopes, "shipping": c.shipping})).status(201)
			p, err := w.payments.Get(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
			require.NoError(t, err)
			require.Equal(t, &c.want, p.Details.Shipping)
			require.NotContains(t, w.get("order-0001").Body.String(), "shipping", "it is not told again")
		})
	}
}

func TestGoodsGoToTheCountryOfTheUnitUnlessTold(t *testing.T) {
	t.Parallel()
	for msn, c := range map[string]struct{ currency, country string }{"456789": {"DKK", "DK"}, "567890": {"EUR", "FI"}} {
		w := newWorld(t)
		body := with(changes{
			"amount": `{"currency":"` + c.currency + `","value":500}`, "profile": fourScopes, "shipping": strings.Replace(someOptions, "NOK", c.currency, 1),
		})
		w.ask("POST", "/epayment/v1/payments", body, append(w.as(msn), "Idempotency-Key: k")...).status(201)
		p, err := w.payments.Get(t.Context(), payment.ID{MSN: msn, Reference: "order-0001"})
		require.NoError(t, err)
		require.Equal(t, []string{c.country}, p.Details.Shipping.Countries)
	}
}

func TestShapeOfExpress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, shipping, want string }{
		{"a country in lower case", `{"dynamicOptions":{"callbackUrl":"https://a.example"},"allowedCountries":["no"]}`, "shipping.allowedCountries[0]: The value no is not valid for AllowedCountries."},
		{"a long token", `{"dynamicOptions":{"callbackUrl":"https://a.example","callbackAuthorizationToken":"` + strings.Repeat("x", 2001) + `"}}`, "shipping.dynamicOptions.callbackAuthorizationToken: The field CallbackAuthorizationToken must be a string with a minimum length of 0 and a maximum length of 2000."},
		{"no callback URL", `{"dynamicOptions":{}}`, "shipping.dynamicOptions.callbackUrl: The CallbackUrl field is required."},
		{"an unknown type", `{"fixedOptions":[{"type":"OWL","brand":"DHL","options":[]}]}`, "shipping.fixedOptions[0].type: The value OWL is not valid for Type."},
		{"a negative cost", strings.Replace(someOptions, `"value":0`, `"value":-1`, 1), "shipping.fixedOptions[0].options[0].amount.value: The field Value must be between 0 and 65000000."},
		{"an option without a name", strings.Replace(someOptions, `"name":"a",`, ``, 1), "shipping.fixedOptions[0].options[0].name: The Name field is required."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).create("k", with(changes{"profile": fourScopes, "shipping": c.shipping})).violations(c.want)
		})
	}
}
