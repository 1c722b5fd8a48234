package scenarios_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/server/client"
)

// plainShop is a user's own: one page where a checkout begins, and one for
// webhooks. It has no page that tells of orders.
type plainShop struct {
	t   *testing.T
	url string
	// careless is what it does when a webhook comes again: "captures",
	// "receipts" or "answers"; "" for a sound shop, that does nothing.
	careless string

	mu   sync.Mutex
	sims map[string]*client.Client // by reference
	seen map[string]int            // AUTHORIZED, by reference
}

func openPlainShop(t *testing.T, careless string) *plainShop {
	t.Helper()
	s := &plainShop{t: t, careless: careless, sims: map[string]*client.Client{}, seen: map[string]int{}}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /checkout", s.checkout)
	routes.HandleFunc("POST /hook", s.hook)
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *plainShop) checkout(w http.ResponseWriter, r *http.Request) {
	var order struct {
		Amount    int64
		Simulator string
	}
	err := json.NewDecoder(r.Body).Decode(&order)
	sim := client.New(order.Simulator)
	if err == nil {
		_, err = sim.RegisterWebhook(r.Context(), s.url+"/hook", client.PaymentEvents()...)
	}
	s.mu.Lock()
	reference := fmt.Sprintf("plain-order-%d", len(s.sims)+1)
	s.sims[reference] = sim
	s.mu.Unlock()
	if err == nil {
		_, err = sim.CreatePayment(r.Context(), client.CreatePayment{
			Amount: client.NOK(order.Amount), Reference: reference, UserFlow: client.WebRedirect, ReturnURL: s.url + "/thanks", PaymentDescription: "Plain",
		})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = fmt.Fprintf(w, `{"reference": %q}`, reference)
}

func (s *plainShop) hook(w http.ResponseWriter, r *http.Request) {
	var event struct{ Name, Reference string }
	if json.NewDecoder(r.Body).Decode(&event) != nil || event.Name != "AUTHORIZED" {
		return
	}
	s.mu.Lock()
	sim := s.sims[event.Reference]
	s.seen[event.Reference]++
	n := s.seen[event.Reference]
	s.mu.Unlock()
	if n == 1 || s.careless == "captures" {
		_, _ = sim.Capture(r.Context(), event.Reference, client.NOK(25000)) // with a key of its own; the second is refused
	}
	if n == 1 || s.careless == "receipts" {
		rate := 25
		_, _ = sim.AddReceipt(r.Context(), event.Reference, client.Receipt{
			Lines:  []client.ReceiptLine{{Name: "Socks", ID: "socks", Total: 25000, ExcludesTax: 20000, Tax: 5000, TaxPercentage: &rate}},
			Bottom: client.ReceiptBottom{Currency: "NOK"},
		})
	}
	if s.careless == "answers" {
		_, _ = fmt.Fprintf(w, `{"shipped": %d}`, n)
	}
}

func TestAShopWithoutAnOrderPageShowsByWhatItDoesWhetherItShippedTwice(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("catalogue/webhooks/duplicate-delivery.yaml")
	require.NoError(t, err)
	s, err := scenarios.Parse("duplicate-delivery.yaml", source)
	require.NoError(t, err)
	url := simulator(t)
	for careless, state := range map[string]scenarios.State{
		"": scenarios.Passed, "captures": scenarios.Failed, "receipts": scenarios.Failed, "answers": scenarios.Failed,
	} {
		t.Run("one that "+strings.TrimSpace(careless+" twice"), func(t *testing.T) {
			t.Parallel()
			r := scenarios.Run(t.Context(), s, scenarios.Options{URL: url, Shop: openPlainShop(t, careless).url + "/checkout"})
			if state == scenarios.Passed {
				passes(t, r)
				return
			}
			require.Equal(t, state, r.State)
			require.Contains(t, r.Failure.Actual, "order.shipped = 2")
		})
	}
}

func TestWhatIsExpectedToStaySoIsWaitedFor(t *testing.T) {
	t.Parallel()
	url := simulator(t)
	for steps, actual := range map[string]string{
		"  - expect: payment(reference).state == \"CREATED\"\n    stays: 100ms\n":                                                                                                                             "",
		"  - parallel:\n      - - pause: 50ms\n        - approve\n      - expect: payment(reference).state == \"CREATED\"\n        stays: 10s\n":                                                              `payment(reference).state = "AUTHORIZED", after it had been so`,
		"  - parallel:\n      - - pause: 50ms\n        - approve\n      - expect: [payment(reference).captured == 0, payment(reference).state == \"AUTHORIZED\"]\n        within: 5s\n        stays: 100ms\n": "",
	} {
		t.Run(steps, func(t *testing.T) {
			t.Parallel()
			r := scenarios.Run(t.Context(), script(t, "  - create\n"+steps), scenarios.Options{URL: url})
			if actual == "" {
				passes(t, r)
				return
			}
			require.Equal(t, scenarios.Failed, r.State)
			require.Equal(t, actual, r.Failure.Actual)
			require.Contains(t, r.Failure.Expected, "and that for 10s")
		})
	}
}
