package express_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/express"
	"liksom/server/payment"
)

var fixed = payment.Shipping{Groups: []payment.ShippingGroup{
	{Type: "IN_STORE", Brand: "OTHER", Priority: 2, Options: []payment.ShippingOption{{ID: "store", Name: "Shop"}}},
	{Type: "MAILBOX", Brand: "GLS", Priority: 1, Options: []payment.ShippingOption{{ID: "a", Name: "A"}, {ID: "b", Name: "B", Default: true}}},
}}

func TestPicking(t *testing.T) {
	t.Parallel()
	abroad := fixed
	abroad.Countries = []string{"SE"}
	nowhere := fixed
	nowhere.Countries = []string{"DK", "FI"}
	for _, c := range []struct {
		name            string
		shipping        payment.Shipping
		address, option string
		at              int // which address it is
		want            string
		problem         string
	}{
		{"the defaults", fixed, "", "", 1, "b", ""},
		{"the first address that is reached", abroad, "", "", 0, "b", ""},
		{"an address by its id", fixed, "home", "", 1, "b", ""},
		{"an address by its place", fixed, "3", "store", 2, "store", ""},
		{"an unknown option is for the wallet core to refuse", fixed, "", "owl", 1, "owl", ""},
		{"an unknown address", fixed, "cabin", "", 0, "", "This phone's owner has no address cabin."},
		{"an address abroad", fixed, "abroad", "", 0, "", "The shop does not deliver to SE; choose another address."},
		{"no address that is reached", nowhere, "", "", 0, "", "The shop delivers to none of the addresses; it delivers to DK, FI."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil, c.shipping)
			got, err := w.desk.Pick(t.Context(), w.payment(), &w.phone, c.address, c.option)
			if c.problem != "" {
				var problem *express.Problem
				require.ErrorAs(t, err, &problem)
				require.Equal(t, express.Problem{Elsewhere: true, Message: c.problem}, *problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, payment.ShippingPick{Address: w.phone.Addresses()[c.at], OptionID: c.want}, got)
		})
	}
}

func TestAnOwnerWithoutAddresses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, fixed)
	w.phone.Profile.Addresses = nil
	_, err := w.desk.Pick(t.Context(), w.payment(), &w.phone, "", "")
	require.ErrorContains(t, err, "no address to deliver to")
}

func TestTheMerchantIsAskedOnceForWhatIsApproved(t *testing.T) {
	t.Parallel()
	calls := 0
	w := newWorld(t, way(func(*http.Request) (*http.Response, error) {
		calls++
		rec := httptest.NewRecorder()
		_, _ = io.WriteString(rec, goodAnswer)
		return rec.Result(), nil
	}), payment.Shipping{CallbackURL: "https://shop.example/"})
	choose := func(address, option string) payment.ShippingPick {
		got, err := w.desk.Pick(t.Context(), w.payment(), &w.phone, address, option)
		require.NoError(t, err)
		return got
	}
	require.Equal(t, "hh-1", choose("home", "").OptionID)
	require.Equal(t, "s", choose("home", "s").OptionID)
	require.Equal(t, 1, calls, "the answer is known")
	choose("3", "s")
	require.Equal(t, 2, calls, "about another address it is asked")
	choose("home", "s")
	require.Equal(t, 3, calls, "only the last answer is kept")
}

func TestARefusalOfTheWalletIsPassedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, way(func(*http.Request) (*http.Response, error) { return nil, errors.New("no way") }), payment.Shipping{CallbackURL: "https://shop.example/"})
	p := w.payment()
	_, err := w.payments.Do(t.Context(), order, payment.Decline{}, nil)
	require.NoError(t, err)
	_, err = w.desk.Groups(t.Context(), p, number, w.phone.Addresses()[1])
	require.ErrorIs(t, err, payment.Because(payment.AlreadyDecided))
}
