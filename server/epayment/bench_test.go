package epayment_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
)

// The floor is a handler that decodes the same request into a struct and
// answers the same JSON, behind the same router, and does nothing else.

type bareOrder struct {
	Amount        bareAmount        `json:"amount"`
	PaymentMethod map[string]string `json:"paymentMethod"`
	Customer      map[string]string `json:"customer"`
	Reference     string            `json:"reference"`
	UserFlow      string            `json:"userFlow"`
	ReturnURL     string            `json:"returnUrl"`
	Description   string            `json:"paymentDescription"`
	Metadata      map[string]string `json:"metadata"`
}

type bareAmount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

type barePayment struct {
	Aggregate     map[string]bareAmount `json:"aggregate"`
	Amount        bareAmount            `json:"amount"`
	State         string                `json:"state"`
	PaymentMethod map[string]string     `json:"paymentMethod"`
	Profile       struct{}              `json:"profile"`
	PSPReference  string                `json:"pspReference"`
	RedirectURL   string                `json:"redirectUrl"`
	Reference     string                `json:"reference"`
	Metadata      map[string]string     `json:"metadata"`
}

func bare() http.Handler {
	routes := mux.NewRouter()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	const redirect = "http://127.0.0.1:8080/landing?token=pVW4NAC7PZh.FMQZ93ZMtUNnJ1ZPfVFUFkq7fme7vFo7"
	routes.HandleFunc("/epayment/v1/payments", func(w http.ResponseWriter, r *http.Request) {
		var o bareOrder
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer(w, http.StatusCreated, struct {
			RedirectURL string `json:"redirectUrl"`
			Reference   string `json:"reference"`
		}{redirect, o.Reference})
	}).Methods(http.MethodPost)
	routes.HandleFunc("/epayment/v1/payments/{reference}", func(w http.ResponseWriter, r *http.Request) {
		sum := bareAmount{"NOK", 0}
		answer(w, http.StatusOK, barePayment{
			map[string]bareAmount{"authorizedAmount": sum, "cancelledAmount": sum, "capturedAmount": sum, "refundedAmount": sum},
			bareAmount{"NOK", 24900}, "CREATED", map[string]string{"type": "WALLET"}, struct{}{},
			"6b0a4d5e-1f7c-4c59-9d3a-2f4f0c7b8e11", redirect, mux.Vars(r)["reference"], map[string]string{"car": "EL 12345"},
		})
	}).Methods(http.MethodGet)
	return routes
}

// sink throws away what it is given, so that only the handler is measured.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

func measure(b *testing.B, h http.Handler, headers []string, method string, want int, next func(i int) (path string, body []byte)) {
	b.Helper()
	header := http.Header{}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		header.Set(name, value)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		path, body := next(i)
		r := httptest.NewRequest(method, base+path, bytes.NewReader(body))
		r.Header = header.Clone()
		r.Header.Set("Idempotency-Key", fmt.Sprint(i))
		s := &sink{header: http.Header{}}
		h.ServeHTTP(s, r)
		if s.status != want {
			b.Fatal("status", s.status)
		}
		i++
	}
}

func nextRide(i int) (string, []byte) {
	return "/epayment/v1/payments", fmt.Appendf(nil, strings.Replace(ride, "000417", "%06d", 1), i)
}

func sameRide(int) (string, []byte) { return "/epayment/v1/payments/taxi-ride-000417", nil }

func BenchmarkCreate(b *testing.B) {
	b.Run("bare", func(b *testing.B) { measure(b, bare(), newWorld(b).as("123456"), "POST", 201, nextRide) })
	b.Run("full", func(b *testing.B) {
		w := newWorld(b)
		measure(b, w.handler, w.as("123456"), "POST", 201, nextRide)
	})
}

func BenchmarkGet(b *testing.B) {
	b.Run("bare", func(b *testing.B) { measure(b, bare(), newWorld(b).as("123456"), "GET", 200, sameRide) })
	b.Run("full", func(b *testing.B) {
		w := newWorld(b)
		w.create("k", ride).status(201)
		measure(b, w.handler, w.as("123456"), "GET", 200, sameRide)
	})
}

// BenchmarkRequest is what making the request costs in the others.
func BenchmarkRequest(b *testing.B) {
	nothing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) })
	measure(b, nothing, newWorld(b).as("123456"), "POST", 201, nextRide)
}
