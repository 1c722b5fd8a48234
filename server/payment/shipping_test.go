package payment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

var (
	bergen = payment.Address{ID: "home", Line1: "Fjordveien 7", City: "Bergen", PostCode: "5003", Country: "NO"}
	malmo  = payment.Address{ID: "work", Line1: "Storgatan 3", City: "Malmö", PostCode: "211 22", Country: "SE"}
	oslo   = payment.Address{ID: "other", Line1: "Storgata 1", City: "Oslo", PostCode: "0155", Country: "NO"}

	twoWays = []payment.ShippingGroup{
		{Type: "HOME_DELIVERY", Brand: "POSTEN", Options: []payment.ShippingOption{{ID: "home", Name: "Home", Cost: 79}}},
		{Type: "IN_STORE", Brand: "OTHER", Options: []payment.ShippingOption{{ID: "store", Name: "Our shop"}}},
	}
)

func shipping(c *payment.Create) {
	c.Details = &payment.Details{Shipping: &payment.Shipping{Groups: twoWays, Countries: []string{"NO"}}}
}

func asksMerchant(c *payment.Create) {
	c.Details = &payment.Details{Shipping: &payment.Shipping{CallbackURL: "https://shop.example/", Countries: []string{"NO"}}}
}

func buying(a payment.Address, option string) payment.Approve {
	c := approve()
	c.Shipping = &payment.ShippingPick{Address: a, OptionID: option}
	return c
}

func TestShippingComesOnTopOfTheAmount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(shipping), payment.Identify{Phone: kari})
	p := w.must(buying(bergen, "home"))
	require.Equal(t, int64(1000), p.Amount.Value)
	require.Equal(t, payment.Sums{Authorized: 1079}, p.Sums)
	require.Equal(t, int64(1079), w.last().Amount)
	require.Equal(t, &payment.ShippingChoice{Address: bergen, OptionID: "home", OptionName: "Home", Cost: 79}, p.Chosen)
	w.refused(payment.CaptureTooMuch, capture(1080))
	w.refused(payment.CaptureInFull, payment.Capture{Amount: nok(1000), InFull: true})
	require.Equal(t, int64(1079), w.must(capture(1079)).Sums.Captured)
}

func TestWhatIsChosenMustBeOffered(t *testing.T) {
	t.Parallel()
	offered := payment.OfferShipping{Phone: kari, Address: bergen, Groups: twoWays}
	tests := []struct {
		name   string
		create payment.Create
		before []payment.Command
		cmd    payment.Approve
		reason payment.Reason
	}{
		{"nothing chosen", order(shipping), nil, approve(), payment.ShippingMissing},
		{"an unknown option", order(shipping), nil, buying(bergen, "owl"), payment.ShippingWrong},
		{"no option", order(shipping), nil, buying(bergen, ""), payment.ShippingWrong},
		{"an address abroad", order(shipping), nil, buying(malmo, "home"), payment.ShippingWrong},
		{"an address the merchant was not asked about", order(asksMerchant), nil, buying(bergen, "home"), payment.ShippingWrong},
		{"another address than the one asked about last", order(asksMerchant), []payment.Command{offered}, buying(oslo, "home"), payment.ShippingWrong},
		{"an option the merchant did not offer", order(asksMerchant), []payment.Command{offered}, buying(bergen, "owl"), payment.ShippingWrong},
		{"a forced approval chooses nothing", order(shipping), nil, payment.Approve{Phone: kari, Card: good, Forced: true}, payment.ShippingMissing},
		{"what the merchant offered there", order(asksMerchant), []payment.Command{offered}, buying(bergen, "store"), ""},
		{"a failed call leaves the last offer", order(asksMerchant), []payment.Command{offered, payment.OfferShipping{Phone: kari, Address: oslo, Problem: "closed"}}, buying(bergen, "store"), ""},
		{"a choice means nothing where nothing is shipped", order(), nil, buying(bergen, "home"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(tt.create, payment.Identify{Phone: kari})
			w.must(tt.before...)
			if tt.reason != "" {
				require.Equal(t, payment.Invalid, w.refused(tt.reason, tt.cmd).Class())
				return
			}
			require.Equal(t, payment.Authorized, w.must(tt.cmd).State)
		})
	}
}

func TestConsentIsAskedBeforeTheChoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(shipping, asking), payment.Identify{Phone: kari})
	w.refused(payment.ConsentMissing, approve())
	refusing := approve()
	refusing.Consent = no
	require.Equal(t, payment.Aborted, w.must(refusing).State, "who shares nothing chooses nothing")
}

func TestWhatTheMerchantOffersIsOnTheTimelineOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(asksMerchant), payment.Identify{Phone: kari, Holds: true})
	w.refused(payment.Taken, payment.OfferShipping{Phone: ola, Address: bergen, Groups: twoWays})
	p := w.must(payment.OfferShipping{Phone: kari, Address: bergen, Groups: twoWays})
	require.Equal(t, payment.ShippingOffered, w.last().Kind)
	require.Equal(t, kari, w.last().Phone)
	require.Equal(t, &payment.ShippingOffer{Address: bergen, Groups: twoWays}, p.Offer)
	w.must(payment.OfferShipping{Phone: kari, Address: oslo, Problem: "no answer within 10s"})
	require.Equal(t, payment.ShippingFailed, w.last().Kind)
	require.Equal(t, "no answer within 10s", w.last().Note)
	require.Equal(t, []payment.Kind{payment.PaymentCreated}, w.told())
}

func TestTheDefaultOption(t *testing.T) {
	t.Parallel()
	option := func(id string, priority int, isDefault bool) payment.ShippingOption {
		return payment.ShippingOption{ID: id, Priority: priority, Default: isDefault}
	}
	group := func(priority int, isDefault bool, options ...payment.ShippingOption) payment.ShippingGroup {
		return payment.ShippingGroup{Priority: priority, Default: isDefault, Options: options}
	}
	tests := []struct {
		name   string
		groups []payment.ShippingGroup
		want   string
	}{
		{"none of none", nil, ""},
		{"none of an empty group", []payment.ShippingGroup{group(0, true)}, ""},
		{"the first without marks", []payment.ShippingGroup{group(0, false, option("a", 0, false), option("b", 0, false)), group(0, false, option("c", 0, false))}, "a"},
		{"low priority comes first", []payment.ShippingGroup{group(2, false, option("a", 0, false)), group(1, false, option("b", 5, false), option("c", -1, false))}, "c"},
		{"the group marked wins over priority", []payment.ShippingGroup{group(0, false, option("a", 0, true)), group(9, true, option("b", 0, false))}, "b"},
		{"the option marked wins in its group", []payment.ShippingGroup{group(0, true, option("a", 0, false), option("b", 9, true))}, "b"},
		{"the first of two groups marked", []payment.ShippingGroup{group(1, true, option("a", 0, false)), group(0, true, option("b", 0, false))}, "b"},
		{"an empty group marked gives way", []payment.ShippingGroup{group(0, true), group(1, false, option("b", 0, false))}, "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o, ok := payment.DefaultOption(tt.groups)
			require.Equal(t, tt.want, o.ID)
			require.Equal(t, tt.want != "", ok)
		})
	}
}
