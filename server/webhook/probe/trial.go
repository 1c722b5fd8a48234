package probe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"liksom/server/clock"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// amount is what the payments of a probe are about, in minor units.
const amount = 35000

// trial is one case under way.
type trial struct {
	probe          *Probe
	reference, psp string
	now            time.Time

	mu       sync.Mutex
	statuses []int
	took     time.Duration
}

// event writes the body of an event of this trial's payment.
func (t *trial) event(kind payment.Kind) []byte {
	id := payment.ID{MSN: t.probe.MSN, Reference: t.reference}
	p := payment.Payment{ID: id, Amount: payment.Amount{Currency: "NOK", Value: amount}}
	e := payment.Event{ID: id, Kind: kind, At: t.now, Amount: amount, PSP: t.psp + "-" + strings.ToLower(string(kind)), Key: t.reference + "-" + string(kind)}
	return webhook.Body(p, e)
}

// send posts a delivery and keeps how it was answered.
func (t *trial) send(ctx context.Context, d delivery) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.probe.URL.String(), d.reader(ctx))
	if err != nil {
		return err
	}
	request.Header, request.ContentLength = d.header, int64(len(d.body))
	request.Host = webhook.Host(t.probe.URL)
	began := clock.Wall()
	answer, err := t.probe.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("%s cannot be reached: %w", t.probe.URL, err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)) // the status is the answer
	t.mu.Lock()
	defer t.mu.Unlock()
	t.statuses = append(t.statuses, answer.StatusCode)
	t.took = max(t.took, clock.Wall().Sub(began))
	return nil
}

// reader gives the body, in two halves if there is a pause.
func (d *delivery) reader(ctx context.Context) io.Reader {
	if d.pause == 0 {
		return bytes.NewReader(d.body)
	}
	half := len(d.body) / 2
	return io.MultiReader(bytes.NewReader(d.body[:half]), &rest{ctx, d.pause}, bytes.NewReader(d.body[half:]))
}

// rest is nothing to read, after a while.
type rest struct {
	ctx   context.Context
	pause time.Duration
}

func (r *rest) Read([]byte) (int, error) {
	if err := clock.Rest(r.ctx, r.pause, nil); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

// accepted counts the answers that took the delivery, refused those that
// turned it away with words of their own.
func (t *trial) accepted() (n int) {
	for _, status := range t.statuses {
		if status >= 200 && status < 300 {
			n++
		}
	}
	return n
}

func (t *trial) refused() (n int) {
	for _, status := range t.statuses {
		if status >= 400 && status < 500 {
			n++
		}
	}
	return n
}

// answered writes the statuses: "200", or "200 and 500".
func (t *trial) answered() string {
	words := make([]string, len(t.statuses))
	for i, status := range t.statuses {
		words[i] = fmt.Sprint(status)
	}
	return strings.Join(words, ", ")
}
