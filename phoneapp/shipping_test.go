package phoneapp_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/payment"
)

func ships(s payment.Shipping) func(*payment.Create) {
	return func(c *payment.Create) {
		if s.Countries == nil {
			s.Countries = []string{"NO"}
		}
		c.Details = &payment.Details{Shipping: &s, Receipt: &payment.Receipt{Currency: "NOK", Lines: []payment.Line{
			{ID: "1", Name: "Shoes", Total: 35000}, {ID: "2", Name: "Shipping", Shipping: true},
		}}}
	}
}

var (
	fixed = payment.Shipping{Groups: []payment.ShippingGroup{
		{Type: "IN_STORE", Brand: "OTHER", Priority: 1, Options: []payment.ShippingOption{{ID: "store", Name: "Our shop", Meta: "Storgata 1"}}},
		{Type: "HOME_DELIVERY", Brand: "POSTEN", Default: true, Options: []payment.ShippingOption{{ID: "home", Name: "Home", Cost: 7900, Estimate: "2-3 days"}}},
	}}
	dynamic = payment.Shipping{CallbackURL: "https://shop.example/"}
)

const mailbox = `{"groups":[{"type":"MAILBOX","brand":"HELTHJEM","options":[{"id":"hh-1","name":"Mailbox","amount":{"currency":"NOK","value":4900}}]}]}`

func TestARequestShowsTheWholeBill(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari, func(c *payment.Create) {
			c.Details = &payment.Details{Receipt: &payment.Receipt{
				Currency: "NOK", Tip: 5, Number: "r-1", POS: "till 1", Barcode: &payment.Barcode{Format: "EAN-13", Data: "123"},
				Lines: []payment.Line{{
					ID: "o", Name: "Oil", Total: 300, ExcludesTax: 240, Tax: 60, TaxRate: 2500, UnitPrice: 200, Quantity: "1.5", Unit: "LITRE",
					Discount: 10, ProductURL: "https://a.example/oil", Return: true, Shipping: true,
				}},
			}}
		})
		require.Equal(t, &phoneapp.Receipt{
			OrderLines: []phoneapp.OrderLine{{
				ID: "o", Name: "Oil", TotalAmount: 300, TotalAmountExcludingTax: 240, TotalTaxAmount: 60, TaxRate: 2500, UnitPrice: 200,
				Quantity: "1.5", QuantityUnit: "LITRE", Discount: 10, ProductURL: "https://a.example/oil", IsReturn: true, IsShipping: true,
			}},
			BottomLine: phoneapp.BottomLine{Currency: "NOK", TipAmount: 5, ReceiptNumber: "r-1", PosID: "till 1", Barcode: &phoneapp.Barcode{Format: "EAN-13", Data: "123"}},
		}, screen.expect("push", phoneapp.Pending).Receipt)
	})
}

func TestARequestTellsWhatIsDelivered(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) {
			p.Profile.Addresses = append([]payment.Address{{Line1: "Storgatan 3", City: "Malmö", PostCode: "211 22", Country: "SE"}}, p.Profile.Addresses...)
		})
		screen, _ := w.show(kari)
		w.ask("a", kari, ships(fixed))
		request := screen.expect("push", phoneapp.Pending)
		golden(t, "shipping.json", request.Shipping)
		require.Len(t, request.Receipt.OrderLines, 1, "what is chosen takes the place of the shipping line")
		_, outcome := screen.ask(say{"type": "approve", "requestId": "a"})
		require.Equal(t, "home", outcome.Request.Shipping.Chosen.OptionID)
		require.Equal(t, "Bergen", outcome.Request.Shipping.Chosen.Address.City)
		require.Equal(t, phoneapp.OrderLine{ID: "home", Name: "Home", Quantity: "1", TotalAmount: 7900, TotalAmountExcludingTax: 7900, IsShipping: true}, outcome.Request.Receipt.OrderLines[1])
	})
}

func TestChoosingWhatIsDelivered(t *testing.T) {
	for _, c := range []struct {
		name     string
		shipping payment.Shipping
		say      say
		code     phoneapp.Code
		message  string
		remedy   string
		paid     int64
	}{
		{"the defaults", fixed, say{}, "", "", "", 42900},
		{"an option by its id", fixed, say{"shippingOptionId": "store"}, "", "", "", 35000},
		{"an address by its id", fixed, say{"addressId": "home", "shippingOptionId": "home"}, "", "", "", 42900},
		{"an unknown option", fixed, say{"shippingOptionId": "owl"}, phoneapp.BadMessage, "The merchant offers no shipping option owl at this address.", "", 0},
		{"an unknown address", fixed, say{"addressId": "cabin"}, phoneapp.BadMessage, "This phone's owner has no address cabin.", "address", 0},
		{"an address that is not reached", payment.Shipping{Groups: fixed.Groups, Countries: []string{"FI"}}, say{"addressId": "home"}, phoneapp.BadMessage, "The shop does not deliver to NO; choose another address.", "address", 0},
		{"asking the merchant", dynamic, say{"shippingOptionId": "hh-1"}, "", "", "", 39900},
		{"asking the merchant for the default", dynamic, say{}, "", "", "", 39900},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				w := newWorld(t)
				w.merchant = func(*http.Request) (int, string) { return 200, mailbox }
				screen, _ := w.show(kari)
				w.ask("a", kari, ships(c.shipping))
				screen.expect("push", phoneapp.Pending)
				c.say["type"], c.say["requestId"] = "approve", "a"
				got, _ := screen.ask(c.say)
				require.Equal(t, c.code, got.Code)
				require.Equal(t, c.message, got.Message)
				require.Equal(t, c.remedy, got.Remedy)
				p, err := w.store.Get(t.Context(), payment.ID{MSN: directory.DemoMSN, Reference: "a"})
				require.NoError(t, err)
				require.Equal(t, c.paid, p.Sums.Authorized)
			})
		})
	}
}

