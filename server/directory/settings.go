package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"liksom/server/payment"
)

// Settings are what may be changed while a world runs (simulator contract,
// section 4). The members below Brand are switches for what the vendor's own
// texts disagree on; their zero values follow the ePayment contract.
type Settings struct {
	LandingWindow  Duration `json:"landingWindow"`
	ApprovalWindow Duration `json:"approvalWindow"`
	// RateLimit puts the vendor's limits per reference in force.
	RateLimit bool `json:"rateLimit"`
	// StrictURLs refuses http, localhost and private addresses, StrictBodies
	// members that nobody knows.
	StrictURLs   bool `json:"strictUrls"`
	StrictBodies bool `json:"strictBodies"`
	// WebhookTimeout is how long a webhook target may take, in real time.
	WebhookTimeout Duration `json:"webhookTimeout"`
	// ReturnAfter is how long the landing page shows an outcome before it
	// leads the payer back to the shop, in real time; 0 is at once.
	ReturnAfter Duration `json:"returnAfter"`
	Brand       Brands   `json:"brand"`

	// OneWindow gives the payer one window, as long as both together, that
	// identification does not begin anew.
	OneWindow bool `json:"oneWindow"`
	// ErrorsToldBy is how a coded error is told from others: [ByCode] or
	// [ByType].
	ErrorsToldBy string `json:"errorsToldBy"`
	// ErrorsTracedBy is which members name the occurrence: [ByBoth],
	// [ByTraceID] or [ByInstance].
	ErrorsTracedBy string `json:"errorsTracedBy"`
	// MobilePayCaptureDays is how long units in Denmark and Finland may
	// capture: 14 or 7 days.
	MobilePayCaptureDays int `json:"mobilePayCaptureDays"`
	// ApproveWithoutTest takes force approve without /test in its path, too.
	ApproveWithoutTest bool `json:"approveWithoutTest"`
	// ShippingCallbackCasing is how members of the shipping callback are
	// spelled: [CamelCase] or [PascalCase].
	ShippingCallbackCasing string `json:"shippingCallbackCasing"`
	// ExpressFourScopes has Express ask for exactly four scopes, as it had to
	// until autumn 2026.
	ExpressFourScopes bool `json:"expressFourScopes"`
	// Stripe is for payments that come through Stripe.
	Stripe StripeSettings `json:"stripe"`
}

// The values of the settings that are words.
const (
	// ByCode is an entry named ErrorCode (2026), ByType a type of its own for
	// each error, in a document without code, status and instance (2023).
	ByCode = "code"
	ByType = "type"

	ByBoth     = "both"
	ByTraceID  = "traceId"
	ByInstance = "instance"

	CamelCase  = "camel"
	PascalCase = "pascal"
)

// Brands is how the wallets are called.
type Brands struct {
	Vipps     Brand `json:"vipps"`
	MobilePay Brand `json:"mobilepay"`
}

// Brand is how one wallet is called.
type Brand struct {
	Label string `json:"label"`
}

// Label is a brand's name for people; one that is not known is called as it
// is.
func (b *Brands) Label(brand string) string {
	switch brand {
	case "vipps":
		return b.Vipps.Label
	case "mobilepay":
		return b.MobilePay.Label
	}
	return brand
}

// DefaultSettings are those of a world that was told nothing.
func DefaultSettings() Settings {
	return Settings{
		LandingWindow: Duration(5 * time.Minute), ApprovalWindow: Duration(5 * time.Minute),
		WebhookTimeout:       Duration(10 * time.Second),
		ReturnAfter:          Duration(3 * time.Second),
		Brand:                Brands{Vipps: Brand{"Vipps"}, MobilePay: Brand{"MobilePay"}},
		ErrorsToldBy:         ByCode,
		ErrorsTracedBy:       ByBoth,
		MobilePayCaptureDays: 14, ShippingCallbackCasing: CamelCase,
		Stripe: DefaultStripe(),
	}
}

// Windows are the windows of a payer.
func (s *Settings) Windows() payment.Windows {
	return payment.Windows{
		Landing: time.Duration(s.LandingWindow), Approval: time.Duration(s.ApprovalWindow), One: s.OneWindow,
	}
}

// settingsKey names the one document, which holds what differs from the
// beginning.
const settingsKey = "changes"

// Begin says with what settings the world begins; changes that were kept lie
// over them.
func (d *Directory) Begin(ctx context.Context, s Settings) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	d.begun = s
	return d.loadSettings(ctx)
}

func (d *Directory) loadSettings(ctx context.Context) error {
	kept, err := d.docs.Documents(ctx, settingsKind)
	if err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	now := d.begun
	if body, changed := kept[settingsKey]; changed {
		if err := json.Unmarshal(body, &now); err != nil {
			return fmt.Errorf("read the settings: %w", err)
		}
	}
	d.settings.Store(&now)
	return nil
}

// Settings are those in force. What they point to must not be changed.
func (d *Directory) Settings() *Settings { return d.settings.Load() }

// Begun are the settings the world began with.
func (d *Directory) Begun() Settings {
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.begun
}

// ChangeSettings changes settings for good, until the world is reset.
func (d *Directory) ChangeSettings(ctx context.Context, change func(*Settings) error) (Settings, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	now := *d.Settings()
	if err := change(&now); err != nil {
		return Settings{}, err
	}
	body, err := differing(&d.begun, &now)
	if err != nil {
		return Settings{}, err
	}
	if err := d.docs.PutDocument(ctx, settingsKind, settingsKey, body); err != nil {
		return Settings{}, err
	}
	d.settings.Store(&now)
	return now, nil
}

// differing writes the members that are not as at the beginning, so that a
// later beginning shows through the others.
func differing(begun, now *Settings) ([]byte, error) {
	var before, after map[string]json.RawMessage
	for from, to := range map[*Settings]*map[string]json.RawMessage{begun: &before, now: &after} {
		body, err := json.Marshal(from)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, to); err != nil {
			return nil, err
		}
	}
	for name, value := range before {
		if bytes.Equal(value, after[name]) {
			delete(after, name)
		}
	}
	return json.Marshal(after)
}
