package express_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/ident"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/webhook"
)

const (
	goodAnswer = `{"groups":[
		{"type":"IN_STORE","brand":"OTHER","priority":2,"options":[{"id":"s","name":"Shop","amount":{"currency":"NOK","value":0}}]},
		{"type":"MAILBOX","brand":"HELTHJEM","priority":1,"options":[{"id":"hh-1","name":"In your mailbox","amount":{"currency":"NOK","value":4900},"isDefault":true,"meta":"m","estimatedDelivery":"soon","priority":1}]}]}`
	number = "4712345678"
)

var order = payment.ID{MSN: "123456", Reference: "shop-order-7002"}

// world is a desk with one payment that asks its merchant.
type world struct {
	t        *testing.T
	payments *payment.Service
	phone    directory.Phone
	desk     *express.Desk
}

// way is a transport that is a function.
type way func(*http.Request) (*http.Response, error)

func (w way) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func newWorld(t *testing.T, transport http.RoundTripper, s payment.Shipping) *world {
	t.Helper()
	w := &world{t: t}
	now := time.Date(2026, 10, 1, 11, 0, 0, 0, time.UTC)
	w.payments = &payment.Service{
		Store: memory.New(nil), IDs: ident.Seeded("express"), Now: func() time.Time { return now },
		Windows: func() payment.Windows { return payment.Windows{Landing: time.Hour, Approval: time.Hour} },
	}
	w.desk = express.New(express.Options{Payments: w.payments, Transport: transport})
	w.phone = directory.NewPhone(number, "Kari", "NO")
	w.phone.Profile.Addresses = []payment.Address{
		{ID: "abroad", Line1: "Storgatan 3", City: "Malmö", PostCode: "211 22", Country: "SE"},
		{ID: "home", Line1: "Fjordveien 7", City: "Bergen", PostCode: "5003", Country: "NO"},
		{Line1: "Storgata 1", Line2: "2. etasje", City: "Oslo", PostCode: "0155", Country: "NO"},
	}
	if s.Countries == nil {
		s.Countries = []string{"NO"}
	}
	_, err := w.payments.Do(t.Context(), order, payment.Create{
		Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 39900}, Flow: payment.WebRedirect,
		Details: &payment.Details{Shipping: &s},
	}, nil)
	require.NoError(t, err)
	return w
}

func (w *world) payment() *payment.Payment {
	p, err := w.payments.Get(w.t.Context(), order)
	require.NoError(w.t, err)
	return &p
}

