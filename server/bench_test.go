package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/store/sql"
)

// connections is how many clients ask at the same time.
const connections = 16

// BenchmarkCreate and its kin compare with a bare handler that decodes and
// answers the same JSON, over real sockets, in turns within the same run:
// "ofFloor" is the share of its throughput that is reached.
func BenchmarkCreate(b *testing.B) {
	for _, store := range []string{"memory", "sqlite"} {
		b.Run(store, func(b *testing.B) {
			sim, floor := startForBench(b, store), startFloor(b)
			compare(b, floor.create, sim.create)
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, store := range []string{"memory", "sqlite"} {
		b.Run(store, func(b *testing.B) {
			sim, floor := startForBench(b, store), startFloor(b)
			for i := range 1000 {
				require.NoError(b, sim.create(i))
			}
			get := func(i int) error { return sim.get(i % 1000) }
			compare(b, floor.get, get)
		})
	}
}

// BenchmarkLifeCycle is create, approve, capture and refund of one payment
// with four webhooks sent and taken.
func BenchmarkLifeCycle(b *testing.B) {
	for _, store := range []string{"memory", "sqlite"} {
		b.Run(store, func(b *testing.B) {
			var taken atomic.Int64
			receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { taken.Add(1) }))
			defer receiver.Close()
			sim := startForBench(b, store)
			sim.register(b, receiver.URL)
			b.ResetTimer()
			spread(b, b.N, func(i int) error { return sim.lifeCycle(i) })
			for taken.Load() < int64(4*b.N) {
				runtime.Gosched()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payments/s")
		})
	}
}

// BenchmarkPush is the time from the moment a create request is sent to the
// frame on the phone's socket.
func BenchmarkPush(b *testing.B) {
	sim := startForBench(b, "memory")
	url := strings.Replace(sim.url, "http", "ws", 1) + "/sim/v1/phones/" + directory.DemoPhone + "/ws"
	dialer := websocket.Dialer{Subprotocols: []string{"liksom.phone.v1"}}
	socket, answer, err := dialer.Dial(url, nil)
	require.NoError(b, err)
	defer func() { _ = answer.Body.Close(); _ = socket.Close() }()
	_, _, err = socket.ReadMessage() // hello
	require.NoError(b, err)

	arrived := make(chan time.Time)
	go func() {
		defer close(arrived)
		for {
			_, frame, err := socket.ReadMessage()
			if err != nil {
				return
			}
			if bytes.Contains(frame, []byte(`"type":"push"`)) {
				arrived <- clock.Wall()
			}
		}
	}()
	var took []time.Duration
	for i := range b.N {
		sent := clock.Wall()
		done := make(chan error, 1)
		go func() { done <- sim.push(i) }()
		took = append(took, (<-arrived).Sub(sent))
		require.NoError(b, <-done)
	}
	slices.Sort(took)
	b.ReportMetric(micros(took[len(took)/2]), "p50-µs")
	b.ReportMetric(micros(took[len(took)*99/100]), "p99-µs")
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// crowd is how many payments the benchmarks of many have.
const crowd = 100_000

// BenchmarkExpiry ends 100 000 payments by one jump of the clock.
func BenchmarkExpiry(b *testing.B) {
	for _, store := range []string{"memory", "sqlite"} {
		once(b, store, func(b *testing.B) (float64, string) {
			sim := startForBench(b, store)
			spread(b, crowd, sim.create)
			took := timed(func() {
				require.NoError(b, sim.post("/sim/v1/clock/advance", `{"by":"6m"}`, "", nil, http.StatusOK))
			})
			require.NoError(b, sim.server.Stop(context.Background()))
			if sim.file != "" {
				requireExpiredInOrder(b, sim.file)
			}
			return took.Seconds(), "s/100k"
		})
	}
}

// requireExpiredInOrder looks into the file of a simulator that was stopped.
// That of one in memory is done by the wallet core's own benchmark.
func requireExpiredInOrder(b *testing.B, file string) {
	b.Helper()
	ctx := context.Background()
	db, err := sql.Open(ctx, file)
	require.NoError(b, err)
	defer func() { require.NoError(b, db.Close()) }()
	world, err := db.World(ctx, "", nil)
	require.NoError(b, err)
	events, err := world.After(ctx, crowd, 0)
	require.NoError(b, err)
	require.Len(b, events, crowd)
	for i := range events {
		if e := &events[i]; e.Kind != payment.PaymentExpired || i > 0 && e.At.Before(events[i-1].At) {
			b.Fatalf("event %d is %s at %s", i, e.Kind, e.At)
		}
	}
}

// BenchmarkPending is what a payment that waits costs in memory, all that it
// drags along included.
func BenchmarkPending(b *testing.B) {
	once(b, "memory", func(b *testing.B) (float64, string) {
		sim := startForBench(b, "memory")
		before := heap()
		spread(b, crowd, sim.create)
		bytes := float64(heap()-before) / crowd
		runtime.KeepAlive(sim)
		return bytes, "B/payment"
	})
}

// once measures something long a single time, however often the runs of a
// benchmark are asked for, and reports that figure alone.
func once(b *testing.B, name string, measure func(*testing.B) (figure float64, unit string)) {
	var figure float64
	var unit string
	b.Run(name, func(b *testing.B) {
		if unit == "" {
			figure, unit = measure(b)
		}
		b.ReportMetric(figure, unit)
		b.ReportMetric(0, "ns/op") // says nothing here
	})
}

// BenchmarkStart is a simulator in memory, ready for its first request. Its
// stopping is not counted.
func BenchmarkStart(b *testing.B) {
	ctx := context.Background()
	var took time.Duration
	for b.Loop() {
		began := clock.Wall()
		s, err := server.New(ctx, server.Options{Addr: "127.0.0.1:0"})
		require.NoError(b, err)
		require.NoError(b, s.Start(ctx))
		took += clock.Wall().Sub(began)
		require.NoError(b, s.Stop(ctx))
	}
	b.ReportMetric(micros(took)/1e3/float64(b.N), "ms/start")
	b.ReportMetric(0, "ns/op")
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// compare asks floor and product in turns and reports the ratio.
func compare(b *testing.B, floor, product func(i int) error) {
	b.Helper()
	const slice = 2000
	var floorTook, productTook time.Duration
	next := 1_000_000
	spread(b, slice, func(i int) error { return floor(next + i) }) // warm up
	spread(b, slice, func(i int) error { return product(next + i) })
	next += slice
	b.ResetTimer()
	for done := 0; done < b.N; done += slice {
		from := next
		next += slice
		floorTook += timed(func() { spread(b, slice, func(i int) error { return floor(from + i) }) })
		productTook += timed(func() { spread(b, slice, func(i int) error { return product(from + i) }) })
	}
	rounds := float64((b.N + slice - 1) / slice * slice)
	b.ReportMetric(rounds/productTook.Seconds(), "req/s")
	b.ReportMetric(rounds/floorTook.Seconds(), "floor-req/s")
	b.ReportMetric(floorTook.Seconds()/productTook.Seconds(), "ofFloor")
}

func timed(do func()) time.Duration {
	began := clock.Wall()
	do()
	return clock.Wall().Sub(began)
}

// spread does n things, as many at a time as there are connections.
func spread(b *testing.B, n int, do func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for range connections {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || failed.Load() != nil {
					return
				}
				if err := do(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
}

// benched is a simulator, or the bare handler, and a client of it.
type benched struct {
	url    string
	client *http.Client
	token  string
	server *server.Server
	file   string // of the store, if it has one
}

func startForBench(b *testing.B, store string) *benched {
	b.Helper()
	options := server.Options{Addr: "127.0.0.1:0", Store: store}
	var file string
	if store == "sqlite" {
		file = filepath.Join(b.TempDir(), "bench.db")
		options.Store = "sqlite:" + file
	}
	s, err := server.New(context.Background(), options)
	require.NoError(b, err)
	require.NoError(b, s.Start(context.Background()))
	b.Cleanup(func() { require.NoError(b, s.Stop(context.Background())) })
	sim := &benched{url: s.URL(), client: benchClient(), server: s, file: file}
	var answer struct {
		Token string `json:"access_token"`
	}
	require.NoError(b, sim.post("/accesstoken/get", "", "", &answer, http.StatusOK))
	sim.token = answer.Token
	return sim
}

func benchClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
}

func startFloor(b *testing.B) *benched {
	b.Helper()
	routes := mux.NewRouter()
	answer := func(w http.ResponseWriter, status int, body any) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	routes.HandleFunc("/epayment/v1/payments", func(w http.ResponseWriter, r *http.Request) {
		var body floorPayment
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer(w, http.StatusCreated, map[string]string{"redirectUrl": "http://127.0.0.1:8080/landing?token=0123456789", "reference": body.Reference})
	}).Methods(http.MethodPost)
	zero := floorAmount{Currency: "NOK"}
	routes.HandleFunc("/epayment/v1/payments/{reference}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, floorAnswer{
			Aggregate: map[string]floorAmount{"authorizedAmount": zero, "cancelledAmount": zero, "capturedAmount": zero, "refundedAmount": zero},
			Amount:    floorAmount{Currency: "NOK", Value: 24900}, State: "CREATED",
			PaymentMethod: map[string]string{"type": "WALLET"}, PSP: "6b0a4d5e-1f7c-4c59-9d3a-2f4f0c7b8e11",
			RedirectURL: "http://127.0.0.1:8080/landing?token=0123456789", Reference: mux.Vars(r)["reference"],
		})
	}).Methods(http.MethodGet)
	bare := httptest.NewServer(routes)
	b.Cleanup(bare.Close)
	return &benched{url: bare.URL, client: benchClient(), token: "none"}
}

type floorAmount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

type floorPayment struct {
	Amount        floorAmount       `json:"amount"`
	PaymentMethod map[string]string `json:"paymentMethod"`
	Reference     string            `json:"reference"`
	UserFlow      string            `json:"userFlow"`
	ReturnURL     string            `json:"returnUrl"`
	Description   string            `json:"paymentDescription"`
}

type floorAnswer struct {
	Aggregate     map[string]floorAmount `json:"aggregate"`
	Amount        floorAmount            `json:"amount"`
	State         string                 `json:"state"`
	PaymentMethod map[string]string      `json:"paymentMethod"`
	Profile       struct{}               `json:"profile"`
	PSP           string                 `json:"pspReference"`
	RedirectURL   string                 `json:"redirectUrl"`
	Reference     string                 `json:"reference"`
}

func reference(i int) string { return fmt.Sprintf("bench-ride-%09d", i) }

func (s *benched) create(i int) error {
	return s.post("/epayment/v1/payments", `{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"`+reference(i)+
		`","userFlow":"WEB_REDIRECT","returnUrl":"https://taxi.example/rides/417?step=paid","paymentDescription":"Ride 417"}`, "c"+reference(i), nil, http.StatusCreated)
}

func (s *benched) push(i int) error {
	return s.post("/epayment/v1/payments", `{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"`+reference(i)+
		`","userFlow":"PUSH_MESSAGE","customer":{"phoneNumber":"`+directory.DemoPhone+`"}}`, "c"+reference(i), nil, http.StatusCreated)
}

func (s *benched) get(i int) error {
	return s.do(http.MethodGet, "/epayment/v1/payments/"+reference(i), "", "", nil, http.StatusOK)
}

func (s *benched) lifeCycle(i int) error {
	one := "/epayment/v1/payments/" + reference(i)
	part := `{"modificationAmount":{"currency":"NOK","value":24900}}`
	for _, step := range []func() error{
		func() error { return s.create(i) },
		func() error {
			return s.post("/epayment/v1/test/payments/"+reference(i)+"/approve", `{"customer":{"phoneNumber":"4712345678"}}`, "", nil, http.StatusOK)
		},
		func() error { return s.post(one+"/capture", part, "k"+reference(i), nil, http.StatusOK) },
		func() error { return s.post(one+"/refund", part, "r"+reference(i), nil, http.StatusOK) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *benched) register(b *testing.B, url string) {
	b.Helper()
	require.NoError(b, s.post("/webhooks/v1/webhooks", `{"url":"`+url+`/hook","events":["epayments.payment.created.v1","epayments.payment.authorized.v1","epayments.payment.captured.v1","epayments.payment.refunded.v1"]}`,
		"", nil, http.StatusCreated))
}

func (s *benched) post(path, body, key string, into any, want int) error {
	return s.do(http.MethodPost, path, body, key, into, want)
}

func (s *benched) do(method, path, body, key string, into any, want int) error {
	request, err := http.NewRequestWithContext(context.Background(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header = http.Header{
		"Content-Type":              {"application/json"},
		"Authorization":             {"Bearer " + s.token},
		"Ocp-Apim-Subscription-Key": {directory.DemoSubscriptionKey},
		"Merchant-Serial-Number":    {directory.DemoMSN},
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	if s.token == "" {
		request.Header["client_id"] = []string{directory.DemoClientID}
		request.Header["client_secret"] = []string{directory.DemoSecret}
	}
	answer, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != want {
		return fmt.Errorf("%s %s answered %d: %s", method, path, answer.StatusCode, content)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(content, into)
}
