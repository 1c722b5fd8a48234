package scenarios_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/server/client"
)

func TestAWaitThatEndsInVainSaysForWhatAndWhatCameInstead(t *testing.T) {
	t.Parallel()
	r := play(t, `
  - sink: {name: mine, status: 500}
  - register: {sink: mine, events: [epayments.payment.created.v1]}
  - create: {reference: order-0001}
  - wait: {deliveries: {event: epayments.payment.created.v1, answered: 2xx}}
    within: 300ms
`)
	require.Equal(t, scenarios.Failed, r.State)
	f := r.Failure
	require.Equal(t, 3, f.Step)
	require.Contains(t, f.Expected, "1 webhook with answered 2xx, event epayments.payment.created.v1")
	require.Contains(t, f.Expected, "within 300ms")
	require.Contains(t, f.Actual, "epayments.payment.created.v1 waiting, answered 500")
	require.Equal(t, "order-0001", f.Reference)
	require.NotEmpty(t, f.Timeline)
	require.Equal(t, 8, f.Line)
	require.Contains(t, f.Excerpt, "- wait:")
}

func TestAFailedExpectationNamesThePartsThatAreNotSo(t *testing.T) {
	t.Parallel()
	r := play(t, `
  - create: {amount: 1000}
  - expect: payment(reference).amount.value == 1000 && payment(reference).state == "AUTHORIZED"
`)
	require.Equal(t, `payment(reference).state == "AUTHORIZED"`, r.Failure.Expected)
	require.Equal(t, `payment(reference).state = "CREATED"`, r.Failure.Actual)
}

func TestAFailedConditionOnAListTellsOfThoseThatBreakItAndWhatItLooksAt(t *testing.T) {
	t.Parallel()
	url := simulator(t)
	for condition, actual := range map[string]string{
		`any(events(reference), .name == "CAPTURED")`:                `2 of 2 in events(reference) are otherwise: .name = "CREATED"; .name = "AUTHORIZED"`,
		`all(events(reference), .name == "CREATED" and .success)`:    `1 of 2 in events(reference) are otherwise: .name = "AUTHORIZED", .success = true`,
		`none(events(reference), .amount.value == 25000)`:            `2 of 2 in events(reference) are so: .amount.value = 25000`,
		`any(deliveries("x"), .state == "dropped")`:                  `deliveries("x") is empty`,
		`all([[1], [2, 3]], all(#, # < 3))`:                          `1 of 2 in [[1], [2, 3]] are otherwise: [2,3]`,
		`1 == 1 && any(["a", "a", "b"], # == reference)`:             `3 of 3 in ["a", "a", "b"] are otherwise: "a"; "b"`,
		`any(1..20, # == 30)`:                                        `20 of 20 in 1..20 are otherwise: 1; 2; 3; 4; 5; 6; 7; 8; …`,
		`len(deliveries("x")) + len(sink("x")) + len(faults()) == 1`: `len(deliveries("x")) + len(sink("x")) + len(faults()) = 0`,
		`any(events(reference), .nobody == "x" or .name == "ERROR")`: `2 of 2 in events(reference) are otherwise: .nobody = nothing, .name = "CREATED"; .nobody = nothing, .name = "AUTHORIZED"`,
	} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			r := scenarios.Run(t.Context(), script(t, "  - create\n  - approve\n  - expect: '"+condition+"'\n"), scenarios.Options{URL: url})
			require.Equal(t, scenarios.Failed, r.State)
			require.Equal(t, actual, r.Failure.Actual)
		})
	}
}

func TestARefusalFailsTheStepUnlessItIsWanted(t *testing.T) {
	t.Parallel()
	url := simulator(t)
	for steps, state := range map[string]scenarios.State{
		"  - create: {amount: 99}\n":                                                                                   scenarios.Failed,
		"  - create: {amount: 99}\n    status: 400\n":                                                                  scenarios.Passed,
		"  - create: {amount: 99}\n    status: [200, 4xx]\n":                                                           scenarios.Passed,
		"  - create: {amount: 99}\n    code: 6010\n":                                                                   scenarios.Passed,
		"  - create: {amount: 99}\n    code: 6020\n":                                                                   scenarios.Failed,
		"  - create: {amount: 100}\n    status: 400\n":                                                                 scenarios.Failed,
		"  - create\n  - decline\n  - approve: {}\n    status: 4xx\n":                                                  scenarios.Passed,
		"  - fault: {match: {target: api}, do: {close: before}}\n  - get: {reference: order-0001}\n    status: none\n": scenarios.Passed,
	} {
		t.Run(steps, func(t *testing.T) {
			r := scenarios.Run(t.Context(), script(t, steps), scenarios.Options{URL: url})
			require.Equal(t, state, r.State, "%+v", r.Failure)
		})
	}
}

