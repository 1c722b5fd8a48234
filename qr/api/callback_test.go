package api_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/qr"
	"liksom/server"
	"liksom/server/client"
	"liksom/server/servertest"
)

const (
	kari = "4712345678"
	ola  = "4787654321"
)

const checkedIn = "user.checked-in.v1"

func TestACallbackCodeLivesItsLife(t *testing.T) {
	t.Parallel()
	s := open(t)
	made := s.ask("PUT", "/merchant-callback/kasse1", `{"locationDescription":"Kasse 1"}`).is(http.StatusOK)
	require.Empty(t, made.body)
	s.ask("GET", "/merchant-callback/kasse1", "").is(http.StatusOK).golden("callback.json")
	s.ask("GET", "/merchant-callback", "").is(http.StatusOK).golden("callback-list.json")
	var before, after client.CallbackCode
	s.ask("GET", "/merchant-callback/kasse1", "").into(&before)

	s.ask("PUT", "/merchant-callback/kasse1", `{"locationDescription":"Automat","category":"VENDING"}`).is(http.StatusOK)
	s.ask("GET", "/merchant-callback/kasse1", "").into(&after)
	require.Equal(t, "Automat", after.Place)
	require.Equal(t, "VENDING", after.Category)
	require.Equal(t, before.Content, after.Content)
	require.Equal(t, before.ImageURL, after.ImageURL)

	require.Empty(t, s.ask("DELETE", "/merchant-callback/kasse1", "").is(http.StatusOK).body)
	s.ask("DELETE", "/merchant-callback/kasse1", "").is(http.StatusNotFound)
	s.ask("GET", "/merchant-callback/kasse1", "").is(http.StatusNotFound)
	s.fetch(before.ImageURL).is(http.StatusNotFound)
	s.fetch(before.Content).is(http.StatusNotFound)
}

func TestWhatCannotBeACallbackCodeIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, c := range map[string]struct {
		path, body string
		blames     []string
	}{
		"no place":                 {"a", `{}`, []string{"LocationDescription"}},
		"an empty place":           {"a", `{"locationDescription":""}`, []string{"LocationDescription"}},
		"a place of 37 characters": {"a", `{"locationDescription":"` + strings.Repeat("ø", 37) + `"}`, []string{"LocationDescription"}},
		"a category nobody knows":  {"a", `{"locationDescription":"Kasse","category":"ONLINE"}`, []string{"Category"}},
		"a name of 129 characters": {strings.Repeat("x", 129), `{"locationDescription":"Kasse"}`, []string{"MerchantQrId"}},
		"a name with a slash":      {"a%2Fb", `{"locationDescription":"Kasse"}`, []string{"MerchantQrId"}},
		"a beacon's name too long": {"mobilepay/" + strings.Repeat("x", 129), `{"locationDescription":"Kasse"}`, []string{"MerchantQrId"}},
		"all of it wrong":          {"a%2Fb", `{"category":"x"}`, []string{"MerchantQrId", "LocationDescription", "Category"}},
		"no body":                  {"a", ``, []string{"$"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			s.ask("PUT", "/merchant-callback/"+c.path, c.body).blames(c.blames...)
		})
	}
	s.ask("GET", "/merchant-callback/a%2Fb", "").blames("MerchantQrId")
	s.ask("DELETE", "/merchant-callback/a%2Fb", "").blames("MerchantQrId")
	require.Equal(t, "[]\n", s.ask("GET", "/merchant-callback", "").is(http.StatusOK).body)
	s.ask("PUT", "/merchant-callback/"+strings.Repeat("x", 128), `{"locationDescription":"`+strings.Repeat("ø", 36)+`"}`).is(http.StatusOK)
}

