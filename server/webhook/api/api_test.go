package api_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/ident"
	"liksom/server/openapi/openapitest"
	"liksom/server/problem"
	"liksom/server/store/memory"
	"liksom/server/webhook"
	"liksom/server/webhook/api"
)

var (
	taxi    = &directory.Caller{Client: directory.Client{ID: "taxi"}, Unit: directory.Unit{MSN: "123456"}}
	shop    = &directory.Caller{Client: directory.Client{ID: "shop"}, Unit: directory.Unit{MSN: "234567"}}
	partner = &directory.Caller{Client: directory.Client{ID: "partner", Partner: true}}
	rival   = &directory.Caller{Client: directory.Client{ID: "rival", Partner: true}}
)

const path = "/webhooks/v1/webhooks"

// door is the API with a store of its own.
type door struct {
	t     *testing.T
	store *memory.Store
	api   *api.API
}

func open(t *testing.T, change ...func(*api.Options)) door {
	ids := ident.Seeded(t.Name())
	store := memory.New(webhook.NewPlan(ids))
	o := api.Options{
		Store: store, IDs: ids, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return time.Date(2026, 1, 19, 16, 0, 0, 0, time.UTC) },
	}
	for _, c := range change {
		c(&o)
	}
	return door{t: t, store: store, api: api.New(o)}
}

func (d door) do(caller *directory.Caller, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl says
	if caller != nil {
		r = r.WithContext(directory.WithCaller(r.Context(), caller))
	}
	w := httptest.NewRecorder()
	openapitest.New(d.t).Handler(d.api).ServeHTTP(w, r)
	return w
}

func (d door) register(caller *directory.Caller, url string, events ...string) string {
	body, err := json.Marshal(map[string]any{"url": url, "events": events})
	require.NoError(d.t, err)
	w := d.do(caller, "POST", path, string(body))
	require.Equal(d.t, http.StatusCreated, w.Code, w.Body)
	var answer struct{ ID string }
	require.NoError(d.t, json.Unmarshal(w.Body.Bytes(), &answer))
	return answer.ID
}

func (d door) refused(w *httptest.ResponseRecorder, status int) problem.Document {
	require.Equal(d.t, status, w.Code, w.Body)
	require.Equal(d.t, problem.ContentType, w.Header().Get("Content-Type"))
	var doc problem.Document
	require.NoError(d.t, json.Unmarshal(w.Body.Bytes(), &doc))
	require.Equal(d.t, status, doc.Status)
	return doc
}

const created, authorized = "epayments.payment.created.v1", "epayments.payment.authorized.v1"

func TestRegisteringAnswersIdAndSecretAlone(t *testing.T) {
	t.Parallel()
	d := open(t)
	w := d.do(taxi, "POST", path, `{"url":"https://example.com/hooks?a=<b>&c","events":["`+created+`","`+authorized+`","`+created+`"],"more":1}`)
	require.Equal(t, http.StatusCreated, w.Code)
	require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	require.Regexp(t, `^\{"id":"[0-9a-f-]{36}","secret":"[A-Za-z0-9+/]{86}=="\}\n$`, w.Body.String())
	kept, err := d.store.Registrations(t.Context(), "123456")
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.Equal(t, []string{created, authorized}, kept[0].Events, "each event type is kept once")
	require.Equal(t, "taxi", kept[0].Client)
	require.Contains(t, w.Body.String(), kept[0].Secret)
}

func TestListingShowsTheCallersOwnOldestFirst(t *testing.T) {
	t.Parallel()
	d := open(t)
	require.JSONEq(t, `{"webhooks":[]}`, d.do(taxi, "GET", path, "").Body.String())
	first := d.register(taxi, "https://a.example/?x=1&y=2", created)
	second := d.register(taxi, "http://localhost:9", authorized, created)
	d.register(shop, "https://shop.example/", created)
	ours := d.register(partner, "https://partner.example/", created)
	d.register(rival, "https://rival.example/", created)
	w := d.do(taxi, "GET", path+"/", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, `{"webhooks":[{"id":"`+first+`","url":"https://a.example/?x=1&y=2","events":["`+created+`"]},`+
		`{"id":"`+second+`","url":"http://localhost:9","events":["`+authorized+`","`+created+`"]}]}`+"\n", w.Body.String())
	require.JSONEq(t, `{"webhooks":[{"id":"`+ours+`","url":"https://partner.example/","events":["`+created+`"]}]}`,
		d.do(partner, "GET", path, "").Body.String())
}

func TestTheSameRegistrationTwiceIsTwo(t *testing.T) {
	t.Parallel()
	d := open(t)
	require.NotEqual(t, d.register(taxi, "https://a.example/", created), d.register(taxi, "https://a.example/", created))
}

