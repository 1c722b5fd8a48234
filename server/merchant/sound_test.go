package merchant_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/merchant"
	"liksom/server/servertest"
)

func TestAnApprovedOrderIsCapturedAndShippedOnce(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		o := w.checkout(t)
		require.Equal(t, merchant.Waiting, o.State)
		require.Contains(t, o.RedirectURL, "/landing?token=")
		w.Approve(t, socks)
		o = w.order(t)
		require.Equal(t, merchant.Paid, o.State)
		require.EqualValues(t, 35000, o.Captured)
		require.Equal(t, 1, o.Shipped)
		require.Equal(t, []int{200}, w.answers(http.MethodPost, "/capture"))
		code, page := w.visit(t, socks)
		require.Equal(t, 200, code)
		require.Contains(t, page, "Thank you. Order "+socks+" is paid.")
	})
}

func TestEachEndOfAnOrderIsKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*testing.T, *town)
		want merchant.State
	}{
		"declined":  {func(t *testing.T, w *town) { w.Decline(t, socks) }, merchant.Declined},
		"expired":   {func(t *testing.T, w *town) { w.Advance(t, 5*time.Minute) }, merchant.Expired},
		"cancelled": {func(t *testing.T, w *town) { require.NoError(t, w.shop.Cancel(t.Context(), socks)) }, merchant.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inTown(t, nil, func(t *testing.T, w *town) {
				w.open(t)
				w.checkout(t)
				c.do(t, w)
				o := w.order(t)
				require.Equal(t, c.want, o.State)
				require.Zero(t, o.Shipped)
				_, page := w.visit(t, socks)
				require.Contains(t, page, "You weren&#39;t charged.")
				again, err := w.shop.Again(t.Context(), socks)
				require.NoError(t, err)
				require.Equal(t, socks+"-2", again.Reference)
				require.Equal(t, merchant.Waiting, again.State)
			})
		})
	}
}

func TestMoneyComesBackInParts(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		w.checkout(t)
		w.Approve(t, socks)
		w.order(t)
		require.NoError(t, w.shop.Refund(t.Context(), socks, 10000))
		require.NoError(t, w.shop.Refund(t.Context(), socks, 10000))
		require.EqualValues(t, 20000, w.order(t).Refunded)
		var p *client.Problem
		require.ErrorAs(t, w.shop.Refund(t.Context(), socks, 35000), &p)
		require.EqualValues(t, 20000, w.order(t).Refunded)
	})
}

func TestWhatIsCapturedLaterWaitsForIt(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		o := order()
		o.Later = true
		_, err := w.shop.Checkout(t.Context(), o)
		require.NoError(t, err)
		w.Approve(t, socks)
		require.Equal(t, merchant.Reserved, w.order(t).State)
		require.NoError(t, w.shop.Capture(t.Context(), socks, 10000))
		require.Equal(t, merchant.Paid, w.order(t).State)
		require.EqualValues(t, 10000, w.order(t).Captured)
		require.NoError(t, w.shop.Release(t.Context(), socks))
		require.EqualValues(t, 25000, w.Payment(t, socks).Aggregate.Cancelled.Value)
	})
}

func TestWhatTheCustomerSharesIsReadOncePaid(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		o := order()
		o.Flow, o.Scope = client.PushMessage, "phoneNumber"
		_, err := w.shop.Checkout(t.Context(), o)
		require.NoError(t, err)
		require.Nil(t, w.order(t).Shared)
		w.Approve(t, socks)
		require.NotNil(t, w.order(t).Shared)
		require.Equal(t, "4712345678", w.order(t).Shared.Phone)
	})
}

func TestARestartedShopLeavesNoOrphans(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		_, err := w.Client.RegisterWebhook(t.Context(), "http://someone.test/else", "epayments.payment.created.v1")
		require.NoError(t, err)
		keys := client.Demo()
		earlier, err := merchant.New(merchant.Config{
			BaseURL: w.URL, ClientID: keys.ClientID, ClientSecret: keys.ClientSecret, SubscriptionKey: keys.SubscriptionKey, MSN: keys.MSN,
			HTTP: w.HTTP, PublicURL: strings.TrimSuffix(w.shop.HookURL(), "/hook/?shop=1"), Hook: "/hook/?shop=1",
		})
		require.NoError(t, err)
		defer earlier.Close()
		require.NoError(t, earlier.Start(t.Context()))
		w.open(t)
		secret := w.shop.Secret()
		w.open(t)
		require.Equal(t, secret, w.shop.Secret(), "what stands is kept")
		all, err := w.Client.ListWebhooks(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 2, "somebody else's is let alone")
		w.checkout(t)
		w.Approve(t, socks)
		require.Equal(t, merchant.Paid, w.order(t).State)
		require.NoError(t, w.shop.Leave(t.Context()))
		all, err = w.Client.ListWebhooks(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
	})
}

