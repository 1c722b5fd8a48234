package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"liksom/server/client"
)

// target is the simulator that a command speaks to.
type target struct {
	URL string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"The simulator to speak to, or one of its worlds: http://127.0.0.1:8080/w/NAME."`
}

// Validate refuses what is no address of a simulator.
func (t *target) Validate() error {
	u, err := url.Parse(t.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--url is an http or https address such as http://127.0.0.1:8080, not %q", t.URL)
	}
	return nil
}

// client makes a client of the target.
func (t *target) client(options ...client.Option) *client.Client {
	return client.New(strings.TrimRight(t.URL, "/"), options...)
}

// explain turns a failed call into what a person can act on.
func (t *target) explain(err error) error {
	var unreachable *net.OpError
	if errors.As(err, &unreachable) {
		return mended{fmt.Errorf("no simulator answers at %s", t.URL), "Start one with liksom serve, or name another with --url."}
	}
	var said *client.Problem
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s takes connections and does not answer; is it a simulator?", t.URL)
	case errors.As(err, &said) && said.Status == http.StatusNotFound && said.Type == "":
		return fmt.Errorf("what answers at %s is no simulator: %w", t.URL, err)
	}
	return err
}
