package scenarios

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
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

// answer is what a call was answered; Status 0 when no answer came.
type answer struct {
	Status  int               `json:"status"`
	Code    string            `json:"code"`
	Title   string            `json:"title"`
	Detail  string            `json:"detail"`
	Body    any               `json:"body"`
	Text    string            `json:"text"`
	Headers map[string]string `json:"headers"`
	Error   string            `json:"error"`
}

func (a *answer) String() string {
	if a.Status == 0 {
		return "no answer: " + a.Error
	}
	text := strconv.Itoa(a.Status)
	for _, more := range []string{a.Title, a.Code, a.Detail} {
		if more != "" {
			text += " " + more
		}
	}
	return text
}

// as holds an answer against what is wanted of it: a good one, where nothing
// is said.
func (a *answer) as(status []string, code string) error {
	if len(status) == 0 && code == "" {
		if a.Status == 0 || a.Status >= http.StatusBadRequest {
			return &miss{"a good answer", a.String()}
		}
		return nil
	}
	if code != "" && a.Code != code {
		return &miss{"the code " + code, a.String()}
	}
	if len(status) > 0 && !slices.ContainsFunc(status, func(s string) bool { return matchesStatus(s, a.Status) }) {
		return &miss{"the status " + strings.Join(status, " or "), a.String()}
	}
	return nil
}

func matchesStatus(pattern string, status int) bool {
	switch pattern {
	case "", "any":
		return true
	case "none":
		return status == 0
	}
	text := strconv.Itoa(status)
	if len(text) != len(pattern) {
		return false
	}
	for i := range len(text) {
		if pattern[i] != 'x' && pattern[i] != text[i] {
			return false
		}
	}
	return true
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

// answered makes the outcome of answers: the first one's members, and `all`
// and `statuses` where there are several.
func answered(answers []answer) *outcome {
	first, _ := generic(answers[0]).(map[string]any)
	detail := answers[0].String()
	if len(answers) > 1 {
		all, statuses := make([]any, len(answers)), make([]any, len(answers))
		words := make([]string, len(answers))
		for i := range answers {
			all[i], statuses[i], words[i] = generic(answers[i]), int64(answers[i].Status), strconv.Itoa(answers[i].Status)
		}
		first["all"], first["statuses"] = all, statuses
		detail = strings.Join(words, " ")
	}
	return &outcome{value: first, detail: detail, answers: answers}
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

// refusal makes an answer of what a client was told.
func refusal(err error) answer {
	var p *client.Problem
	if !errors.As(err, &p) {
		return answer{Error: err.Error()}
	}
	return answer{Status: p.Status, Code: p.Code, Title: p.Title, Detail: p.Detail, Text: string(p.Body), Body: natural(p.Body), Error: p.Error()}
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

// read takes an answer apart. A refusal's words stand in many forms.
func read(resp *http.Response, body []byte) answer {
	a := answer{Status: resp.StatusCode, Text: string(body), Body: natural(body), Headers: map[string]string{}}
	for name, values := range resp.Header {
		a.Headers[name] = strings.Join(values, ", ")
	}
	if resp.StatusCode >= http.StatusBadRequest {
		p := client.ReadProblem(&http.Response{StatusCode: resp.StatusCode, Body: io.NopCloser(bytes.NewReader(body))})
		a.Code, a.Title, a.Detail = p.Code, p.Title, p.Detail
	}
	return a
}
