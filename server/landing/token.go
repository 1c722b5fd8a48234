package landing

import (
	"context"
	"crypto/subtle"
	"strings"

	"liksom/server/payment"
)

// lookup finds a payment by its token: by the code before the dot, and then
// the whole must agree, compared in constant time.
func (d *Door) lookup(ctx context.Context, token string) (payment.Payment, error) {
	code, _, ok := strings.Cut(token, ".")
	if !ok || code == "" {
		return payment.Payment{}, payment.Unknown(payment.ID{})
	}
	p, err := d.Store.Find(ctx, code)
	if err != nil {
		return payment.Payment{}, err
	}
	if subtle.ConstantTimeCompare([]byte(p.Token), []byte(token)) != 1 {
		return payment.Payment{}, payment.Unknown(payment.ID{})
	}
	return p, nil
}
