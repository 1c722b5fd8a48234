package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// broken is a simulator with a fault in calls.
func broken(t *testing.T, f client.Fault) *servertest.Sim {
	t.Helper()
	sim := start(t, described(t, told(f.Do.Status, byFault)))
	breakMore(t, sim, f)
	return sim
}

func breakMore(t *testing.T, sim *servertest.Sim, f client.Fault) {
	t.Helper()
	f.Match.Target = "api"
	_, err := sim.Client.AddFault(t.Context(), f)
	require.NoError(t, err)
}

// captureAs captures under an idempotency key.
func captureAs(t *testing.T, sim *servertest.Sim, key string, value int64) error {
	t.Helper()
	_, err := sim.Client.Capture(client.WithIdempotencyKey(t.Context(), key), "order-0001", client.NOK(value))
	return err
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	if refused.Code == "" {
		return fmt.Sprint(refused.Status)
	}
	return refused.Code
}

func TestWhichFaultsStayWithTheirKey(t *testing.T) {
	t.Parallel()
	for code, stays := range map[string]bool{"6260": true, "6280": false, "6160": false, "3010": false} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			sim := start(t)
			sim.CreatePayment(t, "order-0001", 24900)
			sim.Approve(t, "order-0001")
			breakMore(t, sim, client.Fault{Match: client.FaultMatch{Path: "/epayment/v1/payments/*/capture"}, Do: client.FaultDo{Code: code}, Times: 1})
			require.Equal(t, code, codeOf(t, captureAs(t, sim, "one", 100)))
			want := ""
			if stays {
				want = code
			}
			require.Equal(t, want, codeOf(t, captureAs(t, sim, "one", 100)))
			require.Empty(t, codeOf(t, captureAs(t, sim, "two", 100)))
		})
	}
}

func TestAReplayMeetsNoCodedFault(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Approve(t, "order-0001")
	require.NoError(t, captureAs(t, sim, "one", 100))
	breakMore(t, sim, client.Fault{Do: client.FaultDo{Code: "6260"}, Times: 1})
	require.NoError(t, captureAs(t, sim, "one", 100))
	require.Equal(t, "6260", codeOf(t, captureAs(t, sim, "two", 100)), "it has not fired yet")
}

func TestAFaultInACallStandsInThePaymentsTimeline(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Approve(t, "order-0001")
	breakMore(t, sim, client.Fault{ID: "mine", Do: client.FaultDo{Code: "6260"}, Times: 1})
	require.Error(t, captureAs(t, sim, "one", 100))
	var told []string
	for _, e := range sim.Payment(t, "order-0001").Timeline {
		if e.Kind == "fault" {
			told = append(told, e.Text)
		}
	}
	require.Equal(t, []string{"The fault mine had the error 6260 answer POST /epayment/v1/payments/order-0001/capture."}, told)
}

func TestAFaultComesAfterTheKeysAreChecked(t *testing.T) {
	t.Parallel()
	sim := broken(t, client.Fault{Match: client.FaultMatch{Path: "/epayment/v1/payments/order-0001"}, Do: client.FaultDo{Status: 503}})
	status, _ := ask(t, sim, "GET", "/epayment/v1/payments/order-0001", "")
	require.Equal(t, 401, status)
	status, body := merchantAsk(t, sim, "GET", "/epayment/v1/payments/order-0001", "")
	require.Equal(t, 503, status)
	require.Equal(t, "Service Unavailable", members(t, body)["title"])
}

func TestAFaultAnswersWithTheBodyItWasGiven(t *testing.T) {
	t.Parallel()
	sim := broken(t, client.Fault{
		Match: client.FaultMatch{Path: "/accesstoken/get"}, Do: client.FaultDo{Status: 418, Body: map[string]any{"pot": []int{1}}},
	})
	status, body := ask(t, sim, "POST", "/accesstoken/get", "")
	require.Equal(t, 418, status)
	require.Equal(t, `{"pot":[1]}`, body)
}

func TestACreateIsMetByTheReferenceInItsBody(t *testing.T) {
	t.Parallel()
	sim := broken(t, client.Fault{Match: client.FaultMatch{Method: "POST", MSN: "123456", Reference: "order-0002"}, Do: client.FaultDo{Status: 500}})
	sim.CreatePayment(t, "order-0001", 24900)
	_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(24900), Reference: "order-0002", UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
	})
	require.Equal(t, "500", codeOf(t, err))
}

func TestACutConnectionLeavesTheWorkUndoneOrDone(t *testing.T) {
	t.Parallel()
	for when, done := range map[string]bool{"before": false, "after": true} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			sim := broken(t, client.Fault{Match: client.FaultMatch{Path: "/epayment/v1/payments"}, Do: client.FaultDo{Close: when}})
			_, err := sim.Client.Token(t.Context())
			require.NoError(t, err)
			_, err = sim.Client.CreatePayment(t.Context(), client.CreatePayment{
				Amount: client.NOK(24900), Reference: "order-0001", UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
			})
			var answered *client.Problem
			require.Error(t, err)
			require.False(t, errors.As(err, &answered), "there was no answer")
			_, err = sim.Client.GetPayment(t.Context(), "order-0001")
			require.Equal(t, map[bool]string{true: "", false: "5090"}[done], codeOf(t, err))
		})
	}
}

