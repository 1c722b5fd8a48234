package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
)

// StreamFilter says what a stream tells; what is empty tells everything.
type StreamFilter struct {
	MSN, Reference, Phone string
	// Kinds are the kinds of events wanted, such as "payment".
	Kinds []string
	// After is the id of the last event that is known already. Empty begins
	// with what happens from now on, "0" with the oldest event of the log.
	After string
}

// StreamEvent is one thing that happened.
type StreamEvent struct {
	// ID is a position of the log, to go on from; "" for what stands in none.
	ID   string
	Kind string
	Data json.RawMessage
}

// Stream follows what happens until the context ends, the caller breaks off,
// or the simulator stops; the last pair then carries the error, which is
// [io.EOF] for a stop.
func (c *Client) Stream(ctx context.Context, f StreamFilter) iter.Seq2[StreamEvent, error] {
	return func(yield func(StreamEvent, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		body, err := c.openStream(ctx, f)
		if err != nil {
			yield(StreamEvent{}, err)
			return
		}
		defer func() { _ = body.Close() }()
		in := bufio.NewReader(body)
		for {
			e, err := readEvent(in)
			if err != nil && ctx.Err() != nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(StreamEvent{}, err)
				return
			}
			if e.Kind != "" && !yield(e, nil) {
				return
			}
		}
	}
}

func (c *Client) openStream(ctx context.Context, f StreamFilter) (io.ReadCloser, error) {
	path := "/sim/v1/stream" + query("msn", f.MSN, "reference", f.Reference, "phone", f.Phone, "kinds", strings.Join(f.Kinds, ","))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	if f.After != "" {
		req.Header.Set("Last-Event-ID", f.After)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", path, err)
	}
	return nil, newProblem(resp.StatusCode, text)
}

// readEvent reads up to the next blank line.
func readEvent(in *bufio.Reader) (StreamEvent, error) {
	var e StreamEvent
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			return e, nil
		}
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "event":
			e.Kind = value
		case "id":
			e.ID = value
		case "data":
			e.Data = append(e.Data, value...)
		}
	}
}

// Deadlines lists what is due next, earliest first. Of the filter, MSN,
// Reference, Limit, Cursor and Wait count.
func (c *Client) Deadlines(ctx context.Context, f Filter) (DeadlinePage, error) {
	var out DeadlinePage
	err := c.control(ctx, http.MethodGet, "/deadlines"+query("msn", f.MSN, "reference", f.Reference,
		"limit", f.limit(), "cursor", f.Cursor, "wait", span(f.Wait)), nil, &out)
	return out, err
}

// Calls lists API calls, newest first. Of the filter, MSN, Reference, Path,
// State (a status such as "404" or "4xx"), Limit, Cursor and Wait count.
func (c *Client) Calls(ctx context.Context, f Filter) (CallPage, error) {
	var out CallPage
	err := c.control(ctx, http.MethodGet, "/requests"+query("msn", f.MSN, "reference", f.Reference, "path", f.Path, "status", f.State,
		"limit", f.limit(), "cursor", f.Cursor, "wait", span(f.Wait)), nil, &out)
	return out, err
}

// Call reads an API call by its number.
func (c *Client) Call(ctx context.Context, n int64) (Call, error) {
	var out Call
	err := c.control(ctx, http.MethodGet, "/requests/"+strconv.FormatInt(n, 10), nil, &out)
	return out, err
}

// Registrations lists who wants webhooks: of a sales unit, or of all for "".
func (c *Client) Registrations(ctx context.Context, msn string) ([]Registration, error) {
	var out struct {
		Registrations []Registration `json:"registrations"`
	}
	err := c.control(ctx, http.MethodGet, "/registrations"+query("msn", msn), nil, &out)
	return out.Registrations, err
}
