package epayment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

const (
	someReceipt = `{"orderLines":[{"name":"a","id":"1","totalAmount":1,"totalAmountExcludingTax":1,"totalTaxAmount":0,"taxRate":0}],"bottomLine":{"currency":"NOK"}}`
	someOptions = `{"fixedOptions":[{"type":"IN_STORE","brand":"OTHER","options":[{"id":"1","name":"a","amount":{"currency":"NOK","value":0}}]}]}`
	inAWeek     = `"2026-10-08T11:00:00Z"`
	somePSP     = `{"pspReference":"x","cardCallbackUrl":"https://psp.example/","allowedCardTypes":["DANKORT"]}`
)

type changes = map[string]string

func TestCodedRulesOfCreate(t *testing.T) {
	t.Parallel()
	pairs := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"k%d":"v"`, i))
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	for _, c := range []struct {
		name    string
		msn     string
		changes changes
		status  int
		code    string
	}{
		{"a decimal value is no amount", "123456", changes{"amount": `{"currency":"NOK","value":499.0000001}`}, 400, "4040"},
		{"a value with a fraction of zero is no amount", "123456", changes{"amount": `{"currency":"NOK","value":500.0}`}, 400, "4040"},
		{"a text is no amount", "123456", changes{"amount": `{"currency":"NOK","value":"24900"}`}, 400, "4040"},
		{"99 øre are too little", "123456", changes{"amount": `{"currency":"NOK","value":99}`}, 400, "6010"},
		{"100 øre are enough", "123456", changes{"amount": `{"currency":"NOK","value":100}`}, 201, ""},
		{"nothing is too little", "567890", changes{"amount": `{"currency":"EUR","value":0}`}, 400, "6010"},
		{"one cent is enough", "567890", changes{"amount": `{"currency":"EUR","value":1}`}, 201, ""},
		{"one øre is enough in Denmark", "456789", changes{"amount": `{"currency":"DKK","value":1}`}, 201, ""},
		{"the largest amount passes", "123456", changes{"amount": `{"currency":"NOK","value":65000000}`}, 201, ""},

		{"a card is for the web only", "123456", changes{"paymentMethod": `{"type":"CARD"}`, "userFlow": `"NATIVE_REDIRECT"`}, 400, "4160"},
		{"a card cannot live long", "123456", changes{"paymentMethod": `{"type":"CARD"}`, "expiresAt": inAWeek, "receipt": someReceipt}, 400, "4160"},
		{"card passthrough needs its type", "123456", changes{"cardPassthrough": somePSP}, 400, "4160"},
		{"Express needs a wallet", "123456", changes{"paymentMethod": `{"type":"CARD"}`, "shipping": someOptions}, 400, "4160"},

		{"a push needs a customer", "123456", changes{"userFlow": `"PUSH_MESSAGE"`}, 400, "4140"},
		{"an empty customer is none for a push", "123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{}`}, 400, "4140"},
		{"an empty customer will do for the web", "123456", changes{"customer": `{}`}, 201, ""},
		{"the web needs a way home", "123456", changes{"returnUrl": ""}, 400, "4140"},
		{"an app needs no way home", "123456", changes{"userFlow": `"NATIVE_REDIRECT"`, "returnUrl": ""}, 201, ""},
		{"card passthrough needs its data", "123456", changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`}, 400, "4140"},
		{"shipping needs options", "123456", changes{"shipping": `{}`}, 400, "4140"},
		{"shipping takes one kind of options", "123456", changes{"shipping": strings.Replace(someOptions, "{", `{"dynamicOptions":{"callbackUrl":"https://a.example/"},`, 1)}, 400, "4140"},
		{"no groups are no options", "123456", changes{"shipping": `{"fixedOptions":[]}`}, 400, "4140"},
		{"a group without options has none", "123456", changes{"shipping": `{"fixedOptions":[{"type":"OTHER","brand":"OTHER","options":[]}]}`}, 400, "4140"},

		{"a plus is not MSISDN", "123456", changes{"customer": `{"phoneNumber":"+4712345678"}`}, 400, "4070"},
		{"two zeros are not MSISDN", "123456", changes{"customer": `{"phoneNumber":"004712345678"}`}, 400, "4070"},
		{"spaces are not MSISDN", "123456", changes{"customer": `{"phoneNumber":"47 123 45 678"}`}, 400, "4070"},
		{"a Norwegian number has eight digits", "123456", changes{"customer": `{"phoneNumber":"471234567"}`}, 400, "4070"},
		{"a number of nobody is not checked for the web", "123456", changes{"customer": `{"phoneNumber":"4799999999"}`}, 201, ""},
		{"a bare number is fine", "123456", changes{"customer": `{"phoneNumber":4712345678}`}, 201, ""},
		{"a Finnish number is fine", "567890", changes{"amount": `{"currency":"EUR","value":500}`, "customer": `{"phoneNumber":"358401234567"}`}, 201, ""},
		{"a foreign code is not a personal one", "123456", changes{"customer": `{"personalQr":"https://qr.vipps.no/r/AbCd1234"}`}, 400, "4060"},
		{"a token nobody can read is not a personal code", "123456", changes{"customer": `{"personalQr":"https://qr.vipps.no/p/token"}`}, 400, "4060"},
		{"a personal code of today", "123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"personalQr":"https://qr.vipps.no/p/4712345678"}`}, 201, ""},
		{"a personal code of old", "123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"personalQr":"https://qr.vipps.no/28/2/01/031/4712345678?v=1&message=hi"}`}, 201, ""},
		{"nobody has checked in", "123456", changes{"customer": `{"customerToken":"AAECAwQF"}`}, 400, "4050"},

		{"a scope of another API", "123456", changes{"profile": `{"scope":"name openid"}`}, 400, "4080"},
		{"a scope in another case", "123456", changes{"profile": `{"scope":"Name"}`}, 400, "4080"},
		{"the older name of accounts", "123456", changes{"profile": `{"scope":"accountNumbers"}`}, 403, "5030"},
		{"Express needs an address", "123456", changes{"profile": `{"scope":"name"}`, "shipping": someOptions}, 400, "4080"},
		{"scopes may come twice and far apart", "123456", changes{"profile": `{"scope":"  email name  email "}`}, 201, ""},
		{"an empty scope is none", "123456", changes{"profile": `{"scope":""}`}, 201, ""},

		{"a way home without scheme", "123456", changes{"returnUrl": `"example.com/test"`}, 400, "4090"},
		{"a way home into a script", "123456", changes{"returnUrl": `"javascript:alert(1)"`}, 400, "4090"},
		{"a way home without host", "123456", changes{"returnUrl": `"https:///path"`}, 400, "4090"},
		{"a way home that is too long", "123456", changes{"returnUrl": `"https://a.example/` + strings.Repeat("x", 2500) + `"`}, 400, "4090"},
		{"a way home to a local shop", "123456", changes{"returnUrl": `"http://localhost:3000/thanks"`}, 201, ""},
		{"a way home to an app", "123456", changes{"returnUrl": `"myapp://paid"`}, 201, ""},
		{"a way home that a push ignores", "123456", changes{"returnUrl": `"nonsense"`, "userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4712345678"}`}, 201, ""},
		{"a receipt that is no URL", "123456", changes{"receiptUrl": `"receipt.pdf"`}, 400, "4090"},
		{"terms must be on the web", "123456", changes{"merchantLegalLinks": `{"termsOfSaleUrl":"app://terms"}`}, 400, "4090"},
		{"privacy terms must be on the web", "123456", changes{"merchantLegalLinks": `{"privacyPolicyUrl":"nonsense"}`}, 400, "4090"},
		{"a callback must be on the web", "123456", changes{"profile": `{"scope":"address"}`, "shipping": `{"dynamicOptions":{"callbackUrl":"app://a.example/"}}`}, 400, "4090"},
		{"a callback to a local shop may have any port", "123456", changes{"profile": `{"scope":"address"}`, "shipping": `{"dynamicOptions":{"callbackUrl":"http://localhost:3000/"}}`}, 201, ""},

		{"six pairs are too many", "123456", changes{"metadata": pairs(6)}, 400, "4100"},
		{"five pairs are fine", "123456", changes{"metadata": pairs(5)}, 201, ""},
		{"the same key twice", "123456", changes{"metadata": `{"a":"1","b":"2","a":"3"}`}, 400, "4110"},
		{"keys that differ in case are two", "123456", changes{"metadata": `{"a":"1","A":"2"}`}, 201, ""},
		{"a long key", "123456", changes{"metadata": `{"` + strings.Repeat("ø", 101) + `":""}`}, 400, "4120"},
		{"a key just as long as may be", "123456", changes{"metadata": `{"` + strings.Repeat("ø", 100) + `":""}`}, 201, ""},
		{"a value just as long as may be", "123456", changes{"metadata": `{"a":"` + strings.Repeat("ø", 500) + `"}`}, 201, ""},
		{"a long value", "123456", changes{"metadata": `{"a":"` + strings.Repeat("ø", 501) + `"}`}, 400, "4130"},

		{"the bank account is not verified", "345678", changes{"amount": `{"currency":"EUR","value":500}`}, 403, "5060"},
		{"kroner of Sweden at a Norwegian unit", "123456", changes{"amount": `{"currency":"SEK","value":500}`}, 400, "5040"},
		{"99 öre are too little", "123456", changes{"amount": `{"currency":"SEK","value":99}`}, 400, "6010"},
		{"another country's currency", "123456", changes{"amount": `{"currency":"EUR","value":500}`}, 400, "5040"},
		{"shipping in another currency", "123456", changes{"profile": `{"scope":"address"}`, "shipping": strings.Replace(someOptions, "NOK", "EUR", 1)}, 400, "5040"},
		{"company cards cannot be blocked in Norway", "123456", changes{"paymentMethod": `{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}`}, 400, "5010"},
		{"company cards can be blocked in wallets only", "456789", changes{"amount": `{"currency":"DKK","value":500}`, "paymentMethod": `{"type":"CARD","blockedSources":["COMMERCIAL_CARDS"]}`}, 400, "5010"},
		{"company cards can be blocked in Finland", "567890", changes{"amount": `{"currency":"EUR","value":500}`, "paymentMethod": `{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}`}, 201, ""},
		{"company cards can be blocked in Denmark", "456789", changes{"amount": `{"currency":"DKK","value":500}`, "paymentMethod": `{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}`}, 201, ""},
		{"blocking nothing is fine", "123456", changes{"paymentMethod": `{"type":"WALLET","blockedSources":[]}`}, 201, ""},
		{"nin needs permission", "123456", changes{"profile": `{"scope":"name nin"}`}, 403, "5030"},

		{"a push to nobody", "123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4799999999"}`}, 400, "7010"},
		{"a push to somebody too young", "123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4712345678"}`, "minimumUserAge": `38`}, 400, "7010"},
		{"a push to somebody just old enough", "123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4712345678"}`, "minimumUserAge": `37`}, 201, ""},

		{"cards are not for tests", "123456", changes{"paymentMethod": `{"type":"CARD"}`}, 422, "5070"},
		{"Express with the four scopes", "123456", changes{"profile": `{"scope":"name address email phoneNumber"}`, "shipping": someOptions}, 201, ""},
		{"Express asks for the address at least", "123456", changes{"profile": `{"scope":"address"}`, "shipping": someOptions}, 201, ""},
		{"a cost with a fraction is no amount", "123456", changes{"profile": `{"scope":"address"}`, "shipping": strings.Replace(someOptions, `"value":0`, `"value":0.5`, 1)}, 400, "4040"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).lenient()
			got := w.ask("POST", "/epayment/v1/payments", with(c.changes), append(w.as(c.msn), "Idempotency-Key: k")...)
			require.Equal(t, c.status, got.Code, got.Body)
			if c.code == "" {
				require.Equal(t, "order-0001", got.doc().Reference)
				return
			}
			d := got.doc()
			require.Len(t, d.ExtraDetails, 1)
			require.Equal(t, c.code, d.ExtraDetails[0].Reason, d.Detail)
		})
	}
}

