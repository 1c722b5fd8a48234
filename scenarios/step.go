package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The outcomes of steps that are no failures, and the end of one's time.
var (
	errSkipped = errors.New("skipped")
	errTimeUp  = errors.New("the time of the step is up")
)

// miss is something that was expected and is not so.
type miss struct{ expected, actual string }

func (m *miss) Error() string { return "expected " + m.expected + ", got " + m.actual }

func missed(err error) *miss {
	var m *miss
	if errors.As(err, &m) {
		return m
	}
	return nil
}

// stepError says in which step something went wrong.
type stepError struct {
	a   *action
	err error
}

func (s *stepError) Error() string { return s.err.Error() }

func (s *stepError) Unwrap() error { return s.err }

// trail lists the steps around a failure, the outermost first.
func trail(err error) []*action {
	var all []*action
	var s *stepError
	for errors.As(err, &s) {
		all = append(all, s.a)
		err = s.err
	}
	return all
}

// do carries a step out. What came of it is told in a few words.
func (r *run) do(ctx context.Context, a *action) (detail string, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("this is a mistake of the runner itself: %v", trouble)
		}
		if err != nil && err != errSkipped {
			err = &stepError{a, err}
		}
	}()
	if condition := a.common.get("if"); condition != nil {
		on, err := r.truth(condition.text)
		if err != nil {
			return "", err
		}
		if !on {
			return "", errSkipped
		}
	}
	limit, err := r.limit(a)
	if err != nil {
		return "", err
	}
	inner, cancel := context.WithTimeoutCause(ctx, limit.real(), errTimeUp)
	defer cancel()
	came, err := r.verb(inner, a, limit)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it was not done within %s", limit.real())
	}
	if came != nil {
		detail = came.detail
		if err == nil {
			err = r.judge(a, came)
		}
		r.remember(a, came)
	}
	return detail, err
}

// limits are those of a step.
type limits struct {
	patience
	given bool
	// stays is how long an expectation must stay true.
	stays time.Duration
}

// real is the limit in real time.
func (l limits) real() time.Duration {
	if l.simulated {
		return longest
	}
	return l.d + l.stays
}

func (r *run) limit(a *action) (limits, error) {
	usual := limits{patience: patience{d: stepLimit}}
	switch a.verb {
	case "advance", "each", "repeat", "parallel", "pause":
		usual.d = longest
	case "wait":
		usual.d = waitLimit
	}
	if at := a.common.get("within"); at != nil {
		text, err := r.fill(at.text)
		if err != nil {
			return usual, err
		}
		if usual.patience, err = parsePatience(asText(text)); err != nil {
			return usual, err
		}
		usual.given = true
	}
	if at := a.common.get("stays"); at != nil {
		text, err := r.fill(at.text)
		if err != nil {
			return usual, err
		}
		if usual.stays, err = parseSpan(asText(text)); err != nil || usual.stays > time.Minute {
			return usual, errors.New("stays is a minute at most")
		}
	}
	return usual, nil
}

// outcome is what came of a step.
type outcome struct {
	// value is what `as` keeps, and `answer` too unless said is another thing.
	value  any
	said   any
	detail string
	// answers are those of calls, to be held against what is wanted.
	answers []answer
	// name is the variable it goes to when none is named, "" for none.
	name string
}

func (r *run) remember(a *action, came *outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if came.answers != nil {
		r.vars["answer"] = came.value
		if came.said != nil {
			r.vars["answer"] = came.said
		}
	}
	name := came.name
	if as := a.common.get("as"); as != nil {
		name = as.text
	}
	if name != "" {
		r.vars[name] = came.value
	}
}

// judge holds the answers against what the step wants of them.
func (r *run) judge(a *action, came *outcome) error {
	status, code := a.common.get("status"), a.common.get("code")
	wanted := []string{}
	if status != nil {
		for _, text := range texts(status) {
			filled, err := r.fill(text)
			if err != nil {
				return err
			}
			wanted = append(wanted, asText(filled))
		}
	}
	wantedCode := ""
	if code != nil {
		filled, err := r.fill(code.text)
		if err != nil {
			return err
		}
		wantedCode = asText(filled)
	}
	if came.answers == nil && (status != nil || code != nil) {
		return fmt.Errorf("%s gets no answer that could have a status or a code", a.verb)
	}
	for _, one := range came.answers {
		if err := one.as(wanted, wantedCode); err != nil {
			return err
		}
	}
	return nil
}
