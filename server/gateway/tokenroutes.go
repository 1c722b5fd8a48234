package gateway

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/problem"
)

const (
	tokenPath   = "/accesstoken/get"
	specialPath = "/miami/v1/token"
)

// TokenPath tells whether a path is one that [Gateway.TokenRoutes] serves:
// /accesstoken/get in any case, or /miami/v1/token.
func TokenPath(path string) bool {
	path = strings.TrimRight(path, "/")
	return strings.EqualFold(path, tokenPath) || path == specialPath
}

// TokenRoutes serve both ways to get an access token (ePayment contract,
// sections 1.6 and 1.7).
func (g *Gateway) TokenRoutes() http.Handler {
	return g.recorded("accesstoken", BodyLimit, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !TokenPath(r.URL.Path):
			NotFound(w, r)
		case r.Method != http.MethodPost:
			MethodNotAllowed(w, r, r.URL.Path, http.MethodPost)
		default:
			rec := w.(*recorder)
			g.faulted(&API{}, rec, r, func() { g.anyToken(rec, r) })
		}
	}))
}

func (g *Gateway) anyToken(w *recorder, r *http.Request) {
	if r.URL.Path == specialPath {
		g.specialToken(w, r)
		return
	}
	g.token(w, r)
}

func (g *Gateway) token(w *recorder, r *http.Request) {
	w.call.Operation = "token"
	noteLongHeaders(w.call, r.Header, longest)
	id, secret := r.Header.Get("client_id"), r.Header.Get("client_secret")
	if !g.Open {
		if refused := g.tokenRefused(r, id, secret); refused != nil {
			w.call.note(refused.cause)
			refused.answer(w, r)
			return
		}
	}
	token, claims, err := g.Tokens.Issue(id, false)
	if err != nil {
		g.failed(w, r, err)
		return
	}
	life := strconv.Itoa(int(Lifetime / time.Second))
	g.writeToken(w, r, struct {
		TokenType    string `json:"token_type"`
		ExpiresIn    string `json:"expires_in"`
		ExtExpiresIn string `json:"ext_expires_in"`
		ExpiresOn    string `json:"expires_on"`
		NotBefore    string `json:"not_before"`
		Resource     string `json:"resource"`
		AccessToken  string `json:"access_token"`
	}{
		"Bearer", life, life, strconv.FormatInt(claims.Expires.Unix(), 10),
		strconv.FormatInt(claims.Issued.Add(-backdated).Unix(), 10), resource, token,
	})
}

func (g *Gateway) tokenRefused(r *http.Request, id, secret string) *refusal {
	key := r.Header.Get(keyHeader)
	switch {
	case key == "":
		return g.missingKey("/accesstoken")
	case !g.Directory.KnownKey(key):
		return g.unknownKey("/accesstoken")
	case id == "" || secret == "":
		return g.identity(http.StatusBadRequest, "invalid_request", 900144,
			"The request must have the headers 'client_id' and 'client_secret'.")
	}
	client, known := g.Directory.Client(id)
	if !known {
		return g.identity(http.StatusBadRequest, "unauthorized_client", 700016, "No client has this client id.")
	}
	if client.Secret != secret {
		return g.identity(http.StatusUnauthorized, "invalid_client", 7000215, "The client secret is not valid for this client id.")
	}
	return nil
}

// identity refuses in the form of the operator's identity product.
func (g *Gateway) identity(status int, name string, code int, text string) *refusal {
	return &refusal{cause: text, answer: func(w http.ResponseWriter, _ *http.Request) {
		number := strconv.Itoa(code)
		body, _ := json.Marshal(struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
			Codes       []int  `json:"error_codes"`
			Timestamp   string `json:"timestamp"`
			Trace       string `json:"trace_id"`
			Correlation string `json:"correlation_id"`
			URI         string `json:"error_uri"`
		}{
			name, "AADSTS" + number + ": " + text, []int{code}, clock.Wall().UTC().Format("2006-01-02 15:04:05Z"),
			g.IDs.UUID(), g.IDs.UUID(), "https://login.microsoftonline.com/error?code=" + number,
		}) // strings and numbers: cannot fail
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}}
}

func (g *Gateway) specialToken(w *recorder, r *http.Request) {
	w.call.Operation = "special-token"
	client, cause := g.specialClient(w, r)
	if cause != "" {
		w.call.note(cause)
		writeJSON(w, http.StatusUnauthorized, `{"error":"invalid_client"}`)
		return
	}
	token, _, err := g.Tokens.Issue(client, true)
	if err != nil {
		g.failed(w, r, err)
		return
	}
	g.writeToken(w, r, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
	}{token, "Bearer", int(SpecialLifetime / time.Second)})
}

// specialClient gives the client's id, or why it is refused.
func (g *Gateway) specialClient(w *recorder, r *http.Request) (id, cause string) {
	id, secret, _ := r.BasicAuth()
	if g.Open {
		return id, ""
	}
	form, err := url.ParseQuery(string(w.body))
	if err != nil || form.Get("grant_type") != "client_credentials" {
		return "", "the form lacks grant_type=client_credentials"
	}
	if r.Header.Get(keyHeader) != "" {
		return "", "this endpoint takes no subscription key"
	}
	client, known := g.Directory.Client(id)
	if !known || client.Secret != secret {
		return "", "unknown client id or wrong secret"
	}
	return id, ""
}

func (g *Gateway) writeToken(w http.ResponseWriter, r *http.Request, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		g.failed(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that has gone needs no answer
}

// failed answers trouble of our own; what it was stays in the log.
func (g *Gateway) failed(w http.ResponseWriter, r *http.Request, err error) {
	doc := problem.Document{Status: http.StatusInternalServerError, Instance: r.URL.Path, Detail: "The request could not be handled."}
	doc.Fill()
	g.Logger.ErrorContext(r.Context(), "an access token could not be made", "trace", doc.TraceID, "err", err)
	problem.Write(w, doc)
}