func TestOnlyTheQueryChoosesTheFormOfACallbackCode(t *testing.T) {
	t.Parallel()
	s := open(t)
	said := s.place("kasse1")
	for query, want := range map[string]struct {
		form  string
		width int
	}{
		"":                                    {"image/svg+xml", 0},
		"?QrImageFormat=SVG&QrImageSize=200":  {"image/svg+xml", 0},
		"?QrImageFormat=PNG":                  {"image/png", 1024},
		"?qrImageFormat=png&qrImageSize=200":  {"image/png", 200},
		"?QRIMAGEFORMAT=PNG&QRIMAGESIZE=2000": {"image/png", 2000},
	} {
		t.Run(query, func(t *testing.T) {
			s := *s
			s.t = t
			var got client.CallbackCode
			s.ask("GET", "/merchant-callback/kasse1"+query, "", "Accept: text/targetUrl").is(http.StatusOK).into(&got)
			require.Equal(t, said.Content, got.Content, "always there, whatever the form")
			picture := s.fetch(got.ImageURL).is(http.StatusOK)
			require.Equal(t, want.form, picture.Header.Get("Content-Type"))
			if want.width == 0 {
				return
			}
			text, err := qr.Decode([]byte(picture.body))
			require.NoError(t, err)
			require.Equal(t, said.Content, text)
			require.EqualValues(t, want.width, uint32(picture.body[18])<<8|uint32(picture.body[19]))
		})
	}
	s.ask("GET", "/merchant-callback?QrImageFormat=GIF", "").blames("QrImageFormat")
	s.ask("GET", "/merchant-callback?qrimagesize=99", "").blames("QrImageSize")
	s.ask("GET", "/merchant-callback/kasse1?QrImageFormat=PNG&QrImageSize=large", "").blames("QrImageSize")
}

func TestABeaconBelongsToOneSalesUnit(t *testing.T) {
	t.Parallel()
	s := open(t)
	const body = `{"locationDescription":"Kasse 1"}`
	s.ask("PUT", "/merchant-callback/mobilepay/beacon-7", body).is(http.StatusOK)
	s.ask("PUT", "/merchant-callback/mobilepay/beacon-7", `{"locationDescription":"Kasse 2"}`).is(http.StatusOK)
	code, err := s.Client.CallbackCode(t.Context(), "beacon-7")
	require.NoError(t, err)
	require.Equal(t, "Kasse 2", code.Place)

	s.as(of("234567"))
	taken := s.ask("PUT", "/merchant-callback/mobilepay/beacon-7", body).is(http.StatusConflict)
	require.JSONEq(t, `{"id":"beacon-7"}`, taken.body)
	s.ask("PUT", "/merchant-callback/beacon-7", body).is(http.StatusOK) // a name of one's own is no beacon
}

func TestWhoCallsMustBeKnown(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.headers["Ocp-Apim-Subscription-Key"] = ""
	s.ask("GET", "/merchant-redirect", "").is(http.StatusUnauthorized)
	s.as(client.Demo())
	s.ask("GET", "/merchant-redirect", "", "Authorization: Bearer nonsense").is(http.StatusUnauthorized)
	s.ask("GET", "/merchant-callback", "", "Merchant-Serial-Number: 234567").is(http.StatusUnauthorized)
	s.headers["Merchant-Serial-Number"] = ""
	s.ask("GET", "/merchant-callback", "").is(http.StatusOK)

	s.asPartner("999999")
	s.ask("GET", "/merchant-callback", "").is(http.StatusForbidden).golden("forbidden.json")
	s.ask("POST", "/exchange", `{}`).is(http.StatusForbidden).golden("forbidden-exchange.json")
	s.asPartner("")
	for _, path := range []string{"/merchant-redirect", "/merchant-redirect/a", "/merchant-callback", "/merchant-callback/a"} {
		s.ask("GET", path, "").blames("Merchant-Serial-Number")
	}
	s.ask("POST", "/exchange", `{"qrCode":"https://qr.vipps.no/28/2/01/031/4712345678?v=1"}`).is(http.StatusOK)
	s.asPartner("234567")
	s.ask("GET", "/merchant-callback", "").is(http.StatusOK)
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.ask("GET", "/merchant", "").is(http.StatusNotFound)
	require.Equal(t, "GET, POST", s.ask("DELETE", "/merchant-redirect", "").is(http.StatusMethodNotAllowed).Header.Get("Allow"))
	require.Equal(t, "GET, PUT, DELETE", s.ask("POST", "/merchant-callback/a", "").is(http.StatusMethodNotAllowed).Header.Get("Allow"))
}

