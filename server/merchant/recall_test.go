package merchant_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/merchant"
)

// anew is the shop's server started again: its book is empty.
func (w *town) anew(t *testing.T) *merchant.Shop {
	t.Helper()
	keys := client.Demo()
	shop, err := merchant.New(merchant.Config{
		BaseURL: w.URL, PublicURL: "http://anew.test", MSN: keys.MSN, ClientID: keys.ClientID,
		ClientSecret: keys.ClientSecret, SubscriptionKey: keys.SubscriptionKey, HTTP: w.HTTP, Now: w.Now,
	})
	require.NoError(t, err)
	t.Cleanup(shop.Close)
	return shop
}

func TestAShopThatLostItsBookRecallsAnOrder(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		w.checkout(t)
		again := w.anew(t)
		require.NoError(t, again.Recall(t.Context(), socks))
		o, found := again.Order(socks)
		require.True(t, found)
		require.Equal(t, merchant.Waiting, o.State)
		require.EqualValues(t, 35000, o.Amount.Value)
		require.Contains(t, o.RedirectURL, "/landing?token=")

		w.Approve(t, socks)
		require.Equal(t, merchant.Paid, w.order(t).State)
		late := w.anew(t)
		require.NoError(t, late.Recall(t.Context(), socks))
		o, _ = late.Order(socks)
		require.Equal(t, merchant.Paid, o.State)
		require.Equal(t, 1, o.Shipped, "what was captured was shipped, and is not shipped again")
		require.Equal(t, []int{200}, w.answers(http.MethodPost, "/capture"))

		var missing *client.Problem
		require.ErrorAs(t, late.Recall(t.Context(), "socks-nobody-made"), &missing)
		_, found = late.Order("socks-nobody-made")
		require.False(t, found)
	})
}
