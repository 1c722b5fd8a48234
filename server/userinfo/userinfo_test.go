package userinfo_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/openapi/openapitest"
	"liksom/server/payment"
	"liksom/server/userinfo"
)

const (
	kari  = "4712345678"
	ola   = "4787654321"
	freja = "4512345678"
	aino  = "358401234567"
)

func everything() []string {
	return []string{"name", "address", "email", "phoneNumber", "birthDate", "nin"}
}

func TestEachDemoPayersShape(t *testing.T) {
	t.Parallel()
	for name, number := range map[string]string{
		"one-address.json": kari, "two-lines-and-work.json": ola, "unverified.json": freja, "no-address.json": aino,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.approved(taxi, number, everything()...)
			golden(t, name, w.body(number))
		})
	}
}

func TestTheAnswerIsJSONInUTF8(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	phone := w.phone(kari)
	require.Equal(t, "application/json;charset=UTF-8", w.ask(taxi, phone.Sub(taxi)).Header().Get("Content-Type"))
}

// members gives the names of an answer's claims, sorted.
func members(t *testing.T, body string) []string {
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &m))
	names := []string{}
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestOnlyClaimsOfGrantedScopes(t *testing.T) {
	t.Parallel()
	for scope, claims := range map[string][]string{
		"name":        {"family_name", "given_name", "name"},
		"phoneNumber": {"phone_number", "phone_number_verified"},
		"email":       {"email", "email_verified"},
		"address":     {"address", "other_addresses"},
		"birthDate":   {"birthdate"},
		"nin":         {"nin"},
	} {
		t.Run(scope, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.approved(taxi, ola, scope)
			want := append(claims, "sid", "sub")
			slices.Sort(want)
			require.Equal(t, want, members(t, w.body(ola)))
		})
	}
}

func TestSeveralPaymentsGiveTheUnion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	w.approved(taxi, kari, "email")
	w.approved(shop, kari, "birthDate")
	w.approved(taxi, ola, "address")
	w.approved(taxi, kari)
	require.Equal(t, []string{"email", "email_verified", "family_name", "given_name", "name", "sid", "sub"}, members(t, w.body(kari)))
}

func TestValuesAreThoseOfTheProfileNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "email", "name")
	_, err := w.phones.ChangePhone(t.Context(), kari, func(p *directory.Phone) error {
		p.Profile.Email, p.EmailVerified, p.Profile.LastName = "new@demo.example", false, ""
		return nil
	})
	require.NoError(t, err)
	require.Contains(t, w.body(kari), `"name":"Kari","given_name":"Kari","family_name":"","email":"new@demo.example","email_verified":false`)
}

func TestAConsentLasts168Hours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, ola, everything()...)
	w.now = start.Add(userinfo.Lifetime - time.Millisecond)
	require.Contains(t, w.body(ola), `"name":"Ola Demo"`)
	w.now = start.Add(userinfo.Lifetime)
	golden(t, "expired.json", w.body(ola))
}

func TestANewConsentStartsAnewForItsScopes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name", "email")
	w.now = start.Add(userinfo.Lifetime - time.Hour)
	w.approved(taxi, kari, "email")
	w.now = start.Add(userinfo.Lifetime)
	got := w.body(kari)
	require.Contains(t, got, `"name":"[Expired]","given_name":"[Expired]","family_name":"[Expired]","email":"kari@demo.example","email_verified":true`)
	require.NotContains(t, got, `"sid":"[Expired]"`)
}

func TestAConsentCountsFromTheApproval(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	w.payments[0].CreatedAt = start.AddDate(0, 0, -59) // a long-living one
	w.now = start.Add(userinfo.Lifetime - time.Second)
	require.Contains(t, w.body(kari), "Kari Demo")
}

var sid = regexp.MustCompile(`"sid":"([0-9a-f]{16})"`)

func TestASessionPerPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	first := sid.FindStringSubmatch(w.body(kari))
	require.Len(t, first, 2)
	require.Equal(t, first, sid.FindStringSubmatch(w.body(kari)), "the same at each fetch")
	w.now = start.Add(time.Second)
	w.approved(taxi, kari, "name")
	second := sid.FindStringSubmatch(w.body(kari))
	require.Len(t, second, 2)
	require.NotEqual(t, first, second)
}

