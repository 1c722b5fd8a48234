package command

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/clock"
)

const (
	// mostLines are printed within a real second. A load test must not spend
	// the machine on telling about itself.
	mostLines = 100
	second    = time.Second
	// longestRest is how long at most nothing is told while there is too much
	// of it: short enough that whoever ends a load test sees what comes next.
	longestRest = 4 * second
	// mostEnded deliveries are remembered after their end, so that late news
	// of them are not told as something new.
	mostEnded = 1000
)

// watch prints one line for each thing that happens in the default world.
type watch struct {
	out  io.Writer
	ink  ink
	json bool
	sim  *client.Client

	names  map[string]string // of the phones' owners, by number
	tries  map[string]int    // told of each delivery
	ended  []string          // deliveries of which no more is expected, oldest first
	before client.Clock

	listens chan struct{} // closed once nothing is missed any more
	may     chan struct{} // closed once lines may be printed
	once    sync.Once
}

func (c *serveCmd) newWatch(p *Program, k ink, sim *server.Server) *watch {
	inside := &http.Client{Transport: inProcess{sim}}
	return &watch{
		out: p.Out, ink: k, json: c.LogFormat == "json", sim: client.New("http://simulator", client.WithHTTPClient(inside)),
		tries: map[string]int{}, listens: make(chan struct{}), may: make(chan struct{}),
	}
}

// run tells until the context ends.
func (w *watch) run(ctx context.Context) {
	heard := func() { w.once.Do(func() { close(w.listens) }) }
	defer heard() // whatever happened, nobody waits for it
	w.meet(ctx)
	rest := second
	for ctx.Err() == nil {
		began := clock.Wall()
		busy, err := w.follow(ctx, heard)
		if err != nil {
			return // the simulator stops
		}
		if !busy {
			continue
		}
		if clock.Wall().Sub(began) > second {
			rest = second // it was quiet meanwhile
		}
		w.busy()
		_ = clock.Rest(ctx, rest, nil)
		rest = min(2*rest, longestRest)
	}
}

// meet learns whose phones there are.
func (w *watch) meet(ctx context.Context) {
	w.names = map[string]string{}
	phones, err := w.sim.Phones(ctx)
	if err != nil {
		return // numbers will do
	}
	for i := range phones {
		w.names[phones[i].Number], _, _ = strings.Cut(phones[i].Name, " ")
	}
}

// follow prints what happens until there is too much of it.
func (w *watch) follow(ctx context.Context, heard func()) (busy bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	since, lines := clock.Wall(), 0
	w.before = client.Clock{}
	for e, err := range w.sim.Stream(ctx, client.StreamFilter{Kinds: []string{"clock", "request", "timeline", "delivery", "phone"}}) {
		if err != nil {
			return false, err
		}
		heard() // the first thing told is the clock, at once
		l, told := w.line(&e)
		if !told {
			continue
		}
		if now := clock.Wall(); now.Sub(since) > second {
			since, lines = now, 0
		}
		if lines++; lines > mostLines {
			return true, nil
		}
		select {
		case <-w.may:
			w.print(&l)
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, nil
}

func (w *watch) busy() {
	if !w.json {
		_, _ = fmt.Fprintf(w.out, "%s\n", w.ink.in(faint, "          more happens than can be told here; the console has it all"))
	}
}
