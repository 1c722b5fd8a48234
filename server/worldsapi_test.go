package server_test

import (
	"fmt"
	"net/http"
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

// made makes a world through the public API and gives a client in it.
func made(t *testing.T, sim *servertest.Sim, p client.WorldPlan) (client.World, *client.Client) {
	t.Helper()
	w, err := sim.Client.MakeWorld(t.Context(), p)
	require.NoError(t, err)
	return w, sim.Client.In(w)
}

func worldNames(t *testing.T, sim *servertest.Sim) []string {
	t.Helper()
	all, err := sim.Client.Worlds(t.Context())
	require.NoError(t, err)
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return names
}

func TestAWorldIsMadeListedAndEnded(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		at := time.Date(2031, 3, 14, 9, 26, 53, 0, time.UTC)
		w, in := made(t, sim, client.WorldPlan{Name: "ci-42", Clock: &client.WorldClock{Frozen: true, Now: at, Speed: 60}})
		require.Equal(t, "ci-42", w.Name)
		require.Equal(t, sim.URL+"/w/ci-42", w.URL)
		require.False(t, w.Default)
		require.Equal(t, []any{at, true, 60.0}, []any{w.Clock.Now, w.Clock.Frozen, w.Clock.Speed})

		_, err := in.CreatePayment(t.Context(), client.CreatePayment{Reference: ride, Amount: client.NOK(100), UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/"})
		require.NoError(t, err)
		require.Equal(t, []string{"default", "ci-42"}, worldNames(t, sim))
		seen, err := in.World(t.Context(), "ci-42")
		require.NoError(t, err, "worlds are told of in every world")
		require.Equal(t, client.WorldCounts{Merchants: 5, Phones: 5, Payments: 1}, seen.Counts)
		root, err := in.World(t.Context(), "default")
		require.NoError(t, err)
		require.True(t, root.Default)
		require.Equal(t, []any{sim.URL, 0}, []any{root.URL, root.Counts.Payments})
		info, err := in.Info(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"ci-42", w.URL}, []string{info.World, info.BaseURL})

		require.NoError(t, sim.Client.RemoveWorld(t.Context(), "ci-42"))
		require.NoError(t, sim.Client.RemoveWorld(t.Context(), "ci-42"), "it is gone already")
		require.Equal(t, []string{"default"}, worldNames(t, sim))
		_, again := made(t, sim, client.WorldPlan{Name: "ci-42"})
		page, err := again.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Empty(t, page.Payments, "a new world of an old name holds nothing of the old one")
	})
}

func TestAWorldThatCannotBeMadeIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	sim := start(t)
	require.Equal(t, 201, call(t, sim, "POST", "/sim/v1/worlds", `{"name":"ci-42"}`).status)
	for name, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"a name that is taken":       {`{"name":"ci-42"}`, 409, "DELETE /sim/v1/worlds/ci-42"},
		"capitals":                   {`{"name":"CI"}`, 400, "lower-case"},
		"a dot":                      {`{"name":"a.b"}`, 400, "lower-case"},
		"a hyphen first":             {`{"name":"-a"}`, 400, "no hyphen first or last"},
		"a hyphen last":              {`{"name":"a-"}`, 400, "no hyphen first or last"},
		"no letter":                  {`{"name":""}`, 400, "at least one"},
		"64 letters":                 {`{"name":"` + strings.Repeat("a", 64) + `"}`, 400, "1 to 63"},
		"the default one's":          {`{"name":"default"}`, 400, "reserved"},
		"every machine's":            {`{"name":"localhost"}`, 400, "reserved"},
		"a speed of nothing":         {`{"clock":{"speed":0}}`, 400, "clock.speed"},
		"a speed beyond all":         {`{"clock":{"speed":100001}}`, 400, "100000"},
		"a time before all":          {`{"clock":{"now":"1969-12-31T23:59:59Z"}}`, 400, "1970"},
		"a time after all":           {`{"clock":{"now":"2201-01-01T00:00:00Z"}}`, 400, "2200"},
		"a time that is none":        {`{"clock":{"now":"yesterday"}}`, 400, ""},
		"a member that nobody knows": {`{"nam":"x"}`, 400, "Did you mean name?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call(t, sim, "POST", "/sim/v1/worlds", c.body)
			require.Equal(t, c.status, got.status, got.body)
			require.Contains(t, got.body, c.says)
			got.problem(t)
		})
	}
}

func TestAWorldDoesNotHideTheDefaultOnesHost(t *testing.T) {
	t.Parallel()
	sim := start(t, servertest.With(func(o *server.Options) { o.PublicURL = "https://vipps.example.com" }))
	_, err := sim.Server.MakeWorld(t.Context(), server.WorldPlan{Name: "vipps"})
	require.ErrorContains(t, err, "out of reach")
}