func TestTimeOnTheWorldsClockEndsAWaitToo(t *testing.T) {
	t.Parallel()
	r := play(t, `
  - create
  - speed: 100000
  - resume
  - expect: payment(reference).state == "AUTHORIZED"
    within: 20m simulated
`)
	require.Equal(t, scenarios.Failed, r.State)
	require.Contains(t, r.Failure.Expected, "within 20m0s of simulated time")
	require.Equal(t, `payment(reference).state = "EXPIRED"`, r.Failure.Actual)
}

func TestFinallyIsDoneAfterAFailureAndTheRestIsSkipped(t *testing.T) {
	t.Parallel()
	r := play(t, `
  - expect: 1 == 2
  - note: never said
finally:
  - note: always said
`)
	require.Equal(t, scenarios.Failed, r.State)
	require.Equal(t, []string{"always said"}, r.Notes)
	states := []scenarios.State{}
	for _, s := range r.Steps {
		states = append(states, s.State)
	}
	require.Equal(t, []scenarios.State{scenarios.Failed, scenarios.Skipped, scenarios.Passed}, states)
}

func TestTheEndOfTheContextStopsTheRunAfterItsFinally(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := script(t, "  - wait: {payment: {}}\n    within: 1m\n  - note: never\nfinally:\n  - note: tidied\n")
	r := scenarios.Run(ctx, s, scenarios.Options{URL: simulator(t), Watch: func(p scenarios.Progress) {
		if p.State == scenarios.Waiting {
			require.Equal(t, "a payment", p.Waiting)
			cancel()
		}
	}})
	require.Equal(t, scenarios.Stopped, r.State)
	require.Equal(t, []string{"tidied"}, r.Notes)
	require.Nil(t, r.Failure)
	require.Equal(t, scenarios.Stopped, r.Steps[0].State)
}

func TestStructureLoopsBranchesAndConditions(t *testing.T) {
	t.Parallel()
	passes(t, play(t, `
  - each: [{size: 100, name: one}, {size: 200, name: two}]
    steps:
      - create: {amount: "${size}", reference: "order-${name}"}
      - approve
  - repeat: 2
    steps:
      - note: "time ${index}"
  - parallel:
      - [{capture: {reference: order-one}}, {refund: {reference: order-one, amount: 40}}]
      - capture: {reference: order-two}
  - if: payment("order-one").captured == 0
    note: not said
  - expect:
      - payment("order-one").refunded == 40
      - payment("order-two").captured == 200
      - len(requests("/epayment")) >= 5
`))
}

func TestRequestsAtOnceWithOneKeyAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	passes(t, play(t, `
  - create: {reference: order-0001, key: one, times: 20, at-once: true}
    as: made
    status: [201, 409]
  - expect: "len(made.statuses) == 20 && any(made.statuses, # == 201)"
  - expect: len(payments()) == 1
`))
}

func TestMoreRequestsThanAnybodyNeedsAreRefused(t *testing.T) {
	t.Parallel()
	r := play(t, "  - create: {times: 1000000000}\n")
	require.Contains(t, r.Failure.Actual, "times is 1000 at most")
}

