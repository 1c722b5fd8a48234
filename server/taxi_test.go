package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// taxiHome is where passengers go home to.
const taxiHome = "https://taxi.example/thanks"

// farePage is the web page of a taxi company: whoever opens the page of a taxi
// is asked to pay its ride, and to share a number.
type farePage struct {
	t     *testing.T
	sim   *servertest.Sim
	mu    sync.Mutex
	rides int
}

func (p *farePage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.rides++
	reference := "taxi-" + r.URL.Query().Get("taxi") + "-" + strconv.Itoa(p.rides)
	p.mu.Unlock()
	created, err := p.sim.Client.CreatePayment(p.t.Context(), client.CreatePayment{
		Amount: client.NOK(35000), Reference: reference, UserFlow: client.WebRedirect, ReturnURL: taxiHome,
		PaymentDescription: "Ride with taxi " + r.URL.Query().Get("taxi"), CustomerInteraction: "CUSTOMER_PRESENT",
		Profile: &client.Profile{Scope: "phoneNumber"}, Receipt: fare(35000),
	})
	if err != nil {
		p.t.Errorf("the taxi's payment cannot be made: %v", err)
		return
	}
	http.Redirect(w, r, created.RedirectURL, http.StatusFound)
}

func fare(total int64) any {
	tax := total * 12 / 112
	return map[string]any{
		"orderLines": []any{map[string]any{
			"id": "ride", "name": "Airport to centre", "totalAmount": total, "totalAmountExcludingTax": total - tax, "totalTaxAmount": tax,
			"taxRate": 1200, "unitInfo": map[string]any{"unitPrice": total, "quantity": "1"},
		}},
		"bottomLine": map[string]any{"currency": "NOK", "receiptNumber": "0527013501"},
	}
}

// opened follows a link as a browser does, once.
func opened(t *testing.T, sim *servertest.Sim, url string) (leadsTo string) {
	t.Helper()
	a := call(t, sim, "GET", url, "")
	require.Equal(t, http.StatusFound, a.status, a.body)
	return a.header.Get("Location")
}

