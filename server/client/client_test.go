package client_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/clock"
)

// sent is a request as the simulator would get it.
type sent struct {
	line   string // "POST /path?query"
	header http.Header
	body   string
}

// simulator answers what it is told to, and takes down what it was asked.
type simulator struct {
	mu     sync.Mutex
	got    []sent
	status int
	answer string
	// tokens is how many were given; each ends after life.
	tokens int
	life   time.Duration
	// stale is a token that is not taken any more.
	stale string
}

func (s *simulator) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	if r.URL.Path == "/accesstoken/get" {
		s.tokens++
		end := strconv.FormatInt(clock.Wall().Add(s.life).Unix(), 10)
		return reply(200, `{"access_token":"t`+strconv.Itoa(s.tokens)+`","expires_on":"`+end+`"}`), nil
	}
	s.got = append(s.got, sent{r.Method + " " + r.URL.RequestURI(), r.Header, string(body)})
	if s.stale != "" && r.Header.Get("Authorization") == "Bearer "+s.stale {
		return reply(401, `{"responseInfo":{"responseCode":401},"result":{"message":"Something went wrong."}}`), nil
	}
	return reply(s.status, s.answer), nil
}

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func (s *simulator) last() sent { return s.got[len(s.got)-1] }

func newClient(status int, answer string, options ...client.Option) (*client.Client, *simulator) {
	s := &simulator{status: status, answer: answer, life: time.Hour}
	options = append(options, client.WithHTTPClient(&http.Client{Transport: s}))
	return client.New("http://sim.test/", options...), s
}

