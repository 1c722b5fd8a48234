package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/fault"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// arrival is one request as a receiver saw it.
type arrival struct {
	host, uri, from string
	header          http.Header
	body            []byte
}

// verdict is what a careful receiver says of it: nil when it is right.
func (a *arrival) verdict() error {
	if err := webhook.Verify(secretB, http.MethodPost, a.uri, a.host, a.header, a.body); err != nil {
		return err
	}
	return webhook.Fresh(a.header, clock.Wall(), 300*time.Second)
}

// receiver keeps what arrives.
type receiver struct {
	mu  sync.Mutex
	got []arrival
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	from, _, _ := net.SplitHostPort(req.RemoteAddr)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, arrival{req.Host, req.RequestURI, from, req.Header, body})
}

func (r *receiver) names(t *testing.T) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, a := range r.got {
		var told struct {
			Name string `json:"name"`
		}
		require.NoError(t, json.Unmarshal(a.body, &told))
		names = append(names, told.Name)
	}
	return names
}

// troubled is a house with faults in webhooks and a receiver.
func troubled(t *testing.T, faults ...fault.Fault) (*house, *receiver) {
	set := fault.New(rand.New(rand.NewPCG(1, 2)), func() time.Time { return start })
	for _, f := range faults {
		f.Match.Target = fault.Webhook
		_, err := set.Add(f)
		require.NoError(t, err)
	}
	h := build(t, func(o *webhook.Options) { o.Faults = set })
	h.service.FollowUps = h.sender.FollowUps
	r := &receiver{}
	h.register("w", serve(t, r.ServeHTTP).URL+"/hook/?a=1")
	return h, r
}

func TestAFaultMakesADeliveryWrongInOneWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		do    fault.Do
		fails webhook.Step // "" for a delivery that verifies
	}{
		{"the signature", fault.Do{Corrupt: fault.Signature}, webhook.SignatureStep},
		{"another key", fault.Do{Corrupt: fault.Key}, webhook.SignatureStep},
		{"a key that is named", fault.Do{Corrupt: fault.Key, Secret: "theirs"}, webhook.SignatureStep},
		{"the right key, named", fault.Do{Corrupt: fault.Key, Secret: secretB}, ""},
		{"the decoded secret", fault.Do{Corrupt: fault.Decoded}, webhook.SignatureStep},
		{"another host", fault.Do{Corrupt: fault.Host, Host: "shop.internal:8443"}, webhook.SignatureStep},
		{"a stale date", fault.Do{Corrupt: fault.Date}, webhook.DateStep},
		{"a date of the future", fault.Do{Corrupt: fault.Date, By: "302s"}, webhook.DateStep},
		{"a date that is off by little", fault.Do{Corrupt: fault.Date, By: "-200s"}, ""},
		{"a changed body", fault.Do{Corrupt: fault.Body}, webhook.BodyStep},
		{"a changed body, signed as sent", fault.Do{Corrupt: fault.Body, Resign: true}, ""},
		{"a body written anew", fault.Do{Corrupt: fault.Reserialise}, webhook.BodyStep},
		{"a body written anew, signed as sent", fault.Do{Corrupt: fault.Reserialise, Resign: true}, ""},
		{"without Authorization", fault.Do{StripHeader: "authorization"}, ""},
		{"without the hash", fault.Do{StripHeader: "X-Ms-Content-Sha256"}, webhook.HeadersStep},
		{"of a failed operation", fault.Do{Success: new(bool)}, ""},
		{"held up", fault.Do{Latency: "1ms"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, r := troubled(t, fault.Fault{ID: "mine", Do: c.do})
			h.create("ride-0001")
			h.tryDue()
			d, a := h.one("ride-0001")
			require.Equal(t, webhook.Delivered, d.Status)
			require.Equal(t, "mine", a.Fault)
			require.Equal(t, string(a.Body), string(r.got[0].body), "the attempt tells what was sent")
			err := r.got[0].verdict()
			if c.fails == "" {
				require.NoError(t, err)
				return
			}
			var differs *webhook.Difference
			require.ErrorAs(t, err, &differs)
			require.Equal(t, c.fails, differs.Step)
		})
	}
}

func TestTheWrongPartIsTheOneAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    fault.Do
		check func(*testing.T, webhook.Delivery, arrival)
	}{
		"host": {fault.Do{Corrupt: fault.Host}, func(t *testing.T, _ webhook.Delivery, a arrival) {
			require.Equal(t, "rewritten.example", a.host)
		}},
		"header": {fault.Do{StripHeader: "Authorization"}, func(t *testing.T, _ webhook.Delivery, a arrival) {
			require.Empty(t, a.header.Get("Authorization"))
			require.NotEmpty(t, a.header.Get("X-Vipps-Authorization"))
		}},
		"user agent": {fault.Do{StripHeader: "User-Agent"}, func(t *testing.T, _ webhook.Delivery, a arrival) {
			require.Empty(t, a.header.Get("User-Agent"))
		}},
		"amount": {fault.Do{Corrupt: fault.Body}, func(t *testing.T, d webhook.Delivery, a arrival) {
			require.True(t, json.Valid(a.body))
			require.NotEqual(t, string(d.Body), string(a.body))
			require.Contains(t, string(a.body), `"value":44900`)
		}},
		"spacing": {fault.Do{Corrupt: fault.Reserialise}, func(t *testing.T, d webhook.Delivery, a arrival) {
			require.JSONEq(t, string(d.Body), string(a.body))
			require.NotEqual(t, string(d.Body), string(a.body))
		}},
		"success": {fault.Do{Success: new(bool)}, func(t *testing.T, _ webhook.Delivery, a arrival) {
			require.Contains(t, string(a.body), `"success":false`)
		}},
		"address": {fault.Do{From: "127.0.0.2"}, func(t *testing.T, _ webhook.Delivery, a arrival) {
			require.Equal(t, "127.0.0.2", a.from)
			require.NoError(t, a.verdict())
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, r := troubled(t, fault.Fault{Do: c.do})
			h.create("ride-0001")
			h.tryDue()
			d, _ := h.one("ride-0001")
			c.check(t, d, r.got[0])
		})
	}
}

func TestADeliveryIsSignedWithTheSecretOfAnotherRegistration(t *testing.T) {
	t.Parallel()
	h, r := troubled(t, fault.Fault{Do: fault.Do{Corrupt: fault.Key, Registration: "other"}})
	require.NoError(t, h.store.Register(t.Context(), webhook.Registration{ID: "other", MSN: "999999", Secret: "theirs"}, nil))
	h.create("ride-0001")
	h.tryDue()
	require.Error(t, r.got[0].verdict())
	require.NoError(t, webhook.Verify("theirs", http.MethodPost, r.got[0].uri, r.got[0].host, r.got[0].header, r.got[0].body))
}

func TestADialOfOnesOwnIsToldWhereADeliveryComesFrom(t *testing.T) {
	t.Parallel()
	var from []string
	set := fault.New(rand.New(rand.NewPCG(1, 2)), func() time.Time { return start })
	_, err := set.Add(fault.Fault{Match: fault.Match{Target: fault.Webhook}, Do: fault.Do{From: "127.0.0.2"}, Times: 1})
	require.NoError(t, err)
	h := build(t, func(o *webhook.Options) {
		o.Faults = set
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			source, _ := webhook.SourceOf(ctx)
			from = append(from, source.String())
			return new(net.Dialer).DialContext(ctx, network, address)
		}
	})
	h.register("w", answering(t, always(200)).URL)
	h.create("ride-0001")
	h.tryDue()
	h.decline("ride-0001")
	h.tryDue()
	require.Equal(t, []string{"127.0.0.2", "invalid IP"}, from)
}

func TestADuplicateIsSentAtOnceAndEachIsRecorded(t *testing.T) {
	t.Parallel()
	var both sync.WaitGroup
	both.Add(2)
	h, _ := troubled(t, fault.Fault{ID: "twice", Do: fault.Do{Duplicate: 2, By: "-10m"}, Times: 1})
	var dates sync.Map
	h.register("w2", serve(t, func(_ http.ResponseWriter, r *http.Request) {
		dates.Store(r.Header.Get("X-Ms-Date"), true)
		both.Done()
		both.Wait() // the one waits for the other
	}).URL)
	require.NoError(t, h.store.Unregister(t.Context(), "w", start))
	h.create("ride-0001")
	h.tryDue()
	d := h.deliveries("ride-0001")[0]
	require.Equal(t, webhook.Delivered, d.Status)
	require.Equal(t, 1, d.Tries)
	attempts := h.attempts(d)
	require.Len(t, attempts, 2)
	require.Equal(t, []string{"twice", "twice"}, []string{attempts[0].Fault, attempts[1].Fault})
	seen := 0
	dates.Range(func(any, any) bool { seen++; return true })
	require.Equal(t, 2, seen, "the copy is dated as a replay")
}

func TestADelayedDeliveryHoldsBackWhatIsBehindIt(t *testing.T) {
	t.Parallel()
	h, r := troubled(t, fault.Fault{Match: fault.Match{Event: "epayments.payment.created.v1"}, Do: fault.Do{Delay: "30s"}})
	h.create("ride-0001")
	h.decline("ride-0001")
	h.run(start.Add(30*time.Second - time.Millisecond))
	require.Empty(t, r.names(t))
	d := h.deliveries("ride-0001")[0]
	require.Equal(t, webhook.Waiting, d.Status)
	require.Equal(t, start.Add(30*time.Second), d.NextAt)
	require.NotEmpty(t, d.Reason)
	h.run(start.Add(30 * time.Second))
	require.Equal(t, []string{"CREATED", "ABORTED"}, r.names(t))
	require.Empty(t, h.deliveries("ride-0001")[0].Reason)
	require.Len(t, h.attempts(h.deliveries("ride-0001")[0]), 1)
}

