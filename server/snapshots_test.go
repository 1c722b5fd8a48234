package server_test

import (
	"encoding/json"
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

// furnish has a world hold something of every kind that a snapshot tells.
func furnish(t *testing.T, sim *servertest.Sim) {
	t.Helper()
	_, err := sim.Client.Freeze(t.Context())
	require.NoError(t, err)
	for _, c := range [][3]string{
		{"PATCH", "/sim/v1/settings", `{"approvalWindow":"10m","oneWindow":true}`},
		{"POST", "/sim/v1/merchants", `{"msn":"700700","name":"Sock <shop>"}`},
		{"DELETE", "/sim/v1/merchants/567890", ""},
		{"POST", "/sim/v1/phones", `{"number":"4799999999","name":"Nils","age":17}`},
		{"PATCH", "/sim/v1/phones/" + kari, `{"profile":{"addresses":[]},"pushOn":false}`},
		{"DELETE", "/sim/v1/phones/46701234567", ""},
		{"POST", "/sim/v1/faults", `{"match":{"target":"webhook","event":"epayments.payment.aborted.v1"},"do":{"status":500},"times":3}`},
		{"PUT", "/sim/v1/sinks/shop", `{"status":202,"failFirst":1}`},
		{"POST", "/sim/v1/tokens/expire", ""},
	} {
		got := call(t, sim, c[0], c[1], c[2])
		require.Less(t, got.status, 300, "%v: %s", c, got.body)
	}
	subscribe(t, sim, sim.URL+"/sink/shop/hook", "epayments.payment.created.v1", "epayments.payment.authorized.v1", "epayments.payment.aborted.v1")
	sim.CreatePayment(t, "order-000001", 24900)
	synctest.Wait() // the sink refuses its webhook, and takes the next
	sim.Approve(t, "order-000001")
	sim.CreatePayment(t, "order-000002", 100)
	sim.Decline(t, "order-000002")
	push(t, sim, "order-000003", kari)
	require.NoError(t, sim.Client.PutCallbackCode(t.Context(), "table-7", "Table 7"))
	synctest.Wait() // the webhooks are through
}

func snapshotOf(t *testing.T, sim *servertest.Sim) json.RawMessage {
	t.Helper()
	document, err := sim.Client.Snapshot(t.Context())
	require.NoError(t, err)
	return document
}

// timeless is a snapshot without what differs between two of the same world:
// the real time, and how often it was opened.
func timeless(t *testing.T, document json.RawMessage) map[string]any {
	t.Helper()
	var members map[string]any
	require.NoError(t, json.Unmarshal(document, &members))
	delete(members, "takenAt")
	return members
}

func TestASnapshotGoesFromOneStoreToTheOtherAndBack(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"sqlite", "postgres"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			thereAndBack(t, storeOf(t, store))
		})
	}
}

func thereAndBack(t *testing.T, file string) {
	synctest.Test(t, func(t *testing.T) {
		network := servertest.NewNetwork()
		memory := start(t, servertest.WithNetwork(network))
		furnish(t, memory)
		first := snapshotOf(t, memory)
		memory.Stop(t)

		kept := start(t, servertest.WithNetwork(network), servertest.WithStore(file))
		require.NoError(t, kept.Client.Restore(t.Context(), first))
		second := snapshotOf(t, kept)
		require.Equal(t, timeless(t, first), timeless(t, second))
		kept.Stop(t)
		kept = start(t, servertest.WithNetwork(network), servertest.WithStore(file))
		third := timeless(t, snapshotOf(t, kept))
		require.Equal(t, timeless(t, first)["payments"], third["payments"], "what was restored is kept")
		require.Equal(t, timeless(t, first)["phones"], third["phones"])
		kept.Stop(t)

		back := start(t, servertest.WithNetwork(network))
		require.NoError(t, back.Client.Restore(t.Context(), second))
		require.Equal(t, timeless(t, first), timeless(t, snapshotOf(t, back)))
	})
}

func TestAWorldInWhichNothingHappenedIsRestored(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		document := snapshotOf(t, sim)
		sim.CreatePayment(t, ride, 100)
		require.NoError(t, sim.Client.Restore(t.Context(), document))
		page, err := sim.Client.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Empty(t, page.Payments)
		sim.CreatePayment(t, ride, 100)
		require.Equal(t, timeless(t, document)["phones"], timeless(t, snapshotOf(t, sim))["phones"])
	})
}

