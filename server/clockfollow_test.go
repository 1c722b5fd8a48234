package server_test

import (
	"bufio"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// clocksOf are the clocks that a stream of server-sent events tells of, in the
// order of their coming.
func clocksOf(t *testing.T, sim *servertest.Sim, url string) (clocks <-chan string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := sim.HTTP.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	heard := make(chan string, 100)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(heard)
		kind := ""
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if name, found := strings.CutPrefix(lines.Text(), "event: "); found {
				kind = name
			}
			if data, found := strings.CutPrefix(lines.Text(), "data: "); found && kind == "clock" {
				heard <- data
			}
		}
	})
	t.Cleanup(func() {
		_ = response.Body.Close()
		reading.Wait()
	})
	return heard
}

// all takes what has come.
func all(clocks <-chan string) []string {
	synctest.Wait()
	var found []string
	for {
		select {
		case one := <-clocks:
			found = append(found, one)
		default:
			return found
		}
	}
}

func TestPagesPhonesAndStreamsFollowTheClockOfTheirWorldAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		for _, name := range []string{"default", "ci-42"} {
			in, elsewhere := sim, sim.World(t, "elsewhere")
			if name != "default" {
				in = sim.World(t, name)
			}
			created := in.CreatePayment(t, ride, 100)
			token := created.RedirectURL[strings.Index(created.RedirectURL, "token="):]
			page, console := clocksOf(t, in, in.URL+"/landing/stream?"+token), clocksOf(t, in, in.URL+"/sim/v1/stream")
			other := clocksOf(t, elsewhere, elsewhere.URL+"/sim/v1/stream")
			mobile := connect(t, in, kari)
			mobile.next("hello")
			_, _, _ = all(page), all(console), all(other)
			for _, c := range []struct {
				move func() (client.Clock, error)
				says string
			}{
				{func() (client.Clock, error) { return in.Client.Freeze(t.Context()) }, `"frozen":true`},
				{func() (client.Clock, error) { return in.Client.Advance(t.Context(), minute) }, `"frozen":true`},
				{func() (client.Clock, error) { return in.Client.SetSpeed(t.Context(), 100_000) }, `"speed":100000`},
				{func() (client.Clock, error) { return in.Client.SetSpeed(t.Context(), 1) }, `"speed":1`},
				{func() (client.Clock, error) { return in.Client.Resume(t.Context()) }, `"frozen":false`},
			} {
				pass(time.Second) // the console is told of jumps one at a time
				_, _, _ = all(page), all(console), all(other)
				began := time.Now()
				now, err := c.move()
				require.NoError(t, err)
				// A jump moves the clock more than once; what counts is where it came to
				// rest, and that it was told within the time an eye takes.
				pass(100 * time.Millisecond)
				synctest.Wait()
				shown := mobile.next("clock")
				for len(mobile.frames) > 0 {
					shown = mobile.next("clock")
				}
				require.Equal(t, now.Now, shown.Now)
				require.LessOrEqual(t, time.Since(began), 100*time.Millisecond, "at once")
				for where, clocks := range map[string]<-chan string{"the landing page": page, "the console": console} {
					heard := all(clocks)
					require.NotEmpty(t, heard, "%s in %s", where, name)
					require.Contains(t, heard[len(heard)-1], c.says, where)
					require.Contains(t, heard[len(heard)-1], now.Now.Format("2006-01-02T15:04:05"), where)
				}
			}
			require.Empty(t, all(other), "the clock of another world stays as it is")
			require.NoError(t, mobile.socket.Close())
		}
	})
}
