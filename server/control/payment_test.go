package control_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/control"
	"liksom/server/directory"
	"liksom/server/fault"
	"liksom/server/payment"
)

const order = "/sim/v1/payments/123456/order-0001"

func push(c *payment.Create) { c.Flow, c.Phone = payment.PushMessage, "4787654321" }

func TestPaymentsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.create("order-0002", push)
	w.create("order-0003", func(c *payment.Create) { c.Flow = payment.QR })
	golden(t, "payments", w.ask("GET", "/sim/v1/payments", ""))
}

func references(v map[string]any) []string {
	var all []string
	for _, p := range v["payments"].([]any) {
		all = append(all, p.(map[string]any)["reference"].(string))
	}
	return all
}

func TestPaymentsAreFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.create("order-0002", push)
	w.want(t, 200, "POST", order+"/decline", "")
	for query, wanted := range map[string][]string{
		"?state=ABORTED":          {"order-0001"},
		"?msn=123456":             {"order-0002", "order-0001"},
		"?msn=234567":             nil,
		"?q=0002":                 {"order-0002"},
		"?q=4787654321":           {"order-0002"},
		"?state=CREATED&limit=1":  {"order-0002"},
		"?state=EXPIRED&wait=0s":  nil,
		"?q=24900&msn=123456&q=x": {"order-0002", "order-0001"},
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, wanted, references(w.want(t, 200, "GET", "/sim/v1/payments"+query, "")))
		})
	}
}

func TestAFilterThatCannotMatchIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for query, why := range map[string]string{
		"?state=AUTHORISED":  "Did you mean AUTHORIZED?",
		"?limit=0":           "from 1 to 500",
		"?limit=501":         "from 1 to 500",
		"?cursor=x":          "as it stands",
		"?wait=forever":      "will not do",
		"?wait=11m":          "at most 10m0s",
		"?reference=a":       "There is no query parameter",
		"?q=%zz":             "percent signs",
		"?state=CREATED&x=1": "There is no query parameter",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.want(t, 400, "GET", "/sim/v1/payments"+query, "")["detail"], why)
		})
	}
}

func TestTheCursorLeadsThroughAllPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 5 {
		w.create(fmt.Sprintf("order-%04d", i))
	}
	var all []string
	cursor := ""
	for range 3 {
		v := w.want(t, 200, "GET", "/sim/v1/payments?limit=2&cursor="+cursor, "")
		all = append(all, references(v)...)
		cursor, _ = v["cursor"].(string)
	}
	require.Equal(t, []string{"order-0004", "order-0003", "order-0002", "order-0001", "order-0000"}, all)
	require.Empty(t, cursor)
}

func TestAListWaitsForWhatMatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.create("order-0001")
		answered := make(chan *httptest.ResponseRecorder, 1)
		go func() { answered <- w.ask("GET", "/sim/v1/payments?state=AUTHORIZED&wait=10s", "") }()
		synctest.Wait()
		w.create("order-0002") // does not match
		synctest.Wait()
		require.Empty(t, answered)
		w.want(t, 200, "POST", order+"/approve", "")
		out := <-answered
		require.Equal(t, http.StatusOK, out.Code)
		require.Contains(t, out.Body.String(), "order-0001")
	})
}

func TestAListIsEmptyWhenTheWaitIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		began := time.Now()
		require.Empty(t, w.want(t, 200, "GET", "/sim/v1/payments?wait=10s", "")["payments"])
		require.Equal(t, 10*time.Second, time.Since(began))
	})
}

func TestTheTimelineTellsAllThatHappened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	w.calls = []control.Call{{At: morning, Method: "POST", Path: "/epayment/v1/payments", Status: 201, Took: 1500 * time.Microsecond}}
	w.create("order-0001", func(c *payment.Create) { c.Scopes = []string{"name", "email"} })
	_, err := w.faults.Add(fault.Fault{Match: fault.Match{Target: fault.Push}, Do: fault.Do{Drop: true}})
	require.NoError(t, err)

	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"10s"}`)
	w.want(t, 200, "POST", order+"/open", `{"phoneNumber":"4787654321"}`)
	_, lost := w.faults.Push("123456", "order-0001", "4787654321")
	require.True(t, lost)
	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"2s"}`)
	for _, cmd := range []payment.Command{
		payment.Show{Phone: "4787654321"}, payment.Open{Phone: "4787654321"}, payment.LetGo{Phone: "4787654321"},
	} {
		_, err := w.pay.Do(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"}, cmd, nil)
		require.NoError(t, err)
	}
	w.want(t, 422, "POST", order+"/approve", `{"cardId":"card-9995"}`)
	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"1s"}`)
	w.want(t, 200, "POST", order+"/approve", "")
	all, err := w.store.Deliveries(t.Context(), deliveriesOf("order-0001"))
	require.NoError(t, err)
	_, err = w.store.Settle(t.Context(), all[1], w.attempt(all[1], 500), 0, w.clock.Now())
	require.NoError(t, err)
	golden(t, "payment", w.ask("GET", order, ""))
}

func TestTheTimelineTellsThatTimeRanOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"6m"}`)
	require.Equal(t, []string{"CREATED", "window-began", "window-ended", "EXPIRED"}, names(w.want(t, 200, "GET", order, "")))
}

