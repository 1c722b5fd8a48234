package phoneapp_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/payment"
)

func TestACardThatDeclinesOnceTakesThePaymentAtTheNextTry(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.Cards[0].Outcome = directory.WorksSecond })
		p := w.ask("a", kari)
		_, err := w.hub.Approve(context.Background(), kari, p.Code, phoneapp.Answer{})
		require.ErrorContains(t, err, "card")
		r, err := w.hub.Approve(context.Background(), kari, p.Code, phoneapp.Answer{})
		require.NoError(t, err)
		require.Equal(t, phoneapp.Approved, r.State)
	})
}

func TestACardThatAnswersLateKeepsThePayerWaiting(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.Cards[0].Outcome = directory.WorksSlowly })
		p := w.ask("a", kari)
		r, err := w.hub.Approve(context.Background(), kari, p.Code, phoneapp.Answer{})
		require.NoError(t, err)
		require.Equal(t, phoneapp.Processing, r.State)
		time.Sleep(7 * time.Second)
		require.Equal(t, payment.Created, w.state("a"))
		time.Sleep(2 * time.Second)
		require.Equal(t, payment.Authorized, w.state("a"))
	})
}

func TestAPhoneLooksBackOnPaymentsRefundsAndWhatTheShopAdded(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t, func(c *phoneapp.Config) {
			c.Added = func(context.Context, payment.ID) (*payment.Receipt, []phoneapp.OrderLink, error) {
				return &payment.Receipt{Currency: "NOK", Number: "R7", Lines: []payment.Line{{ID: "1", Name: "Ride", Total: 35000}}},
					[]phoneapp.OrderLink{{Kind: "TICKET", URL: "https://taxi.example/t"}}, nil
			}
		})
		screen, _ := w.show(kari)
		p := w.ask("a", kari, func(c *payment.Create) { c.Terms.RefundFor = 24 * time.Hour })
		screen.expect("push", phoneapp.Pending)
		w.ask("waits", kari)
		screen.expect("push", phoneapp.Pending)
		_, err := w.hub.Approve(context.Background(), kari, p.Code, phoneapp.Answer{})
		require.NoError(t, err)
		screen.expect("request", phoneapp.Approved)
		w.do("a", payment.Capture{Amount: p.Amount})
		screen.expect("request", phoneapp.Approved)
		w.do("a", payment.Refund{Amount: payment.Amount{Currency: "NOK", Value: 5000}})
		screen.expect("request", phoneapp.Approved)

		past, err := w.hub.Activity(context.Background(), kari)
		require.NoError(t, err)
		require.Len(t, past, 1, "what waits is not past")
		require.Equal(t, "a", past[0].Reference)
		require.EqualValues(t, 35000, past[0].Captured)
		require.EqualValues(t, 5000, past[0].Refunded)
		require.Equal(t, "4242", past[0].CardLast4)
		require.Equal(t, "R7", past[0].Receipt.BottomLine.ReceiptNumber)
		require.Equal(t, []phoneapp.OrderLink{{Kind: "TICKET", URL: "https://taxi.example/t"}}, past[0].Links)
		var kinds []payment.Kind
		for _, e := range past[0].History {
			kinds = append(kinds, e.Kind)
		}
		require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.PaymentAuthorized, payment.PaymentCaptured, payment.PaymentRefunded}, kinds)
		_, err = w.hub.Activity(context.Background(), "4700000000")
		require.Error(t, err)
	})
}

func TestARequestThatARefusedCardEndedSaysWhy(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.Cards[0].Outcome = string(payment.InsufficientFunds) })
		screen, _ := w.show(kari)
		final := func(c *payment.Create) { c.Source, c.RefusalEnds = "stripe", true }
		p := w.ask("refused", kari, final)
		screen.expect("push", phoneapp.Pending)
		_, err := w.hub.Approve(context.Background(), kari, p.Code, phoneapp.Answer{})
		require.Error(t, err)
		why := &phoneapp.Failure{Code: string(payment.InsufficientFunds), Message: payment.InsufficientFunds.Text()}
		require.Equal(t, why, screen.expect("request", phoneapp.Declined).Failure, "when the card is refused")
		require.Equal(t, why, screen.expect("request", phoneapp.Declined).Failure, "when that ends the payment")

		p = w.ask("unwanted", kari, final)
		screen.expect("push", phoneapp.Pending)
		_, err = w.hub.Decline(context.Background(), kari, p.Code)
		require.NoError(t, err)
		require.Nil(t, screen.expect("request", phoneapp.Declined).Failure, "no card was tried")

		past, err := w.hub.Activity(context.Background(), kari)
		require.NoError(t, err)
		require.Len(t, past, 2)
		require.Nil(t, past[0].Failure)
		require.Equal(t, why, past[1].Failure, "what is looked back on")
	})
}