func TestTheTaxiGuide(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		inbox := sim.Webhooks(t)
		page := sim.Receiver(t, &farePage{t: t, sim: sim})
		sticker, err := sim.Client.CreateRedirectCode(t.Context(), client.NewRedirectCode{ID: "taxi-EL12345", RedirectURL: page + "/pay?taxi=EL12345"}, client.AsText)
		require.NoError(t, err)
		passenger := connect(t, sim, kari)
		passenger.next("hello")

		// The passenger scans the sticker: their browser opens the company's
		// page, which leads on to a payment, and that to the app.
		link := opened(t, sim, opened(t, sim, sticker.URL))
		passenger.say(map[string]any{"type": "scan", "id": "scan", "content": link})
		request := passenger.next("push").Request
		require.Equal(t, "taxi-EL12345-1", request.Reference)
		require.Equal(t, []string{"phoneNumber"}, request.Scopes)
		require.Equal(t, "Airport to centre", request.Data["receipt"].(map[string]any)["orderLines"].([]any)[0].(map[string]any)["name"])

		passenger.say(map[string]any{"type": "approve", "id": "silent", "requestId": request.ID})
		require.Equal(t, "consent_required", passenger.next("error").Code)
		passenger.say(map[string]any{"type": "approve", "id": "yes", "requestId": request.ID, "consent": true})
		require.Equal(t, "APPROVED", passenger.next("request").Request.State)

		// The company hears of it, and of the number.
		hook := inbox.Wait(t, request.Reference, "AUTHORIZED")
		var told struct {
			Sub         string
			UserDetails map[string]any
		}
		require.NoError(t, json.Unmarshal(hook.Body, &told))
		require.Equal(t, map[string]any{"mobileNumber": kari}, told.UserDetails)
		require.Equal(t, client.NOK(35000), hook.Amount)
		paid, err := sim.Client.GetPayment(t.Context(), request.Reference)
		require.NoError(t, err)
		require.Equal(t, kari, paid.UserDetails.MobileNumber)
		require.Equal(t, told.Sub, paid.Profile.Sub)
		passport, err := sim.Client.Userinfo(t.Context(), told.Sub)
		require.NoError(t, err)
		require.Equal(t, kari, passport.Phone)
		require.Empty(t, passport.Name, "only what was asked for")
		captured, err := sim.Client.Capture(t.Context(), request.Reference, client.NOK(35000))
		require.NoError(t, err)
		require.Equal(t, client.NOK(35000), captured.Aggregate.Captured)
		inbox.Wait(t, request.Reference, "CAPTURED")

		// The next ride goes straight to that number, and asks for nothing
		// that was granted already.
		create(t, sim, client.CreatePayment{
			Amount: client.NOK(19900), Reference: "taxi-next-ride", UserFlow: client.PushMessage, CustomerInteraction: "CUSTOMER_PRESENT",
			Customer: &client.Customer{PhoneNumber: passport.Phone}, Profile: &client.Profile{Scope: "phoneNumber"}, Receipt: fare(19900),
		})
		next := passenger.next("push").Request
		require.Equal(t, "taxi-next-ride", next.Reference)
		require.Empty(t, next.Scopes)
		passenger.say(map[string]any{"type": "approve", "id": "again", "requestId": next.ID})
		require.Equal(t, "APPROVED", passenger.next("request").Request.State)
		inbox.Wait(t, "taxi-next-ride", "AUTHORIZED")
		_, err = sim.Client.Capture(t.Context(), "taxi-next-ride", client.NOK(19900))
		require.NoError(t, err)
		inbox.Wait(t, "taxi-next-ride", "CAPTURED")
		for _, reference := range []string{request.Reference, "taxi-next-ride"} {
			require.Equal(t, []string{"CREATED", "AUTHORIZED", "CAPTURED"}, inbox.Names(reference))
		}
	})
}

func TestThePassengerMayKeepTheNumber(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		inbox := sim.Webhooks(t)
		create(t, sim, client.CreatePayment{
			Reference: ride, UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: kari}, Profile: &client.Profile{Scope: "phoneNumber"},
		})
		no := false
		_, err := sim.Client.ApproveRequest(t.Context(), kari, ride, client.Answer{Consent: &no})
		require.NoError(t, err)
		inbox.Wait(t, ride, "ABORTED")
		p, err := sim.Client.GetPayment(t.Context(), ride)
		require.NoError(t, err)
		require.Equal(t, "ABORTED", p.State)
		require.Nil(t, p.UserDetails)
		require.Empty(t, p.Profile.Sub)
	})
}

func TestConsentOutlivesARestart(t *testing.T) {
	t.Parallel()
	store := storeFile(t)
	ask := func(sim *servertest.Sim, reference string) []string {
		create(t, sim, client.CreatePayment{
			Reference: reference, UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: kari}, Profile: &client.Profile{Scope: "name phoneNumber"},
		})
		waiting, err := sim.Client.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		require.Len(t, waiting, 1)
		return waiting[0].Scopes
	}
	sim := start(t, servertest.WithStore(store))
	require.Equal(t, []string{"name", "phoneNumber"}, ask(sim, "taxi-ride-1"))
	sim.Approve(t, "taxi-ride-1")
	sim.Stop(t)
	sim = start(t, servertest.WithStore(store))
	require.Empty(t, ask(sim, "taxi-ride-2"))
}

