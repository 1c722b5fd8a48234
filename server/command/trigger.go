package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/problem"
	"liksom/server/webhook"
)

// keys say which sales unit to speak for.
type keys struct {
	ClientID        string `default:"${client_id}" help:"The sales unit's client id." group:"keys"`
	ClientSecret    string `default:"${client_secret}" help:"Its secret." group:"keys"`
	SubscriptionKey string `default:"${subscription_key}" help:"Its subscription key." group:"keys"`
	MSN             string `name:"msn" default:"${msn}" help:"Its number." group:"keys"`
}

func (k *keys) option() client.Option {
	return client.WithCredentials(client.Credentials{
		ClientID: k.ClientID, ClientSecret: k.ClientSecret, SubscriptionKey: k.SubscriptionKey, MSN: k.MSN,
	})
}

// triggerCmd makes an event happen.
type triggerCmd struct {
	target
	keys
	Event     string        `arg:"" help:"The event to send, such as epayments.payment.expired.v1."`
	To        string        `placeholder:"URL" help:"Register this address for the event first; without it, whoever is registered gets it."`
	Reference string        `help:"The payment's reference; made up when left out."`
	Amount    int64         `default:"25000" help:"In minor units: 25000 is 250.00."`
	Within    time.Duration `default:"15s" help:"How long to wait for the deliveries, in real time."`
}

// driver makes one payment and takes it where an event happens.
type driver struct {
	sim       *client.Client
	reference string
	amount    client.Amount
}

// Validate refuses events that no payment causes.
func (c *triggerCmd) Validate() error {
	if drives()[c.Event] == nil && stripeDrives()[c.Event] == nil {
		return fmt.Errorf("no payment leads to the event %q. %s", c.Event, problem.Instead(c.Event, append(triggers(), stripeTriggers()...)))
	}
	if c.Amount <= 0 {
		return fmt.Errorf("--amount is in minor units and above 0, not %d", c.Amount)
	}
	return c.target.Validate()
}

// drives are the ways to each event.
func drives() map[string]func(*driver, context.Context) error {
	return map[string]func(*driver, context.Context) error{
		"epayments.payment.created.v1":    (*driver).create,
		"epayments.payment.authorized.v1": (*driver).approve,
		"epayments.payment.aborted.v1":    (*driver).decline,
		"epayments.payment.expired.v1":    (*driver).expire,
		"epayments.payment.terminated.v1": (*driver).terminate,
		"epayments.payment.captured.v1":   (*driver).capture,
		"epayments.payment.cancelled.v1":  (*driver).cancel,
		"epayments.payment.refunded.v1":   (*driver).refund,
		webhook.CheckedIn:                 (*driver).checkIn,
	}
}

// triggers are the events that can be made, in the contract's order.
func triggers() []string {
	ways := drives()
	return slices.DeleteFunc(webhook.Types(), func(name string) bool { return ways[name] == nil })
}

// Run makes the event and tells what became of its deliveries.
func (c *triggerCmd) Run(ctx context.Context, p *Program, line *commandLine) error {
	if stripeDrives()[c.Event] != nil {
		return c.runStripe(ctx, p, line)
	}
	sim := c.client(c.keys.option())
	unit, err := sim.Merchant(ctx, c.MSN)
	if err != nil {
		return c.explain(err)
	}
	if c.To != "" {
		if _, err := sim.RegisterWebhook(ctx, c.To, c.Event); err != nil {
			return fmt.Errorf("%s cannot be registered: %w", c.To, err)
		}
	}
	d := &driver{sim: sim, reference: c.Reference, amount: client.Amount{Currency: unit.Currency, Value: c.Amount}}
	if d.reference == "" {
		d.reference = "trigger-" + strings.ToLower(rand.Text()[:12])
	}
	if err := drives()[c.Event](d, ctx); err != nil {
		return c.explain(err)
	}
	sent, err := c.sent(ctx, d)
	if err != nil {
		return c.explain(err)
	}
	return c.tell(p, newInk(line.Color, p.Out), d.reference, sent)
}

