// Package probe fires good and bad deliveries at a merchant's webhook handler
// and judges what it did with each.
package probe

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"liksom/server/clock"
	"liksom/server/webhook"
)

// Probe checks one handler.
type Probe struct {
	// URL is the handler's, as it is registered; Secret what it verifies with.
	URL    *url.URL
	Secret string
	MSN    string
	// HTTP sends; redirects are not followed.
	HTTP *http.Client
	// Reference gives the reference of a payment to tell of, so that a handler
	// may look it up.
	Reference func(context.Context) (string, error)
	// Count, unless nil, tells how often something was booked: a page with a
	// number on it.
	Count *url.URL
}

// Verdict is what became of one case.
type Verdict struct {
	// Case says what was sent, Did what the handler did, Should what it should
	// have done.
	Case, Did, Should string
	OK                bool
	// Risk says what a wrong answer leads to.
	Risk string
	// Took is the slowest answer.
	Took time.Duration
}

// Run tries the cases one after another, and stops with an error when the
// handler cannot be reached or no payment can be made.
func (p *Probe) Run(ctx context.Context) iter.Seq2[Verdict, error] {
	return func(yield func(Verdict, error) bool) {
		for _, c := range cases() {
			v, err := p.try(ctx, &c)
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (p *Probe) try(ctx context.Context, c *probing) (Verdict, error) {
	reference, err := p.Reference(ctx)
	if err != nil {
		return Verdict{}, err
	}
	before, err := p.count(ctx)
	if err != nil {
		return Verdict{}, err
	}
	t := &trial{probe: p, reference: reference, psp: "probe-" + reference, now: clock.Wall()}
	if err := c.do(ctx, t); err != nil {
		return Verdict{}, err
	}
	after, err := p.count(ctx)
	if err != nil {
		return Verdict{}, err
	}
	return c.judge(t, after-before), nil
}

// number is the first one on a page.
var number = regexp.MustCompile(`-?\d+`)

// count reads how often something was booked; 0 where nobody tells.
func (p *Probe) count(ctx context.Context) (int, error) {
	if p.Count == nil {
		return 0, nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Count.String(), nil)
	if err != nil {
		return 0, err
	}
	answer, err := p.HTTP.Do(request)
	if err != nil {
		return 0, fmt.Errorf("the page that counts cannot be read: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err != nil {
		return 0, fmt.Errorf("the page that counts cannot be read: %w", err)
	}
	n, err := strconv.Atoi(string(number.Find(body)))
	if err != nil || answer.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("%s answered %d without a number on it", p.Count, answer.StatusCode)
	}
	return n, nil
}

// delivery is one request before it is sent.
type delivery struct {
	body   []byte
	header http.Header
	// pause is a rest, in real time, in the middle of the body.
	pause time.Duration
}

// signed makes a delivery as the service does.
func (t *trial) signed(body []byte) delivery { return t.signedAs(t.probe.Secret, body, t.now) }

func (t *trial) signedAs(secret string, body []byte, at time.Time) delivery {
	return t.sealed(webhook.Sign(secret, t.probe.URL, body, at), body)
}

func (t *trial) sealed(s webhook.Signature, body []byte) delivery {
	return delivery{body: body, header: http.Header{
		"Content-Type":              {"application/json"},
		"User-Agent":                {"liksom check-webhook"},
		webhook.HeaderID:            {"probe"},
		webhook.HeaderDate:          {s.Date},
		webhook.HeaderHash:          {s.Hash},
		webhook.HeaderAuthorization: {s.Authorization},
		webhook.HeaderCopy:          {s.Authorization},
	}}
}
