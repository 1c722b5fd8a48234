package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
)

func TestAPersonalCodeIsExchanged(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, c := range map[string]struct {
		number, version, starts string
		want                    client.Exchanged
	}{
		"the number in clear":           {kari, "", "https://qr.vipps.no/28/2/01/031/4712345678?v=1", client.Exchanged{MSISDN: kari, Version: "1.0"}},
		"MobilePay's hide it":           {"4512345678", "", "https://qr.vipps.no/p/", client.Exchanged{MSISDN: "4512345678", Version: "2.0", Timestamp: s.Now().Unix()}},
		"a token for a Norwegian phone": {kari, "2.0", "https://qr.vipps.no/p/", client.Exchanged{MSISDN: kari, Version: "2.0", Timestamp: s.Now().Unix()}},
	} {
		t.Run(name, func(t *testing.T) {
			code, err := s.Client.PersonalQR(t.Context(), c.number, c.version)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(code.Content, c.starts), code.Content)
			require.Equal(t, c.want.Version, code.Version)
			got, err := s.Client.ExchangeQR(t.Context(), code.Content)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	plain := s.ask("POST", "/exchange", `{"qrCode":"https://qr.vipps.no/28/2/01/031/4712345678?v=1","requestedData":["MSISDN"]}`).is(http.StatusOK)
	require.JSONEq(t, `{"msisdn":"4712345678","version":"1.0"}`, plain.body)
	_, err := s.Client.PersonalQR(t.Context(), kari, "3.0")
	require.Error(t, err)
	_, err = s.Client.PersonalQR(t.Context(), "4799999999", "")
	require.Error(t, err)
}

func TestAPersonalCodeNamesThePayer(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i, version := range []string{"1.0", "2.0"} {
		code, err := s.Client.PersonalQR(t.Context(), kari, version)
		require.NoError(t, err)
		_, err = s.Client.CreatePayment(t.Context(), client.CreatePayment{
			Amount: client.Amount{Currency: "NOK", Value: 4900}, Reference: "personal-" + version[:1], UserFlow: "PUSH_MESSAGE",
			Customer: &client.Customer{PersonalQR: code.Content},
		})
		require.NoError(t, err)
		waiting, err := s.Client.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		require.Len(t, waiting, i+1)
	}
	_, err := s.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.Amount{Currency: "NOK", Value: 4900}, Reference: "personal-x", UserFlow: "PUSH_MESSAGE",
		Customer: &client.Customer{PersonalQR: "https://qr.vipps.no/p/AAAA"},
	})
	var p *client.Problem
	require.ErrorAs(t, err, &p)
	require.Equal(t, "4060", p.Code)
}

func TestWhatCannotBeExchangedIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, c := range map[string]struct {
		path, body string
		blames     []string
	}{
		"no code":                      {"", `{}`, []string{"qrCode"}},
		"a code that is a list":        {"", `{"qrCode":[]}`, []string{"qrCode"}},
		"the number alone":             {"", `{"qrCode":"4712345678"}`, []string{"qrCode"}},
		"a merchant's code":            {"", `{"qrCode":"https://qr.vipps.no/r/AbCd1234"}`, []string{"qrCode"}},
		"a token that is none":         {"", `{"qrCode":"https://qr.vipps.no/p/AAAA"}`, []string{"qrCode"}},
		"a number of no country":       {"", `{"qrCode":"https://qr.vipps.no/28/2/01/031/471234"}`, []string{"qrCode"}},
		"other data":                   {"", `{"qrCode":"https://qr.vipps.no/p/4712345678","requestedData":["NAME"]}`, []string{"requestedData"}},
		"data that is no list":         {"", `{"qrCode":"https://qr.vipps.no/p/4712345678","requestedData":"MSISDN"}`, []string{"requestedData"}},
		"no customer":                  {"/customer", `{}`, []string{"customer"}},
		"a customer that is a list":    {"/customer", `{"customer":[]}`, []string{"customer"}},
		"a customer without a token":   {"/customer", `{"customer":{}}`, []string{"customer.customerToken"}},
		"a token that nobody was told": {"/customer", `{"customer":{"customerToken":"x"}}`, []string{"customer.customerToken"}},
		"no body":                      {"/customer", ``, []string{"$"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			var got refusal
			s.ask("POST", "/exchange"+c.path, c.body).is(http.StatusBadRequest).into(&got)
			require.Equal(t, http.StatusBadRequest, got.Status)
			require.Equal(t, "Bad request", got.Title)
			var names []string
			for _, d := range got.ExtraDetails {
				names = append(names, d.Name)
			}
			require.Equal(t, c.blames, names)
		})
	}
	s.ask("POST", "/exchange", `{}`).golden("exchange-refused.json")
	s.ask("POST", "/exchange/customer", `{}`).golden("exchange-customer-refused.json")
}

func TestATokenIsNobodyElsesBusiness(t *testing.T) {
	t.Parallel()
	s := open(t)
	hooks := s.Webhooks(t, checkedIn)
	_, err := s.Client.Scan(t.Context(), kari, s.place("kasse1").Content)
	require.NoError(t, err)
	body := `{"customer":{"customerToken":"` + read(t, hooks.All()[0]).CustomerToken + `"}}`
	s.as(of("234567"))
	s.ask("POST", "/exchange/customer", body).is(http.StatusBadRequest)
	s.asPartner("")
	s.ask("POST", "/exchange/customer", body).is(http.StatusOK)
}

func TestACodeIsMadeForALandingPage(t *testing.T) {
	t.Parallel()
	s := open(t)
	created := s.CreatePayment(t, "one-time-1", 4900)
	type answer struct {
		URL       string
		ExpiresIn int
	}
	for name, c := range map[string]struct{ path, link, accept string }{
		"with a slash at the end": {"/", created.RedirectURL, "image/png"},
		"without one":             {"", created.RedirectURL, "*/*"},
		"of the deep link":        {"/", "vippsMT://?token=" + created.RedirectURL[strings.Index(created.RedirectURL, "token=")+6:], "text/targetUrl"},
	} {
		t.Run(name, func(t *testing.T) {
			s := *s
			s.t = t
			var got answer
			s.ask("POST", c.path, `{"url":"`+c.link+`"}`, "Accept: "+c.accept).is(http.StatusOK).into(&got)
			require.Equal(t, 300, got.ExpiresIn)
			if c.accept == "text/targetUrl" {
				require.Regexp(t, `/qr/p\w{10}$`, got.URL)
			}
			s.fetch(got.URL)
		})
	}
	s.ask("POST", "/", `{"url":"`+created.RedirectURL+`"}`, "Accept: text/html").is(http.StatusUnsupportedMediaType)
	s.ask("POST", "/", `{}`).blames("Url")
	for _, link := range []string{s.URL + "/landing?token=p0000000000.x", created.RedirectURL + "x", "https://example.com/landing?token=x", "nonsense"} {
		s.ask("POST", "/", `{"url":"`+link+`"}`).is(http.StatusBadRequest).golden("one-time-invalid.json")
	}
	s.as(of("234567"))
	s.ask("POST", "/", `{"url":"`+created.RedirectURL+`"}`).is(http.StatusBadRequest).golden("one-time-invalid.json")

	s.as(client.Demo())
	s.Advance(t, 5*time.Minute)
	s.ask("POST", "/", `{"url":"`+created.RedirectURL+`"}`).is(http.StatusBadRequest).golden("one-time-over.json")
}
