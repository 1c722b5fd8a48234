package gateway

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/problem"
)

const (
	keyHeader  = "Ocp-Apim-Subscription-Key"
	unitHeader = "Merchant-Serial-Number"
)

// refusal is a call that the gateway answers itself.
type refusal struct {
	// cause is for the request log; clients are not told.
	cause  string
	answer func(http.ResponseWriter, *http.Request)
}

func plain(doc problem.Document, cause string) *refusal {
	return &refusal{cause: cause, answer: func(w http.ResponseWriter, r *http.Request) {
		if doc.Instance == "" {
			doc.Instance = r.URL.Path
		}
		problem.Write(w, doc)
	}}
}

// NotFound answers an unknown route.
func NotFound(w http.ResponseWriter, r *http.Request) { problem.NoRoute(w, r.URL.Path) }

// MethodNotAllowed answers a known route that has no such method, naming those
// it has.
func MethodNotAllowed(w http.ResponseWriter, r *http.Request, instance string, allowed ...string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	problem.Write(w, problem.Document{
		Status: http.StatusMethodNotAllowed, Instance: instance,
		Detail: r.Method + " is not possible here; " + strings.Join(allowed, " and ") + " is.",
	})
}

// unrouted answers what no route takes: 405 when another method would have
// been right, which is found out by asking for each, else 404. The router's
// own word is not enough: it forgets a mismatch of methods once a later route
// has the method but not the path.
func unrouted(api *API, routes *mux.Router) http.Handler {
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, m := range methods {
			other := *r
			other.Method = m
			var match mux.RouteMatch
			if routes.Match(&other, &match) && match.MatchErr == nil {
				allowed = append(allowed, m)
			}
		}
		if allowed == nil {
			NotFound(w, r)
			return
		}
		MethodNotAllowed(w, r, strings.TrimPrefix(r.URL.Path, api.Prefix), allowed...)
	})
}

// badKey refuses a subscription key that is missing or that nobody has.
func (g *Gateway) badKey(prefix, message, cause string) *refusal {
	return &refusal{cause: cause, answer: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate",
			`AzureApiManagementKey realm="`+g.base(r)+prefix+`",name="`+keyHeader+`",type="header"`)
		writeJSON(w, http.StatusUnauthorized, `{ "statusCode": 401, "message": "`+message+`" }`)
	}}
}

func (g *Gateway) missingKey(prefix string) *refusal {
	return g.badKey(prefix, "Access denied due to missing subscription key. "+
		"Make sure to include subscription key when making requests to an API.", "the subscription key is missing")
}

func (g *Gateway) unknownKey(prefix string) *refusal {
	return g.badKey(prefix, "Access denied due to invalid subscription key. "+
		"Make sure to provide a valid key for an active subscription.", "no client has this subscription key")
}

// unauthorized refuses a token. The client is not told why, as it is not by
// the operator; the log is.
func (g *Gateway) unauthorized(api *API, cause string) *refusal {
	return &refusal{cause: cause, answer: func(w http.ResponseWriter, r *http.Request) {
		if api.Refuse != nil {
			api.Refuse(w, r, http.StatusUnauthorized, "Unauthorized", "The access token was refused.")
			return
		}
		writeJSON(w, http.StatusUnauthorized, `{"responseInfo":{"responseCode":401,"responseMessage":"Unauthorized"},`+
			`"result":{"message":"(Request-Id: `+g.IDs.UUID()+`) Something went wrong. Please try again later."}}`)
	}}
}

// badUnit refuses the sales unit a call is for.
func badUnit(api *API, doc problem.Document) *refusal {
	doc.Fill()
	return &refusal{cause: doc.Detail, answer: func(w http.ResponseWriter, r *http.Request) {
		if api.Refuse != nil {
			api.Refuse(w, r, doc.Status, doc.Title, doc.Detail)
			return
		}
		doc.Instance = strings.TrimPrefix(r.URL.Path, api.Prefix)
		problem.Write(w, doc)
	}}
}

func writeJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a client that has gone needs no answer
}
