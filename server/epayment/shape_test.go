package epayment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
)

func TestShapeOfCreate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		changes changes
		want    []string
	}{
		{"what is required", changes{"amount": "", "paymentMethod": "", "reference": "", "userFlow": ""}, []string{
			"amount: The Amount field is required.", "paymentMethod: The PaymentMethod field is required.",
			"reference: The Reference field is required.", "userFlow: The UserFlow field is required.",
		}},
		{"null is absent", changes{"amount": "null"}, []string{"amount: The Amount field is required."}},
		{"what is required inside", changes{"amount": "{}", "paymentMethod": "{}"}, []string{
			"amount.currency: The Currency field is required.", "amount.value: The Value field is required.",
			"paymentMethod.type: The Type field is required.",
		}},
		{"an array for an object", changes{"customer": "[]"}, []string{"customer: The value [] is not valid for Customer."}},
		{"a text for an object", changes{"profile": `"name"`}, []string{"profile: The value name is not valid for Profile."}},
		{"an object for a text", changes{"reference": `{"a":1}`}, []string{`reference: The value {"a":1} is not valid for Reference.`}},
		{"a truth value for a number", changes{"amount": `{"currency":"NOK","value":true}`}, []string{"amount.value: The value true is not valid for Value."}},
		{"a negative amount", changes{"amount": `{"currency":"NOK","value":-1}`}, []string{"amount.value: The field Value must be between 0 and 65000000."}},
		{"an amount over the top", changes{"amount": `{"currency":"NOK","value":65000001}`}, []string{"amount.value: The field Value must be between 0 and 65000000."}},
		{"an amount out of this world", changes{"amount": `{"currency":"NOK","value":99999999999999999999}`}, []string{"amount.value: The field Value must be between 0 and 65000000."}},
		{"an unknown currency", changes{"amount": `{"currency":"nok","value":1}`}, []string{"amount.currency: The value nok is not valid for Currency."}},
		{"a short reference", changes{"reference": `"1234567"`}, []string{"reference: The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'."}},
		{"a long reference", changes{"reference": `"` + strings.Repeat("x", 65) + `"`}, []string{"reference: The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'."}},
		{"a short description", changes{"paymentDescription": `"ab"`}, []string{"paymentDescription: The field PaymentDescription must be a string with a minimum length of 3 and a maximum length of 100."}},
		{"a text for an age", changes{"minimumUserAge": `"18"`}, []string{"minimumUserAge: The value 18 is not valid for MinimumUserAge."}},
		{"an age of a tortoise", changes{"minimumUserAge": `101`}, []string{"minimumUserAge: The field MinimumUserAge must be between 0 and 100."}},
		{"half an age", changes{"minimumUserAge": `18.5`}, []string{"minimumUserAge: The value 18.5 is not valid for MinimumUserAge."}},
		{"two ways to name the customer", changes{"customer": `{"phoneNumber":"4712345678","customerToken":"x"}`}, []string{"customer: The field Customer must have only one of phoneNumber, personalQr and customerToken."}},
		{"a date without zone", changes{"expiresAt": `"2026-10-08T11:00:00"`}, []string{"expiresAt: The value 2026-10-08T11:00:00 is not valid for ExpiresAt."}},
		{"a fraction after a comma", changes{"expiresAt": `"2026-10-08T11:00:00,5Z"`}, []string{"expiresAt: The value 2026-10-08T11:00:00,5Z is not valid for ExpiresAt."}},
		{"a small picture", changes{"userFlow": `"QR"`, "qrFormat": `{"format":"IMAGE/PNG","size":99}`}, []string{"qrFormat.size: The field Size must be between 100 and 2000."}},
		{"a picture without format", changes{"userFlow": `"QR"`, "qrFormat": `{}`}, []string{"qrFormat.format: The Format field is required."}},
		{"a large picture", changes{"userFlow": `"QR"`, "qrFormat": `{"format":"IMAGE/PNG","size":2001}`}, []string{"qrFormat.size: The field Size must be between 100 and 2000."}},
		{"an unknown picture", changes{"userFlow": `"QR"`, "qrFormat": `{"format":"image/png"}`}, []string{"qrFormat.format: The value image/png is not valid for Format."}},
		{"an unknown method and flow", changes{"paymentMethod": `{"type":"CASH"}`, "userFlow": `"FAX"`}, []string{"paymentMethod.type: The value CASH is not valid for Type.", "userFlow: The value FAX is not valid for UserFlow."}},
		{"an unknown interaction", changes{"customerInteraction": `"HERE"`}, []string{"customerInteraction: The value HERE is not valid for CustomerInteraction."}},
		{"a long description", changes{"paymentDescription": `"` + strings.Repeat("ø", 101) + `"`}, []string{"paymentDescription: The field PaymentDescription must be a string with a minimum length of 3 and a maximum length of 100."}},
		{"a date in words", changes{"expiresAt": `"tomorrow"`}, []string{"expiresAt: The value tomorrow is not valid for ExpiresAt."}},
		{"an hour of one digit", changes{"expiresAt": `"2026-10-08T9:00:00Z"`}, []string{"expiresAt: The value 2026-10-08T9:00:00Z is not valid for ExpiresAt."}},
		{"an array in metadata", changes{"metadata": `{"a":[1]}`}, []string{"metadata.a: The value [1] is not valid for A."}},
		{"an object in metadata", changes{"metadata": `{"a":{}}`}, []string{"metadata.a: The value {} is not valid for A."}},
		{"a source nobody knows", changes{"paymentMethod": `{"type":"WALLET","blockedSources":["CASH",1]}`}, []string{
			"paymentMethod.blockedSources[0]: The value CASH is not valid for BlockedSources.", "paymentMethod.blockedSources[1]: The value 1 is not valid for BlockedSources.",
		}},
		{"an empty receipt", changes{"receipt": `{"orderLines":[]}`}, []string{
			"receipt.orderLines: The field OrderLines must have at least one line.", "receipt.bottomLine: The BottomLine field is required.",
		}},
		{"a bottom line in brackets", changes{"receipt": strings.Replace(someReceipt, `{"currency":"NOK"}`, `[]`, 1)}, []string{"receipt.bottomLine: The value [] is not valid for BottomLine."}},
		{"a line with both taxes", changes{"receipt": strings.Replace(someReceipt, `"taxRate":0`, `"taxRate":0,"taxPercentage":0`, 1)}, []string{"receipt.orderLines[0].taxRate: Only one of TaxRate and TaxPercentage can be set."}},
		{"a line without tax", changes{"receipt": strings.Replace(someReceipt, `,"taxRate":0`, ``, 1)}, []string{"receipt.orderLines[0].taxRate: The TaxRate field is required."}},
		{"a quantity in words", changes{"receipt": strings.Replace(someReceipt, `"taxRate":0`, `"taxRate":0,"unitInfo":{"unitPrice":1,"quantity":"two"}`, 1)}, []string{`receipt.orderLines[0].unitInfo.quantity: The field Quantity must match the regular expression '^\d+([\.]\d{1,8})?$'.`}},
		{"a line out of every bound", changes{"receipt": strings.Replace(someReceipt, `"taxRate":0`, `"taxRate":10001,"discount":-1,"unitInfo":{"unitPrice":-1,"quantity":"12345678901","quantityUnit":"MILE"}`, 1)}, []string{
			"receipt.orderLines[0].taxRate: The field TaxRate must be between 0 and 10000.",
			"receipt.orderLines[0].unitInfo.unitPrice: The field UnitPrice must be between 0 and 9223372036854775807.",
			"receipt.orderLines[0].unitInfo.quantity: The field Quantity must be a string with a minimum length of 0 and a maximum length of 10.",
			"receipt.orderLines[0].unitInfo.quantityUnit: The value MILE is not valid for QuantityUnit.",
			"receipt.orderLines[0].discount: The field Discount must be between 0 and 9223372036854775807.",
		}},
		{"an empty line and an empty unit", changes{"receipt": `{"orderLines":[{"taxPercentage":101},{"name":"a","id":"1","totalAmount":1,"totalAmountExcludingTax":1,"totalTaxAmount":0,"taxRate":0,"unitInfo":{}}],"bottomLine":{"currency":"NOK"}}`}, []string{
			"receipt.orderLines[0].name: The Name field is required.", "receipt.orderLines[0].id: The Id field is required.",
			"receipt.orderLines[0].totalAmount: The TotalAmount field is required.",
			"receipt.orderLines[0].totalAmountExcludingTax: The TotalAmountExcludingTax field is required.",
			"receipt.orderLines[0].totalTaxAmount: The TotalTaxAmount field is required.",
			"receipt.orderLines[0].taxPercentage: The field TaxPercentage must be between 0 and 100.",
			"receipt.orderLines[1].unitInfo.unitPrice: The UnitPrice field is required.", "receipt.orderLines[1].unitInfo.quantity: The Quantity field is required.",
		}},
		{"a bottom line out of every bound", changes{"receipt": strings.Replace(someReceipt, `{"currency":"NOK"}`, `{"tipAmount":-1,"paymentSources":{"card":1.5},"barcode":{"format":"QR"}}`, 1)}, []string{
			"receipt.bottomLine.currency: The Currency field is required.", "receipt.bottomLine.tipAmount: The field TipAmount must be between 0 and 9223372036854775807.",
			"receipt.bottomLine.paymentSources.card: The value 1.5 is not valid for Card.",
			"receipt.bottomLine.barcode.format: The value QR is not valid for Format.", "receipt.bottomLine.barcode.data: The Data field is required.",
		}},
		{"a flight out of every bound", changes{"industryData": `{"airlineData":{"agencyInvoiceNumber":"","airlineCode":"A23","airlineDesignatorCode":"D1","passengerName":"` + strings.Repeat("x", 50) + `","ticketNumber":"` + strings.Repeat("x", 151) + `"}}`}, []string{
			"industryData.airlineData.agencyInvoiceNumber: The field AgencyInvoiceNumber must be a string with a minimum length of 1 and a maximum length of 6.",
			"industryData.airlineData.airlineCode: The field AirlineCode must match the regular expression '^[0-9]{3}$'.",
			"industryData.airlineData.airlineDesignatorCode: The field AirlineDesignatorCode must match the regular expression '^[a-zA-Z]{2}$'.",
			"industryData.airlineData.passengerName: The field PassengerName must be a string with a minimum length of 1 and a maximum length of 49.",
			"industryData.airlineData.ticketNumber: The field TicketNumber must be a string with a minimum length of 1 and a maximum length of 150.",
		}},
		{"card passthrough without its data", changes{"cardPassthrough": `{"pspReference":"` + strings.Repeat("x", 65) + `"}`}, []string{
			"cardPassthrough.pspReference: The field PspReference must be a string with a minimum length of 0 and a maximum length of 64.",
			"cardPassthrough.cardCallbackUrl: The CardCallbackUrl field is required.", "cardPassthrough.allowedCardTypes: The AllowedCardTypes field is required.",
		}},
		{"an unknown shipping brand", changes{"shipping": strings.Replace(someOptions, `"brand":"OTHER"`, `"brand":"OWL"`, 1)}, []string{"shipping.fixedOptions[0].brand: The value OWL is not valid for Brand."}},
		{"a flight without number", changes{"industryData": `{"airlineData":{"agencyInvoiceNumber":"1234567","airlineCode":"12","airlineDesignatorCode":"DY"}}`}, []string{
			"industryData.airlineData.agencyInvoiceNumber: The field AgencyInvoiceNumber must be a string with a minimum length of 1 and a maximum length of 6.",
			"industryData.airlineData.airlineCode: The field AirlineCode must match the regular expression '^[0-9]{3}$'.",
			"industryData.airlineData.passengerName: The PassengerName field is required.",
		}},
		{"an unknown card", changes{"cardPassthrough": strings.Replace(somePSP, "DANKORT", "PLASTIC", 1)}, []string{"cardPassthrough.allowedCardTypes[0]: The value PLASTIC is not valid for AllowedCardTypes."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got := w.create("k", with(c.changes)).violations(c.want...)
			require.Equal(t, "/v1/payments", got.doc().Instance)
			w.create("k", with(nil)).status(201) // a validation problem does not bind its key
		})
	}
}

func TestBrokenJSONSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"nothing", "", "The body is empty; a JSON object was expected."},
		{"a trailing comma", "{\"a\":1,\n \"b\":2,}", "Line 2, column 7: another member was expected after this comma, but '}' follows; leave the comma out."},
		{"an array", "[]", "Line 1, column 1: an object was expected, in braces."},
		{"null", "null", "Line 1, column 1: an object was expected, in braces."},
		{"half a body", `{"a":`, "Line 1, column 6: the JSON text ends too early; a closing quote, bracket or brace is missing."},
		{"two bodies", `{} {}`, "Line 1, column 4: '{' cannot stand here; the end of the text was expected."},
		{"bytes that are no text", "{\"a\":\"\xff\"}", "Line 1, column 7: valid JSON in UTF-8 was expected."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).create("k", c.body).violations("$: " + c.want)
		})
	}
}

func TestTolerancesOfCreate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		changes changes
	}{
		{"null for what is optional", changes{"minimumUserAge": "null", "metadata": "null", "expiresAt": "null", "receipt": "null", "customer": "null", "qrFormat": "null"}},
		{"an empty description", changes{"paymentDescription": `""`}},
		{"an empty receipt link", changes{"receiptUrl": `""`}},
		{"a number for the reference", changes{"reference": "12345678"}},
		{"a QR format where there is no code", changes{"qrFormat": `{"format":"nonsense"}`}},
		{"members in another case", changes{"Reference": `"order-0002"`, "reference": "", "UserFlow": `"QR"`, "userflow": ""}},
		{"an airline's data", changes{"industryData": `{"airlineData":{"agencyInvoiceNumber":"1","airlineCode":"328","airlineDesignatorCode":"DY","passengerName":"Flyer"}}`}},
		{"a receipt with everything", changes{"receipt": `{"orderLines":[{"name":"a","id":1,"totalAmount":2,"totalAmountExcludingTax":1,"totalTaxAmount":0,"taxPercentage":25,"taxRate":null,"unitInfo":{"unitPrice":1,"quantity":1.5,"quantityUnit":"KG"},"discount":null,"productUrl":null,"isReturn":true,"isShipping":false}],"bottomLine":{"currency":"EUR","tipAmount":1,"posId":"1","paymentSources":{"cash":1,"giftCard":null},"barcode":{"format":"EAN-13","data":"1"},"receiptNumber":7,"totalAmount":1,"shippingInfo":{"a":1}}}`}},
		{"legal links", changes{"merchantLegalLinks": `{"termsOfSaleUrl":"https://a.example/t","privacyPolicyUrl":"https://a.example/p"}`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).lenient().create("k", with(c.changes)).status(201)
		})
	}
}

