package webhook

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"liksom/server/payment"
)

// CheckedIn is the event type of a scanned merchant code. It allows one
// registration per sales unit only.
const CheckedIn = "user.checked-in.v1"

// Types are the event types that can be registered, in the order of the
// webhooks contract, section 3.
func Types() []string {
	return []string{
		"epayments.payment.created.v1", "epayments.payment.authorized.v1", "epayments.payment.aborted.v1",
		"epayments.payment.expired.v1", "epayments.payment.terminated.v1", "epayments.payment.captured.v1",
		"epayments.payment.cancelled.v1", "epayments.payment.refunded.v1",
		CheckedIn,
		"recurring.agreement-activated.v1", "recurring.agreement-rejected.v1", "recurring.agreement-stopped.v1",
		"recurring.agreement-expired.v1",
		"recurring.charge-reserved.v1", "recurring.charge-captured.v1", "recurring.charge-canceled.v1",
		"recurring.charge-refunded.v1", "recurring.charge-failed.v1", "recurring.charge-creation-failed.v1",
		"login.merchant-initiated.ping.v1",
	}
}

// KnownType tells whether an event type can be registered.
func KnownType(name string) bool { return slices.Contains(Types(), name) }

// TypeOf is the event type of what happened to a payment, "" for what no
// merchant is told.
func TypeOf(k payment.Kind) string {
	if !k.Public() {
		return ""
	}
	return "epayments.payment." + strings.ToLower(string(k)) + ".v1"
}

const (
	// timestampForm and guaranteeForm differ as they do in real deliveries.
	timestampForm = "2006-01-02T15:04:05.000Z"
	guaranteeForm = "2006-01-02T15:04:05.000-07:00"
)

// Body is what is sent of an event of a payment, the payment being as the
// event left it: compact JSON with its members in the order of real
// deliveries (webhooks contract, section 4.1), in plain UTF-8.
func Body(p payment.Payment, e payment.Event) []byte {
	b := make([]byte, 0, 384)
	b = append(b, `{"msn":`...)
	b = appendString(b, e.ID.MSN)
	b = append(b, `,"reference":`...)
	b = appendString(b, e.ID.Reference)
	b = append(b, `,"pspReference":`...)
	b = appendString(b, e.PSP)
	b = append(b, `,"name":`...)
	b = appendString(b, string(e.Kind))
	b = append(b, `,"amount":{"currency":`...)
	b = appendString(b, p.Amount.Currency)
	b = append(b, `,"value":`...)
	b = strconv.AppendInt(b, e.Amount, 10)
	b = append(b, `},"timestamp":"`...)
	b = e.At.UTC().AppendFormat(b, timestampForm)
	b = append(b, '"')
	if e.Key != "" {
		b = appendMember(b, "idempotencyKey", e.Key)
	}
	b = append(b, `,"success":true`...)
	if e.Kind == payment.PaymentAuthorized {
		b = appendAuthorized(b, &p)
	}
	return append(b, '}')
}

// appendAuthorized writes what only an approval tells.
func appendAuthorized(b []byte, p *payment.Payment) []byte {
	if c := p.Chosen; c != nil {
		b = append(b, `,"shippingDetails":{"address":`...)
		b = appendAddress(b, c.Address)
		b = append(b, `,"shippingCost":`...)
		b = strconv.AppendInt(b, c.Cost, 10)
		b = appendMember(b, "shippingOptionId", c.OptionID)
		b = appendMember(b, "shippingOptionName", c.OptionName)
		b = append(b, '}')
	}
	if g := p.Grant; g != nil {
		if details := appendDetails(nil, g); len(details) > 0 {
			b = append(b, `,"userDetails":{`...)
			b = append(b, details[1:]...) // without the first comma
			b = append(b, '}')
		}
		b = appendMember(b, "sub", g.Sub)
	}
	if until := guaranteedUntil(p); !until.IsZero() {
		b = append(b, `,"captureGuaranteedUntil":"`...)
		b = until.UTC().AppendFormat(b, guaranteeForm)
		b = append(b, '"')
	}
	return b
}

func guaranteedUntil(p *payment.Payment) time.Time {
	if p.CaptureBy.IsZero() {
		return time.Time{}
	}
	return p.GuaranteedUntil()
}

// appendDetails writes the profile members of the scopes granted, each with a
// comma in front.
func appendDetails(b []byte, g *payment.Grant) []byte {
	granted := func(scope, name, value string) {
		if value != "" && slices.Contains(g.Scopes, scope) {
			b = appendMember(b, name, value)
		}
	}
	granted("email", "email", g.Profile.Email)
	granted("name", "firstName", g.Profile.FirstName)
	granted("name", "lastName", g.Profile.LastName)
	granted("phoneNumber", "mobileNumber", g.Profile.Phone)
	granted("birthDate", "dateOfBirth", g.Profile.BirthDate)
	if len(g.Profile.Addresses) > 0 && slices.Contains(g.Scopes, "address") {
		b = append(b, `,"addresses":[`...)
		for i, a := range g.Profile.Addresses {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendAddress(b, a)
		}
		b = append(b, ']')
	}
	return b
}

func appendAddress(b []byte, a payment.Address) []byte {
	b = append(b, `{"addressLine1":`...)
	b = appendString(b, a.Line1)
	b = appendMember(b, "addressLine2", a.Line2)
	b = appendMember(b, "city", a.City)
	b = appendMember(b, "country", a.Country)
	b = appendMember(b, "postCode", a.PostCode)
	return append(b, '}')
}

// appendMember writes a member that is not the first.
func appendMember(b []byte, name, value string) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendString(b, value)
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string with nothing escaped that need not be.
// What is not UTF-8 becomes the replacement character.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