func TestEachMethodSaysWhatItShould(t *testing.T) {
	t.Parallel()
	yes, online := true, false
	const pay, sim = "/epayment/v1/payments", "/sim/v1"
	ctx := context.Background()
	for _, c := range []struct {
		line, body string
		do         func(*client.Client) error
	}{
		{"POST " + pay, `{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"order-0001","userFlow":"PUSH_MESSAGE","customer":{"phoneNumber":"4712345678"}}`, func(c *client.Client) error {
			_, err := c.CreatePayment(ctx, client.CreatePayment{
				Amount: client.NOK(24900), Reference: "order-0001", UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: "4712345678"},
			})
			return err
		}},
		{"GET " + pay + "/order-0001", "", func(c *client.Client) error { _, err := c.GetPayment(ctx, "order-0001"); return err }},
		{"GET " + pay + "/a%2Fb", "", func(c *client.Client) error { _, err := c.GetPayment(ctx, "a/b"); return err }},
		{"POST " + pay + "/o/capture", `{"modificationAmount":{"currency":"NOK","value":1}}`, func(c *client.Client) error { _, err := c.Capture(ctx, "o", client.NOK(1)); return err }},
		{"POST " + pay + "/o/refund", `{"modificationAmount":{"currency":"NOK","value":1}}`, func(c *client.Client) error { _, err := c.Refund(ctx, "o", client.NOK(1)); return err }},
		{"POST " + pay + "/o/cancel", "", func(c *client.Client) error { _, err := c.Cancel(ctx, "o"); return err }},
		{"POST " + pay + "/o/cancel", `{"cancelTransactionOnly":true}`, func(c *client.Client) error { _, err := c.CancelWaiting(ctx, "o"); return err }},
		{"POST /epayment/v1/test/payments/o/approve", `{"customer":{"phoneNumber":"47"}}`, func(c *client.Client) error { return c.ForceApprove(ctx, "o", "47") }},
		{"POST /webhooks/v1/webhooks", `{"events":["a","b"],"url":"http://x"}`, func(c *client.Client) error { _, err := c.RegisterWebhook(ctx, "http://x", "a", "b"); return err }},
		{"GET /webhooks/v1/webhooks", "", func(c *client.Client) error { _, err := c.ListWebhooks(ctx); return err }},
		{"DELETE /webhooks/v1/webhooks/i", "", func(c *client.Client) error { return c.DeleteWebhook(ctx, "i") }},
		{"GET /vipps-userinfo-api/userinfo/s", "", func(c *client.Client) error { _, err := c.Userinfo(ctx, "s"); return err }},
		{"POST /order-management/v1/images", `{"imageId":"i","src":"AQI=","type":"base64"}`, func(c *client.Client) error { return c.AddImage(ctx, "i", []byte{1, 2}) }},
		{"GET /order-management/v2/ECOM/o", "", func(c *client.Client) error { _, err := c.Order(ctx, "o"); return err }},
		{"POST /order-management/v3/categories", `{"orderId":"o","paymentType":"ECOM","type":"TICKET","url":"u"}`, func(c *client.Client) error {
			_, err := c.AddLink(ctx, client.Link{ID: "mine", OrderID: "o", PaymentType: "ECOM", Type: "TICKET", URL: "u"})
			return err
		}},
		{"GET /order-management/v3/categories", "", func(c *client.Client) error { _, err := c.Links(ctx, ""); return err }},
		{"GET /order-management/v3/categories?orderId=o", "", func(c *client.Client) error { _, err := c.Links(ctx, "o"); return err }},
		{"GET /order-management/v3/categories/l", "", func(c *client.Client) error { _, err := c.Link(ctx, "l"); return err }},
		{"DELETE /order-management/v3/categories/l", "", func(c *client.Client) error { return c.DeleteLink(ctx, "l") }},

		{"GET " + sim + "/merchants?secrets=show", "", func(c *client.Client) error { _, err := c.Merchants(ctx); return err }},
		{"GET " + sim + "/merchants/7000?secrets=show", "", func(c *client.Client) error { _, err := c.Merchant(ctx, "7000"); return err }},
		{"POST " + sim + "/merchants", `{"name":"Shop","market":"DK","switches":{"pushAllowed":false}}`, func(c *client.Client) error {
			_, err := c.AddMerchant(ctx, client.Merchant{Name: "Shop", Market: "DK", Switches: map[string]bool{"pushAllowed": false}})
			return err
		}},
		{"PATCH " + sim + "/merchants/7000", `{"company":"Shop AS"}`, func(c *client.Client) error {
			_, err := c.ChangeMerchant(ctx, "7000", client.Merchant{Company: "Shop AS"})
			return err
		}},
		{"PATCH " + sim + "/merchants/7000", `{"rotateKeys":true}`, func(c *client.Client) error { _, err := c.RotateKeys(ctx, "7000"); return err }},
		{"DELETE " + sim + "/merchants/7000", "", func(c *client.Client) error { return c.RemoveMerchant(ctx, "7000") }},
		{"GET " + sim + "/settings", "", func(c *client.Client) error { _, err := c.Settings(ctx); return err }},
		{"PATCH " + sim + "/settings", `{"rateLimit":true,"webhookTimeout":"2s","brand":{"vipps":{"label":"Purse"}},"errorsToldBy":"type"}`, func(c *client.Client) error {
			timeout := client.Span(2 * time.Second)
			_, err := c.ChangeSettings(ctx, client.Settings{
				RateLimit: &yes, WebhookTimeout: &timeout, Brand: &client.Brand{Vipps: client.Label{Label: "Purse"}}, ErrorsToldBy: "type",
			})
			return err
		}},
		{"POST " + sim + "/worlds", `{}`, func(c *client.Client) error { _, err := c.MakeWorld(ctx, client.WorldPlan{}); return err }},
		{"POST " + sim + "/worlds", `{"name":"ci","seed":"7","clock":{"frozen":true,"now":"2026-11-21T10:00:00Z"}}`, func(c *client.Client) error {
			at := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
			_, err := c.MakeWorld(ctx, client.WorldPlan{Name: "ci", Seed: "7", Clock: &client.WorldClock{Frozen: true, Now: at}})
			return err
		}},
		{"GET " + sim + "/worlds", "", func(c *client.Client) error { _, err := c.Worlds(ctx); return err }},
		{"GET " + sim + "/worlds/ci", "", func(c *client.Client) error { _, err := c.World(ctx, "ci"); return err }},
		{"DELETE " + sim + "/worlds/ci", "", func(c *client.Client) error { return c.RemoveWorld(ctx, "ci") }},
		{"GET " + sim + "/snapshot", "", func(c *client.Client) error { _, err := c.Snapshot(ctx); return err }},
		{"PUT " + sim + "/snapshot", `{"format":"x"}`, func(c *client.Client) error { return c.Restore(ctx, json.RawMessage(`{"format":"x"}`)) }},
		{"POST " + sim + "/tokens/expire", "", func(c *client.Client) error { return c.ExpireTokens(ctx) }},
		{"POST " + sim + "/faults", `{"match":{"method":"POST","path":"/x","target":"api"},"do":{"status":503,"body":{"a":1}}}`, func(c *client.Client) error {
			_, err := c.AddFault(ctx, client.Fault{
				Match: client.FaultMatch{Target: "api", Method: "POST", Path: "/x"}, Do: client.FaultDo{Status: 503, Body: map[string]int{"a": 1}},
			})
			return err
		}},
		{"POST " + sim + "/faults", `{"match":{"target":"api"},"do":{"latency":"2s"}}`, func(c *client.Client) error {
			_, err := c.AddFault(ctx, client.Fault{Match: client.FaultMatch{Target: "api"}, Do: client.FaultDo{Latency: client.Span(2 * time.Second)}})
			return err
		}},
		{"GET " + sim + "/clock", "", func(c *client.Client) error { _, err := c.Clock(ctx); return err }},
		{"POST " + sim + "/clock/advance", `{"by":"5m0s"}`, func(c *client.Client) error { _, err := c.Advance(ctx, 5*time.Minute); return err }},
		{"POST " + sim + "/clock/freeze", "", func(c *client.Client) error { _, err := c.Freeze(ctx); return err }},
		{"POST " + sim + "/clock/resume", "", func(c *client.Client) error { _, err := c.Resume(ctx); return err }},
		{"PUT " + sim + "/clock", `{"speed":60}`, func(c *client.Client) error { _, err := c.SetSpeed(ctx, 60); return err }},
		{"GET " + sim + "/payments?cursor=7&limit=2&msn=1&q=x&state=CREATED&wait=10s", "", func(c *client.Client) error {
			_, err := c.Payments(ctx, client.Filter{MSN: "1", State: "CREATED", Text: "x", Limit: 2, Cursor: "7", Wait: 10 * time.Second})
			return err
		}},
		{"GET " + sim + "/payments/123456/o", "", func(c *client.Client) error { _, err := c.Payment(ctx, "o"); return err }},
		{"POST " + sim + "/payments/123456/o/open", "", func(c *client.Client) error { _, err := c.Open(ctx, "o", ""); return err }},
		{"POST " + sim + "/payments/123456/o/open", `{"phoneNumber":"47"}`, func(c *client.Client) error { _, err := c.Open(ctx, "o", "47"); return err }},
		{"POST " + sim + "/payments/123456/o/approve", "", func(c *client.Client) error { _, err := c.Approve(ctx, "o"); return err }},
		{"POST " + sim + "/payments/123456/o/approve", `{"cardId":"c"}`, func(c *client.Client) error { _, err := c.ApproveWith(ctx, "o", "c"); return err }},
		{"POST " + sim + "/payments/123456/o/decline", "", func(c *client.Client) error { _, err := c.Decline(ctx, "o"); return err }},
		{"POST " + sim + "/payments/123456/o/expire", "", func(c *client.Client) error { _, err := c.Expire(ctx, "o"); return err }},
		{"GET " + sim + "/phones", "", func(c *client.Client) error { _, err := c.Phones(ctx); return err }},
		{"POST " + sim + "/phones", `{"name":"A","number":"47"}`, func(c *client.Client) error { _, err := c.AddPhone(ctx, "47", "A"); return err }},
		{"DELETE " + sim + "/phones/47", "", func(c *client.Client) error { return c.RemovePhone(ctx, "47") }},
		{"PATCH " + sim + "/phones/47", `{"age":20,"autopilot":{"mode":"approve","delay":"2s"},"online":false}`, func(c *client.Client) error {
			_, err := c.PatchPhone(ctx, "47", client.PhoneChange{
				Online: &online, Autopilot: &client.Autopilot{Mode: "approve", Delay: client.Span(2 * time.Second)}, Set: map[string]any{"age": 20},
			})
			return err
		}},
		{"GET " + sim + "/phones/47/requests?wait=1s", "", func(c *client.Client) error { _, err := c.Requests(ctx, "47", time.Second); return err }},
		{"POST " + sim + "/phones/47/requests/r/approve", `{"cardId":"c","consent":true}`, func(c *client.Client) error {
			_, err := c.ApproveRequest(ctx, "47", "r", client.Answer{CardID: "c", Consent: &yes})
			return err
		}},
		{"POST " + sim + "/phones/47/requests/r/decline", "", func(c *client.Client) error { _, err := c.DeclineRequest(ctx, "47", "r"); return err }},
		{"POST " + sim + "/phones/47/scan", `{"content":"x"}`, func(c *client.Client) error { _, err := c.Scan(ctx, "47", "x"); return err }},
		{"POST " + sim + "/phones/47/scan", "picture", func(c *client.Client) error { _, err := c.ScanPicture(ctx, "47", []byte("picture")); return err }},
		{"GET " + sim + "/deliveries?reference=o&state=held", "", func(c *client.Client) error {
			_, err := c.Deliveries(ctx, client.Filter{Reference: "o", State: "held"})
			return err
		}},
		{"GET " + sim + "/deliveries/d", "", func(c *client.Client) error { _, err := c.Delivery(ctx, "d"); return err }},
		{"POST " + sim + "/deliveries/d/resend", "", func(c *client.Client) error { _, err := c.Resend(ctx, "d"); return err }},
		{"GET " + sim + "/sinks/s", "", func(c *client.Client) error { _, err := c.Sink(ctx, "s"); return err }},
		{"PUT " + sim + "/sinks/s", `{"status":200,"delay":"0s","failFirst":2}`, func(c *client.Client) error { return c.PutSink(ctx, "s", client.Sink{FailFirst: 2}) }},
		{"DELETE " + sim + "/sinks/s", "", func(c *client.Client) error { return c.DeleteSink(ctx, "s") }},
		{"GET " + sim + "/sinks/s/requests?after=3&wait=1s", "", func(c *client.Client) error { _, err := c.SinkRequests(ctx, "s", 3, time.Second); return err }},
		{"POST " + sim + "/faults", `{"match":{"target":"push"},"do":{"drop":true},"times":1}`, func(c *client.Client) error {
			_, err := c.AddFault(ctx, client.Fault{Match: client.FaultMatch{Target: "push"}, Do: client.FaultDo{Drop: true}, Times: 1})
			return err
		}},
		{"POST " + sim + "/faults", `{"match":{"target":"webhook"},"do":{"corrupt":"date","by":"-5m1s"}}`, func(c *client.Client) error {
			_, err := c.AddFault(ctx, client.Fault{Match: client.FaultMatch{Target: "webhook"}, Do: client.FaultDo{Corrupt: "date", By: client.Span(-301 * time.Second)}})
			return err
		}},
		{"GET " + sim + "/registrations/w1?secrets=show", "", func(c *client.Client) error {
			_, err := c.Registration(ctx, "w1")
			return err
		}},
		{"PATCH " + sim + "/registrations/w1", `{"url":"https://shop.example/","paused":false}`, func(c *client.Client) error {
			url, paused := "https://shop.example/", false
			_, err := c.ChangeRegistration(ctx, "w1", client.RegistrationChange{URL: &url, Paused: &paused})
			return err
		}},
		{"POST " + sim + "/registrations/w1/test", `{"event":"user.checked-in.v1"}`, func(c *client.Client) error {
			_, err := c.TestRegistration(ctx, "w1", "user.checked-in.v1")
			return err
		}},
		{"DELETE " + sim + "/registrations/w1", "", func(c *client.Client) error { return c.RemoveRegistration(ctx, "w1") }},
		{"DELETE " + sim + "/faults/f1", "", func(c *client.Client) error { return c.RemoveFault(ctx, "f1") }},
		{"DELETE " + sim + "/faults", "", func(c *client.Client) error { return c.ClearFaults(ctx) }},
		{"GET " + sim + "/faults", "", func(c *client.Client) error { _, err := c.FaultSeed(ctx); return err }},
		{"PUT " + sim + "/faults", `{"seed":"1"}`, func(c *client.Client) error { return c.SetFaultSeed(ctx, "1") }},
		{"POST " + sim + "/reset", "", func(c *client.Client) error { return c.Reset(ctx) }},
		{"POST " + sim + "/reset?msn=123456", "", func(c *client.Client) error { return c.ResetUnit(ctx) }},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			cl, s := newClient(200, "{}")
			require.NoError(t, c.do(cl))
			require.Equal(t, c.line, s.last().line)
			require.Equal(t, c.body, s.last().body)
			if !strings.Contains(c.line, sim) {
				require.Equal(t, "Bearer t1", s.last().header.Get("Authorization"))
				require.Equal(t, "123456", s.last().header.Get("Merchant-Serial-Number"))
				require.NotEmpty(t, s.last().header.Get("Ocp-Apim-Subscription-Key"))
			}
		})
	}
}

func TestATokenIsUsedUntilItEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		life   time.Duration
		tokens int
	}{{"a long one serves all calls", time.Hour, 1}, {"one about to end is replaced", 30 * time.Second, 3}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl, s := newClient(200, "{}")
			s.life = c.life
			for range 3 {
				_, err := cl.GetPayment(t.Context(), "o")
				require.NoError(t, err)
			}
			require.Equal(t, c.tokens, s.tokens)
		})
	}
}

func TestATokenThatIsNotTakenAnyMoreIsReplacedOnce(t *testing.T) {
	t.Parallel()
	cl, s := newClient(200, "{}")
	_, err := cl.Token(t.Context())
	require.NoError(t, err)
	s.stale = "t1"
	_, err = cl.Capture(t.Context(), "o", client.NOK(1))
	require.NoError(t, err)
	require.Len(t, s.got, 2)
	require.Equal(t, s.got[0].header.Get("Idempotency-Key"), s.got[1].header.Get("Idempotency-Key"))
	s.stale = "t2"
	s.life = 0 // whatever comes next is asked for anew, and refused
	s.status, s.answer = 401, "{}"
	_, err = cl.Capture(t.Context(), "o", client.NOK(1))
	var p *client.Problem
	require.ErrorAs(t, err, &p)
	require.Equal(t, 401, p.Status)
}

