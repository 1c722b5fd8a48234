package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"liksom/server/directory"
)

const (
	// maxWindow is as long as the longest payment that may be made.
	maxWindow  = 60 * day
	maxTimeout = 10 * time.Minute
	// maxReturn is as long as a payer may be kept from the shop.
	maxReturn   = 30 * time.Second
	longestName = 30 // characters of a brand's label
)

// settingsView are a world's settings: what is told of them, and what a body
// may set.
type settingsView struct {
	LandingWindow          string           `json:"landingWindow"`
	ApprovalWindow         string           `json:"approvalWindow"`
	RateLimit              bool             `json:"rateLimit"`
	StrictURLs             bool             `json:"strictUrls"`
	StrictBodies           bool             `json:"strictBodies"`
	WebhookTimeout         string           `json:"webhookTimeout"`
	ReturnAfter            string           `json:"returnAfter"`
	Brand                  directory.Brands `json:"brand"`
	OneWindow              bool             `json:"oneWindow"`
	ErrorsToldBy           string           `json:"errorsToldBy"`
	ErrorsTracedBy         string           `json:"errorsTracedBy"`
	MobilePayCaptureDays   int              `json:"mobilePayCaptureDays"`
	ApproveWithoutTest     bool             `json:"approveWithoutTest"`
	ShippingCallbackCasing string           `json:"shippingCallbackCasing"`
	ExpressFourScopes      bool             `json:"expressFourScopes"`
	Stripe                 stripeView       `json:"stripe"`
	// FixedBy tells which of them have the value that a flag or the file of
	// the command line gave them. It is told only.
	FixedBy map[string]string `json:"fixedBy,omitempty"`
}

func viewSettings(s directory.Settings) settingsView {
	return settingsView{
		LandingWindow: time.Duration(s.LandingWindow).String(), ApprovalWindow: time.Duration(s.ApprovalWindow).String(),
		RateLimit: s.RateLimit, StrictURLs: s.StrictURLs, StrictBodies: s.StrictBodies,
		WebhookTimeout: time.Duration(s.WebhookTimeout).String(), ReturnAfter: time.Duration(s.ReturnAfter).String(), Brand: s.Brand, OneWindow: s.OneWindow,
		ErrorsToldBy: s.ErrorsToldBy, ErrorsTracedBy: s.ErrorsTracedBy, MobilePayCaptureDays: s.MobilePayCaptureDays,
		ApproveWithoutTest: s.ApproveWithoutTest, ShippingCallbackCasing: s.ShippingCallbackCasing,
		ExpressFourScopes: s.ExpressFourScopes, Stripe: viewStripe(s.Stripe),
	}
}

// ChangedSettings are the settings as a body of changes, JSON, leaves them.
// The error tells which member is wrong.
func ChangedSettings(s directory.Settings, body []byte) (directory.Settings, error) {
	v := viewSettings(s)
	if err := decodeBytes(body, &v); err != nil {
		return s, err
	}
	return v.settings()
}

func (v *settingsView) settings() (directory.Settings, error) {
	s := directory.Settings{
		RateLimit: v.RateLimit, StrictURLs: v.StrictURLs, StrictBodies: v.StrictBodies, Brand: v.Brand, OneWindow: v.OneWindow,
		ErrorsToldBy: v.ErrorsToldBy, ErrorsTracedBy: v.ErrorsTracedBy, MobilePayCaptureDays: v.MobilePayCaptureDays,
		ApproveWithoutTest: v.ApproveWithoutTest, ShippingCallbackCasing: v.ShippingCallbackCasing,
		ExpressFourScopes: v.ExpressFourScopes,
	}
	for _, d := range []struct {
		field, text string
		least, most time.Duration
		into        *directory.Duration
	}{
		{"landingWindow", v.LandingWindow, 1, maxWindow, &s.LandingWindow},
		{"approvalWindow", v.ApprovalWindow, 1, maxWindow, &s.ApprovalWindow},
		{"webhookTimeout", v.WebhookTimeout, 1, maxTimeout, &s.WebhookTimeout},
		{"returnAfter", v.ReturnAfter, 0, maxReturn, &s.ReturnAfter},
	} {
		length, err := span(d.field, d.text, d.most)
		if err != nil {
			return s, err
		}
		if length < d.least {
			return s, invalid(d.field, "It must be longer than nothing.")
		}
		*d.into = directory.Duration(length)
	}
	var err error
	if s.Stripe, err = v.Stripe.settings(); err != nil {
		return s, err
	}
	return s, v.check()
}

func (v *settingsView) check() error {
	for field, label := range map[string]string{"brand.vipps.label": v.Brand.Vipps.Label, "brand.mobilepay.label": v.Brand.MobilePay.Label} {
		if n := utf8.RuneCountInString(label); n > longestName || strings.TrimSpace(label) == "" {
			return invalid(field, fmt.Sprintf("A label has 1 to %d characters.", longestName))
		}
	}
	if v.MobilePayCaptureDays != 7 && v.MobilePayCaptureDays != 14 {
		return invalid("mobilePayCaptureDays", "The vendor's texts say 7 or 14.")
	}
	if err := oneOf("errorsToldBy", v.ErrorsToldBy, directory.ByCode, directory.ByType); err != nil {
		return err
	}
	if err := oneOf("errorsTracedBy", v.ErrorsTracedBy, directory.ByBoth, directory.ByTraceID, directory.ByInstance); err != nil {
		return err
	}
	return oneOf("shippingCallbackCasing", v.ShippingCallbackCasing, directory.CamelCase, directory.PascalCase)
}

// shownSettings adds who fixed what still is as it was begun with.
func (c *Control) shownSettings(s directory.Settings) settingsView {
	v := viewSettings(s)
	for member, by := range c.FixedBy {
		if v.has(member, viewSettings(c.Directory.Begun())) {
			if v.FixedBy == nil {
				v.FixedBy = map[string]string{}
			}
			v.FixedBy[member] = by
		}
	}
	return v
}

// has tells whether a member is as in another view.
func (v *settingsView) has(member string, other settingsView) bool {
	mine, theirs := memberOf(*v, member), memberOf(other, member)
	return mine != nil && bytes.Equal(mine, theirs)
}

func memberOf(v settingsView, name string) json.RawMessage {
	var members map[string]json.RawMessage
	body, _ := json.Marshal(v) // texts, numbers and booleans: cannot fail
	_ = json.Unmarshal(body, &members)
	return members[name]
}

func (c *Control) settings(*http.Request) (answer, error) {
	return ok(c.shownSettings(*c.Directory.Settings()))
}

func (c *Control) changeSettings(r *http.Request) (answer, error) {
	body, err := read(r)
	if err != nil {
		return answer{}, err
	}
	s, err := c.Directory.ChangeSettings(r.Context(), func(s *directory.Settings) error {
		var err error
		*s, err = ChangedSettings(*s, body)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	c.News.tell(item{everybody: true, what: settingsNews{}})
	return ok(c.shownSettings(s))
}