func TestALaterEventOvertakes(t *testing.T) {
	t.Parallel()
	created := fault.Fault{Match: fault.Match{Event: "epayments.payment.created.v1"}, Do: fault.Do{Reorder: true}}
	t.Run("when it comes later", func(t *testing.T) {
		t.Parallel()
		h, r := troubled(t, created)
		h.create("ride-0001")
		h.run(start.Add(time.Minute))
		require.Empty(t, r.names(t))
		h.decline("ride-0001")
		h.tryDue()
		require.Equal(t, []string{"ABORTED", "CREATED"}, r.names(t))
		require.Equal(t, []webhook.Status{webhook.Delivered, webhook.Delivered}, h.statuses("ride-0001"))
		h.run(start.Add(time.Hour))
		require.Len(t, r.names(t), 2, "what was written in case nothing came does nothing")
	})
	t.Run("when it waits already", func(t *testing.T) {
		t.Parallel()
		h, r := troubled(t, created)
		h.create("ride-0001")
		h.decline("ride-0001")
		h.tryDue()
		require.Equal(t, []string{"ABORTED", "CREATED"}, r.names(t))
	})
	t.Run("and with none for ten minutes it goes alone", func(t *testing.T) {
		t.Parallel()
		h, r := troubled(t, created)
		h.create("ride-0001")
		h.run(start.Add(10 * time.Minute))
		require.Equal(t, []string{"CREATED"}, r.names(t))
	})
}

func TestAPausedRegistrationKeepsItsDeliveriesWaiting(t *testing.T) {
	t.Parallel()
	h, r := troubled(t)
	pause := func(paused bool) {
		_, err := h.sender.ChangeRegistration(t.Context(), "w", func(r *webhook.Registration) error {
			r.Paused = paused
			return nil
		})
		require.NoError(t, err)
	}
	pause(true)
	h.create("ride-0001")
	h.create("ride-0002")
	h.decline("ride-0001")
	h.run(start.Add(time.Hour))
	require.Empty(t, r.names(t))
	require.Equal(t, []webhook.Status{webhook.Waiting, webhook.Held}, h.statuses("ride-0001"))
	pause(false)
	h.run(start.Add(2 * time.Hour))
	require.Equal(t, []string{"CREATED", "CREATED", "ABORTED"}, r.names(t))
}

func TestACheckInMeetsFaultsToo(t *testing.T) {
	t.Parallel()
	check := webhook.CheckIn{ID: "c", MSN: "123456", Token: "x", QR: "kasse1", At: start}
	for name, c := range map[string]struct {
		do       fault.Do
		attempts int
		want     error
	}{
		"sent twice":             {fault.Do{Duplicate: 2}, 2, nil},
		"lost":                   {fault.Do{Drop: true}, 1, webhook.ErrNotAccepted},
		"never put off":          {fault.Do{Delay: "30s"}, 1, nil},
		"answered for the other": {fault.Do{Status: 500}, 1, webhook.ErrNotAccepted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, _ := troubled(t, fault.Fault{Do: c.do})
			require.ErrorIs(t, h.sender.CheckIn(t.Context(), check, nobody), c.want)
			require.Len(t, h.attempts(h.deliveries("")[0]), c.attempts)
		})
	}
}

func TestAPausedRegistrationHearsOfNoCheckIn(t *testing.T) {
	t.Parallel()
	h, r := troubled(t)
	_, err := h.sender.ChangeRegistration(t.Context(), "w", func(r *webhook.Registration) error { r.Paused = true; return nil })
	require.NoError(t, err)
	err = h.sender.CheckIn(t.Context(), webhook.CheckIn{ID: "c", MSN: "123456", At: start}, nobody)
	require.ErrorIs(t, err, webhook.ErrNobody)
	require.Empty(t, r.names(t))
}

func TestAPauseKeepsARegistrationFromBeingTakenForDead(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.register("w", answering(t, always(500)).URL)
	h.create("ride-0001")
	h.tryDue()
	change := func(paused bool) {
		_, err := h.sender.ChangeRegistration(t.Context(), "w", func(r *webhook.Registration) error { r.Paused = paused; return nil })
		require.NoError(t, err)
	}
	change(true)
	h.setTime(start.AddDate(0, 0, 14))
	due := payment.Due{At: h.time(), Kind: webhook.DueRemoval, Key: "w"}
	require.NoError(t, h.sender.Remove(t.Context(), due))
	_, err := h.store.Registration(t.Context(), "w")
	require.NoError(t, err)
	change(false)
	require.NoError(t, h.sender.Remove(t.Context(), due))
	_, err = h.store.Registration(t.Context(), "w")
	require.ErrorIs(t, err, webhook.ErrNotFound)
}
