package epayment_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

// customers knows the ready-made phone by its personal codes, and by a token
// that it was given at two sales units.
type customers struct{}

func (customers) Token(msn, token string) (string, bool) {
	return directory.DemoPhone, token == "ticket" && (msn == directory.DemoMSN || msn == kiosk)
}

func (customers) PersonalQR(content string) (string, bool) {
	for _, start := range []string{"https://qr.vipps.no/p/", "https://qr.vipps.no/28/2/01/031/"} {
		if strings.HasPrefix(content, start+directory.DemoPhone) {
			return directory.DemoPhone, true
		}
	}
	return "", false
}

// kiosk is the ready-made sales unit that is approved for nothing special.
const kiosk = "345678"

func TestWhoCheckedInIsAskedByToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		msn     string
		changes changes
		status  int
		code    string
	}{
		"a token pushes to its payer":                 {"123456", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"customerToken":"ticket"}`}, 201, ""},
		"a token of another sales unit is not known":  {"234567", changes{"userFlow": `"PUSH_MESSAGE"`, "customer": `{"customerToken":"ticket"}`}, 400, "4050"},
		"a token nobody was given is not known":       {"123456", changes{"customer": `{"customerToken":"other"}`}, 400, "4050"},
		"an empty token is not known":                 {"123456", changes{"customer": `{"customerToken":""}`}, 400, "4050"},
		"a personal code of four characters is none":  {"123456", changes{"customer": `{"personalQr":"http"}`}, 400, "4060"},
		"a personal code of 256 characters is none":   {"123456", changes{"customer": `{"personalQr":"https://qr.vipps.no/p/4712345678?` + strings.Repeat("x", 223) + `"}`}, 400, "4060"},
		"a personal code of 255 characters is fine":   {"123456", changes{"customer": `{"personalQr":"https://qr.vipps.no/p/4712345678?` + strings.Repeat("x", 222) + `"}`}, 201, ""},
		"a token does for a page that waits, as well": {"123456", changes{"customer": `{"customerToken":"ticket"}`}, 201, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got := w.ask(http.MethodPost, "/epayment/v1/payments", with(c.changes), append(w.as(c.msn), "Idempotency-Key: 1")...)
			require.Equal(t, c.status, got.Code, got.Body)
			if c.code != "" {
				require.Contains(t, got.Body.String(), `"reason":"`+c.code+`"`)
			}
		})
	}
}

func TestATokenNeedsNoLeaveToPush(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unit, _ := w.units.Unit(kiosk)
	unit.Switches.BankVerified = true
	require.NoError(t, w.units.PutUnit(t.Context(), unit))
	require.False(t, unit.Switches.PushAllowed)
	push := func(key, customer string) int {
		body := with(changes{"reference": `"push-` + key + `-1234"`, "userFlow": `"PUSH_MESSAGE"`, "customer": customer})
		return w.ask(http.MethodPost, "/epayment/v1/payments", body, append(w.as(kiosk), "Idempotency-Key: "+key)...).Code
	}
	require.Equal(t, http.StatusForbidden, push("a", `{"phoneNumber":"4712345678"}`))
	require.Equal(t, http.StatusForbidden, push("b", `{"personalQr":"https://qr.vipps.no/p/4712345678"}`))
	require.Equal(t, http.StatusCreated, push("c", `{"customerToken":"ticket"}`))
}