func TestLatencyHoldsACallUpInRealTime(t *testing.T) {
	t.Parallel()
	sim := broken(t, client.Fault{Match: client.FaultMatch{Method: "POST"}, Do: client.FaultDo{Latency: client.Span(30 * time.Millisecond)}, Times: 1, Skip: 1})
	sim.CreatePayment(t, "order-0001", 24900) // the call for the token is let pass
	var found []time.Duration
	for _, e := range sim.Payment(t, "order-0001").Timeline {
		if took, ok := e.Data["tookMs"].(float64); ok && e.Kind == "api" {
			found = append(found, time.Duration(took*float64(time.Millisecond)))
		}
	}
	require.Len(t, found, 1)
	require.GreaterOrEqual(t, found[0], 30*time.Millisecond)
}

func TestAnUnknownCodeIsNoFault(t *testing.T) {
	t.Parallel()
	sim := start(t)
	status, body := ask(t, sim, "POST", "/sim/v1/faults", `{"match":{"target":"api"},"do":{"code":"9999"}}`)
	require.Equal(t, 400, status)
	require.Contains(t, body, "do.code")
}

// limited is a simulator with rate limits, its clock at rest.
func limited(t *testing.T) *servertest.Sim {
	t.Helper()
	sim := bent(t, `{"rateLimit":true}`)
	_, err := sim.Client.Freeze(t.Context())
	require.NoError(t, err)
	return sim
}

func TestTheSixthOperationOfAMinuteIsRefused(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Approve(t, "order-0001")
	for i := range 5 {
		require.NoError(t, captureAs(t, sim, fmt.Sprint("key", i), 100))
	}
	sim.Advance(t, 23*time.Second)
	token, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), "POST", sim.URL+"/epayment/v1/payments/order-0001/capture", strings.NewReader("{}"))
	require.NoError(t, err)
	r.Header.Set("Ocp-Apim-Subscription-Key", client.Demo().SubscriptionKey)
	r.Header.Set("Authorization", "Bearer "+token.AccessToken)
	r.Header.Set("Merchant-Serial-Number", "123456")
	resp, err := sim.HTTP.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 429, resp.StatusCode)
	require.Equal(t, "37", resp.Header.Get("Retry-After"))
	require.Equal(t, "application/json", resp.Header.Get("Content-Type"))

	_, err = sim.Client.Refund(t.Context(), "order-0001", client.NOK(100))
	require.NoError(t, err, "operations are counted apart")
	sim.Advance(t, 37*time.Second)
	require.NoError(t, captureAs(t, sim, "later", 100), "a minute has passed")
}

func TestTheGatewaysBodyForTooManyRequests(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	var status int
	var body string
	for range 6 {
		status, body = merchantAsk(t, sim, "POST", "/epayment/v1/payments/order-0001/refund", "{}")
	}
	require.Equal(t, 429, status)
	require.Equal(t, `{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 60 seconds." }`, body)
}

func TestReplaysAreNotCounted(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Approve(t, "order-0001")
	for range 10 {
		require.NoError(t, captureAs(t, sim, "one", 100))
	}
	for i := range 4 {
		require.NoError(t, captureAs(t, sim, fmt.Sprint("key", i), 100))
	}
	require.Equal(t, "429", codeOf(t, captureAs(t, sim, "more", 100)))
	require.NoError(t, captureAs(t, sim, "one", 100), "a replay is answered though the minute is full")
	require.Equal(t, "429", codeOf(t, captureAs(t, sim, "", 100)), "even without what a capture needs")
	sim.Advance(t, time.Minute)
	require.NoError(t, captureAs(t, sim, "more", 100), "the refused one was not kept for its key")
	require.EqualValues(t, 600, sim.Payment(t, "order-0001").Aggregate.Captured.Value)
}

func TestReadingIsLimitedPerReference(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.CreatePayment(t, "order-0002", 24900)
	for range 120 {
		_, err := sim.Client.GetPayment(t.Context(), "order-0001")
		require.NoError(t, err)
	}
	_, err := sim.Client.GetPayment(t.Context(), "order-0001")
	require.Equal(t, "429", codeOf(t, err))
	_, err = sim.Client.Events(t.Context(), "order-0001")
	require.NoError(t, err)
	_, err = sim.Client.GetPayment(t.Context(), "order-0002")
	require.NoError(t, err)
}