func TestEveryValueOfTheContractIsTaken(t *testing.T) {
	t.Parallel()
	unit := func(kind string) string {
		return strings.Replace(someReceipt, `"taxRate":0`, `"taxRate":0,"unitInfo":{"unitPrice":1,"quantity":"1","quantityUnit":"`+kind+`"}`, 1)
	}
	for member, c := range map[string]struct {
		values string
		with   func(value string) changes
	}{
		"the units": {"PCS KG KM MINUTE LITRE KWH", func(v string) changes { return changes{"receipt": unit(v)} }},
		"the barcodes": {"EAN-13,CODE 39,CODE 128", func(v string) changes {
			return changes{"receipt": strings.Replace(someReceipt, `"NOK"`, `"NOK","barcode":{"format":"`+v+`","data":"1"}`, 1)}
		}},
		"the interactions": {"CUSTOMER_PRESENT CUSTOMER_NOT_PRESENT", func(v string) changes { return changes{"customerInteraction": `"` + v + `"`} }},
		"the types of shipping": {"HOME_DELIVERY PICKUP_POINT MAILBOX IN_STORE OTHER", func(v string) changes {
			return changes{"profile": `{"scope":"address"}`, "shipping": strings.Replace(someOptions, "IN_STORE", v, 1)}
		}},
		"the brands of shipping": {"POSTEN BRING POSTNORD HELTHJEM PORTERBUDDY DHL INSTABOX FEDEX MATKAHUOLTO GLS POSTI GORDON OTHER", func(v string) changes {
			return changes{"profile": `{"scope":"address"}`, "shipping": strings.Replace(someOptions, `"brand":"OTHER"`, `"brand":"`+v+`"`, 1)}
		}},
		"the cards": {"VISA_DEBIT VISA_CREDIT MC_CREDIT MC_DEBIT DANKORT ELEC_DEBIT", func(v string) changes {
			return changes{"paymentMethod": `{"type":"CARD_PASSTHROUGH"}`, "cardPassthrough": strings.Replace(somePSP, "DANKORT", v, 1)}
		}},
		"the ages": {"0 100", func(v string) changes { return changes{"minimumUserAge": v} }},
		"the sizes": {"100 2000 null", func(v string) changes {
			return changes{"userFlow": `"QR"`, "qrFormat": `{"format":"IMAGE/PNG","size":` + v + `}`}
		}},
		"the times": {"2026-10-08T11:00:00Z 2026-10-08T11:00:00.123456789Z 2026-10-08T11:00:00-03:30", func(v string) changes {
			return changes{"expiresAt": `"` + v + `"`, "receipt": someReceipt}
		}},
	} {
		t.Run(member, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.switches(func(s *directory.Switches) { s.PSP = true })
			values := strings.Fields(c.values)
			if strings.Contains(c.values, ",") {
				values = strings.Split(c.values, ",")
			}
			for i, v := range values {
				changed := c.with(v)
				changed["reference"] = fmt.Sprintf(`"order-%04d"`, i)
				w.create(fmt.Sprint("k", i), with(changed)).status(201)
			}
		})
	}
}