func TestPhonesWebhooksAndPagesCanBeWaitedFor(t *testing.T) {
	t.Parallel()
	passes(t, play(t, `
  - merchant: {msn: "123456", switches: {pushAllowed: true}}
  - settings: {webhookTimeout: 500ms}
  - phone: {number: "4799887766", name: Ny}
  - phone: {number: "4712345678", autopilot: "off"}
  - register: {sink: mine, events: [epayments.payment.authorized.v1, epayments.payment.aborted.v1]}
  - create: {flow: PUSH_MESSAGE, phone: "4799887766", reference: order-push, scope: name}
  - wait: {phone: {number: "4799887766", reference: order-push}}
    as: asked
  - expect: asked.merchantName == "Demo Taxi" && len(inbox("4799887766")) == 1
  - approve: {phone: "4799887766", consent: true}
  - wait:
      sink: {name: mine, event: epayments.payment.authorized.v1, verified: true}
      payment: {reference: order-push, state: AUTHORIZED}
      requests: {path: /epayment/v1/payments, method: POST, status: 201}
      log: {kind: consent}
  - expect: userinfo(payment(reference).sub).sub == payment(reference).sub
  - create: {flow: PUSH_MESSAGE, phone: "4799887766", reference: order-refused, scope: birthDate}
  - refuse: {phone: "4799887766"}
  - expect: payment("order-refused").state == "ABORTED"
  - create: {reference: order-web}
    as: web
  - page: "${web.redirectUrl}"
  - expect: answer.status == 200 && answer.headers["Content-Type"] startsWith "text/html"
  - identify: {phone: "4712345678"}
  - decline
  - page: "${world.url}/nowhere"
    status: 404
  - call: {path: /epayment/v1/payments/order-web, headers: {Authorization: "Bearer nonsense"}}
    status: 401
  - expire-tokens
  - get: order-web
  - expect: answer.body.state == "ABORTED"
  - call: {path: /accesstoken/get, method: POST, text: ""}
  - expect: answer.body.token_type == "Bearer"
  - resend: "${deliveries('epayments.payment.authorized.v1')[0].id}"
  - expect: "len(sink({name: 'mine', event: 'epayments.payment.authorized.v1'})) == 2"
    within: 2s
  - clear-faults
  - advance: {to: 2040-01-01T00:00:00Z}
  - expect: now().Year() == 2040
`))
}

func TestARunUsesAWorldOfItsOwnAndRemovesIt(t *testing.T) {
	t.Parallel()
	url := simulator(t)
	sim := client.New(url)
	r := scenarios.Run(t.Context(), script(t, "  - create\n  - advance: 7d\n"), scenarios.Options{URL: url})
	passes(t, r)
	require.Equal(t, 7*24*time.Hour, r.Skipped)
	worlds, err := sim.Worlds(t.Context())
	require.NoError(t, err)
	require.Len(t, worlds, 1)

	r = scenarios.Run(t.Context(), script(t, "  - create\n  - expect: false\n"), scenarios.Options{URL: url, KeepFailed: true})
	require.Equal(t, scenarios.Failed, r.State)
	kept, err := sim.World(t.Context(), r.World)
	require.NoError(t, err)
	require.Equal(t, 1, kept.Counts.Payments)
	require.Contains(t, r.Failure.Look, r.Failure.Reference)

	passes(t, scenarios.Run(t.Context(), script(t, "  - create\n"), scenarios.Options{URL: url, World: "default"}))
	page, err := sim.Payments(t.Context(), client.Filter{})
	require.NoError(t, err)
	require.Len(t, page.Payments, 1)
}

func TestTheSameSeedRepeatsTheIDs(t *testing.T) {
	t.Parallel()
	url := simulator(t)
	code := func(seed string) string {
		s := script(t, "  - create\n  - note: \"${payment(reference).pspReference}\"\n")
		r := scenarios.Run(t.Context(), s, scenarios.Options{URL: url, Seed: seed})
		passes(t, r)
		return r.Notes[0]
	}
	require.Equal(t, code("a"), code("a"))
	require.NotEqual(t, code("a"), code("b"))
}

func TestManyRunsAreToldOneByOneAndStandInTheirOrder(t *testing.T) {
	t.Parallel()
	var all []*scenarios.Script
	for _, id := range []string{"first-one", "second-one", "third-one"} {
		s, err := scenarios.Parse("x.yaml", []byte(strings.Replace(head, "a-test", id, 1)+"  - create\n  - approve\n"))
		require.NoError(t, err)
		all = append(all, s)
	}
	told := 0
	results := scenarios.RunAll(t.Context(), all, scenarios.Options{URL: simulator(t), Seed: "s"}, 4, 2, func(r scenarios.Result) {
		passes(t, r)
		told++
	})
	require.Equal(t, 6, told)
	ids, seeds := []string{}, []string{}
	for i := range results {
		ids, seeds = append(ids, results[i].ID), append(seeds, results[i].Seed)
	}
	require.Equal(t, []string{"first-one", "first-one", "second-one", "second-one", "third-one", "third-one"}, ids)
	require.Equal(t, []string{"s", "s-2"}, seeds[:2])
}

