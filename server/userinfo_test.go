package server_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// shared makes a payment that asks for scopes and is approved, and gives the
// payer's sub.
func shared(t *testing.T, sim *servertest.Sim, reference, scopes string) string {
	t.Helper()
	_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(24900), Reference: reference, UserFlow: client.PushMessage, PaymentDescription: "A ride",
		Customer: &client.Customer{PhoneNumber: "4712345678"}, Profile: &client.Profile{Scope: scopes},
	})
	require.NoError(t, err)
	sim.Approve(t, reference)
	p, err := sim.Client.GetPayment(t.Context(), reference)
	require.NoError(t, err)
	require.NotEmpty(t, p.Profile.Sub)
	return p.Profile.Sub
}

// frozen is a simulator whose time stands unless it is moved.
func frozen(t *testing.T, options ...servertest.Option) *servertest.Sim {
	t.Helper()
	sim := start(t, options...)
	_, err := sim.Client.Freeze(t.Context())
	require.NoError(t, err)
	return sim
}

// subOf is what a read of a payment tells of its payer.
func subOf(t *testing.T, sim *servertest.Sim, reference string) string {
	t.Helper()
	p, err := sim.Client.GetPayment(t.Context(), reference)
	require.NoError(t, err)
	require.NotNil(t, p.UserDetails, "the rest of what was shared is there")
	return p.Profile.Sub
}

func TestAFaultWritesTheSubLate(t *testing.T) {
	t.Parallel()
	sim := frozen(t)
	inbox := sim.Webhooks(t)
	sub := shared(t, sim, "ride-0001", "name")
	_, err := sim.Client.AddFault(t.Context(), client.Fault{
		Match: client.FaultMatch{Target: "api", Reference: "ride-0002"}, Do: client.FaultDo{Delay: client.Span(3 * time.Second)},
	})
	require.NoError(t, err)
	_, err = sim.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(24900), Reference: "ride-0002", UserFlow: client.PushMessage, PaymentDescription: "A ride",
		Customer: &client.Customer{PhoneNumber: kari}, Profile: &client.Profile{Scope: "name"},
	})
	require.NoError(t, err)
	sim.Approve(t, "ride-0002")

	require.Contains(t, string(inbox.Wait(t, "ride-0002", "AUTHORIZED").Body), sub, "the webhook has it at once")
	require.Equal(t, sub, subOf(t, sim, "ride-0001"), "another payment is not met")
	require.Empty(t, subOf(t, sim, "ride-0002"))
	require.Contains(t, merchant(t, sim, "GET", "/epayment/v1/payments/ride-0002", "").body, `"profile":{}`)
	sim.Advance(t, 3*time.Second-time.Millisecond)
	require.Empty(t, subOf(t, sim, "ride-0002"))
	sim.Advance(t, time.Millisecond)
	require.Equal(t, sub, subOf(t, sim, "ride-0002"))

	told := 0
	for _, entry := range sim.Payment(t, "ride-0002").Timeline {
		if strings.Contains(entry.Text, "kept the sub for 3s after the approval off the answer to GET") {
			told++
		}
	}
	require.Equal(t, 3, told, "each answer without it is on the timeline, and none with it")
}

func TestWhatAPayerSharedIsToldEverywhereUntilItExpires(t *testing.T) {
	t.Parallel()
	sim := frozen(t)
	inbox := sim.Webhooks(t)
	sub := shared(t, sim, "ride-0001", "name phoneNumber email address birthDate")

	var hook struct {
		Sub                    string
		UserDetails            client.UserDetails
		CaptureGuaranteedUntil string
	}
	require.NoError(t, json.Unmarshal(inbox.Wait(t, "ride-0001", "AUTHORIZED").Body, &hook))
	require.Equal(t, sub, hook.Sub)
	require.Equal(t, sim.Now().UTC().AddDate(0, 0, 7).Format("2006-01-02T15:04:05.000+00:00"), hook.CaptureGuaranteedUntil)

	before, err := sim.Client.GetPayment(t.Context(), "ride-0001")
	require.NoError(t, err)
	require.Equal(t, client.UserDetails{
		FirstName: "Kari", LastName: "Demo", Email: "kari@demo.example", MobileNumber: "4712345678", DateOfBirth: "1988-12-03",
		Addresses: []client.Address{{AddressLine1: "Fjordveien 7", City: "Bergen", PostCode: "5003", Country: "NO"}},
	}, *before.UserDetails)
	require.Equal(t, *before.UserDetails, hook.UserDetails)
	got, err := sim.Client.Userinfo(t.Context(), sub)
	require.NoError(t, err)
	require.Equal(t, sub, got.Sub)
	require.Regexp(t, "^[0-9a-f]{16}$", got.SID)
	require.Equal(t, "Kari Demo", got.Name)
	require.True(t, *got.EmailVerified)
	require.Equal(t, "Fjordveien 7\n5003\nBergen\nNO", got.Address.Formatted)

	sim.Advance(t, 168*time.Hour-time.Second)
	same, err := sim.Client.Userinfo(t.Context(), sub)
	require.NoError(t, err)
	require.Equal(t, got, same)

	sim.Advance(t, time.Second)
	gone, err := sim.Client.Userinfo(t.Context(), sub)
	require.NoError(t, err)
	require.Equal(t, client.Userinfo{
		Sub: sub, SID: "[Expired]", Name: "[Expired]", GivenName: "[Expired]", FamilyName: "[Expired]", BirthDate: "[Expired]",
		Email: "[Expired]", Phone: "[Expired]", Address: &client.ClaimedAddress{
			Type: "[Expired]", StreetAddress: "[Expired]", PostalCode: "[Expired]", Region: "[Expired]", Country: "[Expired]", Formatted: "[Expired]",
		},
	}, gone)
	after, err := sim.Client.GetPayment(t.Context(), "ride-0001")
	require.NoError(t, err)
	require.Equal(t, sub, after.Profile.Sub)
	require.Equal(t, client.UserDetails{
		FirstName: "[Expired]", LastName: "[Expired]", Email: "[Expired]", MobileNumber: "[Expired]", DateOfBirth: "[Expired]",
	}, *after.UserDetails, "lists are left out")
}

