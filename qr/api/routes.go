package api

import (
	"net/http"

	"github.com/gorilla/mux"
)

// Prefix is the path under which the API answers.
const Prefix = "/qr/v1"

const (
	redirectPath = Prefix + "/merchant-redirect"
	callbackPath = Prefix + "/merchant-callback"
	exchangePath = Prefix + "/exchange"
)

// Routes are the calls in the order of the contract. The slash that some
// clients put at the end has been taken off by the gateway. Ids reach to the
// end of the path, so that one with a slash is refused and not merely lost.
func (a *API) Routes() *mux.Router {
	routes := mux.NewRouter()
	for _, route := range []struct {
		name, method, path string
		do                 endpoint
	}{
		{"redirect-create", http.MethodPost, redirectPath, a.createRedirect},
		{"redirect-list", http.MethodGet, redirectPath, a.listRedirects},
		{"redirect-get", http.MethodGet, redirectPath + "/{id:.+}", a.getRedirect},
		{"redirect-update", http.MethodPut, redirectPath + "/{id:.+}", a.updateRedirect},
		{"redirect-delete", http.MethodDelete, redirectPath + "/{id:.+}", a.deleteRedirect},
		{"callback-beacon", http.MethodPut, callbackPath + "/mobilepay/{id:[^/]+}", a.putBeacon},
		{"callback-put", http.MethodPut, callbackPath + "/{id:.+}", a.putCallback},
		{"callback-list", http.MethodGet, callbackPath, a.listCallbacks},
		{"callback-get", http.MethodGet, callbackPath + "/{id:.+}", a.getCallback},
		{"callback-delete", http.MethodDelete, callbackPath + "/{id:.+}", a.deleteCallback},
		{"one-time", http.MethodPost, Prefix, a.oneTime},
		{"exchange", http.MethodPost, exchangePath, a.exchange},
		{"exchange-customer", http.MethodPost, exchangePath + "/customer", a.exchangeCustomer},
	} {
		routes.Handle(route.path, a.serve(route.do)).Methods(route.method).Name(route.name)
	}
	return routes
}