func TestCreatesWithoutAReferenceAreCountedTogether(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	const path = "/epayment/v1/payments"
	for i := range 5 {
		body, err := json.Marshal(map[string]string{"Reference": fmt.Sprintf("order-000%d", i)})
		require.NoError(t, err)
		status, _ := merchantAsk(t, sim, "POST", path, string(body))
		require.Equal(t, 400, status)
	}
	status, _ := merchantAsk(t, sim, "POST", path, `{"Reference":"order-0009"}`)
	require.Equal(t, 429, status)
	status, _ = merchantAsk(t, sim, "POST", path, `{"reference":"order-0009"}`)
	require.Equal(t, 400, status)
}

func TestCallsAreCountedBeforeTheTokenIsLookedAt(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	ask429 := func(header ...string) int {
		status, _ := ask(t, sim, "POST", "/epayment/v1/payments/order-0001/cancel", "", header...)
		return status
	}
	keyed := []string{"Ocp-Apim-Subscription-Key", client.Demo().SubscriptionKey, "Merchant-Serial-Number", "123456"}
	for range 5 {
		require.Equal(t, 401, ask429(keyed...))
	}
	require.Equal(t, 429, ask429(keyed...))
	require.Equal(t, 401, ask429(), "a missing key comes first")
}

func TestAResetForgetsWhatWasCounted(t *testing.T) {
	t.Parallel()
	sim := limited(t)
	sixth := func() int {
		status := 0
		for range 6 {
			status, _ = merchantAsk(t, sim, "POST", "/epayment/v1/payments/order-0001/refund", "{}")
		}
		return status
	}
	require.Equal(t, 429, sixth())
	require.NoError(t, sim.Client.Reset(t.Context()))
	bend(t, sim, `{"rateLimit":true}`)
	status, _ := merchantAsk(t, sim, "POST", "/epayment/v1/payments/order-0001/refund", "{}")
	require.Equal(t, 400, status)
}

func TestNothingIsLimitedUnlessAskedFor(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for range 10 {
		status, _ := merchantAsk(t, sim, "POST", "/epayment/v1/payments/order-0001/refund", "{}")
		require.Equal(t, 400, status)
	}
}

func TestHalfAnAnswerBreaksOffInItsBody(t *testing.T) {
	t.Parallel()
	sim := broken(t, client.Fault{Match: client.FaultMatch{Path: "/epayment/v1/payments"}, Do: client.FaultDo{Truncate: true}})
	token, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), "POST", sim.URL+"/epayment/v1/payments", strings.NewReader(
		`{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"order-0001","userFlow":"WEB_REDIRECT","returnUrl":"https://shop.example/"}`))
	require.NoError(t, err)
	r.Header.Set("Ocp-Apim-Subscription-Key", client.Demo().SubscriptionKey)
	r.Header.Set("Authorization", "Bearer "+token.AccessToken)
	r.Header.Set("Idempotency-Key", "one")
	resp, err := sim.HTTP.Do(r)
	require.NoError(t, err)
	got, err := io.ReadAll(resp.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 201, resp.StatusCode)
	require.EqualValues(t, len(got), resp.ContentLength/2)
	require.True(t, strings.HasPrefix(string(got), "{"))
	_, err = sim.Client.GetPayment(t.Context(), "order-0001")
	require.NoError(t, err, "the work was done")
}

func TestACodedFaultSpeaksTheLanguageOfTheAPIItMeets(t *testing.T) {
	t.Parallel()
	sim := broken(t, client.Fault{Match: client.FaultMatch{Path: "/**"}, Do: client.FaultDo{Code: "6260"}, Skip: 1}) // the token is let pass
	token, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	for path, member := range map[string]string{
		"/webhooks/v1/webhooks":                    "extraDetails",
		"/qr/v1/merchant-redirect":                 "instance",
		"/vipps-userinfo-api/userinfo/some-sub":    "type",
		"/order-management/v2/epayment/order-0001": "title",
		"/epayment/v1/payments/order-0001":         "extraDetails",
	} {
		status, body := ask(t, sim, "GET", path, "", "Ocp-Apim-Subscription-Key", client.Demo().SubscriptionKey,
			"Authorization", "Bearer "+token.AccessToken, "Merchant-Serial-Number", "123456")
		require.Equal(t, 400, status, "%s: %s", path, body)
		require.Contains(t, members(t, body), member, "%s: %s", path, body)
		require.Contains(t, body, "Funds unavailable", path)
	}
	status, body := ask(t, sim, "POST", "/accesstoken/get", "")
	require.Equal(t, 400, status)
	require.Contains(t, body, "6260")
}

func TestAllThatAFaultMeetsIsCounted(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.CreatePayment(t, "order-0001", 24900)
	sim.Approve(t, "order-0001")
	breakMore(t, sim, client.Fault{Match: client.FaultMatch{Path: "/epayment/v1/payments/*/capture"}, Do: client.FaultDo{Code: "6280"}, Skip: 1, Times: 1})
	for i := range 3 {
		_ = captureAs(t, sim, fmt.Sprint("key", i), 100)
	}
	all, err := sim.Client.Faults(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{2, 1, 1}, []int{all[0].Met, all[0].Fired, all[0].Skipped})
}
