package payment_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// share pays something of a sales unit, and shares scopes with it.
func (w *world) share(msn, reference, phone string, known []string, scopes ...string) {
	id := payment.ID{MSN: msn, Reference: reference}
	c := order(func(c *payment.Create) { c.Scopes = scopes })
	for _, cmd := range []payment.Command{c, payment.Approve{Phone: phone, Card: good, Consent: yes, Known: known}} {
		_, err := w.Do(ctx, id, cmd, nil)
		require.NoError(w.t, err)
	}
}

func TestRememberedConsent(t *testing.T) {
	t.Parallel()
	asked := []string{"name", "email", "address"}
	tests := []struct {
		name string
		do   func(*world)
		want []string
	}{
		{"nothing was ever granted", func(*world) {}, nil},
		{"what was granted just now", func(w *world) { w.share("123456", "a", kari, nil, "name", "email") }, []string{"name", "email"}},
		{"what several payments were granted", func(w *world) {
			w.share("123456", "a", kari, nil, "name")
			w.share("123456", "b", kari, nil, "email", "birthDate")
		}, []string{"email", "name"}},
		{"not what another unit was granted", func(w *world) { w.share("234567", "a", kari, nil, "name") }, nil},
		{"not what another payer granted", func(w *world) { w.share("123456", "a", ola, nil, "name") }, nil},
		{"for almost seven days", func(w *world) {
			w.share("123456", "a", kari, nil, "name")
			w.pass(7*day - time.Millisecond)
		}, []string{"name"}},
		{"not for seven days", func(w *world) {
			w.share("123456", "a", kari, nil, "name")
			w.pass(7 * day)
		}, nil},
		{"what was not asked for is granted no longer", func(w *world) {
			w.share("123456", "a", kari, nil, "name")
			w.pass(4 * day)
			w.share("123456", "b", kari, []string{"name"}, "name", "email")
			w.pass(4 * day)
		}, []string{"email"}},
		{"behind many payments that asked for nothing", func(w *world) {
			w.share("123456", "a", kari, nil, "name")
			for i := range 120 {
				w.share("123456", fmt.Sprint("n", i), kari, nil)
			}
		}, []string{"name"}},
		{"of a payment that had waited long", func(w *world) {
			id := payment.ID{MSN: "123456", Reference: "long"}
			c := order(until(morning.Add(59*day)), func(c *payment.Create) { c.Scopes = []string{"name"} })
			_, err := w.Do(ctx, id, c, nil)
			require.NoError(w.t, err)
			w.pass(58 * day)
			_, err = w.Do(ctx, id, payment.Approve{Phone: kari, Card: good, Consent: yes}, nil)
			require.NoError(w.t, err)
			w.pass(6 * day)
		}, []string{"name"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			tt.do(w)
			known, err := w.Remembered(ctx, "123456", kari, asked)
			require.NoError(t, err)
			require.Equal(t, tt.want, known)
		})
	}
}

func TestOnlyWhatIsMissingIsAskedFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		known   []string
		consent *bool
		want    payment.State
		reason  payment.Reason
		given   []string
	}{
		{"nothing is missing", []string{"email", "name"}, nil, payment.Authorized, "", nil},
		{"a no to nothing means nothing", []string{"email", "name"}, no, payment.Authorized, "", nil},
		{"one is missing and not answered", []string{"name"}, nil, payment.Created, payment.ConsentMissing, nil},
		{"one is missing and refused", []string{"name"}, no, payment.Aborted, "", nil},
		{"one is missing and granted", []string{"name"}, yes, payment.Authorized, "", []string{"email"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(order(asking))
			cmd := payment.Approve{Phone: kari, Card: good, Known: tt.known, Consent: tt.consent, Grant: payment.Grant{Sub: "sub"}}
			if tt.reason != "" {
				w.refused(tt.reason, cmd)
				return
			}
			p := w.must(cmd)
			require.Equal(t, tt.want, p.State)
			if tt.want == payment.Authorized {
				require.Equal(t, &payment.Grant{Sub: "sub", Scopes: []string{"name", "email"}, Given: tt.given}, p.Grant, "all that was asked for is shared")
			}
		})
	}
}