func TestSwitchesOfTheSalesUnit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		set     func(*directory.Switches)
		changes changes
		status  int
		code    string
	}{
		{"no long-living payments", func(s *directory.Switches) { s.LongLivingAllowed = false }, changes{"expiresAt": inAWeek, "receipt": someReceipt}, 403, "5050"},
		{"no pushes", func(s *directory.Switches) { s.PushAllowed = false }, changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4712345678"}`}, 403, "5080"},
		{"no Express", func(s *directory.Switches) { s.ExpressAllowed = false }, changes{"profile": `{"scope":"address"}`, "shipping": someOptions}, 403, "5020"},
		{"nin with permission", func(s *directory.Switches) { s.NINAllowed = true }, changes{"profile": `{"scope":"nin"}`}, 201, ""},
		{"a payment service provider ships by Express", func(s *directory.Switches) { s.PSP = true }, changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": somePSP, "profile": `{"scope":"address"}`, "shipping": someOptions}, 201, ""},
		{"a payment service provider takes pounds", func(s *directory.Switches) { s.PSP = true }, changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": somePSP, "amount": `{"currency":"GBP","value":1}`}, 201, ""},
		{"a payment service provider takes kronor from 100 öre", func(s *directory.Switches) { s.PSP = true }, changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": somePSP, "amount": `{"currency":"SEK","value":99}`}, 400, "6010"},
		{"a payment service provider", func(s *directory.Switches) { s.PSP = true }, changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": somePSP, "amount": `{"currency":"USD","value":1}`}, 201, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.switches(c.set)
			got := w.create("k", with(c.changes)).status(c.status)
			if c.code != "" {
				require.Equal(t, c.code, got.doc().ExtraDetails[0].Reason)
			}
		})
	}
}

func (w *world) switches(set func(*directory.Switches)) {
	w.t.Helper()
	unit, _ := w.units.Unit("123456")
	set(&unit.Switches)
	require.NoError(w.t, w.units.PutUnit(w.t.Context(), unit))
}

func TestCardPassthroughIsForProvidersOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.create("k", with(changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": somePSP})).status(403).doc()
	require.Equal(t, "Forbidden", d.Title)
	require.Empty(t, d.ExtraDetails)
}

func TestTheFirstBrokenRuleAnswers(t *testing.T) {
	t.Parallel()
	// Each mended thing brings out the next rule, in the contract's order.
	broken := changes{
		"amount": `{"currency":"EUR","value":0.5}`, "paymentMethod": `{"type":"CARD"}`, "userFlow": `"PUSH_MESSAGE"`,
		"customer": `{"phoneNumber":"1"}`, "profile": `{"scope":"nin x"}`, "receiptUrl": `"x"`, "expiresAt": `"2026-10-01T11:04:00Z"`,
		"metadata": `{"a":"1","a":"2"}`,
	}
	w := newWorld(t)
	w.switches(func(s *directory.Switches) {
		s.BankVerified, s.LongLivingAllowed, s.PushAllowed = false, false, false
	})
	for i, step := range []struct {
		code string
		mend func()
	}{
		{"4040", func() { broken["amount"] = `{"currency":"NOK","value":50}` }},
		{"6010", func() { broken["amount"] = `{"currency":"EUR","value":500}` }},
		{"4160", func() { broken["paymentMethod"] = `{"type":"WALLET"}` }},
		{"4070", func() { broken["customer"] = `{"phoneNumber":"4799999999"}` }},
		{"4080", func() { broken["profile"] = `{"scope":"nin"}` }},
		{"4090", func() { broken["receiptUrl"] = `"https://a.example/"` }},
		{"6120", func() { broken["expiresAt"] = inAWeek }},
		{"6130", func() { broken["receipt"] = someReceipt }},
		{"4110", func() { broken["metadata"] = "" }},
		{"5060", func() { w.switches(func(s *directory.Switches) { s.BankVerified = true }) }},
		{"5040", func() { broken["amount"] = `{"currency":"NOK","value":500}` }},
		{"5030", func() { broken["profile"] = `{"scope":"name"}` }},
		{"5050", func() { w.switches(func(s *directory.Switches) { s.LongLivingAllowed = true }) }},
		{"5080", func() { w.switches(func(s *directory.Switches) { s.PushAllowed = true }) }},
		{"7010", func() { broken["customer"] = `{"phoneNumber":"4712345678"}` }},
	} {
		d := w.create(fmt.Sprint("k", i), with(broken)).doc()
		require.Len(t, d.ExtraDetails, 1, d)
		require.Equal(t, step.code, d.ExtraDetails[0].Reason)
		step.mend()
	}
	w.create("last", with(broken)).status(201)
}

func TestStrictURLsRefuseWhatTheRealServiceDoes(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"http://shop.example/", "https://localhost/", "https://127.0.0.1/", "https://192.168.0.1/", "https://[::1]/", "https://shop.localhost./"} {
		w := newWorld(t)
		body := with(changes{"returnUrl": `"` + target + `"`})
		w.create("k1", body).status(201)
		require.Len(t, w.notes(), 1, "the log says what strict mode would do")
		w.settings.StrictURLs = true
		w.create("k2", strings.Replace(body, "0001", "0002", 1)).coded(400, "4090", "Invalid URL")
	}
	w := newWorld(t)
	w.settings.StrictURLs = true
	w.create("k", with(nil)).status(201)
}

func TestStrictURLsKeepCallbacksToCommonPorts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.settings.StrictURLs = true
	for port, status := range map[string]int{"": 201, ":80": 201, ":443": 201, ":8080": 201, ":99": 400, ":3000": 400} {
		got := w.create("k"+port, with(changes{
			"reference": `"shop-order` + strings.Replace(port, ":", "-", 1) + `"`, "profile": `{"scope":"address"}`,
			"shipping": `{"dynamicOptions":{"callbackUrl":"https://a.example` + port + `/"}}`,
		})).status(status)
		if status == 400 {
			got.coded(400, "4090", "Invalid URL")
		}
	}
}

func TestASwedishUnitTakesNoWallets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unit, _ := w.units.Unit("123456")
	unit.Market, unit.Switches.PSP = "SE", true
	require.NoError(t, w.units.PutUnit(t.Context(), unit))
	w.create("k1", with(changes{"amount": `{"currency":"SEK","value":500}`})).coded(400, "5040", "Invalid currency for merchant")
	w.create("k2", with(changes{"amount": `{"currency":"NOK","value":500}`})).coded(400, "5040", "Invalid currency for merchant")
	w.create("k3", with(changes{
		"amount": `{"currency":"SEK","value":500}`, "paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": somePSP,
	})).status(201)
}

func TestAPushToAChildIsAPushToNobody(t *testing.T) {
	t.Parallel()
	for age, status := range map[int]int{14: 400, 15: 201} {
		w := newWorld(t)
		_, err := w.units.ChangePhone(t.Context(), directory.DemoPhone, func(p *directory.Phone) error { p.Age = age; return nil })
		require.NoError(t, err)
		push := with(changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"phoneNumber":"4712345678"}`})
		if got := w.create("k", push).status(status); status == 400 {
			got.coded(400, "7010", "Customer not found")
		}
	}
}

func TestStrictBodiesRefuseUnknownMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := with(changes{"customer": `{"customerInteraction":"CUSTOMER_PRESENT"}`, "colour": `{"deep":[1]}`})
	w.create("k1", body).status(201)
	require.ElementsMatch(t, []string{
		"the member customer.customerInteraction is not known and was ignored", "the member colour is not known and was ignored",
	}, w.notes())
	w.settings.StrictBodies = true
	d := w.create("k2", strings.Replace(body, "0001", "0002", 1)).status(400).doc()
	require.Len(t, d.ExtraDetails, 2)
}
