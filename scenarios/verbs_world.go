package scenarios

import (
	"context"
	"errors"
	"net/http"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
)

// changed makes the outcome of a call of the control API. What it refuses is
// an answer like others.
func changed(v any, err error) (*outcome, error) {
	var p *client.Problem
	if err != nil && !errors.As(err, &p) {
		return nil, err
	}
	if err != nil {
		return answered([]answer{refusal(err)}), nil
	}
	return &outcome{value: generic(v), answers: []answer{answerOf(nil)}}, nil
}

func (e *engine) changeMerchant(ctx context.Context, m client.Merchant) error { //nolint:gocritic // rarely
	e.mu.Lock()
	delete(e.units, m.MSN)
	e.mu.Unlock()
	msn := m.MSN
	m.MSN = ""
	_, err := e.sim.ChangeMerchant(ctx, msn, m)
	var p *client.Problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		m.MSN = msn
		_, err = e.sim.AddMerchant(ctx, m)
	}
	return err
}

func (e *engine) changePhone(ctx context.Context, p *phoneStep) error {
	change := client.PhoneChange{Online: p.Online, PushOn: p.PushOn, Set: p.Set}
	if p.Name != "" {
		change.Name = &p.Name
	}
	if p.Latency != "" {
		d, err := parseSpan(string(p.Latency))
		if err != nil {
			return err
		}
		change.Latency = &d
	}
	if a := p.Autopilot; a != nil {
		d, err := parseSpan(string(a.Delay))
		if err != nil && a.Delay != "" {
			return err
		}
		change.Autopilot = &client.Autopilot{Mode: a.Mode, Delay: client.Span(d), CardID: a.CardID, Rules: a.Rules}
	}
	_, err := e.sim.PatchPhone(ctx, p.Number, change)
	var missing *client.Problem
	if !errors.As(err, &missing) || missing.Status != http.StatusNotFound {
		return err
	}
	if _, err := e.sim.AddPhone(ctx, p.Number, p.Name); err != nil {
		return err
	}
	_, err = e.sim.PatchPhone(ctx, p.Number, change)
	return err
}

func (r *run) setSink(ctx context.Context, s *sinkStep) error {
	d, err := parseSpan(string(s.Delay))
	if err != nil && s.Delay != "" {
		return err
	}
	return r.sim.PutSink(ctx, s.Name, client.Sink{Status: s.Status, Delay: client.Span(d), FailFirst: s.FailFirst})
}

func (r *run) advance(ctx context.Context, v *value) (*outcome, error) {
	var q advanceStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	by, err := parseSpan(string(q.By))
	if q.To != "" {
		var to time.Time
		if to, err = time.Parse(time.RFC3339, q.To); err != nil {
			return nil, err
		}
		now, err := r.sim.Clock(ctx)
		if err != nil {
			return nil, err
		}
		by = to.Sub(now.Now)
	} else if err != nil {
		return nil, err
	}
	if by < 0 {
		return nil, errors.New("time does not go back")
	}
	if err := r.watchTime(ctx, by); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.result.Skipped += by
	r.mu.Unlock()
	return nil, nil
}

// watchTime jumps, or lets the time pass before the watcher's eyes.
func (r *run) watchTime(ctx context.Context, by time.Duration) error {
	const fast = 3 * time.Second
	real := by
	switch r.o.Pace {
	case Fast:
		real = min(by, fast)
	case Real:
	default:
		_, err := r.sim.Advance(ctx, by)
		return err
	}
	before, err := r.sim.Clock(ctx)
	if err != nil || real <= 0 {
		return err
	}
	speed := min(100_000, by.Seconds()/real.Seconds())
	if _, err := r.sim.SetSpeed(ctx, max(1, speed)); err != nil {
		return err
	}
	if before.Frozen {
		if _, err := r.sim.Resume(ctx); err != nil {
			return err
		}
	}
	rested := clock.Rest(ctx, real, nil)
	after, err := r.sim.Freeze(ctx)
	if err != nil {
		return err
	}
	if rest := before.Now.Add(by).Sub(after.Now); rest > 0 && rested == nil {
		_, err = r.sim.Advance(ctx, rest)
	}
	_, again := r.sim.SetSpeed(ctx, before.Speed)
	if !before.Frozen {
		_, again = r.sim.Resume(ctx)
	}
	return errors.Join(rested, err, again)
}