// told is the body of a check-in.
type told struct{ CustomerToken, MerchantQrID, MSN, InitiatedAt string }

func read(t *testing.T, hook servertest.Webhook) told {
	t.Helper()
	var got told
	require.NoError(t, json.Unmarshal(hook.Body, &got))
	return got
}

func TestAPayerChecksInAndPays(t *testing.T) {
	t.Parallel()
	s := open(t)
	hooks := s.Webhooks(t, checkedIn)
	code := s.place("kasse1")
	at := s.Now()
	done, err := s.Client.Scan(t.Context(), kari, code.Content)
	require.NoError(t, err)
	require.Equal(t, client.Scanned{
		Kind: "checkin", MSN: "123456", MerchantName: "Demo Taxi", MerchantQRID: "kasse1", Place: "Kasse 1",
		Category: "IN_STORE", Reached: true, Text: done.Text,
	}, done)
	require.NotEmpty(t, done.Text)

	require.Len(t, hooks.All(), 1)
	event := read(t, hooks.All()[0])
	require.Equal(t, "kasse1", event.MerchantQrID)
	require.Equal(t, "123456", event.MSN)
	require.Equal(t, at.UTC().Format("2006-01-02T15:04:05.0000000Z"), event.InitiatedAt)
	require.Len(t, event.CustomerToken, 64)
	random, err := base64.StdEncoding.DecodeString(event.CustomerToken)
	require.NoError(t, err)
	require.Len(t, random, 47)
	order := `{"customerToken":"` + event.CustomerToken + `","merchantQrId":"kasse1","msn":"123456","initiatedAt":"` + event.InitiatedAt + `"}`
	require.Equal(t, order, string(hooks.All()[0].Body))

	_, err = s.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.Amount{Currency: "NOK", Value: 4900}, Reference: "checked-in-1", UserFlow: "PUSH_MESSAGE",
		Customer: &client.Customer{CustomerToken: event.CustomerToken},
	})
	require.NoError(t, err)
	waiting, err := s.Client.Requests(t.Context(), kari, time.Minute)
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	require.Equal(t, "checked-in-1", waiting[0].Reference)

	whose, err := s.Client.ExchangeToken(t.Context(), event.CustomerToken)
	require.NoError(t, err)
	require.Equal(t, client.Exchanged{MSISDN: kari, Timestamp: at.Unix()}, whose)
}

func TestACheckInIsRecordedAsADelivery(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"memory", "sqlite:" + t.TempDir() + "/world.db"} {
		s := open(t, servertest.WithStore(store))
		s.Webhooks(t, checkedIn)
		_, err := s.Client.Scan(t.Context(), kari, s.place("kasse1").Content)
		require.NoError(t, err)
		all, err := s.Client.Deliveries(t.Context(), client.Filter{MSN: "123456"})
		require.NoError(t, err)
		require.Len(t, all.Deliveries, 1)
		d, err := s.Client.Delivery(t.Context(), all.Deliveries[0].ID)
		require.NoError(t, err)
		require.Equal(t, checkedIn, d.Event)
		require.Equal(t, "delivered", d.State)
		require.Equal(t, 1, d.Tries)
		require.Len(t, d.Attempts, 1)
		require.True(t, d.Attempts[0].OK)
		require.Contains(t, d.Body, `"merchantQrId":"kasse1"`)
	}
}