func TestEveryCallHasAnIdempotencyKeyOfItsOwnUnlessGiven(t *testing.T) {
	t.Parallel()
	cl, s := newClient(200, "{}")
	for range 2 {
		_, err := cl.Cancel(t.Context(), "o")
		require.NoError(t, err)
	}
	first, second := s.got[0].header.Get("Idempotency-Key"), s.got[1].header.Get("Idempotency-Key")
	require.NotEmpty(t, first)
	require.LessOrEqual(t, len(first), 50)
	require.NotEqual(t, first, second)
	_, err := cl.Cancel(client.WithIdempotencyKey(t.Context(), "mine"), "o")
	require.NoError(t, err)
	require.Equal(t, "mine", s.last().header.Get("Idempotency-Key"))
}

func TestOtherCredentialsAreSent(t *testing.T) {
	t.Parallel()
	cl, s := newClient(200, "{}", client.WithCredentials(client.Credentials{ClientID: "a", ClientSecret: "b", SubscriptionKey: "c", MSN: "234567"}))
	_, err := cl.GetPayment(t.Context(), "o")
	require.NoError(t, err)
	require.Equal(t, "c", s.last().header.Get("Ocp-Apim-Subscription-Key"))
	require.Equal(t, "234567", s.last().header.Get("Merchant-Serial-Number"))
	require.Equal(t, "234567", cl.MSN())
}

func TestRefusalsAreProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, title, detail, code string }{
		{"a coded problem document", `{"title":"Payment not reserved","detail":"No.","status":400,"extraDetails":[{"name":"ErrorCode","reason":"6080"}]}`, "Payment not reserved", "No.", "6080"},
		{"the gateway's form", `{"statusCode":400,"message":"Resource not found"}`, "Bad Request", "Resource not found", ""},
		{"the token endpoint's form", `{"error":"invalid_client","error_description":"The secret is wrong."}`, "Bad Request", "The secret is wrong.", ""},
		{"no JSON at all", `<html>`, "Bad Request", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cl, _ := newClient(400, c.body)
			_, err := cl.Capture(t.Context(), "o", client.NOK(1))
			var p *client.Problem
			require.ErrorAs(t, err, &p)
			require.Equal(t, []string{c.title, c.detail, c.code, c.body}, []string{p.Title, p.Detail, p.Code, string(p.Body)})
			require.Equal(t, 400, p.Status)
			require.Contains(t, err.Error(), "400 "+c.title)
		})
	}
}

func TestAnAnswerThatIsNoJSONIsAnError(t *testing.T) {
	t.Parallel()
	cl, _ := newClient(200, "<html>")
	_, err := cl.Clock(t.Context())
	require.ErrorContains(t, err, "GET /sim/v1/clock: the answer cannot be read")
}

