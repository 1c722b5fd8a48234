package sink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/sink"
	"liksom/server/webhook"
)

const secret = "c2VjcmV0"

// book knows one registration.
type book struct{}

func (book) Registration(_ context.Context, id string) (webhook.Registration, error) {
	switch id {
	case "w1":
		return webhook.Registration{ID: "w1", Secret: secret}, nil
	case "trouble":
		return webhook.Registration{}, errors.New("the disk is on fire")
	}
	return webhook.Registration{}, webhook.ErrNotFound
}

func (book) Registrations(context.Context, string) ([]webhook.Registration, error) {
	return []webhook.Registration{{ID: "w1", Secret: secret}, {ID: "w9", URL: "https://other.example/", Secret: "theirs"}}, nil
}

var noon = time.Date(2026, 1, 19, 12, 0, 0, 0, time.UTC)

func room() *sink.Room { return sink.New(book{}, func() time.Time { return noon }) }

func call(r *sink.Room, req *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w
}

func post(r *sink.Room, path, body string) int {
	return call(r, httptest.NewRequest("POST", path, strings.NewReader(body))).Code
}

func signed(t *testing.T, target, body string) *http.Request {
	u, err := url.Parse(target)
	require.NoError(t, err)
	s := webhook.Sign(secret, u, []byte(body), clock.Wall())
	req := httptest.NewRequest("POST", target, strings.NewReader(body))
	req.Header.Set("Webhook-Id", "w1")
	req.Header.Set("X-Ms-Date", s.Date)
	req.Header.Set("X-Ms-Content-Sha256", s.Hash)
	req.Header.Set("Authorization", s.Authorization)
	return req
}

func TestARequestIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	r := room()
	require.Equal(t, 200, call(r, signed(t, "/sink/shop/hooks?a=1", `{"name":"CREATED","amount":1}`)).Code)
	got := r.Requests("shop")
	require.Len(t, got, 1)
	require.NotZero(t, got[0].Real)
	got[0].Real = time.Time{}
	require.NotEmpty(t, got[0].Headers["Authorization"])
	got[0].Headers = nil
	require.Equal(t, sink.Request{
		N: 1, Method: "POST", Path: "/sink/shop/hooks?a=1", Body: `{"name":"CREATED","amount":1}`, At: noon,
		From: "192.0.2.1", Status: 200, Verified: false, Step: webhook.SignatureStep, Reason: got[0].Reason, Event: "CREATED", WebhookID: "w1",
	}, got[0])
	require.Contains(t, got[0].Reason, "signature", "httptest's host is not the one signed")
}

func TestAGoodSignatureIsVerifiedWithThePathOnTheWire(t *testing.T) {
	t.Parallel()
	r := room()
	req := signed(t, "http://127.0.0.1:8080/w/ci-42/sink/shop/x?y=1", `{}`)
	req.RequestURI = "/w/ci-42/sink/shop/x?y=1"
	req.URL.Path = "/sink/shop/x" // as behind a world's door
	call(r, req)
	got := r.Requests("shop")
	require.Empty(t, got[0].Reason)
	require.True(t, got[0].Verified)
	require.Equal(t, "/w/ci-42/sink/shop/x?y=1", got[0].Path)
}

func TestWhyARequestIsNotVerified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		says   string
	}{
		{"no id", func(r *http.Request) { r.Header.Del("Webhook-Id") }, "no Webhook-Id header"},
		{"an unknown id", func(r *http.Request) { r.Header.Set("Webhook-Id", "w2") }, "no registration"},
		{"a store in trouble", func(r *http.Request) { r.Header.Set("Webhook-Id", "trouble") }, "could not be looked up"},
		{"a changed body", func(r *http.Request) { r.Body = http.NoBody }, "body:"},
		{"no signature", func(r *http.Request) { r.Header.Del("Authorization") }, "headers:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := room()
			req := signed(t, "http://h/sink/a", `{}`)
			req.RequestURI = "/sink/a"
			c.change(req)
			call(r, req)
			require.False(t, r.Requests("a")[0].Verified)
			require.Contains(t, r.Requests("a")[0].Reason, c.says)
		})
	}
}