func TestATokenIsGoodForFifteenMinutesBesideOthers(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"memory", "sqlite:" + t.TempDir() + "/world.db"} {
		s := open(t, servertest.WithStore(store))
		hooks := s.Webhooks(t, checkedIn)
		code := s.place("kasse1")
		scan := func() string {
			_, err := s.Client.Scan(t.Context(), kari, code.Content)
			require.NoError(t, err)
			all := hooks.All()
			return read(t, all[len(all)-1]).CustomerToken
		}
		pay := func(reference, token string) string {
			_, err := s.Client.CreatePayment(t.Context(), client.CreatePayment{
				Amount: client.Amount{Currency: "NOK", Value: 4900}, Reference: reference, UserFlow: "PUSH_MESSAGE",
				Customer: &client.Customer{CustomerToken: token},
			})
			if err == nil {
				return ""
			}
			var p *client.Problem
			require.ErrorAs(t, err, &p)
			return p.Code
		}
		first := scan()
		s.Advance(t, time.Minute)
		second := scan()
		require.NotEqual(t, first, second)
		require.Empty(t, pay("reference-1", first), "the older token stays good")
		require.Empty(t, pay("reference-2", first), "and may be used again")
		s.Advance(t, 14*time.Minute)
		require.Equal(t, "4050", pay("reference-3", first))
		require.Empty(t, pay("reference-4", second))
		_, err := s.Client.ExchangeToken(t.Context(), first)
		require.Error(t, err)
		s.Advance(t, time.Minute)
		require.Equal(t, "4050", pay("reference-5", second))
		require.Equal(t, "4050", pay("reference-6", "nonsense"))
	}
}

func TestAStoreThatCannotBeReachedIsToldOf(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"a refusal": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"a connection cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"silence": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then is the end of the connection seen
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, servertest.With(func(o *server.Options) { o.WebhookTimeout = 100 * time.Millisecond }))
			_, err := s.Client.RegisterWebhook(t.Context(), s.Receiver(t, answer), checkedIn)
			require.NoError(t, err)
			done, err := s.Client.Scan(t.Context(), kari, s.place("kasse1").Content)
			require.NoError(t, err)
			require.False(t, done.Reached)
			require.Contains(t, done.Text, "The store cannot be reached.")

			s.Advance(t, 24*time.Hour)
			all, err := s.Client.Deliveries(t.Context(), client.Filter{})
			require.NoError(t, err)
			require.Len(t, all.Deliveries, 1)
			require.Equal(t, "dropped", all.Deliveries[0].State)
			require.Equal(t, 1, all.Deliveries[0].Tries, "no retries: the payer looks at a waiting screen")
		})
	}
}

func TestWithoutARegistrationTheStoreCannotBeReached(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Webhooks(t) // of payments only
	done, err := s.Client.Scan(t.Context(), kari, s.place("kasse1").Content)
	require.NoError(t, err)
	require.False(t, done.Reached)
	all, err := s.Client.Deliveries(t.Context(), client.Filter{})
	require.NoError(t, err)
	require.Empty(t, all.Deliveries)
}

// inbox counts what a receiver of its own gets.
func (s *shop) inbox(register func(url string)) *int {
	s.t.Helper()
	got := new(int)
	register(s.Receiver(s.t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *got++ })))
	return got
}

func TestAPartnerHearsOfACheckInOnlyWhereTheUnitDoesNot(t *testing.T) {
	t.Parallel()
	s := open(t)
	partner := s.inbox(func(target string) {
		s.asPartner("")
		body, err := json.Marshal(map[string]any{"url": target, "events": []string{checkedIn}})
		require.NoError(t, err)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/webhooks/v1/webhooks", strings.NewReader(string(body)))
		require.NoError(t, err)
		for name, value := range s.headers {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		s.send(r).is(http.StatusCreated)
	})
	code := s.place("kasse1")
	scan := func() {
		done, err := s.Client.Scan(t.Context(), kari, code.Content)
		require.NoError(t, err)
		require.True(t, done.Reached)
	}
	scan()
	require.Equal(t, 1, *partner)
	unit := s.inbox(func(target string) {
		_, err := s.Client.RegisterWebhook(t.Context(), target, checkedIn)
		require.NoError(t, err)
	})
	scan()
	require.Equal(t, []int{1, 1}, []int{*partner, *unit})
}

func TestAFaultMeetsACheckIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	hooks := s.Webhooks(t, checkedIn)
	_, err := s.Client.AddFault(t.Context(), client.Fault{
		Match: client.FaultMatch{Target: "webhook", Event: checkedIn}, Do: client.FaultDo{Drop: true}, Times: 1,
	})
	require.NoError(t, err)
	code := s.place("kasse1")
	done, err := s.Client.Scan(t.Context(), kari, code.Content)
	require.NoError(t, err)
	require.False(t, done.Reached)
	require.Empty(t, hooks.All())
	done, err = s.Client.Scan(t.Context(), kari, code.Content)
	require.NoError(t, err)
	require.True(t, done.Reached)
}

