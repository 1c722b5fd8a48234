package api_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/ident"
	"liksom/server/store/memory"
	"liksom/server/webhook"
	"liksom/server/webhook/api"
)

// fronted is the API behind a gateway that asks for no keys.
func fronted(t testing.TB) (http.Handler, *gateway.Gateway) {
	ids := ident.Seeded(t.Name())
	store := memory.New(webhook.NewPlan(ids))
	units, err := directory.New(t.Context(), store)
	require.NoError(t, err)
	front := &gateway.Gateway{
		Directory: units, Tokens: gateway.NewIssuer(ids), Log: gateway.NewLog(1), Open: true,
		Now: time.Now, IDs: ids, Logger: slog.New(slog.DiscardHandler),
	}
	hooks := api.New(api.Options{Store: store, IDs: ids, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	return front.Wrap(gateway.API{Prefix: "/webhooks", KeyOptional: true, UnitOptional: true}, hooks), front
}

func ask(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.URL.Path = path
	r.Header.Set("Merchant-Serial-Number", "123456")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestUnknownMembersAreNoted(t *testing.T) {
	t.Parallel()
	h, front := fronted(t)
	w := ask(h, "POST", path, `{"url":"https://a.example/","events":["`+created+`"],"name":"mine"}`)
	require.Equal(t, http.StatusCreated, w.Code, w.Body)
	require.Equal(t, []string{"name is not known and was ignored"}, front.Log.Calls(gateway.Filter{})[0].Notes)
}
