package metrics

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// State is how things stand in all worlds of a kind, when somebody asks.
type State struct {
	// Payments are counted by state.
	Payments map[string]int
	// Worlds, Phones and Due count the worlds themselves, the sockets of
	// phones, and what must happen later.
	Worlds, Phones, Due int
	// Clock is the simulated time of the default world, Speed its pace, 0 while
	// it is frozen. Named worlds have many clocks, and tell of none.
	Clock time.Time
	Speed float64
}

// Look reads how things stand.
type Look func(ctx context.Context, w World) (State, error)

// Handler answers with all metrics. What cannot be read is logged, and left
// out of the answer.
func (b *Book) Handler(look Look, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		registry := prometheus.NewRegistry()
		registry.MustRegister(&collector{b, look, r.Context(), log})
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(w, r)
	})
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("liksom_"+name, help, labels, nil)
}

// collector tells what one request wants to know.
type collector struct {
	book *Book
	look Look
	ctx  context.Context //nolint:containedctx // it lives as long as one request
	log  *slog.Logger
}

// Describe implements [prometheus.Collector]. There is nothing to check
// beforehand: a registry lives as long as one request.
func (*collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(to chan<- prometheus.Metric) {
	c.calls(to)
	tries := describe("webhook_tries_total", "Tries of webhook deliveries, by what became of the delivery.", "world", "outcome")
	for w := range kinds {
		for t := range outcomes {
			to <- prometheus.MustNewConstMetric(tries, prometheus.CounterValue, float64(c.book.tries[w][t].Load()), w.String(), t.String())
		}
	}
	for w := range kinds {
		state, err := c.look(c.ctx, w)
		if err != nil {
			c.log.Error("metrics cannot be read", "worlds", w.String(), "error", err)
			continue
		}
		c.state(to, w, &state)
	}
}

func (c *collector) calls(to chan<- prometheus.Metric) {
	calls := describe("requests_total", "Calls of the imitated APIs, by operation and class of status.", "world", "api", "operation", "class")
	took := describe("request_duration_seconds", "Real time that calls of the imitated APIs took.", "world", "api", "operation")
	c.book.mu.Lock()
	defer c.book.mu.Unlock()
	for w := range kinds {
		for _, api := range slices.Sorted(maps.Keys(c.book.apis[w])) {
			for name, found := range c.book.apis[w][api].operations.Range {
				o, labels := found.(*operation), []string{w.String(), api, name.(string)}
				for class := range o.classes {
					if n := o.classes[class].Load(); n > 0 {
						to <- prometheus.MustNewConstMetric(calls, prometheus.CounterValue, float64(n), append(labels, classOf(class))...)
					}
				}
				to <- o.histogram(took, labels)
			}
		}
	}
}

func classOf(class int) string {
	if class == 0 {
		return "none"
	}
	return strconv.Itoa(class) + "xx"
}

func (o *operation) histogram(desc *prometheus.Desc, labels []string) prometheus.Metric {
	below, upTo := uint64(0), map[float64]uint64{}
	for i := range limits {
		below += uint64(o.buckets[i].Load())
		upTo[limits[i].Seconds()] = below
	}
	all := below + uint64(o.buckets[len(limits)].Load())
	return prometheus.MustNewConstHistogram(desc, all, time.Duration(o.took.Load()).Seconds(), upTo, labels...)
}

// gauge is a figure of a state.
type gauge struct {
	name, help string
	value      float64
}

func (c *collector) state(to chan<- prometheus.Metric, w World, s *State) {
	payments := describe("payments", "Payments, by state.", "world", "state")
	for _, state := range slices.Sorted(maps.Keys(s.Payments)) {
		to <- prometheus.MustNewConstMetric(payments, prometheus.GaugeValue, float64(s.Payments[state]), w.String(), state)
	}
	gauges := []gauge{
		{"worlds", "Worlds that are open.", float64(s.Worlds)},
		{"phones_connected", "Sockets of phones.", float64(s.Phones)},
		{"due_rows_waiting", "Things that must happen later: windows, webhook tries, pushes and the like.", float64(s.Due)},
	}
	if !s.Clock.IsZero() {
		gauges = append(gauges,
			gauge{"clock_seconds", "Simulated time, in seconds since 1970.", float64(s.Clock.UnixMilli()) / 1e3},
			gauge{"clock_speed", "Simulated seconds in a real one; 0 while the clock is frozen.", s.Speed})
	}
	for _, g := range gauges {
		to <- prometheus.MustNewConstMetric(describe(g.name, g.help, "world"), prometheus.GaugeValue, g.value, w.String())
	}
}