func (w *world) kinds() []payment.Kind {
	events, err := w.payments.Store.Events(w.t.Context(), order)
	require.NoError(w.t, err)
	var kinds []payment.Kind
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func (w *world) ask(addressID string) ([]payment.ShippingGroup, error) {
	p := w.payment()
	a, err := express.Address(p, &w.phone, addressID)
	require.NoError(w.t, err)
	return w.desk.Groups(w.t.Context(), p, number, a)
}

// merchant serves a handler on the loopback, reached as webhooks are.
func merchant(t *testing.T, egress webhook.Egress, handler http.HandlerFunc) (http.RoundTripper, string) {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	transport := webhook.NewTransport(webhook.Options{Egress: egress})
	t.Cleanup(transport.CloseIdleConnections)
	return transport, s.URL
}

func TestWhatTheMerchantGets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, address, token string
		pascal               bool
		body                 string
	}{
		{"one line", "home", "ae0cb90d91b4a84a", false, `{"reference":"shop-order-7002","addressLine1":"Fjordveien 7","addressLine2":null,"city":"Bergen","postCode":"5003","country":"NO"}`},
		{"two lines", "3", "Bearer eyJ.x", false, `{"reference":"shop-order-7002","addressLine1":"Storgata 1","addressLine2":"2. etasje","city":"Oslo","postCode":"0155","country":"NO"}`},
		{"as in the document", "home", "", true, `{"reference":"shop-order-7002","AddressLine1":"Fjordveien 7","AddressLine2":null,"City":"Bergen","PostCode":"5003","Country":"NO"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := make(chan *http.Request, 1)
			body := make(chan string, 1)
			transport, url := merchant(t, webhook.Loopback, func(w http.ResponseWriter, r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				body <- string(text)
				got <- r
				_, _ = io.WriteString(w, goodAnswer)
			})
			w := newWorld(t, transport, payment.Shipping{CallbackURL: url + "/vipps/shipping?x=1", CallbackToken: c.token})
			w.desk.Pascal = func() bool { return c.pascal }
			groups, err := w.ask(c.address)
			require.NoError(t, err)
			require.Equal(t, c.body, <-body)
			r := <-got
			require.Equal(t, "POST", r.Method)
			require.Equal(t, "/vipps/shipping?x=1", r.RequestURI)
			require.Equal(t, "application/json;charset=UTF-8", r.Header.Get("Content-Type"))
			require.Equal(t, c.token, r.Header.Get("Authorization"))
			require.Equal(t, c.token != "", r.Header["Authorization"] != nil)

			require.Equal(t, []string{"hh-1", "s"}, []string{groups[0].Options[0].ID, groups[1].Options[0].ID}, "in the order of priority")
			require.Equal(t, payment.ShippingOption{ID: "hh-1", Name: "In your mailbox", Cost: 4900, Default: true, Priority: 1, Meta: "m", Estimate: "soon"}, groups[0].Options[0])
			require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.ShippingOffered}, w.kinds())
			_, known := w.payment().ShippingTo(w.payment().Offer.Address)
			require.True(t, known, "what was offered can be approved")
		})
	}
}

func TestWhatTheMerchantMayAnswer(t *testing.T) {
	t.Parallel()
	group := func(s string) string { return `{"groups":[` + s + `]}` }
	option := func(s string) string {
		return group(`{"type":"OTHER","brand":"OTHER","options":[` + s + `]}`)
	}
	for _, c := range []struct {
		name      string
		status    int
		body      string
		elsewhere bool
		want      string
	}{
		{"it cannot ship there", 400, goodAnswer, true, "The shop cannot deliver to this address; choose another one."},
		{"it fails", 500, goodAnswer, false, "it answered 500 Internal Server Error"},
		{"it creates something", 201, goodAnswer, false, "it answered 201 Created"},
		{"it leads elsewhere", 302, "", false, "it answered 302 Found"},
		{"no JSON", 200, "sorry", false, "its answer is not the JSON that was expected"},
		{"nothing", 200, "", false, "its answer is not the JSON that was expected"},
		{"other JSON", 200, `{"options":[]}`, false, "its answer has no groups"},
		{"no groups", 200, `{"groups":[]}`, false, "its answer has no groups"},
		{"no options", 200, group(`{"type":"OTHER","brand":"OTHER"}`), false, "groups[0] has no options"},
		{"an unknown type", 200, group(`{"type":"OWL","brand":"OTHER","options":[{}]}`), false, `groups[0] has the unknown type "OWL"`},
		{"an unknown brand", 200, group(`{"type":"OTHER","brand":"OWL","options":[{}]}`), false, `groups[0] has the unknown brand "OWL"`},
		{"no id", 200, option(`{"name":"a","amount":{"currency":"NOK","value":1}}`), false, "groups[0].options[0] needs an id and a name"},
		{"no amount", 200, option(`{"id":"a","name":"a"}`), false, "groups[0].options[0] needs an amount of whole minor units"},
		{"a negative amount", 200, option(`{"id":"a","name":"a","amount":{"currency":"NOK","value":-1}}`), false, "needs an amount of whole minor units"},
		{"a fraction", 200, option(`{"id":"a","name":"a","amount":{"currency":"NOK","value":1.5}}`), false, "its answer is not the JSON that was expected"},
		{"another currency", 200, option(`{"id":"a","name":"a","amount":{"currency":"EUR","value":1}}`), false, `is priced in "EUR", the payment is in NOK`},
		{"too much", 200, `{"groups":"` + strings.Repeat("x", 300<<10) + `"}`, false, "its answer is longer than 256 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			answer := way(func(r *http.Request) (*http.Response, error) {
				calls++
				rec := httptest.NewRecorder()
				rec.Header().Set("Location", "https://elsewhere.example/")
				rec.WriteHeader(c.status)
				_, _ = io.WriteString(rec, c.body)
				return rec.Result(), nil
			})
			w := newWorld(t, answer, payment.Shipping{CallbackURL: "https://shop.example/"})
			_, err := w.ask("home")
			var problem *express.Problem
			require.ErrorAs(t, err, &problem)
			require.Contains(t, problem.Message, c.want)
			require.Equal(t, c.elsewhere, problem.Elsewhere)
			require.Equal(t, 1, calls, "it is not tried again")
			require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.ShippingFailed}, w.kinds())
			require.Nil(t, w.payment().Offer)
		})
	}
}

func TestAMerchantHasTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := way(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		w := newWorld(t, silent, payment.Shipping{CallbackURL: "https://shop.example/"})
		began := time.Now()
		_, err := w.ask("home")
		require.ErrorContains(t, err, "no answer within 10s")
		require.Equal(t, 10*time.Second, time.Since(began))
	})
}

func TestACallCutShortBlamesNobody(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := newWorld(t, way(func(r *http.Request) (*http.Response, error) {
		cancel()
		return nil, context.Canceled
	}), payment.Shipping{CallbackURL: "https://shop.example/"})
	p := w.payment()
	_, err := w.desk.Groups(ctx, p, number, w.phone.Addresses()[1])
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []payment.Kind{payment.PaymentCreated}, w.kinds())
}

func TestCallsGoWhereWebhooksMay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		egress webhook.Egress
		url    string
		want   string
	}{
		{"loopback alone", webhook.Loopback, "http://10.0.0.1/", "only loopback addresses are allowed"},
		{"private alone", webhook.PrivateOnly, "http://93.184.215.14/", "only loopback and private addresses are allowed"},
		{"never to where clouds tell secrets", webhook.AnyTarget, "http://169.254.169.254/", "always refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, webhook.NewTransport(webhook.Options{Egress: c.egress}), payment.Shipping{CallbackURL: c.url})
			_, err := w.ask("home")
			require.ErrorContains(t, err, c.want)
		})
	}
}

func FuzzWhateverTheMerchantAnswers(f *testing.F) {
	for _, text := range []string{goodAnswer, "", "null", "[]", `{"groups":null}`, `{"groups":[null]}`, `{"groups":[{"options":[{"amount":{"value":1e3}}]}]}`, `{"GROUPS":[{}]}`, "\xff", `{"groups":[{"type":"OTHER","brand":"OTHER","options":[{"id":"a","name":"b","amount":{"currency":"NOK","value":65000001}}]}]}`} {
		f.Add(200, text)
		f.Add(400, text)
	}
	f.Fuzz(func(t *testing.T, status int, text string) {
		if status < 200 || status > 599 {
			return
		}
		answer := way(func(*http.Request) (*http.Response, error) {
			rec := httptest.NewRecorder()
			rec.WriteHeader(status)
			_, _ = io.WriteString(rec, text)
			return rec.Result(), nil
		})
		w := newWorld(t, answer, payment.Shipping{CallbackURL: "https://shop.example/"})
		groups, err := w.ask("home")
		if err != nil {
			var problem *express.Problem
			require.ErrorAs(t, err, &problem)
			return
		}
		require.Equal(t, 200, status)
		o, ok := payment.DefaultOption(groups)
		require.True(t, ok, "there is always something to choose")
		require.NotEmpty(t, o.ID)
		require.GreaterOrEqual(t, o.Cost, int64(0))
	})
}
