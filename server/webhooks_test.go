package server_test

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/servertest"
)

// register has a client's webhooks sent to a URL, all of payments.
func register(t *testing.T, c *client.Client, url string) client.Webhook {
	t.Helper()
	hook, err := c.RegisterWebhook(t.Context(), url, client.PaymentEvents()...)
	require.NoError(t, err)
	return hook
}

// listed gives the ids of a client's registrations.
func listed(t *testing.T, c *client.Client) []string {
	t.Helper()
	all, err := c.ListWebhooks(t.Context())
	require.NoError(t, err)
	ids := []string{}
	for _, hook := range all {
		ids = append(ids, hook.ID)
	}
	return ids
}

// onlyTry gives the first try of a payment's first delivery, once it is over.
func onlyTry(t *testing.T, sim *servertest.Sim, reference string) client.Attempt {
	t.Helper()
	sim.Advance(t, time.Second) // waits for the tries under way
	page, err := sim.Client.Deliveries(t.Context(), client.Filter{Reference: reference})
	require.NoError(t, err)
	require.NotEmpty(t, page.Deliveries)
	d, err := sim.Client.Delivery(t.Context(), page.Deliveries[len(page.Deliveries)-1].ID)
	require.NoError(t, err)
	require.NotEmpty(t, d.Attempts)
	return d.Attempts[0]
}

func TestADeadRegistrationIsMissingFromTheListAfterTwoWeeks(t *testing.T) {
	t.Parallel()
	for name, store := range map[string]string{"memory": "memory", "sqlite": "sqlite:" + filepath.Join(t.TempDir(), "sim.db")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := frozen(t, servertest.WithStore(store))
			dead := register(t, sim.Client, sim.Receiver(t, http.NotFoundHandler()))
			inbox := sim.Webhooks(t)
			alive := listed(t, sim.Client)[1]
			sim.CreatePayment(t, "ride-0001", 24900)
			sim.Advance(t, 14*24*time.Hour-time.Second)
			require.Equal(t, []string{dead.ID, alive}, listed(t, sim.Client))
			sim.Advance(t, time.Second)
			require.Equal(t, []string{alive}, listed(t, sim.Client))
			require.Equal(t, []string{"CREATED", "EXPIRED"}, inbox.Names("ride-0001"))
			again := register(t, sim.Client, dead.URL)
			require.NotEqual(t, dead.ID, again.ID)
			require.NotEqual(t, dead.Secret, again.Secret)
		})
	}
}

func TestAReceiverWithAPrivateCertificateIsReachedWhenToldSo(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	receiver.Config.ErrorLog = log.New(io.Discard, "", 0)
	receiver.StartTLS()
	t.Cleanup(receiver.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: receiver.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, authority, 0o600))

	told := frozen(t, servertest.WithPort(), servertest.With(func(o *server.Options) { o.WebhookCA = file }))
	register(t, told.Client, receiver.URL+"/hook")
	told.CreatePayment(t, "ride-0001", 24900)
	require.Equal(t, 200, onlyTry(t, told, "ride-0001").Response.Status)

	untold := frozen(t, servertest.WithPort())
	register(t, untold.Client, receiver.URL+"/hook")
	untold.CreatePayment(t, "ride-0001", 24900)
	try := onlyTry(t, untold, "ride-0001")
	require.Nil(t, try.Response)
	require.Contains(t, try.Error, "authority that is not trusted")
}

func TestAFileOfAuthoritiesMustBeOne(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ca.pem")
	_, err := server.New(t.Context(), server.Options{WebhookCA: file})
	require.ErrorContains(t, err, "cannot read the webhook authorities")
	require.NoError(t, os.WriteFile(file, []byte("nothing"), 0o600))
	_, err = server.New(t.Context(), server.Options{WebhookCA: file})
	require.ErrorContains(t, err, "no certificate in PEM form")
}