func TestAResetTakesCodesAndTokensAlong(t *testing.T) {
	t.Parallel()
	for name, reset := range map[string]func(*shop) error{
		"of the unit": func(s *shop) error { return s.Client.ResetUnit(s.t.Context()) },
		"of all":      func(s *shop) error { return s.Client.Reset(s.t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			hooks := s.Webhooks(t, checkedIn)
			code := s.place("kasse1")
			redirect := s.create(billboard)
			_, err := s.Client.Scan(t.Context(), kari, code.Content)
			require.NoError(t, err)
			s.as(of("234567"))
			other := s.create(billboard)
			require.NoError(t, reset(s))

			s.fetch(code.Content).is(http.StatusNotFound)
			s.fetch(redirect.URL).is(http.StatusNotFound)
			_, err = s.Client.ExchangeToken(t.Context(), read(t, hooks.All()[0]).CustomerToken)
			require.Error(t, err)
			if name == "of the unit" {
				s.fetch(other.URL).is(http.StatusFound)
				return
			}
			s.fetch(other.URL).is(http.StatusNotFound)
		})
	}
}

func TestCodesAndTokensOutliveARestart(t *testing.T) {
	t.Parallel()
	store := servertest.WithStore("sqlite:" + t.TempDir() + "/world.db")
	network := servertest.NewNetwork()
	before := open(t, store, servertest.WithNetwork(network))
	hooks := before.Webhooks(t, checkedIn)
	code := before.place("kasse1")
	redirect := before.create(billboard)
	_, err := before.Client.Scan(t.Context(), kari, code.Content)
	require.NoError(t, err)
	before.Stop(t)

	after := open(t, store, servertest.WithNetwork(network))
	after.fetch(redirect.URL).is(http.StatusFound)
	whose, err := after.Client.ExchangeToken(t.Context(), read(t, hooks.All()[0]).CustomerToken)
	require.NoError(t, err)
	require.Equal(t, kari, whose.MSISDN)
	after.ask("POST", "/merchant-redirect", billboard).is(http.StatusConflict)
	after.Advance(t, 600*time.Second)
	after.fetch(redirect.URL).is(http.StatusNotFound)
}

func TestScanningMerchantsCodes(t *testing.T) {
	t.Parallel()
	s := open(t)
	code := s.create(billboard)
	done, err := s.Client.Scan(t.Context(), kari, code.URL)
	require.NoError(t, err)
	require.Equal(t, client.Scanned{Kind: "redirect", URL: "https://example.com/myProduct?id=123"}, done)
	for _, gone := range []string{s.URL + "/qr/r00000000", s.URL + "/qr/c00000000"} {
		_, err = s.Client.Scan(t.Context(), kari, gone)
		var p *client.Problem
		require.ErrorAs(t, err, &p)
		require.Equal(t, http.StatusNotFound, p.Status)
		require.Contains(t, p.Detail, "find this code")
	}
	all, err := s.Client.Deliveries(t.Context(), client.Filter{})
	require.NoError(t, err)
	require.Empty(t, all.Deliveries, "the merchant gets no notice of a scan")
}

