// Package userinfo is the imitated Userinfo API: what a payer agreed to share
// with a sales unit, for as long as the consent lasts (userinfo contract,
// section 5). The gateway in front of it has found out who calls.
package userinfo

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"liksom/server/directory"
	"liksom/server/payment"
)

// Lifetime is how long after a consent the details can be read.
const Lifetime = 168 * time.Hour

// Payments lists payments; a [payment.Store] does.
type Payments interface {
	List(ctx context.Context, q payment.Query) ([]payment.Payment, error)
}

// Payers finds a phone by the name that a sales unit has for its owner.
type Payers interface {
	Payer(msn, sub string) (directory.Phone, bool)
}

// Options are what the API needs.
type Options struct {
	Payments Payments
	Payers   Payers
	// Now is the world's simulated time.
	Now func() time.Time
	// Log is told of internal errors; nil means nobody.
	Log *slog.Logger
}

// API answers the calls under /vipps-userinfo-api.
type API struct{ options Options }

// New makes the API.
func New(o Options) *API {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &API{o}
}

// Routes are the API's, with full paths, without a slash at their ends.
func (a *API) Routes() *mux.Router {
	routes := mux.NewRouter()
	routes.Name("userinfo").Methods(http.MethodGet).Path("/vipps-userinfo-api/userinfo/{sub}").HandlerFunc(a.get)
	routes.Name("login-userinfo").Methods(http.MethodGet).Path("/vipps-userinfo-api/userinfo").HandlerFunc(login)
	return routes
}

// login answers the call that takes a payer's token of a login, which no
// token of a merchant is (userinfo contract, section 5).
func login(w http.ResponseWriter, r *http.Request) {
	Refuse(w, r, http.StatusUnauthorized, "Unauthorized", "The access token is not one that a payer gets by logging in.")
}

func (a *API) get(w http.ResponseWriter, r *http.Request) {
	if unit := directory.CallerFrom(r.Context()).Unit; !unit.Switches.ProfileSharing {
		Refuse(w, r, http.StatusForbidden, "Forbidden", "Sales unit "+unit.MSN+" is not approved for profile sharing.")
		return
	}
	sub, err := uuid.Parse(mux.Vars(r)["sub"])
	if err != nil || len(mux.Vars(r)["sub"]) != len(sub.String()) {
		Refuse(w, r, http.StatusBadRequest, "Bad Request", "The sub in the path must be a UUID.")
		return
	}
	c, found, err := a.claims(r, sub.String())
	switch {
	case err != nil:
		a.options.Log.ErrorContext(r.Context(), "userinfo API", "error", err)
		Refuse(w, r, http.StatusInternalServerError, "Internal Server Error", "Something went wrong here.")
	case !found:
		Refuse(w, r, http.StatusNotFound, "Not Found", "There is no payer with this sub who has shared anything with the sales unit.")
	default:
		write(w, http.StatusOK, c)
	}
}

func (a *API) claims(r *http.Request, sub string) (claims, bool, error) {
	caller := directory.CallerFrom(r.Context())
	payer, ok := a.options.Payers.Payer(caller.Unit.MSN, sub)
	if !ok {
		return claims{}, false, nil
	}
	given, err := a.consents(r.Context(), caller.Unit.MSN, sub, payer.Number)
	if err != nil || len(given.scopes) == 0 {
		return claims{}, false, err
	}
	return given.claims(sub, &payer, a.options.Now().Add(-Lifetime)), true, nil
}