// signedAt signs with a secret and at a time of one's choice.
func signedAt(t *testing.T, secret, id string, at time.Time) *http.Request {
	req := signed(t, "http://h/sink/a", `{}`)
	req.RequestURI = "/sink/a"
	s := webhook.Sign(secret, req.URL, []byte(`{}`), at)
	req.Header.Set("Webhook-Id", id)
	req.Header.Set("X-Ms-Date", s.Date)
	req.Header.Set("Authorization", s.Authorization)
	return req
}

func TestTheVerdictNamesTheStepAndWhatWouldHaveMatched(t *testing.T) {
	t.Parallel()
	now := clock.Wall()
	for _, c := range []struct {
		name, secret, id string
		at               time.Time
		step             webhook.Step
		says             string
	}{
		{"right", secret, "w1", now, "", ""},
		{"stale", secret, "w1", now.Add(-302 * time.Second), webhook.DateStep, "old"},
		{"ahead", secret, "w1", now.Add(310 * time.Second), webhook.DateStep, "ahead"},
		{"a secret decoded", "secret", "w1", now, webhook.SignatureStep, "base64-decoded"},
		{"another's secret", "theirs", "w1", now, webhook.SignatureStep, "the secret of another registration, w9"},
		{"another's id", secret, "w2", now, "registration", "the secret of another registration, w1"},
		{"nobody's secret", "none", "w1", now, webhook.SignatureStep, "Usual causes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := room()
			call(r, signedAt(t, c.secret, c.id, c.at))
			got := r.Requests("a")[0]
			require.Equal(t, c.step == "", got.Verified)
			require.Equal(t, c.step, got.Step)
			require.Contains(t, got.Reason, c.says)
		})
	}
}

func TestAnyMethodAndAnyPathBelowTheName(t *testing.T) {
	t.Parallel()
	r := room()
	for _, m := range []string{"GET", "PUT", "DELETE", "HEAD"} {
		require.Equal(t, 200, call(r, httptest.NewRequest(m, "/sink/a", nil)).Code)
	}
	require.Equal(t, 200, post(r, "/sink/a/b/c", "not JSON"))
	require.Len(t, r.Requests("a"), 5)
	require.Empty(t, r.Requests("b"))
	require.Equal(t, 404, post(r, "/sink/", ""))
	require.Equal(t, 404, post(r, "/sink", ""))
}

func TestItAnswersAsTold(t *testing.T) {
	t.Parallel()
	r := room()
	require.Equal(t, sink.Config{Status: 200}, r.Get("a"))
	require.NoError(t, r.Put("a", sink.Config{Status: 202, FailFirst: 2}))
	require.Equal(t, sink.Config{Status: 202, FailFirst: 2}, r.Get("a"))
	for _, want := range []int{500, 500, 202, 202} {
		require.Equal(t, want, post(r, "/sink/a", ""))
	}
	require.Equal(t, 500, r.Requests("a")[1].Status)
	require.NoError(t, r.Put("a", sink.Config{FailFirst: 1}))
	require.Equal(t, 500, post(r, "/sink/a", ""), "counted anew")
	require.Equal(t, 200, post(r, "/sink/a", ""))
	require.Equal(t, 200, post(r, "/sink/other", ""))
}

func TestItAnswersLateButHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := room()
		require.NoError(t, r.Put("slow", sink.Config{Delay: sink.Duration(3 * time.Second)}))
		start := time.Now()
		done := make(chan time.Duration)
		go func() {
			post(r, "/sink/slow", "")
			done <- time.Since(start)
		}()
		synctest.Wait()
		require.Len(t, r.Requests("slow"), 1, "kept on arrival")
		post(r, "/sink/quick", "")
		require.Zero(t, time.Since(start))
		require.Equal(t, 3*time.Second, <-done)
	})
}

func TestACallerThatGoesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	r := room()
	require.NoError(t, r.Put("slow", sink.Config{Delay: sink.Duration(time.Minute)}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	call(r, httptest.NewRequest("POST", "/sink/slow", nil).WithContext(ctx))
	require.Len(t, r.Requests("slow"), 1)
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	t.Parallel()
	r := room()
	for says, c := range map[string]sink.Config{
		"status": {Status: 100}, "between 200 and 599": {Status: 600}, "failFirst": {FailFirst: -1},
		"delay": {Delay: sink.Duration(-1)}, "10m0s": {Delay: sink.Duration(time.Hour)},
	} {
		require.ErrorContains(t, r.Put("a", c), says)
	}
	require.Equal(t, sink.Config{Status: 200}, r.Get("a"))
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := room()
		got := make(chan []sink.Request)
		go func() { got <- r.Wait(t.Context(), "a", 1) }()
		synctest.Wait()
		post(r, "/sink/a", "one")
		post(r, "/sink/b", "elsewhere")
		synctest.Wait()
		post(r, "/sink/a", "two")
		found := <-got
		require.Len(t, found, 1)
		require.Equal(t, "two", found[0].Body)
		require.Len(t, r.Wait(t.Context(), "a", 0), 2, "what is there already")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Equal(t, []sink.Request{}, r.Wait(ctx, "a", 2))
	})
}

func TestForgetting(t *testing.T) {
	t.Parallel()
	r := room()
	require.NoError(t, r.Put("a", sink.Config{Status: 204}))
	post(r, "/sink/a", "")
	post(r, "/sink/b", "")
	r.Delete("a")
	require.Empty(t, r.Requests("a"))
	require.Equal(t, 200, r.Get("a").Status)
	require.Len(t, r.Requests("b"), 1)
	r.Reset()
	require.Empty(t, r.Requests("b"))
	post(r, "/sink/b", "")
	require.Equal(t, 1, r.Requests("b")[0].N)
}

func TestOnlyTheNewestAreKept(t *testing.T) {
	t.Parallel()
	r := room()
	for range 1005 {
		post(r, "/sink/many", "x")
	}
	got := r.Requests("many")
	require.Len(t, got, 1000)
	require.Equal(t, 6, got[0].N)
	require.Equal(t, 1005, got[999].N)
	require.Len(t, r.Wait(t.Context(), "many", 1003), 2)
	require.Len(t, r.Wait(t.Context(), "many", 2), 1000, "the forgotten are not missed")
	large := strings.Repeat("x", 1<<20)
	for range 20 {
		post(r, "/sink/large", large)
	}
	require.Len(t, r.Requests("large"), 15)
}

func TestABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	r := room()
	require.Equal(t, http.StatusRequestEntityTooLarge, post(r, "/sink/a", strings.Repeat("x", 1<<20+1)))
	require.Empty(t, r.Requests("a"))
}

func TestTheJSONOfARequest(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(sink.Request{N: 1, Method: "POST", Path: "/sink/a", Headers: map[string][]string{"Host": {"h"}}, At: noon, Real: noon, Status: 200, Verified: true, Event: "CREATED", WebhookID: "w1"})
	require.NoError(t, err)
	require.Equal(t, `{"n":1,"method":"POST","path":"/sink/a","headers":{"Host":["h"]},"body":"","at":"2026-01-19T12:00:00Z","real":"2026-01-19T12:00:00Z","status":200,"verified":true,"event":"CREATED","webhookId":"w1"}`, string(b))
	var c sink.Config
	require.NoError(t, json.NewDecoder(bytes.NewReader([]byte(`{"status":503,"delay":"1.5s","failFirst":2}`))).Decode(&c))
	require.Equal(t, sink.Config{Status: 503, Delay: sink.Duration(1500 * time.Millisecond), FailFirst: 2}, c)
}

func FuzzAnythingMayBeSentToASink(f *testing.F) {
	f.Add("/sink/a?x", `{"name":"CREATED"}`, "w1", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=x")
	f.Add("/sink/a/%zz", `{"name":1}`, "w1", "Basic x")
	f.Fuzz(func(t *testing.T, uri, body, id, authorization string) {
		r := room()
		req := httptest.NewRequest("POST", "/sink/a", strings.NewReader(body))
		req.RequestURI = uri
		req.Header = http.Header{"Webhook-Id": {id}, "Authorization": {authorization}, "X-Ms-Date": {"d"}, "X-Ms-Content-Sha256": {"h"}}
		require.Equal(t, 200, call(r, req).Code)
		require.False(t, r.Requests("a")[0].Verified)
	})
}