func TestReferencesAndKeysAreTakenByTheirCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("key", with(nil)).status(201)
	w.get("ORDER-0001").coded(404, "5090", "Reference not found")
	w.create("KEY", with(changes{"reference": `"ORDER-0001"`})).status(201)
	w.get("ORDER-0001").status(200)
}

func TestNumbersInMetadataBecomeText(t *testing.T) {
	t.Parallel()
	w := newWorld(t).lenient()
	w.create("k", with(changes{"metadata": `{"order":1234567890123456789012,"paid":true,"none":null,"\u00e5":"\u003c&\"","z":1.10}`})).status(201)
	require.Contains(t, w.get("order-0001").Body.String(), `"metadata":{"order":"1234567890123456789012","paid":"true","å":"<&\"","z":"1.10"}`)
}

func TestWhatIsKeptOfAPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := with(changes{
		"customer": `{"phoneNumber":"4787654321"}`, "customerInteraction": `"CUSTOMER_PRESENT"`, "minimumUserAge": "18",
		"profile": `{"scope":"nin  birthDate address phoneNumber email name"}`, "receiptUrl": `"https://a.example/r"`,
		"receipt": someReceipt, "expiresAt": `"2026-10-08T13:00:00.25+02:00"`, "paymentDescription": `"Things"`,
		"merchantLegalLinks": `{"termsOfSaleUrl":"https://a.example/t"}`, "metadata": `{"b":"2","a":"1"}`,
	})
	unit, _ := w.units.Unit("123456")
	unit.Switches.NINAllowed = true
	require.NoError(t, w.units.PutUnit(t.Context(), unit))
	w.create("the-key", body).status(201)
	p, err := w.payments.Get(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
	require.NoError(t, err)
	require.Equal(t, []string{"name", "email", "phoneNumber", "address", "birthDate", "nin"}, p.Scopes)
	require.Equal(t, "epayment", p.Source)
	require.Equal(t, "WALLET", p.Method)
	require.Equal(t, "the-key", p.Key)
	require.Equal(t, "Things", p.Description)
	require.Equal(t, "https://shop.example/", p.ReturnURL)
	require.Equal(t, "4787654321", p.Suggested)
	require.Equal(t, unit.Terms(&w.settings), p.Terms)
	require.Equal(t, payment.Fixed, p.Window)
	require.Equal(t, "2026-10-08T11:00:00.25Z", p.Deadline.Format("2006-01-02T15:04:05.999Z07:00"))
	require.Equal(t, &payment.Details{
		Metadata: []payment.Pair{{Name: "b", Value: "2"}, {Name: "a", Value: "1"}}, CustomerPresent: true, MinimumAge: 18,
		ReceiptURL: "https://a.example/r", TermsURL: "https://a.example/t",
		Receipt: &payment.Receipt{Currency: "NOK", Lines: []payment.Line{{ID: "1", Name: "a", Total: 1, ExcludesTax: 1, UnitPrice: 1, Quantity: "1", Unit: "PCS"}}},
	}, p.Details)
}

