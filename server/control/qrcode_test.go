package control_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/control"
	"liksom/server/payment"
)

func someCodes() []control.QRCode {
	return []control.QRCode{
		{
			ID: "p0123456789", Kind: control.QROneTime, MSN: "234567", Name: "order-1", Title: "Socks", State: control.QRUsed,
			Amount: &payment.Amount{Currency: "NOK", Value: 42924}, EndsAt: morning.Add(time.Minute),
		},
		{
			ID: "r01234567", Kind: control.QRRedirect, MSN: "123456", Name: "taxi_122_qr", Title: "Taxi 122", State: control.QRLive, Content: "http://sim.test/qr/r01234567",
			SVG: "/qr-image/v1?token=r01234567.svg", PNG: "/qr-image/v1?token=r01234567.png.1024", Target: "https://taxi.example/pay/122", Scans: 14,
		},
		{ID: "c01234567", Kind: control.QRCallback, MSN: "123456", Name: "kasse1", Title: "Kasse 1", State: control.QRLive, Place: "Kasse 1"},
	}
}

func TestTheCodesAreListedWithWhereTheyLead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.codes = someCodes()
	golden(t, "qr", w.ask("GET", "/sim/v1/qr", ""))
}

func TestTheCodesAreSelectedAsAsked(t *testing.T) {
	t.Parallel()
	for query, want := range map[string][]string{
		"msn=123456":               {"r01234567", "c01234567"},
		"kind=one-time":            {"p0123456789"},
		"limit=1":                  {"p0123456789"},
		"msn=234567&kind=callback": {},
	} {
		w := newWorld(t)
		w.codes = someCodes()
		ids := []string{}
		for _, code := range w.want(t, 200, "GET", "/sim/v1/qr?"+query, "")["codes"].([]any) {
			ids = append(ids, code.(map[string]any)["id"].(string))
		}
		require.Equal(t, want, ids, query)
	}
}

func TestAKindOfCodeThatThereIsNotIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Contains(t, w.want(t, 400, "GET", "/sim/v1/qr?kind=sticker", "")["detail"], "redirect")
	w.codesFail = errors.New("secret cause")
	require.NotContains(t, w.want(t, 500, "GET", "/sim/v1/qr", "")["detail"], "secret cause")
}

// qrCodes are what the test says there is.
func (w *world) qrCodes(*http.Request) ([]control.QRCode, error) { return w.codes, w.codesFail }