func TestARestoredWorldIsAsItWas(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		furnish(t, sim)
		document := snapshotOf(t, sim)
		retry := deliveries(t, sim, "order-000002")
		before := sim.Now()

		require.NoError(t, sim.Client.Reset(t.Context()))
		sim.CreatePayment(t, "order-000009", 100)
		sim.Advance(t, 24*time.Hour)
		require.NoError(t, sim.Client.Restore(t.Context(), document))

		require.Equal(t, before, sim.Now(), "whoever held the world sees the new one")
		require.Equal(t, "AUTHORIZED", sim.Payment(t, "order-000001").State)
		page, err := sim.Client.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Len(t, page.Payments, 3, "nothing of what was there before")
		phone, err := sim.Client.Phone(t.Context(), kari)
		require.NoError(t, err)
		require.False(t, phone.PushOn)
		_, err = sim.Client.Phone(t.Context(), "46701234567")
		refused(t, err, 404, "")
		require.Equal(t, 404, call(t, sim, "GET", "/sim/v1/merchants/567890", "").status)
		require.Contains(t, call(t, sim, "GET", "/sim/v1/merchants/700700", "").body, `Sock <shop>`)
		require.Contains(t, call(t, sim, "GET", "/sim/v1/faults", "").body, `"fired":1`)
		require.Contains(t, call(t, sim, "GET", "/sim/v1/sinks/shop", "").body, `202`)
		again := deliveries(t, sim, "order-000002")
		require.Equal(t, len(retry), len(again))
		require.Equal(t, retry[len(retry)-1].Attempts, again[len(again)-1].Attempts)
		waiting, err := sim.Client.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		require.NotEmpty(t, waiting)
		require.Equal(t, "order-000003", waiting[0].Reference)
		_, err = sim.Client.Capture(t.Context(), "order-000001", client.NOK(24900))
		require.NoError(t, err)
	})
}

func TestADeadlineGoesOnInARestoredWorld(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t, "epayments.payment.expired.v1")
		push(t, sim, ride, kari)
		pass(4 * minute)
		document := snapshotOf(t, sim)
		pass(30 * minute)
		require.Equal(t, "EXPIRED", sim.Payment(t, ride).State)
		require.NoError(t, sim.Client.Restore(t.Context(), document))
		require.Equal(t, "CREATED", sim.Payment(t, ride).State)
		pass(minute - time.Millisecond)
		require.Equal(t, "CREATED", sim.Payment(t, ride).State)
		pass(2 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, sim, ride))
		require.Equal(t, []string{"EXPIRED", "EXPIRED"}, hooks.Names(ride))
	})
}

func TestARestoreEndsSocketsAndStreamsThatThenSeeTheNewState(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		push(t, sim, ride, kari)
		document := snapshotOf(t, sim)
		sim.Decline(t, ride)
		mobile := connect(t, sim, kari)
		mobile.next("hello")
		var open sync.WaitGroup
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+"/sim/v1/stream", nil)
		require.NoError(t, err)
		open.Go(func() { ended(sim, request) })
		open.Go(func() {
			for range mobile.frames {
			}
		})
		synctest.Wait()
		require.NoError(t, sim.Client.Restore(t.Context(), document))
		open.Wait()
		requests := connect(t, sim, kari).next("hello").Requests
		require.Len(t, requests, 1)
		require.Equal(t, "PENDING", requests[0].State)
	})
}

func TestASnapshotOfOneWorldCanBePutIntoAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		furnish(t, sim)
		_, in := made(t, sim, client.WorldPlan{Name: "ci-42"})
		require.NoError(t, in.Restore(t.Context(), snapshotOf(t, sim)))
		_, err := in.Decline(t.Context(), "order-000003")
		require.NoError(t, err)
		require.Equal(t, "CREATED", sim.Payment(t, "order-000003").State, "the two worlds never meet")
	})
}

func TestASnapshotThatCannotBeChangesNothingAndNamesEveryMistake(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		furnish(t, sim)
		before := timeless(t, snapshotOf(t, sim))
		whole := string(snapshotOf(t, sim))
		broken := strings.NewReplacer(
			`"approvalWindow":"10m0s"`, `"approvalWindow":"soon"`,
			`"name":"Nils"`, `"name":""`,
			`"target":"webhook"`, `"target":"pigeon"`,
		).Replace(whole)
		require.NotEqual(t, whole, broken)
		var refusal *client.Problem
		require.ErrorAs(t, sim.Client.Restore(t.Context(), json.RawMessage(broken)), &refusal)
		require.Equal(t, 400, refusal.Status)
		var places []string
		for _, f := range refusal.Fields {
			places = append(places, f.Name)
		}
		require.Equal(t, []string{"settings.approvalWindow", "phones[4].name", "faults[0].match.target"}, places)

		for name, text := range map[string]string{
			"half of one":    whole[:len(whole)/2],
			"something else": `{"format":"liksom.snapshot","version":2}`,
			"a list":         `[]`,
			"nothing":        ``,
			"no clock":       strings.Replace(whole, `"clock"`, `"cluck"`, 1),
		} {
			got := call(t, sim, "PUT", "/sim/v1/snapshot", text)
			require.Equal(t, 400, got.status, name)
			got.problem(t)
		}
		misshapen := strings.Replace(whole, `"documents":{`, `"documents":{"order":{"123456/x/y":7},`, 1)
		require.Contains(t, call(t, sim, "PUT", "/sim/v1/snapshot", misshapen).body, `"documents"`, "a room cannot read what is its own")
		require.Equal(t, before["payments"], timeless(t, snapshotOf(t, sim))["payments"])
		require.Equal(t, "AUTHORIZED", sim.Payment(t, "order-000001").State)
	})
}
