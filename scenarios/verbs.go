package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"liksom/server/client"
)

var anyType = reflect.TypeFor[any]()

// firstPhone is the first ready-made one.
const firstPhone = "4712345678"

// verb does what a step says.
func (r *run) verb(ctx context.Context, a *action, limit limits) (*outcome, error) {
	v := a.value
	switch a.verb {
	case "create":
		return r.create(ctx, v)
	case "get", "capture", "refund", "cancel":
		return r.adjust(ctx, a.verb, v)
	case "call":
		return r.call(ctx, v)
	case "register":
		return r.register(ctx, v)
	case "unregister":
		return r.unregister(ctx, v)
	case "order":
		return r.placeOrder(ctx, v, limit)
	case "shop":
		return r.shopDoes(ctx, v)
	case "open", "identify":
		return r.openPage(ctx, a.verb, v)
	case "approve":
		return r.approve(ctx, v, limit)
	case "decline", "refuse", "leave", "expire":
		return r.turnAway(ctx, a.verb, v, limit)
	case "card":
		return r.card(ctx, v)
	case "scan":
		return r.scan(ctx, v)
	case "wait":
		return r.wait(ctx, v, limit)
	case "expect":
		return r.expect(ctx, v, limit)
	case "page":
		return r.page(ctx, v)
	case "parallel":
		return nil, r.parallel(ctx, a)
	case "each":
		return nil, r.each(ctx, a)
	case "repeat":
		return nil, r.repeat(ctx, a)
	case "pause":
		return nil, r.pause(ctx, v)
	case "note":
		return r.note(v)
	case "advance":
		return r.advance(ctx, v)
	}
	return r.turn(ctx, a.verb, v)
}

// turn does the steps that change the world.
func (r *run) turn(ctx context.Context, verb string, v *value) (*outcome, error) {
	switch verb {
	case "freeze":
		c, err := r.sim.Freeze(ctx)
		return changed(c, err)
	case "resume":
		c, err := r.sim.Resume(ctx)
		return changed(c, err)
	case "speed":
		return with(r, v, func(s *speedStep) (*outcome, error) {
			c, err := r.sim.SetSpeed(ctx, s.Of)
			return changed(c, err)
		})
	case "fault":
		return with(r, v, func(f *client.Fault) (*outcome, error) {
			added, err := r.sim.AddFault(ctx, *f)
			return changed(added, err)
		})
	case "clear-faults":
		return nil, r.sim.ClearFaults(ctx)
	case "settings":
		return with(r, v, func(s *client.Settings) (*outcome, error) {
			after, err := r.sim.ChangeSettings(ctx, *s)
			return changed(after, err)
		})
	case "merchant":
		return with(r, v, func(m *client.Merchant) (*outcome, error) {
			if m.MSN == "" {
				m.MSN = r.target.msn
			}
			return nil, r.changeMerchant(ctx, *m)
		})
	case "expire-tokens":
		return nil, r.sim.ExpireTokens(ctx)
	case "phone":
		return with(r, v, func(p *phoneStep) (*outcome, error) { return nil, r.changePhone(ctx, p) })
	case "sink":
		return with(r, v, func(s *sinkStep) (*outcome, error) { return nil, r.setSink(ctx, s) })
	case "resend":
		return with(r, v, func(s *resendStep) (*outcome, error) {
			d, err := r.sim.Resend(ctx, s.ID)
			return changed(d, err)
		})
	}
	return nil, errors.New("there is no way to do " + verb)
}

// with reads what stands behind a verb and goes on.
func with[T any](r *run, v *value, do func(*T) (*outcome, error)) (*outcome, error) {
	var t T
	if err := r.read(v, &t); err != nil {
		return nil, err
	}
	return do(&t)
}

const payments = "/epayment/v1/payments"

const webhooks = "/webhooks/v1/webhooks"

// strictly reads a mapping into a filter; a misspelt member would else match
// everything.
func strictly(m map[string]any, into any) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