// golden is an answer that the control API's own tests pin.
func golden(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "control", "testdata", name+".json"))
	require.NoError(t, err)
	require.True(t, json.Valid(body))
	return string(body)
}

func TestAnswersOfTheControlAPIAreUnderstood(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*testing.T, *client.Client){
		"info": func(t *testing.T, c *client.Client) {
			info, err := c.Info(t.Context())
			require.NoError(t, err)
			require.Equal(t, client.Span(5*time.Minute), info.Windows.Approval)
			require.Equal(t, "strict", info.Auth)
		},
		"clock": func(t *testing.T, c *client.Client) {
			now, err := c.Clock(t.Context())
			require.NoError(t, err)
			require.True(t, now.Frozen)
			require.Equal(t, 2026, now.Now.Year())
		},
		"payments": func(t *testing.T, c *client.Client) {
			page, err := c.Payments(t.Context(), client.Filter{})
			require.NoError(t, err)
			require.Len(t, page.Payments, 3)
			require.NotEmpty(t, page.Payments[0].QRURL)
			require.Equal(t, "approval", page.Payments[1].Window)
			require.Equal(t, client.NOK(24900), page.Payments[2].Amount)
		},
		"payment": func(t *testing.T, c *client.Client) {
			p, err := c.Payment(t.Context(), "order-0001")
			require.NoError(t, err)
			require.Equal(t, client.NOK(24900), p.Aggregate.Authorized)
			require.Equal(t, "4242", p.Card.Last4)
			require.Equal(t, "api", p.Timeline[0].Kind)
			require.InDelta(t, 201, p.Timeline[0].Data["status"], 0)
		},
		"phone": func(t *testing.T, c *client.Client) {
			p, err := c.Phone(t.Context(), "4712345678")
			require.NoError(t, err)
			require.Equal(t, "Kari Demo", p.Name)
			require.Equal(t, "works", p.Cards[0].Outcome)
		},
		"delivery": func(t *testing.T, c *client.Client) {
			d, err := c.Delivery(t.Context(), "d")
			require.NoError(t, err)
			require.Equal(t, 500, d.Attempts[0].Response.Status)
			require.NotEmpty(t, d.Attempts[0].SignedString)
			require.Equal(t, d.Body, d.Attempts[0].Request.Body)
		},
		"deliveries": func(t *testing.T, c *client.Client) {
			page, err := c.Deliveries(t.Context(), client.Filter{})
			require.NoError(t, err)
			require.Equal(t, "held", page.Deliveries[0].State)
		},
		"faults": func(t *testing.T, c *client.Client) {
			all, err := c.Faults(t.Context())
			require.NoError(t, err)
			require.Equal(t, 503, all[0].Do.Status)
			require.InDelta(t, 0.5, all[0].Probability, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := newClient(200, golden(t, name))
			read(t, c)
		})
	}
}

func TestAControlRefusalTellsItsCode(t *testing.T) {
	t.Parallel()
	c, _ := newClient(422, golden(t, "card-refused"))
	_, err := c.Approve(t.Context(), "order-0001")
	var p *client.Problem
	require.ErrorAs(t, err, &p)
	require.Equal(t, "card_declined", p.Code)
}
