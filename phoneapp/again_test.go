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

func TestAPushCanBeSentAgainWhileTheRequestWaits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari)
		screen.expect("push", phoneapp.Pending)
		require.NoError(t, w.hub.Again(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: "a"}))
		screen.expect("push", phoneapp.Pending)
		w.set(kari, func(p *directory.Phone) { p.PushOn = false })
		p, err := w.store.Get(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: "a"})
		require.NoError(t, err)
		require.True(t, w.hub.Held(&p), "pushes are off")
		time.Sleep(5 * time.Minute)
		require.ErrorIs(t, w.hub.Again(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: "a"}), payment.Because(payment.RanOut))
	})
}

func TestALongLivingPaymentIsRemindedOfWhereTheServiceDoesSo(t *testing.T) {
	for _, c := range []struct {
		name, msn, currency, phone string
		after                      []time.Duration // of the push
	}{
		{"MobilePay reminds three days and one day before the end", "456789", "DKK", "4512345678", []time.Duration{7 * 24 * time.Hour, 9 * 24 * time.Hour}},
		{"Vipps does not", directory.DemoMSN, "NOK", kari, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				w := newWorld(t)
				screen, _ := w.show(c.phone)
				start := w.clock.Now()
				_, err := w.service.Do(context.Background(), payment.ID{MSN: c.msn, Reference: "long"}, payment.Create{
					Source: "epayment", Amount: payment.Amount{Currency: c.currency, Value: 35000}, Flow: payment.PushMessage,
					Method: "WALLET", Phone: c.phone, Deadline: start.Add(10 * 24 * time.Hour), Terms: payment.Terms{CaptureFor: time.Hour},
				}, nil)
				require.NoError(t, err)
				screen.expect("push", phoneapp.Pending)
				for _, after := range c.after {
					time.Sleep(after - w.clock.Now().Sub(start) - time.Second)
					screen.quiet()
					time.Sleep(2 * time.Second)
					screen.expect("push", phoneapp.Pending)
				}
				time.Sleep(10*24*time.Hour - w.clock.Now().Sub(start) - time.Minute)
				screen.quiet()
			})
		})
	}
}