func TestAskingWhatIsDelivered(t *testing.T) {
	for _, c := range []struct {
		name     string
		shipping payment.Shipping
		status   int
		body     string
		address  string
		code     phoneapp.Code
		remedy   string
	}{
		{"fixed options", fixed, 0, "", "home", "", ""},
		{"the merchant's", dynamic, 200, mailbox, "home", "", ""},
		{"the first address", dynamic, 200, mailbox, "", "", ""},
		{"the merchant cannot", dynamic, 400, "", "home", phoneapp.BadMessage, "address"},
		{"the merchant fails", dynamic, 500, "", "home", phoneapp.BadMessage, "retry"},
		{"no such address", dynamic, 200, mailbox, "cabin", phoneapp.BadMessage, "address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				w := newWorld(t)
				w.merchant = func(*http.Request) (int, string) { return c.status, c.body }
				screen, _ := w.show(kari)
				w.ask("a", kari, ships(c.shipping))
				screen.expect("push", phoneapp.Pending)
				got, _ := screen.ask(say{"type": "shipping", "requestId": "a", "addressId": c.address})
				require.Equal(t, c.code, got.Code, got.Message)
				require.Equal(t, c.remedy, got.Remedy)
				if c.code == "" {
					require.Equal(t, "home", got.Shipping.AddressID)
					require.Equal(t, got.Shipping.Groups[0].Options[0].ID, got.Shipping.DefaultOptionID)
				}
			})
		})
	}
}

func TestOnlyWhatShipsIsAskedAbout(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari)
		screen.expect("push", phoneapp.Pending)
		for _, m := range []say{{"type": "shipping"}, {"type": "approve", "addressId": "home"}, {"type": "approve", "shippingOptionId": "x"}} {
			m["requestId"] = "a"
			refused, _ := screen.ask(m)
			require.Equal(t, phoneapp.BadMessage, refused.Code)
			require.Contains(t, refused.Message, "Nothing is delivered")
		}
		w.do("a", payment.Decline{Phone: kari})
		screen.expect("request", phoneapp.Declined)
		refused, _ := screen.ask(say{"type": "shipping", "requestId": "a"})
		require.Equal(t, phoneapp.AlreadyDecided, refused.Code)
	})
}

func TestThePayerMayCancelWhileTheMerchantThinks(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.merchant = func(r *http.Request) (int, string) { <-r.Context().Done(); return 0, "" }
		screen, _ := w.show(kari)
		w.ask("a", kari, ships(dynamic))
		screen.expect("push", phoneapp.Pending)
		screen.say(say{"type": "shipping", "id": "slow", "requestId": "a"})
		synctest.Wait()
		ok, outcome := screen.ask(say{"type": "decline", "requestId": "a"})
		require.Equal(t, "ok", ok.Type)
		require.Equal(t, phoneapp.Declined, outcome.Request.State)
		late := screen.next() // the merchant's time is real time, the bubble's here
		require.Equal(t, "slow", late.ID)
		require.Equal(t, phoneapp.AlreadyDecided, late.Code)
	})
}

func TestAPhoneThatIsGoneStopsWaitingForTheMerchant(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		began := time.Now()
		asked := make(chan time.Duration, 1)
		w.merchant = func(r *http.Request) (int, string) {
			<-r.Context().Done()
			asked <- time.Since(began)
			return 0, ""
		}
		screen, _ := w.show(kari)
		w.ask("a", kari, ships(dynamic))
		screen.expect("push", phoneapp.Pending)
		screen.say(say{"type": "shipping", "id": "slow", "requestId": "a"})
		synctest.Wait()
		require.NoError(t, screen.conn.Close())
		require.Zero(t, <-asked)
	})
}

func TestAnAutopilotTakesTheDefaults(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.merchant = func(*http.Request) (int, string) { return 200, mailbox }
		w.set(kari, func(p *directory.Phone) { p.Autopilot.Mode = "approve" })
		w.ask("a", kari, ships(dynamic))
		synctest.Wait()
		require.Equal(t, payment.Authorized, w.state("a"))
	})
}
