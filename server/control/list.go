package control

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"liksom/server/problem"
)

const (
	defaultLimit = 50
	maxLimit     = 500
	// maxWait is the longest a list waits for something to show, in real time.
	maxWait = 10 * time.Minute
)

// Bell wakes whoever waits for something that is not in the log. The zero
// value is ready. It is safe for use by many goroutines.
type Bell struct {
	mu   sync.Mutex
	rung chan struct{}
}

// Ring tells that something has changed.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}

// Wait gives a channel that is closed by the next [Bell.Ring].
func (b *Bell) Wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

// page is how much of a list is asked for.
type page struct {
	limit  int
	before int64 // the number to go on below; 0 for the newest
	wait   time.Duration
}

// parameters reads the query, in which nothing but these names and those of
// paging may stand: a misspelt filter would else match everything.
func parameters(r *http.Request, names ...string) (url.Values, page, error) {
	p := page{limit: defaultLimit}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, p, invalid("query", "The query cannot be read; check its percent signs.")
	}
	for name := range query {
		if !slices.Contains(names, name) {
			return nil, p, invalid(name, "There is no query parameter of this name here. "+problem.Instead(name, names))
		}
	}
	if s := query.Get("limit"); s != "" {
		if p.limit, err = strconv.Atoi(s); err != nil || p.limit < 1 || p.limit > maxLimit {
			return nil, p, invalid("limit", fmt.Sprintf("The limit must be a whole number from 1 to %d.", maxLimit))
		}
	}
	if s := query.Get("cursor"); s != "" {
		if p.before, err = strconv.ParseInt(s, 10, 64); err != nil || p.before < 1 {
			return nil, p, invalid("cursor", "Take the cursor as it stands in the answer before.")
		}
	}
	if s := query.Get("wait"); s != "" {
		if p.wait, err = span("wait", s, maxWait); err != nil {
			return nil, p, err
		}
	}
	return query, p, nil
}

// cursor is what to ask with for the next page; "" when there is none.
func (p page) cursor(found int, last int64) string {
	if found < p.limit {
		return ""
	}
	return strconv.FormatInt(last, 10)
}

// await asks, and asks again after every change until something matches or
// the real time to wait is up. The list is never nil.
func await[T any](c *Control, r *http.Request, wait time.Duration, ask func(context.Context) ([]T, error)) ([]T, error) {
	ctx := r.Context()
	patience, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		_, logged := c.Feed.Bell()
		changed := c.Bell.Wait()
		found, err := ask(ctx)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 || wait == 0 {
			return append([]T{}, found...), nil
		}
		select {
		case <-logged:
		case <-changed:
		case <-patience.Done():
			return []T{}, ctx.Err()
		}
	}
}
