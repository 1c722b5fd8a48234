package control

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/gorilla/mux"
)

// maxSinkDelay is longer than any sender waits.
const maxSinkDelay = 10 * time.Minute

// sinkName is what a name in the path /sink/{name}/… may be.
var sinkName = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,64}$`)

func sinkOf(r *http.Request) (string, error) {
	name := mux.Vars(r)["name"]
	if !sinkName.MatchString(name) {
		return "", invalid("name", "A sink's name has 1 to 64 letters, digits, dots, hyphens, tildes and underscores.")
	}
	return name, nil
}

type sinkView struct {
	Status    int    `json:"status"`
	Delay     string `json:"delay"`
	FailFirst int    `json:"failFirst"`
}

func viewSink(s Sink) sinkView { return sinkView{s.Status, s.Delay.String(), s.FailFirst} }

// sinks lists the built-in receivers that were told how to answer or got
// something.
func (c *Control) sinks(r *http.Request) (answer, error) {
	_, page, err := parameters(r, "wait")
	if err != nil {
		return answer{}, err
	}
	type namedSink struct {
		Name string `json:"name"`
		sinkView
		Got int `json:"got"`
	}
	found, err := await(c, r, page.wait, func(context.Context) ([]namedSink, error) {
		var all []namedSink
		for _, s := range c.Sinks.Sinks() {
			all = append(all, namedSink{s.Name, viewSink(s.Sink), s.Got})
		}
		return all, nil
	})
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]namedSink{"sinks": append([]namedSink{}, found...)})
}

func (c *Control) sink(r *http.Request) (answer, error) {
	name, err := sinkOf(r)
	if err != nil {
		return answer{}, err
	}
	return ok(viewSink(c.Sinks.Sink(name)))
}

// putSink sets how a sink answers. What the body leaves out is as usual: 200,
// at once.
func (c *Control) putSink(r *http.Request) (answer, error) {
	name, err := sinkOf(r)
	if err != nil {
		return answer{}, err
	}
	body := viewSink(Sink{Status: http.StatusOK})
	if err := decodeOptional(r, &body); err != nil {
		return answer{}, err
	}
	if body.Status < 200 || body.Status > 599 {
		return answer{}, invalid("status", "The status must be between 200 and 599.")
	}
	if body.FailFirst < 0 {
		return answer{}, invalid("failFirst", "The number must not be negative.")
	}
	delay, err := span("delay", body.Delay, maxSinkDelay)
	if err != nil {
		return answer{}, err
	}
	s := Sink{Status: body.Status, Delay: delay, FailFirst: body.FailFirst}
	if err := c.Sinks.PutSink(name, s); err != nil {
		return answer{}, err
	}
	return ok(viewSink(s))
}

func (c *Control) removeSink(r *http.Request) (answer, error) {
	name, err := sinkOf(r)
	if err != nil {
		return answer{}, err
	}
	c.Sinks.DeleteSink(name)
	return nothing()
}

func (c *Control) sinkRequests(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "after", "wait")
	if err != nil {
		return answer{}, err
	}
	name, err := sinkOf(r)
	if err != nil {
		return answer{}, err
	}
	after := 0
	if s := query.Get("after"); s != "" {
		if after, err = strconv.Atoi(s); err != nil || after < 0 {
			return answer{}, invalid("after", "Take the number n of the last request that you have.")
		}
	}
	patience, cancel := context.WithTimeout(r.Context(), page.wait)
	defer cancel()
	found := c.Sinks.SinkRequests(patience, name, after)
	return ok(map[string][]any{"requests": append([]any{}, found...)})
}
