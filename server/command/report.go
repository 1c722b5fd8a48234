package command

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"liksom/server"
	"liksom/server/config"
)

// usageError is a mistake on the command line that only the command itself
// could see.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// mended is an error with a sentence on the way out.
type mended struct {
	error
	way string
}

func (e mended) Unwrap() error { return e.error }

// report prints the cause of an error on one line and, where one is known, the
// way out on a second.
func (p *Program) report(err error, status int) int {
	var (
		wrong   usageError
		option  server.OptionError
		mistake *config.Error
	)
	misplaced := errors.As(err, &mistake)
	if misplaced || errors.As(err, &wrong) || errors.As(err, &option) {
		status = exitUsage
	}
	_, _ = fmt.Fprintf(p.Err, "error  %s\n", strings.Join(strings.Fields(err.Error()), " "))
	if way := wayOut(err); way != "" {
		_, _ = fmt.Fprintf(p.Err, "       %s\n", way)
	}
	if misplaced && mistake.Excerpt != "" {
		_, _ = fmt.Fprintf(p.Err, "\n%s", mistake.Excerpt)
	}
	return status
}

// wayOut is what a person can do about an error; "" where the cause says it.
func wayOut(err error) string {
	var known mended
	if errors.As(err, &known) {
		return known.way
	}
	var taken server.AddressTakenError
	if errors.As(err, &taken) {
		return "Stop it, or choose another address: liksom serve --addr " + beside(taken.Addr)
	}
	return ""
}

// beside is the address with the next port.
func beside(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n >= 1<<16-1 {
		n = 0xffff - 1 // nothing above it
	} else {
		n++
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10))
}

// ended passes on how a program has ended that was run for somebody. It has
// spoken for itself, unless it never ran.
func (p *Program) ended(e exitStatus) int {
	if e.why == nil {
		return e.status
	}
	return p.report(e.why, e.status)
}