// sent waits until each delivery of the event has been tried, and gives them.
func (c *triggerCmd) sent(ctx context.Context, d *driver) ([]client.Delivery, error) {
	if c.Event == webhook.CheckedIn {
		return nil, nil // posted while the phone waits; nothing is queued
	}
	ctx, cancel := context.WithTimeout(ctx, c.Within)
	defer cancel()
	for {
		page, err := d.sim.Deliveries(ctx, client.Filter{MSN: c.MSN, Reference: d.reference})
		if err != nil {
			return nil, err
		}
		all := slices.DeleteFunc(page.Deliveries, func(v client.Delivery) bool { return v.Event != c.Event })
		waits := slices.ContainsFunc(all, func(v client.Delivery) bool { return v.Tries == 0 && v.EndedAt.IsZero() })
		if !waits || clock.Rest(ctx, 20*time.Millisecond, nil) != nil {
			return all, nil
		}
	}
}

// tell says what happened. A delivery that nobody took is no failure of this
// command: the event was sent.
func (c *triggerCmd) tell(p *Program, k ink, reference string, sent []client.Delivery) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s  %s\n", k.ok(), k.in(bold, c.Event), reference)
	for i := range sent {
		fmt.Fprintf(&b, "  to %s  %s\n", k.in(blue, sent[i].URL), became(&sent[i]))
	}
	if len(sent) == 0 && c.Event != webhook.CheckedIn {
		fmt.Fprintf(&b, "  %s\n", k.in(faint, "Nobody is registered for it: name a receiver with --to, or register one."))
	}
	fmt.Fprintf(&b, "  look %s\n", k.in(blue, strings.TrimRight(c.URL, "/")+"/console/payments/"+c.MSN+"/"+reference))
	_, err := p.Out.Write([]byte(b.String()))
	return err
}

func became(d *client.Delivery) string {
	switch {
	case d.Last == nil:
		return "still waits: " + or(d.Reason, "not tried yet")
	case d.Last.Error != "":
		return d.Last.Error
	}
	return fmt.Sprintf("answered %d in %.0f ms", d.Last.Status, d.Last.TookMs)
}

func or(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

func (d *driver) create(ctx context.Context) error {
	_, err := d.sim.CreatePayment(ctx, client.CreatePayment{
		Amount: d.amount, Reference: d.reference, UserFlow: client.WebRedirect,
		ReturnURL: d.sim.BaseURL() + "/", PaymentDescription: "Made by liksom trigger",
	})
	return err
}

func (d *driver) approve(ctx context.Context) error {
	return first(ctx, d.create, func(ctx context.Context) error { _, err := d.sim.Approve(ctx, d.reference); return err })
}

func (d *driver) decline(ctx context.Context) error {
	return first(ctx, d.create, func(ctx context.Context) error { _, err := d.sim.Decline(ctx, d.reference); return err })
}

func (d *driver) expire(ctx context.Context) error {
	return first(ctx, d.create, func(ctx context.Context) error { _, err := d.sim.Expire(ctx, d.reference); return err })
}

func (d *driver) terminate(ctx context.Context) error {
	return first(ctx, d.create, func(ctx context.Context) error { _, err := d.sim.Cancel(ctx, d.reference); return err })
}

func (d *driver) capture(ctx context.Context) error {
	return first(ctx, d.approve, func(ctx context.Context) error { _, err := d.sim.Capture(ctx, d.reference, d.amount); return err })
}

func (d *driver) cancel(ctx context.Context) error {
	return first(ctx, d.approve, func(ctx context.Context) error { _, err := d.sim.Cancel(ctx, d.reference); return err })
}

func (d *driver) refund(ctx context.Context) error {
	return first(ctx, d.capture, func(ctx context.Context) error { _, err := d.sim.Refund(ctx, d.reference, d.amount); return err })
}

// checkIn has a phone scan a code of the sales unit. The reference becomes
// the code's id.
func (d *driver) checkIn(ctx context.Context) error {
	if err := d.sim.PutCallbackCode(ctx, d.reference, "Made by liksom trigger"); err != nil {
		return err
	}
	code, err := d.sim.CallbackCode(ctx, d.reference)
	if err != nil {
		return err
	}
	scanned, err := d.sim.Scan(ctx, directory.DemoPhone, code.Content)
	if err == nil && !scanned.Reached {
		return errors.New("the check-in reached nobody: " + or(scanned.Text, "no receiver is registered for "+webhook.CheckedIn+"; name one with --to"))
	}
	return err
}

// first does two things, the second only after the first went well.
func first(ctx context.Context, before, then func(context.Context) error) error {
	if err := before(ctx); err != nil {
		return err
	}
	return then(ctx)
}
