package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/servertest"
)

// bent is a simulator whose settings were changed by a body.
func bent(t *testing.T, settings string, options ...servertest.Option) *servertest.Sim {
	t.Helper()
	sim := start(t, options...)
	bend(t, sim, settings)
	return sim
}

func bend(t *testing.T, sim *servertest.Sim, settings string) {
	t.Helper()
	status, body := ask(t, sim, "PATCH", "/sim/v1/settings", settings)
	require.Equal(t, 200, status, body)
}

// ask sends a request without keys.
func ask(t *testing.T, sim *servertest.Sim, method, path, body string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, sim.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := sim.HTTP.Do(r)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	all, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(all)
}

// merchantAsk sends a request with the keys of the demo unit.
func merchantAsk(t *testing.T, sim *servertest.Sim, method, path, body string) (int, string) {
	t.Helper()
	token, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	return ask(t, sim, method, path, body, "Authorization", "Bearer "+token.AccessToken,
		"Ocp-Apim-Subscription-Key", client.Demo().SubscriptionKey, "Merchant-Serial-Number", "123456", "Idempotency-Key", "one")
}

// members are those of a JSON object.
func members(t *testing.T, body string) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &m), body)
	return m
}

func stateOf(t *testing.T, sim *servertest.Sim, reference string) string {
	t.Helper()
	return sim.Payment(t, reference).State
}

func TestOneWindowIsNotBegunAnewByIdentification(t *testing.T) {
	t.Parallel()
	sim := bent(t, `{"oneWindow":true}`)
	_, err := sim.Client.Freeze(t.Context())
	require.NoError(t, err)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Advance(t, 9*time.Minute)
	_, err = sim.Client.Open(t.Context(), "order-0001", "4712345678")
	require.NoError(t, err, "nine minutes are not too late to open")
	sim.Advance(t, 59*time.Second)
	require.Equal(t, "CREATED", stateOf(t, sim, "order-0001"))
	sim.Advance(t, time.Second)
	require.Equal(t, "EXPIRED", stateOf(t, sim, "order-0001"))
}

func TestTwoWindowsUnlessTold(t *testing.T) {
	t.Parallel()
	sim := start(t)
	_, err := sim.Client.Freeze(t.Context())
	require.NoError(t, err)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Advance(t, 4*time.Minute)
	_, err = sim.Client.Open(t.Context(), "order-0001", "4712345678")
	require.NoError(t, err)
	sim.Advance(t, 4*time.Minute+59*time.Second)
	require.Equal(t, "CREATED", stateOf(t, sim, "order-0001"))
	sim.Advance(t, time.Second)
	require.Equal(t, "EXPIRED", stateOf(t, sim, "order-0001"))
}

func TestWindowsChangeWhileRunning(t *testing.T) {
	t.Parallel()
	sim := bent(t, `{"landingWindow":"1m"}`)
	_, err := sim.Client.Freeze(t.Context())
	require.NoError(t, err)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Advance(t, time.Minute)
	require.Equal(t, "EXPIRED", stateOf(t, sim, "order-0001"))
}

func TestErrorsCanBeToldInOtherForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, want string }{
		{`{}`, "detail extraDetails instance status title traceId type"},
		{`{"errorsToldBy":"type"}`, "detail title traceId type"},
		{`{"errorsTracedBy":"traceId"}`, "detail extraDetails status title traceId type"},
		{`{"errorsTracedBy":"instance"}`, "detail extraDetails instance status title type"},
	} {
		t.Run(c.settings, func(t *testing.T) {
			t.Parallel()
			sim := bent(t, c.settings, described(t, told(404, "the documents tell the usual form of errors only")))
			status, body := merchantAsk(t, sim, "GET", "/epayment/v1/payments/order-0001", "")
			require.Equal(t, 404, status)
			doc := members(t, body)
			names := make([]string, 0, len(doc))
			for name := range doc {
				names = append(names, name)
			}
			require.ElementsMatch(t, strings.Fields(c.want), names)
			require.Equal(t, "Reference not found", doc["title"])
			if strings.Contains(c.settings, "ToldBy") {
				require.Equal(t, "urn:error:reference-not-found", doc["type"])
			}
		})
	}
}

func TestForceApproveWithoutTestInItsPathIsASwitch(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.CreatePayment(t, "order-0001", 24900)
	const older, who = "/epayment/v1/payments/order-0001/approve", `{"customer":{"phoneNumber":"4712345678"}}`
	status, _ := merchantAsk(t, sim, "POST", older, who)
	require.Equal(t, 404, status)
	bend(t, sim, `{"approveWithoutTest":true}`)
	status, body := merchantAsk(t, sim, "POST", older, who)
	require.Equal(t, 200, status, body)
	require.Equal(t, "AUTHORIZED", stateOf(t, sim, "order-0001"))
}