func TestWebhookAndPollInOneMomentCaptureOnce(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		w.checkout(t)
		for range 8 {
			go func() { _ = w.shop.Poll(background()) }()
		}
		w.Approve(t, socks)
		for range 8 {
			go func() { _ = w.shop.Poll(background()) }()
		}
		require.Equal(t, 1, w.order(t).Shipped)
		require.Equal(t, []int{200}, w.answers(http.MethodPost, "/capture"))
	})
}

func TestPollingGoesOnAsLongAsItIsTold(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.checkout(t) // never registered: no webhook will come
		w.Approve(t, socks)
		require.Equal(t, merchant.Waiting, w.order(t).State)
		rounds := 0
		w.shop.Keep(t.Context(), func(ctx context.Context) error {
			if rounds++; rounds > 2 {
				return http.ErrServerClosed
			}
			return nil
		})
		require.Equal(t, merchant.Paid, w.order(t).State)
	})
}

func TestPaymentsOfOthersAreLetAlone(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		w.CreatePayment(t, "not-of-this-shop", 100)
		w.Approve(t, "not-of-this-shop")
		synctest.Wait()
		require.Equal(t, []int{200, 200}, w.answers(http.MethodPost, "/hook/"))
		require.Empty(t, w.answers(http.MethodPost, "/capture"))
		require.Empty(t, w.shop.Orders())
	})
}

func TestTheLogTellsNoSecrets(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		w.checkout(t)
		synctest.Wait()
		log := text(w.calls())
		require.Contains(t, log, "/accesstoken/get")
		require.NotContains(t, log, client.Demo().ClientSecret)
		require.NotContains(t, log, client.Demo().SubscriptionKey)
		require.NotContains(t, log, w.shop.Secret())
		token, err := w.shop.API().Token(t.Context())
		require.NoError(t, err)
		require.NotContains(t, log, token.AccessToken)
		for _, c := range w.calls() {
			if c.Path == "/epayment/v1/payments" {
				require.Contains(t, c.Curl("$URL"), "curl -X POST '$URL/epayment/v1/payments'")
				require.Contains(t, c.Curl("$URL"), `-H "Authorization: Bearer $TOKEN"`)
				require.Contains(t, c.Curl("$URL"), `-d '{"amount":{"currency":"NOK","value":35000}`)
			}
			if c.Incoming {
				require.Empty(t, c.Curl("$URL"))
			}
		}
	})
}

func TestAnUnknownHabitNamesTheNearest(t *testing.T) {
	t.Parallel()
	_, err := merchant.New(merchant.Config{Habits: []merchant.Habit{"decode-secret"}})
	require.EqualError(t, err, `there is no habit "decode-secret". Did you mean decodes-secret?`)
}

func TestOldOrdersAreForgottenAndOpenOnesNot(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		w.checkout(t)
		w.Decline(t, socks)
		w.order(t)
		_, err := w.shop.Again(t.Context(), socks)
		require.NoError(t, err)
		w.shop.Forget(0)
		require.Len(t, w.shop.Orders(), 1)
		require.True(t, w.shop.Orders()[0].Open())
	})
}

func TestTheLogTellsPathsAsTheDocumentsDo(t *testing.T) {
	t.Parallel()
	sim := servertest.Start(t, described(t)).World(t, "elsewhere")
	var calls []merchant.Call
	keys := client.Demo()
	shop, err := merchant.New(merchant.Config{
		BaseURL: sim.URL, ClientID: keys.ClientID, ClientSecret: keys.ClientSecret, SubscriptionKey: keys.SubscriptionKey, MSN: keys.MSN,
		HTTP: sim.HTTP, PublicURL: "http://shop.test", Log: func(c merchant.Call) { calls = append(calls, c) },
	})
	require.NoError(t, err)
	defer shop.Close()
	require.NoError(t, shop.Start(t.Context()))
	require.Equal(t, "/accesstoken/get", calls[0].Path)
	require.Contains(t, calls[0].Curl(sim.URL), "'"+sim.URL+"/accesstoken/get'")
}