func TestWhatCannotBeFetched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	w.approved(taxi, ola)
	atTaxi, silent := w.phone(kari), w.phone(ola)
	sub := atTaxi.Sub(taxi)
	for _, c := range []struct {
		name, unit, sub string
		status          int
	}{
		{"another unit's sub", shop, sub, 404},
		{"the same payer's sub at a unit they shared nothing with", shop, atTaxi.Sub(shop), 404},
		{"a payer who shared nothing", taxi, silent.Sub(taxi), 404},
		{"an unknown sub", taxi, "c06c4afe-d9e1-4c5d-939a-177d752a0944", 404},
		{"no UUID", taxi, "kari", 400},
		{"a UUID in another form", taxi, "urn:uuid:" + sub, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.status, w.ask(c.unit, c.sub).Code)
		})
	}
	require.Equal(t, 200, w.ask(taxi, sub).Code)
}

func TestAUnitWithoutProfileSharingIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	unit, found := w.phones.Unit(taxi)
	require.True(t, found)
	unit.Switches.ProfileSharing = false
	require.NoError(t, w.phones.PutUnit(t.Context(), unit))
	phone := w.phone(kari)
	answer := w.ask(taxi, phone.Sub(taxi))
	require.Equal(t, 403, answer.Code)
	require.Contains(t, answer.Body.String(), "not approved for profile sharing")
}

func TestARemovedPhonesOwnerIsUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	phone := w.phone(kari)
	require.NoError(t, w.phones.RemovePhone(t.Context(), kari))
	require.Equal(t, 404, w.ask(taxi, phone.Sub(taxi)).Code)
}

// instance is what differs between two equal refusals.
var instance = regexp.MustCompile(`"instance":"[0-9a-f-]{36}"`)

func TestRefusalsAreInTheAPIsOwnForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := w.ask(taxi, "x")
	require.Equal(t, "application/json;charset=UTF-8", bad.Header().Get("Content-Type"))
	golden(t, "refusal.json", instance.ReplaceAllString(bad.Body.String(), `"instance":"ID"`))

	answer := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/vipps-userinfo-api/userinfo", nil)
	openapitest.New(t).Handler(userinfo.New(userinfo.Options{}).Routes()).ServeHTTP(answer, r)
	require.Equal(t, 401, answer.Code, "a login's call")
	require.Contains(t, answer.Body.String(), `"status":"401"`)
}

func TestTroubleOfOursIsNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fails = errTrouble
	phone := w.phone(kari)
	answer := w.ask(taxi, phone.Sub(taxi))
	require.Equal(t, 500, answer.Code)
	require.Contains(t, answer.Body.String(), `"status":"500"`)
	require.NotContains(t, answer.Body.String(), "fire")
}

func TestManyPaymentsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(taxi, kari, "name")
	for range 300 {
		w.approved(taxi, kari)
	}
	require.Contains(t, w.body(kari), "Kari Demo")
	require.Equal(t, 2, w.asked)
}

func TestOldPaymentsAreNotReadOnceSomethingIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 1000 {
		w.approved(taxi, kari)
	}
	w.now = start.AddDate(1, 0, 0)
	w.approved(taxi, kari, "name")
	require.Contains(t, w.body(kari), "Kari Demo")
	require.Equal(t, 1, w.asked)
}

func FuzzSubs(f *testing.F) {
	for _, seed := range []string{"", "x", "c06c4afe-d9e1-4c5d-939a-177d752a0944", "{c06c4afe-d9e1-4c5d-939a-177d752a0944}", "a/b", "%2e%2e", "\x00"} {
		f.Add(seed)
	}
	api := userinfo.New(userinfo.Options{Payers: nobody{}}).Routes()
	f.Fuzz(func(t *testing.T, sub string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = "/vipps-userinfo-api/userinfo/" + sub
		r = r.WithContext(directory.WithCaller(r.Context(), &directory.Caller{}))
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		require.Less(t, answer.Code, 500)
	})
}

// nobody knows no payers.
type nobody struct{}

func (nobody) Payer(_, _ string) (directory.Phone, bool) { return directory.Phone{}, false }

var _ userinfo.Payments = payment.Store(nil)
