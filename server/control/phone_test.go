package control_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"liksom/server/control"
)

const kari = "/sim/v1/phones/4712345678"

func TestAPhoneIsTold(t *testing.T) {
	t.Parallel()
	golden(t, "phone", newWorld(t).ask("GET", kari, ""))
}

func TestPhonesAreListed(t *testing.T) {
	t.Parallel()
	require.Len(t, newWorld(t).want(t, 200, "GET", "/sim/v1/phones", "")["phones"], 5)
}

func TestAPhoneIsAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	golden(t, "phone-added", w.ask("POST", "/sim/v1/phones", `{"number":"4799999999","name":"Test","age":20,"autopilot":{"mode":"approve","delay":"8s"}}`))
	require.Equal(t, "Test", w.want(t, 200, "GET", "/sim/v1/phones/4799999999", "")["name"])
}

func TestAddingAPhoneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		name, body string
		status     int
		detail     string
	}{
		{"without a number", `{}`, 400, "number:"},
		{"with a plus", `{"number":"+4799999999"}`, 400, "number:"},
		{"with a digit too few", `{"number":"479999999"}`, 400, "number:"},
		{"when the number is taken", `{"number":"4712345678"}`, 409, "PATCH /sim/v1/phones/4712345678"},
		{"when its country is unknown and not named", `{"number":"15551234567"}`, 400, "market:"},
		{"with a market that is none", `{"number":"15551234567","market":"US"}`, 400, "market:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.want(t, c.status, "POST", "/sim/v1/phones", c.body)["detail"], c.detail)
		})
	}
}

func TestAPhoneFromElsewhereIsAddedToTheMarketNamed(t *testing.T) {
	t.Parallel()
	require.Equal(t, "nb", newWorld(t).want(t, 201, "POST", "/sim/v1/phones", `{"number":"15551234567","market":"NO"}`)["language"])
}

func TestSettingsOfAPhoneAreChanged(t *testing.T) {
	t.Parallel()
	for body, check := range map[string]func(*testing.T, map[string]any){
		`{"name":"Kari N"}`:       func(t *testing.T, v map[string]any) { require.Equal(t, "Kari N", v["name"]) },
		`{"online":false}`:        func(t *testing.T, v map[string]any) { require.Equal(t, false, v["online"]) },
		`{"pushOn":false}`:        func(t *testing.T, v map[string]any) { require.Equal(t, false, v["pushOn"]) },
		`{"latency":"1.5s"}`:      func(t *testing.T, v map[string]any) { require.Equal(t, "1.5s", v["latency"]) },
		`{"language":"en"}`:       func(t *testing.T, v map[string]any) { require.Equal(t, "en", v["language"]) },
		`{"market":"DK"}`:         func(t *testing.T, v map[string]any) { require.Equal(t, "DK", v["market"]) },
		`{"age":14}`:              func(t *testing.T, v map[string]any) { require.InDelta(t, 14, v["age"], 0) },
		`{"identified":false}`:    func(t *testing.T, v map[string]any) { require.Equal(t, false, v["identified"]) },
		`{"alwaysAsk":true}`:      func(t *testing.T, v map[string]any) { require.Equal(t, true, v["alwaysAsk"]) },
		`{"confirmWith":"pin"}`:   func(t *testing.T, v map[string]any) { require.Equal(t, "pin", v["confirmWith"]) },
		`{"name":null}`:           func(t *testing.T, v map[string]any) { require.Equal(t, "Kari Demo", v["name"]) },
		`{"number":"4712345678"}`: func(t *testing.T, v map[string]any) { require.Equal(t, "4712345678", v["number"]) },
		`{"autopilot":{"delay":"2s"}}`: func(t *testing.T, v map[string]any) {
			require.Equal(t, map[string]any{"mode": "off", "delay": "2s"}, v["autopilot"])
		},
		`{"autopilot":{"mode":"approve","cardId":"card-0002"}}`: func(t *testing.T, v map[string]any) {
			require.Equal(t, map[string]any{"mode": "approve", "delay": "0s", "cardId": "card-0002"}, v["autopilot"])
		},
		`{"profile":{"email":"k@demo.example"}}`: func(t *testing.T, v map[string]any) {
			profile := v["profile"].(map[string]any)
			require.Equal(t, "k@demo.example", profile["email"])
			require.Equal(t, "Kari", profile["firstName"])
			require.Len(t, profile["addresses"], 1)
		},
		`{"profile":{"addresses":[]}}`: func(t *testing.T, v map[string]any) {
			require.NotContains(t, v["profile"], "addresses")
		},
		`{"cards":[{"id":"x","name":"X","bin":"123456","last4":"0001","outcome":"expired"}]}`: func(t *testing.T, v map[string]any) {
			require.Equal(t, []any{map[string]any{"id": "x", "name": "X", "bin": "123456", "last4": "0001", "outcome": "expired"}}, v["cards"])
		},
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.openapi.Lenient("null is taken for what is left out")
			check(t, w.want(t, 200, "PATCH", kari, body))
			check(t, w.want(t, 200, "GET", kari, ""))
		})
	}
}

func TestSettingsThatCannotBeAreRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for field, body := range map[string]string{
		"name":                              `{"name":" "}`,
		"number":                            `{"number":"4799999999"}`,
		"age":                               `{"age":-1}`,
		"latency":                           `{"latency":"-1s"}`,
		"language":                          `{"language":"de"}`,
		"market":                            `{"market":"US"}`,
		"confirmWith":                       `{"confirmWith":"retina"}`,
		"autopilot.mode":                    `{"autopilot":{"mode":"maybe"}}`,
		"autopilot.delay":                   `{"autopilot":{"delay":"2d"}}`,
		"autopilot.cardId":                  `{"autopilot":{"cardId":"nope"}}`,
		"cards[0].id":                       `{"cards":[{}]}`,
		"cards[0].bin":                      `{"cards":[{"id":"a","bin":"12345x"}]}`,
		"cards[0].last4":                    `{"cards":[{"id":"a","bin":"123456"}]}`,
		"cards[0].outcome":                  `{"cards":[{"id":"a","bin":"123456","last4":"1234","outcome":"fine"}]}`,
		"cards[1].id":                       `{"cards":[{"id":"a","bin":"123456","last4":"1234","outcome":"works"},{"id":"a"}]}`,
		"profile.email":                     `{"profile":{"email":"nobody"}}`,
		"profile.birthDate":                 `{"profile":{"birthDate":"3.12.1988"}}`,
		"profile.addresses[0].addressLine1": `{"profile":{"addresses":[{}]}}`,
		"profile.addresses[0].country":      `{"profile":{"addresses":[{"addressLine1":"a","city":"b","postCode":"c","country":"no"}]}}`,
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, "PATCH", kari, body)
			require.Equal(t, field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
		})
	}
}

func TestARefusedChangeLeavesThePhoneAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.ask("GET", kari, "").Body.String()
	w.want(t, 400, "PATCH", kari, `{"name":"New","age":-1}`)
	w.want(t, 400, "PATCH", kari, `{"cards":[{"id":"a","bin":"x"}]}`)
	require.Equal(t, before, w.ask("GET", kari, "").Body.String())
}

func TestAPhoneIsRemovedAndItsSocketsHungUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 204, "DELETE", kari, "")
	require.Equal(t, []any{"4712345678"}, w.inbox.asked)
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		w.want(t, 404, method, kari, "{}")
	}
	w.want(t, 404, "GET", kari+"/requests", "")
}

func TestRequestsOfAPhoneAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openapi.Off("what the stub tells is not as it is")
	require.Equal(t, map[string]any{"requests": []any{}}, w.want(t, 200, "GET", kari+"/requests", ""))
	w.inbox.waiting = []any{map[string]string{"id": "p1"}}
	require.Equal(t, map[string]any{"requests": []any{map[string]any{"id": "p1"}}}, w.want(t, 200, "GET", kari+"/requests", ""))
}

func TestRequestsOfAPhoneAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.openapi.Off("what the stub tells is not as it is")
		answered := make(chan *httptest.ResponseRecorder, 1)
		go func() { answered <- w.ask("GET", kari+"/requests?wait=1m", "") }()
		synctest.Wait()
		require.Empty(t, answered)
		w.inbox.waiting = []any{map[string]string{"id": "p1"}}
		w.create("order-0001") // rings the bell
		require.Contains(t, (<-answered).Body.String(), "p1")
	})
}

func TestAnswersArePassedToThePhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openapi.Off("what the stub tells is not as it is")
	yes := true
	require.Equal(t, "APPROVED", w.want(t, 200, "POST", kari+"/requests/p1/approve", `{"cardId":"a","consent":true}`)["state"])
	require.Equal(t, "APPROVED", w.want(t, 200, "POST", kari+"/requests/p2/approve", "")["state"])
	require.Equal(t, "DECLINED", w.want(t, 200, "POST", kari+"/requests/p3/decline", "")["state"])
	require.Equal(t, []any{
		"4712345678", "p1", control.PhoneAnswer{CardID: "a", Consent: &yes},
		"4712345678", "p2", control.PhoneAnswer{},
		"4712345678", "p3",
	}, w.inbox.asked)
}

func TestRefusalsOfThePhoneHaveTheirStatus(t *testing.T) {
	t.Parallel()
	for code, status := range map[string]int{
		"not_found": 404, "already_decided": 409, "expired": 409, "taken": 409, "consent_required": 400, "card_declined": 422,
		"bad_message": 400, "something_new": 409,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.inbox.err = &control.PhoneError{Code: code, Message: "No."}
			doc := w.want(t, status, "POST", kari+"/requests/p1/approve", "")
			require.Equal(t, []any{map[string]any{"name": "ErrorCode", "reason": code}}, doc["extraDetails"])
		})
	}
}

func TestACodeIsScanned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, kind string }{
		{"as text", `{"content":"http://sim.test/qr/p1"}`, "application/json"},
		{"as text of no stated kind", `{"content":"http://sim.test/qr/p1"}`, ""},
		{"as a picture", "PNG:http://sim.test/qr/p1", "image/png"},
		{"as a picture with a parameter", "PNG:http://sim.test/qr/p1", "Image/PNG; x=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.openapi.Lenient("a kind need not be stated")
			require.Equal(t, "payment", w.want(t, 200, "POST", kari+"/scan", c.body, "Content-Type", c.kind)["kind"])
			require.Equal(t, []any{"4712345678", "http://sim.test/qr/p1"}, w.inbox.asked)
		})
	}
}

func TestAScanOfNothingIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 400, "POST", kari+"/scan", `{}`)
	require.Contains(t, w.want(t, 400, "POST", kari+"/scan", "noise", "Content-Type", "image/png")["detail"], "No QR code")
	require.Empty(t, w.inbox.asked)
}

func TestAPhoneThatCannotAnswerIsNotTheClientsFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inbox.err = errors.New("trouble")
	require.Equal(t, http.StatusInternalServerError, w.ask("POST", kari+"/requests/p1/decline", "").Code)
}