func TestTheTimelineTellsARunOutWindowFromAForcedEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "POST", order+"/expire", "")
	v := w.want(t, 200, "GET", order, "")
	require.Equal(t, []string{"CREATED", "window-began", "EXPIRED"}, names(v))
	require.Contains(t, v["timeline"].([]any)[2].(map[string]any)["text"], "before its time")
}

func TestTheTimelineKeepsTheLimitOfAWindowThatHasPassed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "PATCH", "/sim/v1/settings", `{"landingWindow":"20m"}`)
	w.want(t, 200, "POST", order+"/expire", "")
	began := w.want(t, 200, "GET", order, "")["timeline"].([]any)[1].(map[string]any)
	at, err := time.Parse(time.RFC3339, began["at"].(string))
	require.NoError(t, err)
	until, err := time.Parse(time.RFC3339, began["until"].(string))
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, until.Sub(at), "as it was when the window began")
}

func names(v map[string]any) []string {
	var all []string
	for _, e := range v["timeline"].([]any) {
		all = append(all, e.(map[string]any)["name"].(string))
	}
	return all
}

func TestAnUnknownPaymentIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ method, path string }{
		{"GET", order}, {"POST", order + "/open"}, {"POST", order + "/approve"}, {"POST", order + "/decline"}, {"POST", order + "/expire"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 404, c.method, c.path, "")
			require.Contains(t, doc["detail"], "Reference order-0001 does not exist for MSN 123456.")
		})
	}
}

func TestOpeningAloneOnlyStandsOnTheTimeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	before := w.get("order-0001")
	for range 2 {
		w.want(t, 200, "POST", order+"/open", "")
	}
	after := w.get("order-0001")
	require.True(t, after.Landed)
	after.Landed = false
	require.Equal(t, before, after)
	others := func(name string) bool { return name != "landing_opened" }
	require.Equal(t, []string{"landing_opened"}, slices.DeleteFunc(names(w.want(t, 200, "GET", order, "")), others), "the first time counts")
}

func TestANumberEnteredStartsTheApprovalWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"4m"}`)
	v := w.want(t, 200, "POST", order+"/open", `{"phoneNumber":"4712345678"}`)
	require.Equal(t, "approval", v["window"])
	require.Equal(t, "4712345678", v["phone"])
	require.Equal(t, "2026-11-21T10:09:00Z", v["expiresAt"])
}

func TestANumberThatCannotPayIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", func(c *payment.Create) { c.Details = &payment.Details{MinimumAge: 80} })
	for number, why := range map[string]string{
		"+4712345678": "international form",
		"12":          "international form",
		"4711111111":  "No phone has the number",
		"4712345678":  "37 years old",
	} {
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.want(t, 400, "POST", order+"/open", `{"phoneNumber":"`+number+`"}`)["detail"], why)
		})
	}
}

func TestAPushHasNoLandingPageToOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", push)
	w.want(t, 409, "POST", order+"/open", `{"phoneNumber":"4712345678"}`)
}

func TestApprovingActsForThePayer(t *testing.T) {
	t.Parallel()
	id := payment.ID{MSN: "123456", Reference: "order-0001"}
	for _, c := range []struct {
		name  string
		setup func(*testing.T, *world)
		phone string
	}{
		{"the market's first phone when nobody is known", func(_ *testing.T, w *world) { w.create("order-0001") }, "4712345678"},
		{"the one the merchant named", func(_ *testing.T, w *world) {
			w.create("order-0001", func(c *payment.Create) { c.Phone = "4787654321" })
		}, "4787654321"},
		{"the market's first phone when the one named is nobody's", func(_ *testing.T, w *world) {
			w.create("order-0001", func(c *payment.Create) { c.Phone = "4799999999" })
		}, "4712345678"},
		{"the one who identified", func(t *testing.T, w *world) {
			w.create("order-0001", func(c *payment.Create) { c.Phone = "4712345678" })
			_, err := w.pay.Do(t.Context(), id, payment.Identify{Phone: "4512345678"}, nil)
			require.NoError(t, err)
		}, "4512345678"},
		{"the phone that has it open", func(t *testing.T, w *world) {
			w.create("order-0001")
			_, err := w.pay.Do(t.Context(), id, payment.Identify{Phone: "4712345678"}, nil)
			require.NoError(t, err)
			_, err = w.pay.Do(t.Context(), id, payment.Open{Phone: "4787654321"}, nil)
			require.NoError(t, err)
		}, "4787654321"},
		{"somebody old enough", func(t *testing.T, w *world) {
			w.create("order-0001")
			w.want(t, 200, "PATCH", "/sim/v1/phones/4712345678", `{"age":14}`)
		}, "4787654321"},
		{"somebody whose phone is off", func(t *testing.T, w *world) {
			w.create("order-0001", push)
			w.want(t, 200, "PATCH", "/sim/v1/phones/4787654321", `{"online":false}`)
		}, "4787654321"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c.setup(t, w)
			v := w.want(t, 200, "POST", order+"/approve", "")
			require.Equal(t, "AUTHORIZED", v["state"])
			require.Equal(t, c.phone, v["phone"])
			require.Equal(t, "card-4242", v["card"].(map[string]any)["id"])
		})
	}
}

func TestApprovingGivesConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001", func(c *payment.Create) { c.Scopes = []string{"name"} })
	w.want(t, 200, "POST", order+"/approve", "")
	kari, _ := w.phones.Phone("4712345678")
	grant := kari.Grant("123456", []string{"name"})
	grant.Given = []string{"name"}
	require.Equal(t, &grant, w.get("order-0001").Grant)
}

func TestApprovingIsOneTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "POST", order+"/approve", "")
	events, err := w.store.Events(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"})
	require.NoError(t, err)
	require.Len(t, events, 3)
	require.Equal(t, payment.Identified, events[1].Kind)
	require.Equal(t, payment.PaymentAuthorized, events[2].Kind)
	require.Equal(t, "console", events[2].By)
}

func TestARefusedCardLeavesThePaymentWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	golden(t, "card-refused", w.ask("POST", order+"/approve", `{"cardId":"card-0002"}`))
	require.Equal(t, payment.Created, w.get("order-0001").State)
	w.want(t, 200, "POST", order+"/approve", "")
}

func TestAnUnknownCardIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	require.Contains(t, w.want(t, 400, "POST", order+"/approve", `{"cardId":"card-4243"}`)["detail"], "Did you mean card-4242?")
}

func TestNobodyCanApproveWithoutACard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "PATCH", "/sim/v1/phones/4712345678", `{"cards":[]}`)
	require.Contains(t, w.want(t, 409, "POST", order+"/approve", "")["detail"], "has no cards")
}

func TestNobodyApprovesInAMarketWithoutPhones(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	for _, number := range []string{"4712345678", "4787654321"} {
		w.want(t, 204, "DELETE", "/sim/v1/phones/"+number, "")
	}
	require.Contains(t, w.want(t, 409, "POST", order+"/approve", "")["detail"], "POST /sim/v1/phones")
}

func TestDecliningIsDoneOverAPhoneThatHasThePaymentOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	_, err := w.pay.Do(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"}, payment.Open{Phone: "4787654321"}, nil)
	require.NoError(t, err)
	require.Equal(t, "ABORTED", w.want(t, 200, "POST", order+"/decline", "")["state"])
}

func TestTheSecondAnswerIsToldTheOutcomeOfTheFirst(t *testing.T) {
	t.Parallel()
	for first, code := range map[string]string{"approve": "already_decided", "decline": "already_decided", "expire": "expired"} {
		for _, second := range []string{"approve", "decline", "expire"} {
			t.Run(second+" after "+first, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.create("order-0001")
				w.want(t, 200, "POST", order+"/"+first, "")
				doc := w.want(t, 409, "POST", order+"/"+second, "")
				require.Equal(t, []any{map[string]any{"name": "ErrorCode", "reason": code}}, doc["extraDetails"])
			})
		}
	}
}

func TestFailingACardLeavesThePaymentWaiting(t *testing.T) {
	t.Parallel()
	for name, cards := range map[string]string{
		"with a card that does not work":   "",
		"when all cards of the phone work": `{"cards":[{"id":"a","bin":"429198","last4":"1111","outcome":"works"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.create("order-0001")
			if cards != "" {
				w.want(t, 200, "PATCH", "/sim/v1/phones/"+directory.DemoPhone, cards)
			}
			payer := control.Payer{Payments: w.pay, Directory: w.phones, By: "landing"}
			require.NoError(t, payer.FailCard(t.Context(), payment.ID{MSN: "123456", Reference: "order-0001"}))
			require.Equal(t, payment.Created, w.get("order-0001").State)
			require.Contains(t, names(w.want(t, 200, "GET", order, "")), "card_declined")
		})
	}
}
