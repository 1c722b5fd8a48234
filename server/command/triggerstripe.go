package command

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"liksom/server/client"
)

// intentDriver is a payment intent on its way to an event.
type intentDriver struct {
	sim    *client.Client
	amount int64
	id     string
}

// reference is the wallet's payment that is the intent's first attempt.
func (d *intentDriver) reference() string { return strings.ReplaceAll(d.id, "_", "-") + "-1" }

// stripeDrives are the ways to the events of the Stripe side.
func stripeDrives() map[string]func(*intentDriver, context.Context) error {
	return map[string]func(*intentDriver, context.Context) error{
		"payment_intent.created":                   (*intentDriver).create,
		"payment_intent.requires_action":           (*intentDriver).confirm,
		"payment_intent.succeeded":                 (*intentDriver).succeed,
		"payment_intent.payment_failed":            (*intentDriver).fail,
		"payment_intent.canceled":                  (*intentDriver).cancel,
		"payment_intent.amount_capturable_updated": (*intentDriver).reserve,
		"charge.succeeded":                         (*intentDriver).succeed,
		"charge.captured":                          (*intentDriver).capture,
		"charge.refunded":                          (*intentDriver).refund,
		"refund.created":                           (*intentDriver).refund,
	}
}

// stripeTriggers are the events that can be made.
func stripeTriggers() []string { return slices.Sorted(maps.Keys(stripeDrives())) }

// runStripe makes an event of the Stripe side.
func (c *triggerCmd) runStripe(ctx context.Context, p *Program, line *commandLine) error {
	keys := client.Demo()
	keys.MSN = client.StripeMSN
	d := &intentDriver{sim: c.client(client.WithCredentials(keys)), amount: c.Amount}
	if c.To != "" {
		if _, err := d.sim.Stripe(ctx, http.MethodPost, "/webhook_endpoints", url.Values{"url": {c.To}, "enabled_events[]": {c.Event}}); err != nil {
			return c.explain(err)
		}
	}
	if err := first(ctx, func(ctx context.Context) error { return stripeDrives()[c.Event](d, ctx) }, d.settled); err != nil {
		return c.explain(err)
	}
	c.MSN = client.StripeMSN
	sent, err := c.sent(ctx, &driver{sim: d.sim, reference: d.reference()})
	if err != nil {
		return c.explain(err)
	}
	return c.tell(p, newInk(line.Color, p.Out), d.reference(), sent)
}

func (d *intentDriver) do(ctx context.Context, path string, form url.Values) (map[string]any, error) {
	return d.sim.Stripe(ctx, http.MethodPost, path, form)
}

func (d *intentDriver) make(ctx context.Context, form url.Values) error {
	form.Set("amount", strconv.FormatInt(d.amount, 10))
	form.Set("currency", "nok")
	form.Set("payment_method_types[]", "vipps")
	form.Set("payment_method_data[type]", "vipps")
	form.Set("description", "Made by liksom trigger")
	made, err := d.do(ctx, "/payment_intents", form)
	if err == nil {
		d.id, _ = made["id"].(string)
	}
	return err
}

// settled reads the intent, before which it takes in what the wallet did; so
// whatever is to be delivered of that is there to be looked for.
func (d *intentDriver) settled(ctx context.Context) error {
	_, err := d.sim.Stripe(ctx, http.MethodGet, "/payment_intents/"+d.id, nil)
	return err
}

func (d *intentDriver) create(ctx context.Context) error { return d.make(ctx, url.Values{}) }

func (d *intentDriver) confirm(ctx context.Context) error { return d.begin(ctx, "automatic") }

func (d *intentDriver) begin(ctx context.Context, capture string) error {
	return d.make(ctx, url.Values{"confirm": {"true"}, "return_url": {d.sim.BaseURL() + "/"}, "capture_method": {capture}})
}

func (d *intentDriver) approve(ctx context.Context) error {
	_, err := d.sim.Approve(ctx, d.reference())
	return err
}

func (d *intentDriver) succeed(ctx context.Context) error { return first(ctx, d.confirm, d.approve) }

func (d *intentDriver) reserve(ctx context.Context) error {
	return first(ctx, func(ctx context.Context) error { return d.begin(ctx, "manual") }, d.approve)
}

func (d *intentDriver) fail(ctx context.Context) error {
	return first(ctx, d.confirm, func(ctx context.Context) error { _, err := d.sim.Decline(ctx, d.reference()); return err })
}

func (d *intentDriver) cancel(ctx context.Context) error {
	return first(ctx, d.confirm, func(ctx context.Context) error {
		_, err := d.do(ctx, "/payment_intents/"+d.id+"/cancel", nil)
		return err
	})
}

func (d *intentDriver) capture(ctx context.Context) error {
	return first(ctx, d.reserve, func(ctx context.Context) error {
		_, err := d.do(ctx, "/payment_intents/"+d.id+"/capture", nil)
		return err
	})
}

func (d *intentDriver) refund(ctx context.Context) error {
	return first(ctx, d.succeed, func(ctx context.Context) error {
		_, err := d.do(ctx, "/refunds", url.Values{"payment_intent": {d.id}})
		return err
	})
}