func TestDeleting(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.register(taxi, "https://a.example/", created)
	require.Equal(t, "There is no such webhook.", d.refused(d.do(shop, "DELETE", path+"/"+id, ""), 404).Detail, "somebody else's")
	w := d.do(taxi, "DELETE", path+"/"+strings.ToUpper(id)+"/", "")
	require.Equal(t, http.StatusNoContent, w.Code)
	require.Empty(t, w.Body.String())
	doc := d.refused(d.do(taxi, "DELETE", path+"/"+id, ""), 404)
	require.Equal(t, "/v1/webhooks/"+id, doc.Instance)
	require.JSONEq(t, `{"webhooks":[]}`, d.do(taxi, "GET", path, "").Body.String())
}

func TestAPartnersRegistrationIsItsOwnToDelete(t *testing.T) {
	t.Parallel()
	d := open(t)
	id := d.register(partner, "https://a.example/", created)
	d.refused(d.do(rival, "DELETE", path+"/"+id, ""), 404)
	d.refused(d.do(taxi, "DELETE", path+"/"+id, ""), 404)
	require.Equal(t, http.StatusNoContent, d.do(partner, "DELETE", path+"/"+id, "").Code)
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	good := `"url":"https://a.example/","events":["` + created + `"]`
	for _, c := range []struct {
		name, body string
		want       []problem.Detail
	}{
		{"nothing given", `{}`, []problem.Detail{{Name: "url", Reason: required}, {Name: "events", Reason: required}}},
		{"nulls", `{"url":null,"events":null}`, []problem.Detail{{Name: "url", Reason: required}, {Name: "events", Reason: required}}},
		{"empty values", `{"url":" ","events":[]}`, []problem.Detail{{Name: "url", Reason: required}, {Name: "events", Reason: required}}},
		{"unknown event types", `{"url":"https://a.example","events":["epayment.payment.created.v1","` + created + `","epayment.payment.authorized.v1"]}`,
			[]problem.Detail{{Name: "events", Reason: "Unsupported values: epayment.payment.created.v1, epayment.payment.authorized.v1"}}},
		{"wrong types", `{"url":1,"events":"x"}`, []problem.Detail{{Name: "url", Reason: "The value must be a string."}, {Name: "events", Reason: "The value must be an array of strings."}}},
		{"a null among the events", `{"url":"https://a.example","events":[null]}`, []problem.Detail{{Name: "events", Reason: "The value must be an array of strings."}}},
		{"a relative URL", `{"url":"/hook","events":["` + created + `"]}`, []problem.Detail{{Name: "url", Reason: "The URL is not valid: it must be absolute and start with https:// or http://."}}},
		{"another scheme", `{"url":"ftp://a.example","events":["` + created + `"]}`, []problem.Detail{{Name: "url", Reason: "The URL is not valid: it must be absolute and start with https:// or http://."}}},
		{"no URL at all", `{"url":"https://a b/%zz","events":["` + created + `"]}`, []problem.Detail{{Name: "url", Reason: "The URL is not valid: it cannot be read as a URL."}}},
		{"a port out of range", `{"url":"https://a.example:70000/","events":["` + created + `"]}`, []problem.Detail{{Name: "url", Reason: "The URL is not valid: its port must be between 1 and 65535."}}},
		{"a host in other letters", `{"url":"https://blåbær.example/","events":["` + created + `"]}`, []problem.Detail{{Name: "url", Reason: "The URL is not valid: its host name must be in ASCII form (xn--…)."}}},
		{"a long URL", `{"url":"https://a.example/` + strings.Repeat("x", 2031) + `","events":["` + created + `"]}`, []problem.Detail{{Name: "url", Reason: "The URL is not valid: it is longer than 2048 characters."}}},
		{"an array", `[]`, []problem.Detail{{Name: "$", Reason: "A JSON object was expected."}}},
		{"null", `null`, []problem.Detail{{Name: "$", Reason: "A JSON object was expected."}}},
		{"nothing", ``, []problem.Detail{{Name: "$", Reason: "The body is empty; a JSON object was expected."}}},
		{"broken JSON", "{" + good + ",\n}", []problem.Detail{{Name: "$", Reason: "Line 1, column 70: another member was expected after this comma, but '}' follows; leave the comma out."}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := open(t)
			doc := d.refused(d.do(taxi, "POST", path, c.body), 400)
			require.Equal(t, problem.Document{
				Type: "https://httpstatuses.io/400", Title: "Bad Request", Status: 400, Detail: "One or more validation errors occurred.",
				Instance: "/v1/webhooks", ExtraDetails: c.want, TraceID: doc.TraceID,
			}, doc)
			kept, err := d.store.Registrations(t.Context(), "*")
			require.NoError(t, err)
			require.Empty(t, kept)
		})
	}
}

const required = "The property is required and cannot be null or empty."

func TestAURLOfTheGreatestLengthIsAccepted(t *testing.T) {
	t.Parallel()
	open(t).register(taxi, "https://a.example/"+strings.Repeat("x", 2048-len("https://a.example/")), created)
}

func TestAnIdThatIsNoUUIDIsRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, id := range []string{"x", "497f6eca62764993bfeb53cbbbba6f08", "%7B497f6eca-6276-4993-bfeb-53cbbbba6f08%7D"} {
		require.Equal(t, "id", d.refused(d.do(taxi, "DELETE", path+"/"+id, ""), 400).ExtraDetails[0].Name)
	}
}

func TestLimitsPerEventType(t *testing.T) {
	t.Parallel()
	d := open(t)
	for i := range 25 {
		d.register(taxi, fmt.Sprintf("https://a.example/%d", i), created)
	}
	body := `{"url":"https://a.example/","events":["` + authorized + `","` + created + `"]}`
	doc := d.refused(d.do(taxi, "POST", path, body), 400)
	require.Equal(t, []problem.Detail{{Name: "events", Reason: "The maximum number of registrations is reached: " + created + " (at most 25)"}}, doc.ExtraDetails)
	d.register(taxi, "https://a.example/", authorized)
	d.register(shop, "https://a.example/", created)
	d.register(partner, "https://a.example/", created)
}

func TestOneRegistrationForCheckIns(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.register(taxi, "https://a.example/", webhook.CheckedIn)
	doc := d.refused(d.do(taxi, "POST", path, `{"url":"https://a.example/","events":["user.checked-in.v1"]}`), 400)
	require.Contains(t, doc.ExtraDetails[0].Reason, "user.checked-in.v1 (at most 1)")
	d.register(partner, "https://a.example/", webhook.CheckedIn)
	d.refused(d.do(partner, "POST", path, `{"url":"https://a.example/","events":["user.checked-in.v1"]}`), 400)
	d.register(rival, "https://a.example/", webhook.CheckedIn)
}

func TestStrictURLs(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *api.Options) { o.StrictURLs = func() bool { return true } })
	for url, reason := range map[string]string{
		"http://a.example/": "HTTPS", "https://localhost/": "internet", "https://shop.localhost/": "internet",
		"https://127.0.0.1/": "internet", "https://10.1.2.3/": "internet", "https://[::1]/": "internet", "https://[fd00::1]/": "internet",
		"https://169.254.1.1/": "internet", "https://printer.local/": "internet",
	} {
		doc := d.refused(d.do(taxi, "POST", path, `{"url":"`+url+`","events":["`+created+`"]}`), 400)
		require.Contains(t, doc.ExtraDetails[0].Reason, reason, url)
	}
	d.register(taxi, "https://merchant.example:8080/hook", created)
	d.register(taxi, "https://93.184.215.14/", created)
}

func TestStrictBodiesRefuseUnknownMembers(t *testing.T) {
	t.Parallel()
	d := open(t, func(o *api.Options) { o.StrictBodies = func() bool { return true } })
	doc := d.refused(d.do(taxi, "POST", path, `{"url":"https://a.example/","events":["`+created+`"],"b":1,"a":2}`), 400)
	require.Equal(t, []problem.Detail{{Name: "a", Reason: "The property is not known."}, {Name: "b", Reason: "The property is not known."}}, doc.ExtraDetails)
}

func TestWrongMethodsAndPaths(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, c := range []struct{ method, path, allow string }{
		{"PUT", path, "GET, POST"}, {"DELETE", path, "GET, POST"}, {"PATCH", path + "/", "GET, POST"},
		{"GET", path + "/497f6eca-6276-4993-bfeb-53cbbbba6f08", "DELETE"},
	} {
		w := d.do(taxi, c.method, c.path, "")
		d.refused(w, http.StatusMethodNotAllowed)
		require.Equal(t, c.allow, w.Header().Get("Allow"))
	}
	for _, p := range []string{"/webhooks/v1", "/webhooks/v2/webhooks", path + "/a/b"} {
		d.refused(d.do(taxi, "GET", p, ""), http.StatusNotFound)
	}
}

func TestARequestThatDidNotPassTheGatewayIsAnInternalError(t *testing.T) {
	t.Parallel()
	d := open(t)
	doc := d.refused(d.do(nil, "GET", path, ""), http.StatusInternalServerError)
	require.NotContains(t, doc.Detail, "gateway")
}

func FuzzRegistering(f *testing.F) {
	f.Add(`{"url":"https://a.example/","events":["` + created + `"]}`)
	f.Add(`{"url":"http://[::1]:1/?#","events":["user.checked-in.v1","user.checked-in.v1"]}`)
	f.Add(`{"url":1,"events":[[]]}`)
	f.Fuzz(func(t *testing.T, body string) {
		w := open(t).do(taxi, "POST", path, body)
		require.Contains(t, []int{201, 400}, w.Code)
		require.True(t, json.Valid(w.Body.Bytes()))
	})
}
