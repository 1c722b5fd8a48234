package server_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/servertest"
)

func TestTwoWorldsHaveTheirOwnClocksPhonesAndIds(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		other := sim.World(t, "ci-42")
		hooks, others := sim.Webhooks(t), other.Webhooks(t)
		off := false
		_, err := other.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		_, err = other.Client.Freeze(t.Context())
		require.NoError(t, err)
		push(t, sim, ride, kari)
		push(t, other, ride, kari)
		sim.Advance(t, 5*minute)

		require.Equal(t, "EXPIRED", sim.Payment(t, ride).State)
		require.Equal(t, "CREATED", other.Payment(t, ride).State)
		require.NotEqual(t, sim.Payment(t, ride).Code, other.Payment(t, ride).Code)
		here, err := sim.Client.Phone(t.Context(), kari)
		require.NoError(t, err)
		require.True(t, here.Online)
		waiting, err := other.Client.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		require.Len(t, waiting, 1)
		other.Decline(t, ride)
		others.Wait(t, ride, "ABORTED")
		require.Equal(t, []string{"CREATED", "EXPIRED"}, hooks.Names(ride))
		require.Equal(t, []string{"CREATED", "ABORTED"}, others.Names(ride))
		mine, err := sim.Client.ListWebhooks(t.Context())
		require.NoError(t, err)
		require.Len(t, mine, 1)
		require.NoError(t, other.Client.Reset(t.Context()))
		require.Equal(t, "EXPIRED", sim.Payment(t, ride).State)
	})
}

func TestFiftyWorldsAtOnceNeverMeet(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		var running sync.WaitGroup
		for i := range 50 {
			running.Go(func() {
				world := sim.World(t, fmt.Sprintf("ci-%d", i))
				world.CreatePayment(t, ride, int64(100+i))
				_, err := world.Client.Freeze(t.Context())
				if err != nil {
					t.Error(err)
				}
				if i%2 == 0 {
					world.Approve(t, ride)
				}
				world.Advance(t, time.Duration(i)*time.Hour)
			})
		}
		running.Wait()
		began := sim.Now()
		for i := range 50 {
			world := sim.World(t, fmt.Sprintf("ci-%d", i))
			require.Equal(t, began.Add(time.Duration(i)*time.Hour), world.Now())
			page, err := world.Client.Payments(t.Context(), client.Filter{})
			require.NoError(t, err)
			require.Len(t, page.Payments, 1)
			require.EqualValues(t, 100+i, page.Payments[0].Amount.Value)
			want := "EXPIRED"
			if i%2 == 0 {
				want = "AUTHORIZED"
			}
			require.Equal(t, want, page.Payments[0].State, "world %d", i)
		}
		page, err := sim.Client.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Empty(t, page.Payments, "the default world saw nothing")
	})
}

// throughHost is a world as its host's door shows it.
func throughHost(sim *servertest.Sim, name string) *servertest.Sim {
	door := *sim
	door.URL = strings.Replace(strings.TrimSuffix(sim.URL, "/w/"+name), "http://", "http://"+name+".", 1)
	door.Client = client.New(door.URL, client.WithHTTPClient(sim.HTTP))
	return &door
}