func TestAChangedProfileShowsAtTheNextFetch(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sub := shared(t, sim, "ride-0001", "email")
	phone, err := sim.Client.Phone(t.Context(), "4712345678")
	require.NoError(t, err)
	require.NotEmpty(t, phone)
	_, err = sim.Client.PatchPhone(t.Context(), "4712345678", client.PhoneChange{Set: map[string]any{
		"profile": map[string]any{"email": "moved@demo.example"},
	}})
	require.NoError(t, err)
	got, err := sim.Client.Userinfo(t.Context(), sub)
	require.NoError(t, err)
	require.Equal(t, "moved@demo.example", got.Email)
	require.Empty(t, got.Name, "it was not asked for")
	p, err := sim.Client.GetPayment(t.Context(), "ride-0001")
	require.NoError(t, err)
	require.Equal(t, "kari@demo.example", p.UserDetails.Email, "a payment's details are those of the consent")
}

func credentials(client string) map[string]string {
	return map[string]string{"client_id": client, "client_secret": "liksom-demo-secret", "Ocp-Apim-Subscription-Key": demoKey}
}

const (
	demoKey     = "0123456789abcdef0123456789abcdef"
	taxiClient  = "5a1e0000-0000-4000-8000-000000000001"
	shopClient  = "5a1e0000-0000-4000-8000-000000000002"
	allOfThem   = "5a1e0000-0000-4000-8000-000000000000"
	userinfoURL = "/vipps-userinfo-api/userinfo/"
)

// send makes a request with these headers and gives status and body.
func send(t *testing.T, sim *servertest.Sim, method, path string, header map[string]string) (int, string) {
	t.Helper()
	return sendBody(t, sim, method, path, header, "")
}

func sendBody(t *testing.T, sim *servertest.Sim, method, path string, header map[string]string, sent string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, sim.URL+path, strings.NewReader(sent))
	require.NoError(t, err)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	answer, err := sim.HTTP.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

func bearer(t *testing.T, sim *servertest.Sim, client string) string {
	t.Helper()
	status, body := send(t, sim, http.MethodPost, "/accesstoken/get", credentials(client))
	require.Equal(t, http.StatusOK, status, body)
	var answer struct {
		Token string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	return "Bearer " + answer.Token
}

func TestWhoMayFetchWhatAPayerShared(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sub := shared(t, sim, "ride-0001", "name")
	taxi, shop, partner := bearer(t, sim, taxiClient), bearer(t, sim, shopClient), bearer(t, sim, allOfThem)
	own := `"extraInfo":{}`
	for _, c := range []struct {
		name, path, token, key, unit string
		status                       int
		contains                     string
	}{
		{"the unit itself", sub, taxi, demoKey, "123456", 200, "Kari Demo"},
		{"without a subscription key", sub, taxi, "", "", 200, "Kari Demo"},
		{"with a wrong key", sub, taxi, "wrong", "", 401, "invalid subscription key"},
		{"without a token", sub, "", demoKey, "", 401, own},
		{"with a token of nobody", sub, "Bearer a.b.c", "", "", 401, `"status":"401"`},
		{"another unit", sub, shop, "", "", 404, own},
		{"a partner for the unit", sub, partner, "", "123456", 200, "Kari Demo"},
		{"a partner for nobody", sub, partner, "", "", 403, `"status":"403"`},
		{"a partner for another unit", sub, partner, "", "234567", 404, own},
		{"no UUID", "kari", taxi, "", "", 400, `"status":"400"`},
		{"a login's call", "", taxi, "", "", 401, own},
		{"a login's call without a token", "", "", "", "", 401, own},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			header := map[string]string{}
			for name, value := range map[string]string{"Authorization": c.token, "Ocp-Apim-Subscription-Key": c.key, "Merchant-Serial-Number": c.unit} {
				if value != "" {
					header[name] = value
				}
			}
			status, body := send(t, sim, http.MethodGet, userinfoURL+c.path, header)
			require.Equal(t, c.status, status, body)
			require.Contains(t, body, c.contains)
		})
	}
}

func TestAClientTellsWhyUserinfoWasRefused(t *testing.T) {
	t.Parallel()
	sim := start(t)
	_, err := sim.Client.Userinfo(context.Background(), "c06c4afe-d9e1-4c5d-939a-177d752a0944")
	var refused *client.Problem
	require.ErrorAs(t, err, &refused)
	require.Equal(t, 404, refused.Status)
	require.Equal(t, "Not Found", refused.Title)
	require.Contains(t, refused.Detail, "no payer with this sub")
}
