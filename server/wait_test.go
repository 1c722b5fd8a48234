package server_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/servertest"
)

func TestEveryListWaitsForWhatIsAskedFor(t *testing.T) {
	nothing := func(*testing.T, *servertest.Sim) {}
	create := func(t *testing.T, sim *servertest.Sim) { sim.CreatePayment(t, ride, 24900) }
	hooked := func(t *testing.T, sim *servertest.Sim) { register(t, sim.Client, sim.Client.SinkURL("shop")) }
	for list, c := range map[string]struct {
		path    string
		before  func(*testing.T, *servertest.Sim)
		happens func(*testing.T, *servertest.Sim)
	}{
		"payments":      {"/payments?state=CREATED", nothing, create},
		"deliveries":    {"/deliveries?reference=" + ride, hooked, create},
		"requests":      {"/requests?path=/epayment", nothing, create},
		"deadlines":     {"/deadlines?reference=" + ride, nothing, create},
		"registrations": {"/registrations?msn=123456", nothing, hooked},
		"faults": {"/faults", nothing, func(t *testing.T, sim *servertest.Sim) {
			inForce(t, sim, "push", client.Fault{Do: client.FaultDo{Drop: true}})
		}},
		"phones": {"/phones", func(t *testing.T, sim *servertest.Sim) {
			phones, err := sim.Client.Phones(t.Context())
			require.NoError(t, err)
			for _, p := range phones {
				require.NoError(t, sim.Client.RemovePhone(t.Context(), p.Number))
			}
		}, func(t *testing.T, sim *servertest.Sim) {
			_, err := sim.Client.AddPhone(t.Context(), "4799999999", "Nils")
			require.NoError(t, err)
		}},
		"merchants": {"/merchants", func(t *testing.T, sim *servertest.Sim) {
			units, err := sim.Client.Merchants(t.Context())
			require.NoError(t, err)
			for _, u := range units {
				require.NoError(t, sim.Client.RemoveMerchant(t.Context(), u.MSN))
			}
		}, func(t *testing.T, sim *servertest.Sim) {
			_, err := sim.Client.AddMerchant(t.Context(), client.Merchant{MSN: "999999", Name: "New"})
			require.NoError(t, err)
		}},
		"a phone's requests": {"/phones/" + kari + "/requests", create, func(t *testing.T, sim *servertest.Sim) {
			_, err := sim.Client.Open(t.Context(), ride, kari)
			require.NoError(t, err)
		}},
		"a sink's requests": {"/sinks/shop/requests", hooked, create},
	} {
		t.Run(list, func(t *testing.T) {
			inBubble(t, func(t *testing.T, sim *servertest.Sim) {
				c.before(t, sim)
				wait := func(d string) chan []any {
					path, answered := "/sim/v1"+c.path, make(chan []any, 1)
					sign := "?"
					if strings.Contains(path, sign) {
						sign = "&"
					}
					go func() { answered <- listIn(t, sim, path+sign+"wait="+d) }()
					return answered
				}
				began := clock.Wall()
				require.Empty(t, <-wait("1s"), "nobody waits for ever")
				require.GreaterOrEqual(t, clock.Wall().Sub(began), time.Second)

				answered, began := wait("5m"), clock.Wall()
				synctest.Wait()
				c.happens(t, sim)
				require.NotEmpty(t, <-answered)
				require.Less(t, clock.Wall().Sub(began), time.Minute, "at once")
			})
		})
	}
}

// listIn is what the lists of an answer of the control API hold.
func listIn(t *testing.T, sim *servertest.Sim, path string) []any {
	status, body := ask(t, sim, "GET", path, "")
	if status != 200 {
		t.Errorf("%s: %d %s", path, status, body)
		return nil
	}
	var all map[string]any
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		t.Error(err)
		return nil
	}
	var held []any
	found := false
	for _, member := range all {
		list, ok := member.([]any)
		held, found = append(held, list...), found || ok
	}
	if !found {
		t.Errorf("%s holds no list: %s", path, body)
	}
	return held
}