func TestMobilePayCapturesForFourteenOrSevenDays(t *testing.T) {
	t.Parallel()
	for settings, days := range map[string]int{`{}`: 14, `{"mobilePayCaptureDays":7}`: 7} {
		t.Run(settings, func(t *testing.T) {
			t.Parallel()
			sim := bent(t, settings)
			danish := client.New(sim.URL, client.WithHTTPClient(sim.HTTP), client.WithCredentials(client.Credentials{
				ClientID: "5a1e0000-0000-4000-8000-000000000004", ClientSecret: "liksom-demo-secret",
				SubscriptionKey: client.Demo().SubscriptionKey, MSN: "456789",
			}))
			_, err := danish.CreatePayment(t.Context(), client.CreatePayment{
				Amount: client.Amount{Currency: "DKK", Value: 24900}, Reference: "order-0001", UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
			})
			require.NoError(t, err)
			paid, err := danish.Approve(t.Context(), "order-0001")
			require.NoError(t, err)
			require.WithinDuration(t, paid.EndedAt.AddDate(0, 0, days), paid.CaptureBy, time.Second)
		})
	}
}

func TestStrictURLsAreASwitchAtRunTime(t *testing.T) {
	t.Parallel()
	sim := start(t)
	order := client.CreatePayment{Amount: client.NOK(24900), UserFlow: client.WebRedirect, ReturnURL: "http://localhost/", Reference: "order-0001"}
	_, err := sim.Client.CreatePayment(t.Context(), order)
	require.NoError(t, err)
	bend(t, sim, `{"strictUrls":true}`)
	order.Reference = "order-0002"
	_, err = sim.Client.CreatePayment(t.Context(), order)
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "4090", refused.Code)
}

func TestStrictBodiesAreASwitchAtRunTime(t *testing.T) {
	t.Parallel()
	sim := start(t)
	const cancel = "/epayment/v1/payments/order-0001/cancel"
	sim.CreatePayment(t, "order-0001", 24900)
	bend(t, sim, `{"strictBodies":true}`)
	status, body := merchantAsk(t, sim, "POST", cancel, `{"why":"none"}`)
	require.Equal(t, 400, status)
	require.Contains(t, body, `"why"`)
	bend(t, sim, `{"strictBodies":false}`)
	status, _ = merchantAsk(t, sim, "POST", cancel, `{"why":"none"}`)
	require.Equal(t, 200, status)
}

func TestTheWalletsAreCalledAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	sim := bent(t, `{"brand":{"vipps":{"label":"Purse"}}}`)
	created := sim.CreatePayment(t, "order-0001", 24900)
	status, page := ask(t, sim, "GET", strings.TrimPrefix(created.RedirectURL, sim.URL), "")
	require.Equal(t, 200, status)
	require.Contains(t, page, "Purse")
	other := sim.World(t, "elsewhere")
	created = other.CreatePayment(t, "order-0001", 24900)
	_, page = ask(t, other, "GET", strings.TrimPrefix(created.RedirectURL, other.URL), "")
	require.NotContains(t, page, "Purse", "each world has its own")
}

func TestHowLongAWebhookTargetMayTakeIsASetting(t *testing.T) {
	t.Parallel()
	sim := bent(t, `{"webhookTimeout":"20ms"}`)
	require.NoError(t, sim.Client.PutSink(t.Context(), "slow", client.Sink{Status: 200, Delay: client.Span(time.Minute)}))
	_, err := sim.Client.RegisterWebhook(t.Context(), sim.Client.SinkURL("slow"), client.PaymentEvents()...)
	require.NoError(t, err)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Advance(t, time.Second)
	page, err := sim.Client.Deliveries(t.Context(), client.Filter{Reference: "order-0001"})
	require.NoError(t, err)
	require.Len(t, page.Deliveries, 1)
	full, err := sim.Client.Delivery(t.Context(), page.Deliveries[0].ID)
	require.NoError(t, err)
	require.NotEmpty(t, full.Attempts)
	require.NotEmpty(t, full.Attempts[0].Error)
}