func TestATargetThatIsNotAllowedIsAFailedTryThatSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, egress, target, says string }{
		{"the metadata of a cloud, always", "any", "http://169.254.169.254/latest", "always refused"},
		{"a private address, where only loopback is allowed", "loopback", "http://10.1.2.3/", "only loopback addresses"},
		{"a public address, where only private ones are allowed", "private", "http://93.184.215.14/", "only loopback and private addresses"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sim := frozen(t, servertest.With(func(o *server.Options) { o.Egress = c.egress }))
			register(t, sim.Client, c.target)
			sim.CreatePayment(t, "ride-0001", 24900)
			try := onlyTry(t, sim, "ride-0001")
			require.Nil(t, try.Response)
			require.Contains(t, try.Error, c.says)
			require.NotEmpty(t, try.SignedString)
		})
	}
}

// speaking gives a client with other keys.
func speaking(sim *servertest.Sim, id, unit string) *client.Client {
	return client.New(sim.URL, client.WithHTTPClient(sim.HTTP), client.WithCredentials(client.Credentials{
		ClientID: id, ClientSecret: "liksom-demo-secret", SubscriptionKey: demoKey, MSN: unit,
	}))
}

func TestAPartnersRegistrationHearsOfAllItsUnits(t *testing.T) {
	t.Parallel()
	sim := frozen(t)
	partner, shop := speaking(sim, allOfThem, ""), speaking(sim, shopClient, "234567")
	ofPartner := register(t, partner, sim.URL+"/sink/partner/")
	ofTaxi := register(t, sim.Client, sim.URL+"/sink/taxi/")
	named := register(t, speaking(sim, allOfThem, "123456"), sim.URL+"/sink/named/")

	require.Equal(t, []string{ofPartner.ID}, listed(t, partner))
	require.Equal(t, []string{ofTaxi.ID, named.ID}, listed(t, sim.Client), "one that a partner made for the unit is the unit's")
	require.Empty(t, listed(t, shop))

	sim.CreatePayment(t, "ride-0001", 24900)
	_, err := shop.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(100), Reference: "order-0001", UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
	})
	require.NoError(t, err)
	sim.Advance(t, time.Second)
	heard := func(msn string) (by []string) {
		page, err := sim.Client.Deliveries(t.Context(), client.Filter{MSN: msn})
		require.NoError(t, err)
		for _, d := range page.Deliveries {
			by = append(by, d.RegistrationID)
		}
		return by
	}
	require.ElementsMatch(t, []string{ofPartner.ID, ofTaxi.ID, named.ID}, heard("123456"), "both kinds fire side by side")
	require.Equal(t, []string{ofPartner.ID}, heard("234567"))

	for range 23 {
		register(t, sim.Client, sim.URL+"/sink/taxi/")
	}
	_, err = sim.Client.RegisterWebhook(t.Context(), sim.URL+"/sink/taxi/", "epayments.payment.created.v1")
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusBadRequest, refused.Status)
	register(t, partner, sim.URL+"/sink/partner/") // counted apart
}

func TestWebhooksOfAUnitAreNotAnothersToDelete(t *testing.T) {
	t.Parallel()
	sim := start(t)
	hook := register(t, sim.Client, sim.URL+"/sink/taxi/")
	err := speaking(sim, shopClient, "234567").DeleteWebhook(t.Context(), hook.ID)
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusNotFound, refused.Status)
	require.NoError(t, sim.Client.DeleteWebhook(t.Context(), hook.ID))
	require.Empty(t, listed(t, sim.Client))
}

func TestTheWebhooksAPIAsksForAToken(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		status, _ := send(t, sim, method, "/webhooks/v1/webhooks", map[string]string{"Ocp-Apim-Subscription-Key": demoKey})
		require.Equal(t, http.StatusUnauthorized, status)
	}
	status, body := send(t, sim, http.MethodGet, "/webhooks/v1/webhooks", map[string]string{"Authorization": bearer(t, sim, taxiClient)})
	require.Equal(t, http.StatusOK, status, "the key may be left out")
	require.JSONEq(t, `{"webhooks":[]}`, body)
}
