package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"liksom/server/config"
	"liksom/server/control"
	"liksom/server/directory"
	"liksom/server/stripe"
	"liksom/web"
)

// begun is what every world begins with.
type begun struct {
	settings directory.Settings
	// fixedBy names, by setting, the flag or the file that gave its value.
	fixedBy map[string]string
	rest    control.Beginning
	stripe  stripe.Config
}

// begun reads the settings to begin with: the file's over the usual ones, the
// flags' over both.
func (o Options) begun() (begun, error) {
	b := begun{settings: directory.DefaultSettings(), fixedBy: map[string]string{}}
	if o.Config != nil {
		changed, err := control.ChangedSettings(b.settings, o.Config.Settings())
		if err != nil {
			field, reason := control.FieldOf(err)
			return b, o.Config.Explain(field, reason, "settings")
		}
		b.settings = changed
		for _, name := range o.Config.SettingNames() {
			b.fixedBy[name] = "--config"
		}
		if err := b.readStripe(o.Config); err != nil {
			return b, err
		}
		b.rest = control.Beginning{
			Merchants: o.Config.List("merchants"), Phones: o.Config.List("phones"),
			Autopilots: o.Config.List("autopilots"), Faults: o.Config.List("faults"),
		}
	}
	s := &b.settings
	for _, d := range []struct {
		given      time.Duration
		into       *directory.Duration
		name, flag string
	}{
		{o.LandingWindow, &s.LandingWindow, "landingWindow", "--landing-window"},
		{o.ApprovalWindow, &s.ApprovalWindow, "approvalWindow", "--approval-window"},
		{o.WebhookTimeout, &s.WebhookTimeout, "webhookTimeout", "--webhook-timeout"},
	} {
		if d.given != 0 {
			*d.into, b.fixedBy[d.name] = directory.Duration(d.given), d.flag
		}
	}
	for _, d := range []struct {
		given      Switch
		into       *bool
		name, flag string
	}{
		{o.RateLimit, &s.RateLimit, "rateLimit", "--rate-limit"},
		{o.StrictURLs, &s.StrictURLs, "strictUrls", "--strict-urls"},
		{o.StrictBodies, &s.StrictBodies, "strictBodies", "--strict-bodies"},
	} {
		if d.given != "" {
			*d.into, b.fixedBy[d.name] = d.given == On, d.flag
		}
	}
	return b, nil
}

// readStripe reads what the Stripe side begins with.
func (b *begun) readStripe(f *config.File) error {
	side, field, err := stripe.ReadConfig(f.Stripe())
	if err != nil {
		return f.Explain(field, err.Error(), "stripe")
	}
	b.stripe = side
	changed, err := control.ChangedSettings(b.settings, side.Settings)
	if err != nil {
		field, reason := control.FieldOf(err)
		return f.Explain(strings.TrimPrefix(field, "stripe."), reason, "stripe")
	}
	b.settings = changed
	return nil
}

// begin puts what the world begins with in place: at each start, in each new
// world, and after a reset.
func (w *World) begin(ctx context.Context) error {
	b := &w.server.begun
	if err := w.stripe.Begin(ctx, b.stripe.Webhooks); err != nil {
		return err
	}
	if len(b.rest.Merchants)+len(b.rest.Phones)+len(b.rest.Autopilots)+len(b.rest.Faults) == 0 {
		return nil
	}
	err := w.newControl().Begin(ctx, b.rest)
	var wrong *control.EntryError
	if !errors.As(err, &wrong) {
		return err
	}
	field, reason := control.FieldOf(wrong.Err)
	return w.server.options.Config.Explain(field, reason, wrong.Section, strconv.Itoa(wrong.Index))
}

// site is the pages' site with the world's names for the wallets.
func (w *World) site() *web.Site {
	return w.server.shared.site.Labelled(func(brand string) string { return w.directory.Settings().Brand.Label(brand) })
}

// The document that keeps how often all tokens were ended.
const (
	tokensKind = "tokens"
	tokensKey  = "generation"
)

// openTokens has tokens that were ended stay so over a restart.
func (w *World) openTokens(ctx context.Context) error {
	kept, err := w.store.Documents(ctx, tokensKind)
	if err != nil {
		return fmt.Errorf("read the tokens' generation: %w", err)
	}
	body, ended := kept[tokensKey]
	if !ended {
		return nil
	}
	var generation int64
	if err := json.Unmarshal(body, &generation); err != nil {
		return fmt.Errorf("read the tokens' generation: %w", err)
	}
	w.gateway.Tokens.Since(generation)
	return nil
}

// expireTokens ends every access token of the world, for good.
func (w *World) expireTokens(ctx context.Context) error {
	generation := w.gateway.Tokens.ExpireAll()
	return w.store.PutDocument(ctx, tokensKind, tokensKey, strconv.AppendInt(nil, generation, 10))
}