func TestSettingsOutliveARestartUntilAReset(t *testing.T) {
	t.Parallel()
	store := "sqlite:" + t.TempDir() + "/liksom.db"
	sim := bent(t, `{"rateLimit":true,"approvalWindow":"7m"}`, servertest.WithStore(store))
	sim.Stop(t)
	again := start(t, servertest.WithStore(store), servertest.With(func(o *server.Options) { o.LandingWindow = 3 * time.Minute }))
	s, err := again.Client.Settings(t.Context())
	require.NoError(t, err)
	require.True(t, *s.RateLimit)
	require.Equal(t, client.Span(7*time.Minute), *s.ApprovalWindow)
	require.Equal(t, client.Span(3*time.Minute), *s.LandingWindow, "what was not changed follows the flag")
	require.Equal(t, map[string]string{"landingWindow": "--landing-window"}, s.FixedBy)
	require.NoError(t, again.Client.Reset(t.Context()))
	s, err = again.Client.Settings(t.Context())
	require.NoError(t, err)
	require.False(t, *s.RateLimit)
	require.Equal(t, client.Span(5*time.Minute), *s.ApprovalWindow)
}

func TestAFlagIsOnlyTheBeginning(t *testing.T) {
	t.Parallel()
	sim := start(t, servertest.With(func(o *server.Options) { o.RateLimit = server.On }))
	s, err := sim.Client.Settings(t.Context())
	require.NoError(t, err)
	require.True(t, *s.RateLimit)
	require.Equal(t, map[string]string{"rateLimit": "--rate-limit"}, s.FixedBy)
	off := false
	s, err = sim.Client.ChangeSettings(t.Context(), client.Settings{RateLimit: &off})
	require.NoError(t, err)
	require.False(t, *s.RateLimit)
	require.Empty(t, s.FixedBy)
}

func TestEndedTokensStayEndedOverARestart(t *testing.T) {
	t.Parallel()
	store := "sqlite:" + t.TempDir() + "/liksom.db"
	sim := start(t, servertest.WithStore(store))
	token, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	call := func(sim *servertest.Sim, token string) int {
		status, _ := ask(t, sim, "GET", "/epayment/v1/payments/order-0001", "", "Authorization", "Bearer "+token,
			"Ocp-Apim-Subscription-Key", client.Demo().SubscriptionKey)
		return status
	}
	require.Equal(t, 404, call(sim, token.AccessToken))
	require.NoError(t, sim.Client.ExpireTokens(t.Context()))
	require.Equal(t, 401, call(sim, token.AccessToken))
	_, err = sim.Client.GetPayment(t.Context(), "order-0001")
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "5090", refused.Code, "the client gets itself a new one")
	fresh, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	sim.Stop(t)
	again := start(t, servertest.WithStore(store))
	require.Equal(t, 401, call(again, token.AccessToken))
	require.Equal(t, 404, call(again, fresh.AccessToken), "those given since are good")
}

func TestAMerchantThatIsAddedCanBePaid(t *testing.T) {
	t.Parallel()
	store := "sqlite:" + t.TempDir() + "/liksom.db"
	sim := start(t, servertest.WithStore(store))
	added, err := sim.Client.AddMerchant(t.Context(), client.Merchant{Name: "New Shop", Market: "DK"})
	require.NoError(t, err)
	require.Equal(t, "DKK", added.Currency)
	pay := func(sim *servertest.Sim, keys client.Credentials, reference string) error {
		shop := client.New(sim.URL, client.WithHTTPClient(sim.HTTP), client.WithCredentials(keys))
		_, err := shop.CreatePayment(t.Context(), client.CreatePayment{
			Amount: client.Amount{Currency: "DKK", Value: 24900}, Reference: reference, UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
		})
		return err
	}
	require.NoError(t, pay(sim, added.Credentials(), "order-0001"))
	partner := client.Demo()
	partner.ClientID, partner.MSN = "5a1e0000-0000-4000-8000-000000000000", added.MSN
	require.NoError(t, pay(sim, partner, "order-0002"), "the partner covers it")
	sim.Stop(t)

	again := start(t, servertest.WithStore(store))
	require.NoError(t, pay(again, added.Credentials(), "order-0003"), "after a restart")
	rotated, err := again.Client.RotateKeys(t.Context(), added.MSN)
	require.NoError(t, err)
	require.Equal(t, added.ClientID, rotated.ClientID)
	require.Error(t, pay(again, added.Credentials(), "order-0004"), "the old keys are void")
	require.NoError(t, pay(again, rotated.Credentials(), "order-0005"))
	require.NoError(t, again.Client.RemoveMerchant(t.Context(), added.MSN))
	require.Error(t, pay(again, rotated.Credentials(), "order-0006"))
	_, err = again.Client.Merchant(context.Background(), added.MSN)
	require.Error(t, err)
}

func TestAWorldIsNotBentByAnother(t *testing.T) {
	t.Parallel()
	sim := bent(t, `{"errorsToldBy":"type"}`)
	other := sim.World(t, "other")
	_, body := ask(t, other, "GET", "/sim/v1/settings", "")
	require.Equal(t, "code", members(t, body)["errorsToldBy"])
	require.True(t, bytes.Contains([]byte(body), []byte(`"rateLimit":false`)))
}