func TestAWorldWithoutANameIsGivenOne(t *testing.T) {
	t.Parallel()
	sim := start(t)
	first, _ := made(t, sim, client.WorldPlan{})
	second, in := made(t, sim, client.WorldPlan{})
	require.Regexp(t, `^w-[0-9a-f]{8}$`, first.Name)
	require.NotEqual(t, first.Name, second.Name)
	info, err := in.Info(t.Context())
	require.NoError(t, err)
	require.Equal(t, second.Name, info.World)
}

func TestTheDefaultWorldStays(t *testing.T) {
	t.Parallel()
	sim := start(t)
	got := call(t, sim, "DELETE", "/sim/v1/worlds/default", "")
	require.Equal(t, 409, got.status)
	require.Contains(t, got.body, "/sim/v1/reset")
	require.Equal(t, 404, call(t, sim, "DELETE", "/sim/v1/worlds/nowhere", "").status)
	require.Equal(t, 404, call(t, sim, "GET", "/sim/v1/worlds/nowhere", "").status)
}

func TestAPathIntoAWorldThatIsNotThereSaysHowToMakeIt(t *testing.T) {
	t.Parallel()
	sim := start(t, described(t, told(404, "a world that is not there has no documents")))
	got := call(t, sim, "GET", "/w/nowhere/sim/v1/info", "")
	require.Equal(t, 404, got.status)
	require.Contains(t, got.body, `POST /sim/v1/worlds`)
	require.Equal(t, []string{"default"}, worldNames(t, sim), "asking makes nothing")
}

func TestOneSeedDrawsTheSameIdsWhateverTheName(t *testing.T) {
	t.Parallel()
	sim := start(t)
	var drawn []string
	for _, p := range []client.WorldPlan{{Name: "a", Seed: "7"}, {Name: "b", Seed: "7"}, {Name: "c", Seed: "8"}, {Name: "d"}, {Name: "e"}} {
		_, in := made(t, sim, p)
		hook, err := in.RegisterWebhook(t.Context(), "https://shop.example/hook", "epayments.payment.created.v1")
		require.NoError(t, err)
		created, err := in.CreatePayment(t.Context(), client.CreatePayment{Reference: ride, Amount: client.NOK(100), UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/"})
		require.NoError(t, err)
		drawn = append(drawn, strings.Join([]string{hook.ID, hook.Secret, strings.TrimPrefix(created.RedirectURL, in.BaseURL())}, " "))
	}
	require.Equal(t, drawn[0], drawn[1])
	require.NotEqual(t, drawn[0], drawn[2])
	require.NotEqual(t, drawn[3], drawn[4])
}

func TestFiftyWorldsWithClocksOfTheirOwnNeverSeeOneAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		began := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		clients := make([]*client.Client, 50)
		var running sync.WaitGroup
		for i := range clients {
			running.Go(func() {
				w, in := made(t, sim, client.WorldPlan{Clock: &client.WorldClock{Frozen: true, Now: began.AddDate(i, 0, 0)}})
				clients[i] = sim.Client.In(w)
				_, err := in.CreatePayment(t.Context(), client.CreatePayment{
					Reference: ride, Amount: client.NOK(int64(100 + i)), UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: kari},
				})
				require.NoError(t, err)
				if i%2 == 0 {
					_, err = in.Approve(t.Context(), ride)
					require.NoError(t, err)
				}
				_, err = in.Advance(t.Context(), time.Duration(i)*time.Minute)
				require.NoError(t, err)
			})
		}
		running.Wait()
		for i, in := range clients {
			now, err := in.Clock(t.Context())
			require.NoError(t, err)
			require.Equal(t, began.AddDate(i, 0, 0).Add(time.Duration(i)*time.Minute), now.Now)
			page, err := in.Payments(t.Context(), client.Filter{})
			require.NoError(t, err)
			require.Len(t, page.Payments, 1)
			want := map[bool]string{true: "CREATED", false: "EXPIRED"}[i < 5]
			if i%2 == 0 {
				want = "AUTHORIZED"
			}
			require.Equal(t, []any{want, int64(100 + i)}, []any{page.Payments[0].State, page.Payments[0].Amount.Value})
			waiting, err := in.Requests(t.Context(), kari, 0)
			require.NoError(t, err)
			open := 0
			for _, r := range waiting {
				if r.State == "PENDING" {
					open++
				}
			}
			require.Equal(t, want == "CREATED", open == 1, "world %d", i)
		}
	})
}