func TestRunsThatNeverBeganSaySo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	results := scenarios.RunAll(ctx, []*scenarios.Script{script(t, "  - create\n")}, scenarios.Options{URL: "http://127.0.0.1:1"}, 1, 1, nil)
	require.Equal(t, scenarios.Never, results[0].State)
}

func TestASimulatorThatIsNotThereIsAFailureBeforeTheFirstStep(t *testing.T) {
	t.Parallel()
	r := scenarios.Run(t.Context(), script(t, "  - create\n"), scenarios.Options{URL: "http://127.0.0.1:1"})
	require.Equal(t, scenarios.Failed, r.State)
	require.Equal(t, -1, r.Failure.Step)
	require.Equal(t, scenarios.Never, r.Steps[0].State)
}

// theirs is somebody's own shop in a few lines: it makes a payment in the
// world it is told of, and captures when it hears of an approval.
type theirs struct {
	t   *testing.T
	url string
	mu  sync.Mutex
	sim *client.Client
}

func (s *theirs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body struct {
		Amount    int64  `json:"amount"`
		Simulator string `json:"simulator"`
		Reference string `json:"reference"`
		Name      string `json:"name"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	ctx := context.WithoutCancel(r.Context())
	if r.URL.Path == "/checkout" {
		s.sim = client.New(body.Simulator)
		_, err := s.sim.RegisterWebhook(ctx, s.url+"/hook", client.PaymentEvents()...)
		if err == nil {
			_, err = s.sim.CreatePayment(ctx, client.CreatePayment{
				Amount: client.NOK(body.Amount), Reference: "their-order-1", UserFlow: client.WebRedirect, ReturnURL: s.url, PaymentDescription: "Theirs",
			})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	if body.Name == "AUTHORIZED" {
		_, _ = s.sim.Capture(ctx, body.Reference, client.NOK(4200))
	}
}

func TestAScenarioRunsAgainstSomebodysOwnShop(t *testing.T) {
	t.Parallel()
	shop := &theirs{t: t}
	at := httptest.NewServer(shop)
	defer at.Close()
	shop.url = at.URL
	s := script(t, "  - order: {amount: 4200}\n  - approve\n  - shop: poll\n  - expect: order.state == \"paid\" && order.captured == 4200 && order.shipped == 1\n    within: 5s\n")
	r := scenarios.Run(t.Context(), s, scenarios.Options{URL: simulator(t), Shop: at.URL + "/checkout"})
	passes(t, r)
	require.Equal(t, scenarios.Skipped, r.Steps[2].State)
}

func TestProgressIsToldInOrder(t *testing.T) {
	t.Parallel()
	var told []string
	s := script(t, "  - create\n  - approve\n")
	r := scenarios.Run(t.Context(), s, scenarios.Options{URL: simulator(t), Watch: func(p scenarios.Progress) {
		told = append(told, p.Name+" "+string(p.State))
	}})
	passes(t, r)
	require.Equal(t, []string{" running", "create running", "create passed", "approve running", "approve passed", " passed"}, told)
}

func TestAHurryingWatcherSeesTimePass(t *testing.T) {
	t.Parallel()
	s := script(t, "  - note: \"${now().UnixMilli()}\"\n  - advance: 300ms\n  - note: \"${now().UnixMilli()}\"\n")
	r := scenarios.Run(t.Context(), s, scenarios.Options{URL: simulator(t), Pace: scenarios.Real})
	passes(t, r)
	before, err := strconv.Atoi(r.Notes[0])
	require.NoError(t, err)
	after, err := strconv.Atoi(r.Notes[1])
	require.NoError(t, err)
	require.GreaterOrEqual(t, after-before, 300)
	require.GreaterOrEqual(t, r.Took, 300*time.Millisecond)
}