func TestExpressAsksTheShop(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		inbox := sim.Webhooks(t)
		asked := make(chan string, 1)
		shop := sim.Receiver(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			asked <- r.Header.Get("Authorization") + " " + string(body)
			_, _ = io.WriteString(w, `{"groups":[{"type":"MAILBOX","brand":"HELTHJEM","options":[{"id":"hh-1","name":"In your mailbox","amount":{"currency":"NOK","value":4900}}]}]}`)
		}))
		body := `{"amount":{"currency":"NOK","value":39900},"paymentMethod":{"type":"WALLET"},"reference":"shop-order-7002","userFlow":"WEB_REDIRECT",
			"returnUrl":"https://shop.example/thanks","profile":{"scope":"address phoneNumber email name"},
			"shipping":{"dynamicOptions":{"callbackUrl":"` + shop + `/vipps/shipping","callbackAuthorizationToken":"ae0cb90d91b4a84a"}}}`
		created := merchant(t, sim, "POST", "/epayment/v1/payments", body, "Idempotency-Key: k")
		require.Equal(t, http.StatusCreated, created.status, created.body)

		var made client.Created
		require.NoError(t, json.Unmarshal([]byte(created.body), &made))
		payer := connect(t, sim, kari)
		payer.next("hello")
		payer.say(map[string]any{"type": "scan", "id": "scan", "content": made.RedirectURL})
		request := payer.next("push").Request
		shipping := request.Data["shipping"].(map[string]any)
		require.Equal(t, true, shipping["dynamic"])
		require.Equal(t, "home", shipping["addresses"].([]any)[0].(map[string]any)["id"])
		payer.say(map[string]any{"type": "shipping", "id": "where", "requestId": request.ID, "addressId": "home"})
		require.Equal(t, `ae0cb90d91b4a84a {"reference":"shop-order-7002","addressLine1":"Fjordveien 7","addressLine2":null,"city":"Bergen","postCode":"5003","country":"NO"}`, <-asked)
		payer.say(map[string]any{"type": "approve", "id": "yes", "requestId": request.ID, "consent": true, "addressId": "home", "shippingOptionId": "hh-1"})
		require.Equal(t, "APPROVED", payer.next("request").Request.State)

		hook := inbox.Wait(t, "shop-order-7002", "AUTHORIZED")
		require.Equal(t, client.NOK(44800), hook.Amount)
		require.Contains(t, string(hook.Body), `"success":true,"shippingDetails":{"address":{"addressLine1":"Fjordveien 7",`)
		require.Contains(t, string(hook.Body), `"shippingCost":4900,"shippingOptionId":"hh-1","shippingOptionName":"In your mailbox"},"userDetails":{`)
		bought, err := sim.Client.GetPayment(t.Context(), "shop-order-7002")
		require.NoError(t, err)
		require.Equal(t, client.ShippingDetails{
			Address: client.Address{AddressLine1: "Fjordveien 7", City: "Bergen", PostCode: "5003", Country: "NO"},
			Cost:    4900, OptionID: "hh-1", OptionName: "In your mailbox",
		}, *bought.ShippingDetails)
		_, err = sim.Client.Capture(t.Context(), "shop-order-7002", client.NOK(44801))
		refused(t, err, http.StatusBadRequest, "6090")
		_, err = sim.Client.Capture(t.Context(), "shop-order-7002", client.NOK(44800))
		require.NoError(t, err)
	})
}

func TestAShopThatDoesNotAnswerIsOnTheTimeline(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		body := `{"amount":{"currency":"NOK","value":39900},"paymentMethod":{"type":"WALLET"},"reference":"shop-order-7003","userFlow":"PUSH_MESSAGE",
			"customer":{"phoneNumber":"` + kari + `"},"profile":{"scope":"address"},
			"shipping":{"dynamicOptions":{"callbackUrl":"http://nobody.test/shipping"}}}`
		require.Equal(t, http.StatusCreated, merchant(t, sim, "POST", "/epayment/v1/payments", body, "Idempotency-Key: k").status)
		_, err := sim.Client.Approve(t.Context(), "shop-order-7003")
		var p *client.Problem
		require.ErrorAs(t, err, &p)
		require.Contains(t, p.Detail, "could not be fetched")
		timeline := call(t, sim, "GET", "/sim/v1/payments/123456/shop-order-7003", "")
		require.Contains(t, timeline.body, `"shipping_failed"`)
		require.Contains(t, timeline.body, `"state":"CREATED"`)
	})
}