func TestEndingAWorldEndsItsSocketsStreamsAndWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		w, in := made(t, sim, client.WorldPlan{Name: "ci-42"})
		created, err := in.CreatePayment(t.Context(), client.CreatePayment{Reference: ride, Amount: client.NOK(100), UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/"})
		require.NoError(t, err)
		token := created.RedirectURL[strings.Index(created.RedirectURL, "token="):]
		mobile := connect(t, &servertest.Sim{URL: w.URL, HTTP: sim.HTTP, Network: sim.Network, Client: in, Server: sim.Server}, kari)
		mobile.next("hello")
		began := time.Now()
		var open sync.WaitGroup
		for _, path := range []string{"/sim/v1/payments?state=EXPIRED&wait=5m", "/sim/v1/stream", "/landing/stream?" + token} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+path, nil)
			require.NoError(t, err)
			open.Go(func() { ended(sim, request) })
		}
		open.Go(func() {
			for range mobile.frames {
			}
		})
		synctest.Wait()
		seen, err := sim.Client.World(t.Context(), "ci-42")
		require.NoError(t, err)
		require.Equal(t, 1, seen.Counts.Sockets)
		require.NoError(t, in.RemoveWorld(t.Context(), "ci-42"), "a world can end itself")
		open.Wait()
		require.Less(t, time.Since(began), 5*time.Second)
		_, err = sim.Client.Info(t.Context())
		require.NoError(t, err, "the others go on")
	})
}

// ended sends a request and reads the answer to its end.
func ended(sim *servertest.Sim, request *http.Request) {
	response, err := sim.HTTP.Do(request)
	if err != nil {
		return // cut off: ended all the same
	}
	defer func() { _ = response.Body.Close() }()
	for part := make([]byte, 1024); err == nil; {
		_, err = response.Body.Read(part)
	}
}

func TestAWorldNobodyTouchesForAnHourIsRemoved(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		made(t, sim, client.WorldPlan{Name: "left-alone"})
		_, used := made(t, sim, client.WorldPlan{Name: "used"})
		called, _ := made(t, sim, client.WorldPlan{Name: "called"})
		phone := connect(t, &servertest.Sim{URL: called.URL, HTTP: sim.HTTP, Network: sim.Network, Server: sim.Server}, kari)
		phone.next("hello")
		var listening sync.WaitGroup
		listening.Go(func() {
			for range phone.frames {
			}
		})
		// Time passing in a world is no touch: this one's deadlines are many.
		_, err := sim.Client.In(called).SetSpeed(t.Context(), 1000)
		require.NoError(t, err)
		pass(40 * minute)
		_, err = used.Clock(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"default", "called", "left-alone", "used"}, worldNames(t, sim))
		pass(21 * minute)
		require.Equal(t, []string{"default", "called", "used"}, worldNames(t, sim))
		pass(40 * minute)
		require.Equal(t, []string{"default", "called"}, worldNames(t, sim))
		require.NoError(t, phone.socket.Close())
		listening.Wait()
		pass(59 * minute)
		require.Equal(t, []string{"default", "called"}, worldNames(t, sim), "a socket's end is a touch")
		pass(2 * minute)
		require.Equal(t, []string{"default"}, worldNames(t, sim))
	})
}

func TestAThousandWorldsRunSideBySide(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for i := range 1000 {
		_, err := sim.Server.MakeWorld(t.Context(), server.WorldPlan{Name: fmt.Sprintf("w%d", i)})
		require.NoError(t, err)
	}
	for _, i := range []int{0, 499, 999} {
		sim.World(t, fmt.Sprintf("w%d", i)).CreatePayment(t, ride, 100)
	}
	require.Len(t, worldNames(t, sim), 1001)
}

func TestKeptWorldsAreOpenAgainAfterARestart(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		made(t, first, client.WorldPlan{Name: "ci-42", Seed: "7"})
		in := first.World(t, "ci-42")
		hooks := in.Webhooks(t, "epayments.payment.expired.v1")
		in.CreatePayment(t, ride, 100)
		made(t, first, client.WorldPlan{Name: "gone"})
		require.NoError(t, first.Client.RemoveWorld(t.Context(), "gone"))
		l.down(first, 10*minute)

		second := l.start()
		require.Equal(t, []string{"default", "ci-42"}, worldNames(t, second))
		hooks.Wait(t, ride, "EXPIRED")
		// A seed does not draw in the second life what it drew in the first.
		second.World(t, "ci-42").CreatePayment(t, "next-ride-000418", 100)
	})
}

func TestAKeptWorldIsOpenWhateverNamesAreAllowedByNow(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		db := openStore(t, l.store)
		_, err := db.World(t.Context(), "CI", nil)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		require.Equal(t, []string{"default", "CI"}, worldNames(t, l.start()))
	})
}

func TestANamedWorldIsResetAlone(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, in := made(t, sim, client.WorldPlan{Name: "ci-42"})
		for _, c := range []*client.Client{in, sim.Client} {
			_, err := c.CreatePayment(t.Context(), client.CreatePayment{Reference: ride, Amount: client.NOK(100), UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/"})
			require.NoError(t, err)
		}
		require.NoError(t, in.Reset(t.Context()))
		page, err := in.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Empty(t, page.Payments)
		require.Equal(t, "CREATED", sim.Payment(t, ride).State)
	})
}
