package scenarios

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"liksom/server/client"
)

// unit is a sales unit as the script speaks for it.
type unit struct {
	*client.Client
	keys     client.Credentials
	currency string
}

// unit gives a sales unit's keys, asked for once.
func (e *engine) unit(ctx context.Context, msn string) (*unit, error) {
	if msn == "" {
		msn = client.Demo().MSN
	}
	e.mu.Lock()
	known := e.units[msn]
	e.mu.Unlock()
	if known != nil {
		return known, nil
	}
	m, err := e.sim.Merchant(ctx, msn)
	if err != nil {
		return nil, err
	}
	u := &unit{keys: m.Credentials(), currency: m.Currency}
	u.Client = client.New(e.base, client.WithHTTPClient(e.o.HTTP), client.WithCredentials(u.keys))
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.units[msn] == nil {
		e.units[msn] = u
	}
	return e.units[msn], nil
}

// of is the control API with a sales unit's payments in view.
func (e *engine) of(msn string) *client.Client {
	keys := client.Demo()
	if msn != "" {
		keys.MSN = msn
	}
	return client.New(e.base, client.WithHTTPClient(e.o.HTTP), client.WithCredentials(keys))
}

// request is a call as it goes out.
type request struct {
	sending
	method, path string
	body         []byte
	kind         string // of the body
	anonymous    bool
	header       http.Header // further ones
}

// send makes the calls of a step.
func (r *run) send(ctx context.Context, q request) (*outcome, error) {
	answers, err := room(q.Times)
	if err != nil {
		return nil, err
	}
	if q.AtOnce {
		var working sync.WaitGroup
		for i := range answers {
			working.Go(func() { answers[i] = r.exchange(ctx, q) })
		}
		working.Wait()
	} else {
		for i := range answers {
			answers[i] = r.exchange(ctx, q)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return answered(answers), nil
}

// room is that for the answers of so many calls.
func room(times int) ([]answer, error) {
	const most = 1000
	if times > most {
		return nil, fmt.Errorf("times is %d at most, not %d", most, times)
	}
	return make([]answer, max(1, times)), nil
}

// exchange makes one call. A token that is not taken any more is replaced
// once, unless the step has a say in it.
func (r *run) exchange(ctx context.Context, q request) answer {
	header, u, err := r.header(ctx, q)
	if err != nil {
		return refusal(err)
	}
	a := r.roundTrip(ctx, q, header)
	if a.Status != http.StatusUnauthorized || u == nil || named(q.Headers, "Authorization") {
		return a
	}
	u.ForgetToken()
	if header, _, err = r.header(ctx, q); err != nil {
		return refusal(err)
	}
	return r.roundTrip(ctx, q, header)
}

// header is what a merchant's server sends, with the step's own over it. The
// unit is nil when no token is among it.
func (r *run) header(ctx context.Context, q request) (http.Header, *unit, error) {
	h := http.Header{}
	if q.kind != "" {
		h.Set("Content-Type", q.kind)
	}
	if q.anonymous {
		return override(h, q), nil, nil
	}
	u, err := r.unit(ctx, q.MSN)
	if err != nil {
		return nil, nil, err
	}
	h.Set("Ocp-Apim-Subscription-Key", u.keys.SubscriptionKey)
	h.Set("Merchant-Serial-Number", u.keys.MSN)
	h.Set("Vipps-System-Name", "liksom-scenarios")
	if q.method == http.MethodPost {
		h.Set("Idempotency-Key", q.Key)
		if q.Key == "" {
			h.Set("Idempotency-Key", rand.Text())
		}
	}
	if strings.HasPrefix(q.path, "/accesstoken/") {
		// As the contract spells them: they are no ordinary names of headers.
		h["client_id"], h["client_secret"] = []string{u.keys.ClientID}, []string{u.keys.ClientSecret}
		return override(h, q), nil, nil
	}
	if named(q.Headers, "Authorization") {
		return override(h, q), nil, nil
	}
	token, err := u.Token(ctx)
	if err != nil {
		return nil, nil, err
	}
	h.Set("Authorization", "Bearer "+token.AccessToken)
	return override(h, q), u, nil
}

func named(headers map[string]string, name string) bool {
	for n := range headers {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func override(h http.Header, q request) http.Header {
	for name, values := range q.header {
		h[name] = values
	}
	for name, text := range q.Headers {
		for had := range h {
			if strings.EqualFold(had, name) {
				delete(h, had)
			}
		}
		if text != "" {
			h[name] = []string{text}
		}
	}
	return h
}

// largest is how much of an answer is read.
const largest = 4 << 20

func (r *run) roundTrip(ctx context.Context, q request, header http.Header) answer {
	url := q.path
	if strings.HasPrefix(url, "/") {
		url = r.base + url
	}
	req, err := http.NewRequestWithContext(ctx, q.method, url, bytes.NewReader(q.body))
	if err != nil {
		return answer{Error: err.Error()}
	}
	req.Header = header
	resp, err := r.o.HTTP.Do(req)
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, largest))
	if err != nil {
		return answer{Error: fmt.Sprintf("the answer %d broke off: %v", resp.StatusCode, err)}
	}
	return read(resp, body)
}