func TestReceiptsThatDoNotAddUpAreOnTheTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("k", with(changes{"receipt": `{"orderLines":[{"name":"a","id":"1","totalAmount":3,"totalAmountExcludingTax":1,"totalTaxAmount":1,"taxRate":0}],"bottomLine":{"currency":"EUR"}}`})).status(201)
	events, err := w.store.Events(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
	require.NoError(t, err)
	var warnings []string
	for _, e := range events {
		if e.Kind == payment.Warned {
			warnings = append(warnings, e.Note)
		}
	}
	require.Equal(t, []string{
		"receipt.orderLines[0]: totalAmountExcludingTax and totalTaxAmount do not add up to totalAmount",
		"receipt: the lines add up to 3, the payment's amount is 24900",
		"receipt: the currency is EUR, the payment's is NOK",
	}, warnings)
	log := w.taxi("GET", "/epayment/v1/payments/order-0001/events", "").status(200)
	require.NotContains(t, log.Body.String(), "receipt", "merchants are not told")
}

func TestAReceiptThatAddsUpIsNotWarnedOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, lines, tip string }{
		{"to the amount", `{"name":"a","id":"1","totalAmount":24900,"totalAmountExcludingTax":24900,"totalTaxAmount":0,"taxRate":0}`, ""},
		{"with a tip", `{"name":"a","id":"1","totalAmount":24000,"totalAmountExcludingTax":24000,"totalTaxAmount":0,"taxRate":0}`, `,"tipAmount":900`},
		{"with a return", `{"name":"a","id":"1","totalAmount":25000,"totalAmountExcludingTax":20000,"totalTaxAmount":5000,"taxRate":2500},{"name":"b","id":"2","isReturn":true,"totalAmount":100,"totalAmountExcludingTax":100,"totalTaxAmount":0,"taxRate":0}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.create("k", with(changes{"receipt": `{"orderLines":[` + c.lines + `],"bottomLine":{"currency":"NOK"` + c.tip + `}}`})).status(201)
			events, err := w.store.Events(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
			require.NoError(t, err)
			require.Len(t, events, 1)
		})
	}
}

func TestRareMembersAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.switches(func(s *directory.Switches) { s.PSP = true })
	receipt := `{"orderLines":[
		{"name":"Oil","id":"o","totalAmount":300,"totalAmountExcludingTax":240,"totalTaxAmount":60,"taxPercentage":25,
		 "unitInfo":{"unitPrice":200,"quantity":"1.5","quantityUnit":"LITRE"},"discount":10,"productUrl":"https://a.example/oil","isShipping":true}],
		"bottomLine":{"currency":"USD","tipAmount":5,"posId":"till 1","receiptNumber":"r-1","paymentSources":{"giftCard":1,"cash":0},"barcode":{"format":"EAN-13","data":"123"}}}`
	w.create("k", with(changes{
		"amount": `{"currency":"USD","value":300}`, "paymentMethod": `{"type":"CARD_PASSTHROUGH"}`,
		"cardPassthrough": `{"pspReference":"x","cardCallbackUrl":"https://psp.example/","allowedCardTypes":["DANKORT","VISA_DEBIT"],"preferVisaPartOfVisaDankort":true,"publicEncryptionKeyId":"key"}`,
		"industryData":    `{"airlineData":{"agencyInvoiceNumber":"1","airlineCode":"328","airlineDesignatorCode":"DY","passengerName":"Flyer","ticketNumber":"t"}}`,
		"receipt":         receipt,
	})).status(201)
	p, err := w.payments.Get(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
	require.NoError(t, err)
	require.Equal(t, &payment.Details{
		Airline:     &payment.Airline{AgencyInvoiceNumber: "1", Code: "328", Designator: "DY", Passenger: "Flyer", Ticket: "t"},
		Passthrough: &payment.Passthrough{PSP: "x", CallbackURL: "https://psp.example/", Cards: []string{"DANKORT", "VISA_DEBIT"}, PreferVisa: true, KeyID: "key"},
		Receipt: &payment.Receipt{
			Currency: "USD", Tip: 5, Number: "r-1", POS: "till 1", Barcode: &payment.Barcode{Format: "EAN-13", Data: "123"},
			Sources: &payment.Sources{GiftCard: new(int64(1)), Cash: new(int64(0))},
			Lines: []payment.Line{{
				ID: "o", Name: "Oil", Total: 300, ExcludesTax: 240, Tax: 60, TaxRate: 2500, UnitPrice: 200, Quantity: "1.5", Unit: "LITRE",
				Discount: 10, ProductURL: "https://a.example/oil", Shipping: true,
			}},
		},
	}, p.Details)
	require.NotContains(t, w.get("order-0001").Body.String(), "Flyer", "GET tells nothing of it")
}

func TestBlockedSourcesAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := with(changes{"amount": `{"currency":"DKK","value":100}`, "paymentMethod": `{"type":"WALLET","blockedSources":["COMMERCIAL_CARDS"]}`})
	w.ask("POST", "/epayment/v1/payments", body, append(w.as("456789"), "Idempotency-Key: k")...).status(201)
	p, err := w.payments.Get(t.Context(), payment.ID{MSN: "456789", Reference: "order-0001"})
	require.NoError(t, err)
	require.True(t, p.Details.NoCompanyCards)
}

func TestWhichPictureIsKept(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]payment.Details{
		`null`:                                  {QRFormat: "image/svg+xml"},
		`{"format":"IMAGE/PNG"}`:                {QRFormat: "image/png", QRSize: 1024},
		`{"format":"IMAGE/PNG","size":100}`:     {QRFormat: "image/png", QRSize: 100},
		`{"format":"IMAGE/SVG+XML","size":400}`: {QRFormat: "image/svg+xml"},
		`{"format":"TEXT/TARGETURL"}`:           {QRFormat: "text/targeturl"},
	} {
		w := newWorld(t)
		w.create("k", with(changes{"userFlow": `"QR"`, "qrFormat": format})).status(201)
		p, err := w.payments.Get(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
		require.NoError(t, err)
		require.Equal(t, &want, p.Details, format)
	}
}

func TestIdempotencyKeyIsARule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.taxi("POST", "/epayment/v1/payments", "{").violations("Idempotency-Key: The Idempotency-Key field is required.")
	w.create("", "{").violations("Idempotency-Key: The Idempotency-Key field is required.")
	w.create(strings.Repeat("ø", 51), "{").violations("Idempotency-Key: The field Idempotency-Key must be a string with a minimum length of 1 and a maximum length of 50.")
	w.create(strings.Repeat("ø", 50), with(nil)).status(201)
}

func TestReferenceInThePathIsARule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, ask := range [][2]string{{"GET", "short"}, {"GET", "white%20space"}, {"POST", "short/capture"}, {"GET", "b%C3%A5d-reference/events"}, {"POST", strings.Repeat("x", 65) + "/cancel"}} {
		got := w.taxi(ask[0], "/epayment/v1/payments/"+ask[1], "{}", "Idempotency-Key: k")
		got.violations("reference: The field Reference must match the regular expression '^[a-zA-Z0-9-]{8,64}$'.")
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/epayment/v1/payments", 405, "POST"},
		{"POST", "/epayment/v1/payments/order-0001", 405, "GET"},
		{"DELETE", "/epayment/v1/payments/order-0001/events", 405, "GET"},
		{"GET", "/epayment/v1/payments/order-0001/capture", 405, "POST"},
		{"POST", "/epayment/v1/payments/order-0001/approve", 404, ""},
		{"GET", "/epayment/v2/payments/order-0001", 404, ""},
		{"GET", "/epayment/v1//payments/order-0001", 404, ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			t.Parallel()
			got := w.ask(c.method, c.path, "") // the route is found before the credentials
			require.Equal(t, c.status, got.Code)
			require.Equal(t, c.allow, got.Header().Get("Allow"))
			if c.status == 404 {
				require.Contains(t, got.Body.String(), `"statusCode":404,"message":"Resource not found"`)
			}
		})
	}
	w.taxi("POST", "/epayment/v1/payments/", with(nil), "Idempotency-Key: k").status(201)
	w.taxi("GET", "/epayment/v1/payments/order-0001/", "", "Accept: image/png", "Idempotency-Key: ignored").status(200)
	w.taxi("GET", "/epayment/v1/payments/order-0001/events/", "").status(200)
}

func TestPrintSeesThroughSpacingAndOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t).lenient()
	first := w.create("k", `{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"12345678","userFlow":"WEB_REDIRECT","returnUrl":"https://a.example/","metadata":{"a":"1","b":"2"}}`).status(201)
	same := w.create("k", `{ "RETURNURL":"https:\/\/a.example/", "metadata":{"b":2,"a":"1"}, "userFlow":"WEB_REDIRECT", "reference":12345678, "customer":null, "extra":1,
		"paymentMethod":{"type":"WALLET"}, "amount":{"value":24900,"currency":"NOK"} }`).status(201)
	require.Equal(t, first.Body.String(), same.Body.String())
	for i, other := range []string{
		`"metadata":{"a":"1","b":"3"}`, `"metadata":{"a":"1"},"b":"2"`, `"metadata":{"a":"1b","":"2"}`, `"metadata":{"a":"1","b":"2"},"customer":{}`,
	} {
		body := fmt.Sprintf(`{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"12345678","userFlow":"WEB_REDIRECT","returnUrl":"https://a.example/",%s}`, other)
		require.Equal(t, 409, w.create("k", body).Code, i)
	}
}
