package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"liksom/server/client"
	"liksom/server/webhook"
	"liksom/server/webhook/probe"
)

// probeSecret signs where no secret was named: give it to your handler.
const probeSecret = "liksom-check-webhook-secret"

// checkWebhookCmd judges a merchant's webhook handler.
type checkWebhookCmd struct {
	keys
	Target  string        `arg:"" name:"url" help:"Your handler's address."`
	Secret  string        `help:"What your handler verifies with; ${probe_secret} when left out."`
	At      string        `name:"url" placeholder:"URL" help:"A simulator in which a payment is made for each case, for handlers that look it up."`
	Count   string        `placeholder:"URL" help:"A page of yours with the number of bookings on it: shows whether what comes twice is booked once."`
	Timeout time.Duration `default:"10s" help:"How long your handler may take for an answer."`
}

// Validate refuses what is no address.
func (c *checkWebhookCmd) Validate() error {
	if _, err := webhook.ParseURL(c.Target); err != nil {
		return fmt.Errorf("%q cannot be a webhook's address: %w", c.Target, err)
	}
	for flag, value := range map[string]string{"--url": c.At, "--count": c.Count} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "") {
			return fmt.Errorf("%s is an http or https address, not %q", flag, value)
		}
	}
	return nil
}

// Run tries all cases, one line each.
func (c *checkWebhookCmd) Run(ctx context.Context, p *Program, line *commandLine) error {
	k := newInk(line.Color, p.Out)
	check, err := c.probe()
	if err != nil {
		return err
	}
	if c.Secret == "" {
		_, _ = fmt.Fprintf(p.Out, "%s\n\n", k.in(faint, "Signed with the secret "+probeSecret+"; give your handler that one, or name its own with --secret."))
	}
	wrong, all := 0, 0
	for verdict, err := range check.Run(ctx) {
		if err != nil {
			return err
		}
		all++
		if !verdict.OK {
			wrong++
		}
		tellVerdict(p, k, &verdict)
	}
	if wrong > 0 {
		_, _ = fmt.Fprintf(p.Out, "\n  %s of %d\n", k.in(bad, fmt.Sprintf("%d wrong", wrong)), all)
		return exitStatus{status: exitFailed}
	}
	_, err = fmt.Fprintf(p.Out, "\n  %s\n", k.in(good, fmt.Sprintf("all %d right", all)))
	return err
}

func (c *checkWebhookCmd) probe() (*probe.Probe, error) {
	target, err := webhook.ParseURL(c.Target)
	if err != nil {
		return nil, usageError{err}
	}
	p := &probe.Probe{
		URL: target, Secret: or(c.Secret, probeSecret), MSN: c.MSN, Reference: madeUp,
		HTTP: &http.Client{
			Timeout:       c.Timeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	if c.At != "" {
		p.Reference = c.real
	}
	if c.Count != "" {
		if p.Count, err = url.Parse(c.Count); err != nil {
			return nil, usageError{err}
		}
	}
	return p, nil
}

// madeUp names a payment that is nowhere.
func madeUp(context.Context) (string, error) {
	return "probe-" + strings.ToLower(rand.Text()[:14]), nil
}

// real makes a payment that was approved, and names it.
func (c *checkWebhookCmd) real(ctx context.Context) (string, error) {
	t := target{URL: c.At}
	d := &driver{sim: t.client(c.keys.option()), amount: client.NOK(35000)}
	d.reference, _ = madeUp(ctx)
	if err := d.approve(ctx); err != nil {
		return "", errors.New("no payment could be made: " + t.explain(err).Error())
	}
	return d.reference, nil
}

func tellVerdict(p *Program, k ink, v *probe.Verdict) {
	mark, risk := k.ok(), ""
	if !v.OK {
		mark, risk = k.fail(), "   should "+v.Should+": "+k.in(bad, v.Risk)
	}
	_, _ = fmt.Fprintf(p.Out, "  %s %s %s%s\n", mark, pad(v.Case, 32), pad(v.Did, 20), risk)
}