func TestABrowserOffersThePhonesToCheckInWith(t *testing.T) {
	t.Parallel()
	s := open(t)
	code := s.place("kasse1")
	page := s.fetch(code.Content).is(http.StatusOK)
	for _, text := range []string{"Check in at Demo Taxi", "Kasse 1", "Simulator. No real money moves.", "Kari Demo", kari, ola, `<form method="post">`} {
		require.Contains(t, page.body, text)
	}
	require.NotContains(t, page.body, "<script")
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))

	require.Contains(t, s.submit(code.Content, url.Values{"phone": {kari}}).is(http.StatusOK).body, "Demo Taxi cannot be reached")
	hooks := s.Webhooks(t, checkedIn)
	done := s.submit(code.Content, url.Values{"phone": {kari}}).is(http.StatusOK)
	require.Contains(t, done.body, "Kari Demo is checked in at Demo Taxi")
	require.Contains(t, done.body, `href="../phone/`+kari+`"`)
	require.Len(t, hooks.All(), 1)

	require.Contains(t, s.submit(code.Content, url.Values{"phone": {"4799999999"}}).is(http.StatusBadRequest).body, "Choose one of these phones.")
	s.submit(s.URL+"/qr/c00000000", url.Values{"phone": {kari}}).is(http.StatusNotFound)
	require.Len(t, hooks.All(), 1)
}

func TestAForeignPageCannotCheckAnybodyIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	hooks := s.Webhooks(t, checkedIn)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.place("kasse1").Content, strings.NewReader("phone="+kari))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	s.send(r).is(http.StatusForbidden)
	require.Empty(t, hooks.All())
}

// frame is a message to a phone.
type frame struct {
	Type, ID, URL, Code, MerchantName, LocationDescription, Category, Text string
	Reached                                                                bool
}

func TestAPhoneIsToldHowTheMerchantAnswered(t *testing.T) {
	t.Parallel()
	s := open(t)
	near, far := s.dial(kari), s.dial(kari)
	code := s.place("kasse1")
	require.NoError(t, near.WriteJSON(map[string]string{"type": "scan", "id": "c3", "content": code.Content}))
	want := frame{Type: "checkin", MerchantName: "Demo Taxi", LocationDescription: "Kasse 1", Category: "IN_STORE", Text: "The store cannot be reached. Scan again, or pay in another way."}
	require.Equal(t, want, next(t, near))
	require.Equal(t, frame{Type: "ok", ID: "c3"}, next(t, near))
	require.Equal(t, want, next(t, far), "each socket of the phone hears of it")

	s.Webhooks(t, checkedIn)
	require.NoError(t, s.Client.PutCallbackCode(t.Context(), "kasse1", "Automat"))
	s.ask("PUT", "/merchant-callback/kasse1", `{"locationDescription":"Automat","category":"VENDING"}`).is(http.StatusOK)
	require.NoError(t, near.WriteJSON(map[string]string{"type": "scan", "id": "c4", "content": code.Content}))
	got := next(t, near)
	require.True(t, got.Reached)
	require.Equal(t, "VENDING", got.Category)
	require.Contains(t, got.Text, "machine")
	require.Equal(t, "ok", next(t, near).Type)

	require.NoError(t, near.WriteJSON(map[string]string{"type": "scan", "id": "c5", "content": s.create(billboard).URL}))
	require.Equal(t, frame{Type: "ok", ID: "c5", URL: "https://example.com/myProduct?id=123"}, next(t, near))
	require.NoError(t, near.WriteJSON(map[string]string{"type": "scan", "id": "c6", "content": s.URL + "/qr/c00000000"}))
	require.Equal(t, "not_found", next(t, near).Code)
}

// dial opens a socket of a phone, past its greeting.
func (s *shop) dial(number string) *websocket.Conn {
	s.t.Helper()
	dialer := websocket.Dialer{NetDialContext: s.Network.Dial, Subprotocols: []string{phoneapp.Protocol}}
	conn, resp, err := dialer.DialContext(s.t.Context(), "ws"+strings.TrimPrefix(s.URL, "http")+"/sim/v1/phones/"+number+"/ws", nil)
	require.NoError(s.t, err)
	_ = resp.Body.Close()
	s.t.Cleanup(func() { _ = conn.Close() })
	require.Equal(s.t, "hello", next(s.t, conn).Type)
	return conn
}

// next is what a phone is told next, but for the clock: that the test has
// stopped it may be told before or after the greeting.
func next(t testing.TB, conn *websocket.Conn) frame {
	t.Helper()
	for {
		var f frame
		require.NoError(t, conn.ReadJSON(&f))
		if f.Type != "clock" {
			return f
		}
	}
}
