package command_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/openapi/openapitest"
)

// answeredBeforeKill is how many requests are answered before the program is
// killed in the middle of more.
const answeredBeforeKill = 400

func TestWhatWasAnsweredSurvivesAKillInTheMiddleOfLoad(t *testing.T) {
	t.Parallel()
	binary := build(t)
	store := "sqlite:" + filepath.Join(t.TempDir(), "liksom.db")
	var arrivals sync.Map // event of payment → number of arrivals
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var event struct{ Reference, Name string }
		_ = json.NewDecoder(r.Body).Decode(&event)
		n, _ := arrivals.LoadOrStore(event.Reference+" "+event.Name, new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
	}))
	t.Cleanup(receiver.Close)

	first := serve(t, binary, store)
	first.must(t, http.MethodPost, "/webhooks/v1/webhooks", `{"url":"`+receiver.URL+
		`/hook","events":["epayments.payment.created.v1","epayments.payment.authorized.v1"]}`, http.StatusCreated)
	created, approved := load(first, func() { require.NoError(t, first.process.Process.Kill()) })
	_ = first.process.Wait() // it was killed: the status tells nothing

	second := serve(t, binary, store)
	for reference := range created {
		require.Equal(t, http.StatusOK, second.status(http.MethodGet, "/epayment/v1/payments/"+reference, ""),
			"%s was answered 201 before the kill", reference)
	}
	for _, reference := range all(second) {
		names := second.eventNames(t, reference)
		require.Equal(t, "CREATED", names[0], reference)
		require.LessOrEqual(t, len(names), 2, "%s: no event stands twice in the log", reference)
		if approved[reference] {
			require.Equal(t, []string{"CREATED", "AUTHORIZED"}, names, reference)
		}
		for _, name := range names {
			second.delivered(t, reference, name)
			n, ok := arrivals.Load(reference + " " + name)
			require.True(t, ok && n.(*atomic.Int64).Load() >= 1, "the webhook %s of %s arrived", name, reference)
		}
	}
}

// load creates and approves payments side by side until enough were answered,
// then has the program killed while more are under way.
func load(p *program, kill func()) (created, approved map[string]bool) {
	created, approved = map[string]bool{}, map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var once sync.Once
	for worker := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				reference := fmt.Sprintf("kill-%d-%06d", worker, i)
				if p.status(http.MethodPost, "/epayment/v1/payments", paymentBody(reference)) != http.StatusCreated {
					return // the program is gone
				}
				mu.Lock()
				created[reference] = true
				enough := len(created) >= answeredBeforeKill
				mu.Unlock()
				if enough {
					once.Do(kill)
				}
				if p.status(http.MethodPost, "/epayment/v1/test/payments/"+reference+"/approve", `{"customer":{"phoneNumber":"4712345678"}}`) != http.StatusOK {
					return
				}
				mu.Lock()
				approved[reference] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return created, approved
}

func paymentBody(reference string) string {
	return `{"amount":{"currency":"NOK","value":24900},"paymentMethod":{"type":"WALLET"},"reference":"` + reference +
		`","userFlow":"WEB_REDIRECT","returnUrl":"https://taxi.example/"}`
}

// program is the binary, serving.
type program struct {
	process *exec.Cmd
	url     string
	token   string
	client  *http.Client // which holds all against our documents
}

func build(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "liksom")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "liksom").CombinedOutput()
	require.NoError(t, err, string(out))
	return binary
}

func serve(t *testing.T, binary, store string, flags ...string) *program {
	t.Helper()
	p := &program{client: &http.Client{Transport: openapitest.New(t).Transport(http.DefaultTransport)}}
	p.process = exec.Command(binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--store", store}, flags...)...) //nolint:gosec // our own binary
	out, err := p.process.StdoutPipe()
	require.NoError(t, err)
	var complaints bytes.Buffer
	p.process.Stderr = &complaints
	require.NoError(t, p.process.Start())
	t.Cleanup(func() { _ = p.process.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	require.NoError(t, err, complaints.String())
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	var found bool
	p.url, found = strings.CutPrefix(strings.TrimSpace(line), "listening  ")
	require.True(t, found, "the first line is %q", line)
	var token struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal(p.must(t, http.MethodPost, "/accesstoken/get", "", http.StatusOK), &token))
	p.token = token.Token
	return p
}

func (p *program) do(method, path, body string) (int, []byte) {
	request, err := http.NewRequestWithContext(context.Background(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		return 0, []byte(err.Error())
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Ocp-Apim-Subscription-Key", directory.DemoSubscriptionKey)
	request.Header.Set("Merchant-Serial-Number", directory.DemoMSN)
	request.Header.Set("Idempotency-Key", "key-"+strings.NewReplacer("/", "-", "{", "").Replace(path[max(0, len(path)-30):])+fmt.Sprint(len(body)))
	if strings.HasSuffix(path, "/payments") {
		var b struct{ Reference string }
		_ = json.Unmarshal([]byte(body), &b)
		request.Header.Set("Idempotency-Key", b.Reference)
	}
	if p.token == "" {
		request.Header["client_id"], request.Header["client_secret"] = []string{directory.DemoClientID}, []string{directory.DemoSecret}
	} else {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return 0, []byte(err.Error())
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, []byte(err.Error())
	}
	return answer.StatusCode, content
}

func (p *program) status(method, path, body string) int {
	status, _ := p.do(method, path, body)
	return status
}

func (p *program) must(t *testing.T, method, path, body string, want int) []byte {
	t.Helper()
	status, content := p.do(method, path, body)
	require.Equal(t, want, status, string(content))
	return content
}

func (p *program) eventNames(t *testing.T, reference string) []string {
	t.Helper()
	var events []struct{ Name string }
	require.NoError(t, json.Unmarshal(p.must(t, http.MethodGet, "/epayment/v1/payments/"+reference+"/events", "", http.StatusOK), &events))
	names := make([]string, len(events))
	for i := range events {
		names[i] = events[i].Name
	}
	return names
}

// delivered waits until the one delivery of an event is accepted.
func (p *program) delivered(t *testing.T, reference, name string) {
	t.Helper()
	var list struct {
		Deliveries []struct{ Event, State string }
	}
	path := "/sim/v1/deliveries?limit=10&wait=10s&state=delivered&msn=" + directory.DemoMSN + "&reference=" + reference
	for range 5 {
		require.NoError(t, json.Unmarshal(p.must(t, http.MethodGet, path, "", http.StatusOK), &list))
		n := 0
		for _, d := range list.Deliveries {
			if d.Event == "epayments.payment."+strings.ToLower(name)+".v1" {
				n++
			}
		}
		require.LessOrEqual(t, n, 1, "%s of %s has one delivery", name, reference)
		if n == 1 {
			return
		}
	}
	require.Fail(t, "not delivered", "%s of %s: %+v", name, reference, list)
}

func all(p *program) []string {
	var references []string
	cursor := ""
	for {
		var page struct {
			Payments []struct{ Reference string }
			Cursor   string
		}
		_, content := p.do(http.MethodGet, "/sim/v1/payments?limit=500"+cursor, "")
		if json.Unmarshal(content, &page) != nil {
			return references
		}
		for _, payment := range page.Payments {
			references = append(references, payment.Reference)
		}
		if page.Cursor == "" {
			return references
		}
		cursor = "&cursor=" + page.Cursor
	}
}
