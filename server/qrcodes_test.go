package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// shownCode is a code as GET /sim/v1/qr tells it.
type shownCode struct {
	ID, Kind, MSN, Name, Title, State, Content, SVG, PNG, Target, Place string
	Scans                                                               int
	Amount                                                              struct{ Value int64 }
}

func codes(t *testing.T, sim *servertest.Sim, query string) []shownCode {
	t.Helper()
	out := call(t, sim, "GET", "/sim/v1/qr"+query, "")
	require.Equal(t, 200, out.status)
	var list struct{ Codes []shownCode }
	require.NoError(t, json.Unmarshal([]byte(out.body), &list))
	return list.Codes
}

func TestTheCodesAreListedWithWhatBecameOfThem(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		l := listen(t, sim, client.StreamFilter{Kinds: []string{"qr"}})
		_, err := sim.Client.CreateRedirectCode(t.Context(), newRedirect("taxi_122_qr", "https://taxi.example/pay/122"), "")
		require.NoError(t, err)
		require.NoError(t, sim.Client.PutCallbackCode(t.Context(), "kasse1", "Kasse 1"))
		for reference, end := range map[string]func(){
			"pos-paid": func() { sim.Approve(t, "pos-paid") }, "pos-over": func() { sim.Expire(t, "pos-over") }, "pos-live": func() {},
		} {
			_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
				Amount: client.NOK(42924), Reference: reference, UserFlow: client.QR, ReturnURL: "https://shop.example", PaymentDescription: "Trip",
			})
			require.NoError(t, err)
			end()
		}
		byName := map[string]shownCode{}
		for _, c := range codes(t, sim, "") {
			byName[c.Name] = c
		}
		require.Len(t, byName, 5)
		require.Equal(t, "used", byName["pos-paid"].State)
		require.Equal(t, "over", byName["pos-over"].State)
		require.Empty(t, byName["pos-over"].SVG, "there is no picture of it any more")
		require.Equal(t, "live", byName["pos-live"].State)
		require.EqualValues(t, 42924, byName["pos-live"].Amount.Value)
		taxi, till := byName["taxi_122_qr"], byName["kasse1"]
		require.Equal(t, "Taxi 122", taxi.Title)
		require.Equal(t, "https://taxi.example/pay/122", taxi.Target)
		require.Equal(t, "Kasse 1", till.Title)
		for _, c := range []shownCode{byName["pos-live"], taxi, till} {
			for _, picture := range []string{c.SVG, c.PNG} {
				require.Equal(t, 200, call(t, sim, "GET", picture, "").status, picture)
			}
			require.Equal(t, sim.URL+"/qr/"+c.ID, c.Content)
		}
		require.Equal(t, []string{"qr", "qr"}, l.heard())
		require.Len(t, codes(t, sim, "?kind=one-time&msn=123456"), 3)
		pass(11 * time.Minute)
		for _, c := range codes(t, sim, "?kind=one-time") {
			require.NotEqual(t, "live", c.State, c.Name)
		}
	})
}

func TestAScanIsCountedOnceHoweverItIsMade(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.CreateRedirectCode(t.Context(), newRedirect("taxi_122_qr", "https://taxi.example/pay/122"), "")
		require.NoError(t, err)
		require.NoError(t, sim.Client.PutCallbackCode(t.Context(), "kasse1", "Kasse 1"))
		all := codes(t, sim, "")
		till, taxi := all[0], all[1]
		scans := func() []int {
			now := codes(t, sim, "")
			return []int{now[0].Scans, now[1].Scans}
		}
		require.Equal(t, []int{0, 0}, scans())
		_, err = sim.Client.Scan(t.Context(), kari, taxi.Content)
		require.NoError(t, err)
		require.Equal(t, []int{0, 1}, scans(), "a simulated phone")
		here := strings.TrimPrefix(taxi.Content, sim.URL)
		require.Equal(t, http.StatusFound, callOnce(t, sim, "GET", here))
		require.Equal(t, []int{0, 2}, scans(), "a browser")
		require.Equal(t, http.StatusFound, callOnce(t, sim, "HEAD", here))
		require.Equal(t, []int{0, 2}, scans(), "whoever only asks where it leads")
		_, err = sim.Client.Scan(t.Context(), kari, till.Content)
		require.NoError(t, err)
		require.Equal(t, []int{1, 2}, scans(), "who checks in")
		call(t, sim, "GET", strings.TrimPrefix(till.Content, sim.URL), "")
		require.Equal(t, []int{1, 2}, scans(), "who only looks at the page to check in from")
	})
}

// callOnce asks without going where the answer leads, and gives its status.
func callOnce(t *testing.T, sim *servertest.Sim, method, path string) int {
	t.Helper()
	h := *sim.HTTP
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := http.NewRequestWithContext(t.Context(), method, sim.URL+path, nil)
	require.NoError(t, err)
	answer, err := h.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}