// links are the addresses in a page.
func links(page string) []string {
	var found []string
	for _, m := range regexp.MustCompile(`(?:href|src|action|data-stream|data-self)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		found = append(found, m[1])
	}
	return found
}

func TestLinksLeadBackThroughTheDoorTheyWereMadeAt(t *testing.T) {
	for name, door := range map[string]func(*servertest.Sim) *servertest.Sim{
		"by path": func(sim *servertest.Sim) *servertest.Sim { return sim },
		"by host": func(sim *servertest.Sim) *servertest.Sim { return throughHost(sim, "ci-42") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, sim *servertest.Sim) {
				in := door(sim.World(t, "ci-42"))
				created := in.CreatePayment(t, ride, 100)
				require.True(t, strings.HasPrefix(created.RedirectURL, in.URL+"/landing?token="), created.RedirectURL)
				page := call(t, in, "GET", created.RedirectURL, "")
				require.Equal(t, 200, page.status, page.body)
				_, prefix, _ := strings.Cut(in.URL, ":8080")
				require.NotEmpty(t, links(page.body))
				for _, link := range links(page.body) {
					require.True(t, strings.HasPrefix(link, prefix+"/") || strings.HasPrefix(link, in.URL+"/"), "%s leads out of the world", link)
				}

				qr := create(t, in, client.CreatePayment{Reference: "qr-" + ride, UserFlow: client.QR, ReturnURL: "https://shop.example/"})
				require.True(t, strings.HasPrefix(qr.RedirectURL, in.URL+"/qr-image/v1?token="), qr.RedirectURL)
				target := in.Payment(t, "qr-"+ride).QRURL
				require.True(t, strings.HasPrefix(target, in.URL+"/qr/"), target)
				scanned := call(t, in, "GET", target, "")
				require.Equal(t, 302, scanned.status)
				require.True(t, strings.HasPrefix(scanned.header.Get("Location"), in.URL+"/landing?token="), scanned.header)
				_, err := in.Client.Scan(t.Context(), kari, target)
				require.NoError(t, err)

				mobile := connect(t, in, kari)
				require.Len(t, mobile.next("hello").Requests, 1)
				require.Equal(t, 200, call(t, in, "GET", "/phone/"+kari, "").status)
				require.Empty(t, connect(t, sim, kari).next("hello").Requests, "the default world's phone saw nothing")
			})
		})
	}
}

func TestAWorldThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	sim := start(t, described(t, told(404, "there is no such world")))
	for _, path := range []string{"/w/nowhere/sim/v1/info", "/w/nowhere", "/w//sim/v1/info", "/w/"} {
		got := call(t, sim, "GET", path, "")
		require.Equal(t, 404, got.status, path)
		got.problem(t)
	}
	elsewhere := call(t, throughHost(sim, "nowhere"), "GET", "/healthz", "")
	require.Equal(t, 200, elsewhere.status, "a host that names no world is the default one's")
}

func TestAWorldsNameIsALabelOfAHost(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, name := range []string{"a b", "a/b", "a.b", "å", strings.Repeat("a", 64), "..", "a_b", "-a", "a-", "A", "default"} {
		_, err := sim.Server.World(t.Context(), name)
		require.ErrorContains(t, err, "name", name)
	}
	for _, name := range []string{"a", "ci-42", strings.Repeat("a", 63)} {
		_, err := sim.Server.World(t.Context(), name)
		require.NoError(t, err, name)
	}
}

// The bubble ends only when every goroutine in it has: each of these stories
// shows that nothing is left behind.
func TestStoppingEndsStreamsSocketsAndLongLists(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		created := sim.CreatePayment(t, ride, 100)
		token := created.RedirectURL[strings.Index(created.RedirectURL, "token="):]
		began := time.Now()
		var open sync.WaitGroup
		for _, path := range []string{"/sim/v1/payments?state=EXPIRED&wait=5m", "/sim/v1/phones/" + kari + "/requests?wait=5m", "/sim/v1/sinks/shop/requests?wait=5m", "/landing/stream?" + token} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+path, nil)
			require.NoError(t, err)
			open.Go(func() {
				response, err := sim.HTTP.Do(request)
				if err != nil {
					return // cut off: ended all the same
				}
				defer func() { _ = response.Body.Close() }()
				for lines := bufio.NewScanner(response.Body); lines.Scan(); {
				}
			})
		}
		mobile := connect(t, sim, kari)
		mobile.next("hello")
		open.Go(func() {
			for range mobile.frames {
			}
		})
		synctest.Wait()
		sim.Stop(t)
		open.Wait()
		require.Less(t, time.Since(began), 5*time.Second)
		sim.Stop(t) // does nothing
	})
}

func TestWhatIsUnderWayAtAStopIsFinished(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		receiver := &clerk{}
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pass(2 * time.Second)
			receiver.ServeHTTP(w, r)
		})
		subscribe(t, sim, sim.Receiver(t, slow), "epayments.payment.created.v1")
		sim.CreatePayment(t, ride, 100)
		synctest.Wait()
		sim.Stop(t)
		require.Equal(t, []string{"CREATED"}, receiver.seen())
	})
}

func TestASimulatorThatWasNeverStartedCanBeStopped(t *testing.T) {
	t.Parallel()
	s, err := server.New(t.Context(), server.Options{})
	require.NoError(t, err)
	require.False(t, s.Ready())
	require.Empty(t, s.URL())
	require.NoError(t, s.Stop(context.Background()))
	require.NoError(t, s.Stop(context.Background()))
}
