package gateway

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"liksom/server/directory"
	"liksom/server/problem"
)

// caller finds out who calls and for which sales unit, in the gateway's
// order: subscription key, rate limit, token, sales unit. It tells also
// what the limit says of the call.
func (g *Gateway) caller(r *http.Request, api *API, rec *recorder) (*directory.Caller, counted, *refusal) {
	if refused := g.badKeyOf(r, api); refused != nil {
		return nil, counted{}, refused
	}
	count := g.count(r, api, rec)
	if count.over != nil && !count.mayReplay {
		return nil, count, count.over
	}
	caller, refused := g.known(r, api)
	if refused != nil && count.over != nil {
		refused = count.over // the limit comes before the token
	}
	return caller, count, refused
}

// known finds out whose token it is, and for which sales unit they call.
func (g *Gateway) known(r *http.Request, api *API) (*directory.Caller, *refusal) {
	client, refused := g.client(r, api)
	if refused != nil {
		return nil, refused
	}
	unit, refused := g.unit(r, api, &client)
	if refused != nil {
		return nil, refused
	}
	if api.Payments && !unit.Switches.PaymentsAllowed {
		return nil, badUnit(api, problem.Document{
			Status: http.StatusForbidden, Title: "Merchant Not Allowed for Ecommerce Payment",
			Detail: "Sales unit " + unit.MSN + " may not take payments.",
		})
	}
	return &directory.Caller{Client: client, Unit: unit}, nil
}

func (g *Gateway) badKeyOf(r *http.Request, api *API) *refusal {
	key := r.Header.Get(keyHeader)
	switch {
	case g.Open:
		return nil
	case key == "" && !api.KeyOptional:
		return g.missingKey(api.Prefix)
	case key != "" && !g.Directory.KnownKey(key):
		return g.unknownKey(api.Prefix)
	}
	return nil
}

func (g *Gateway) client(r *http.Request, api *API) (directory.Client, *refusal) {
	if g.Open {
		return g.anyClient(r), nil
	}
	var none directory.Client
	claims, err := g.Tokens.Verify(bearer(r))
	if err != nil {
		return none, g.unauthorized(api, err.Error())
	}
	if claims.Special && !api.KeyOptional {
		return none, g.unauthorized(api, "a token from /miami/v1/token is not for this API")
	}
	client, known := g.Directory.Client(claims.Client)
	if !known {
		return none, g.unauthorized(api, "the token's client "+claims.Client+" is not known")
	}
	if key := r.Header.Get(keyHeader); key != "" && !slices.Contains(client.Keys, key) {
		return none, g.unauthorized(api, "token and subscription key belong to different sales units")
	}
	return client, nil
}

// anyClient takes whoever calls: the token's client if it says one we know.
func (g *Gateway) anyClient(r *http.Request) directory.Client {
	claims, err := g.Tokens.Verify(bearer(r))
	if err != nil {
		return directory.Client{Partner: true}
	}
	if client, known := g.Directory.Client(claims.Client); known {
		return client
	}
	return directory.Client{ID: claims.Client, Partner: true}
}

// bearer gives the token; the scheme must be spelled as it is here.
func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return strings.TrimSpace(token)
}

func (g *Gateway) unit(r *http.Request, api *API, client *directory.Client) (directory.Unit, *refusal) {
	var none directory.Unit
	msn := r.Header.Get(unitHeader)
	if msn != "" && !wellFormed(msn) {
		return none, badUnit(api, problem.Document{
			Status: http.StatusBadRequest, Detail: "1 field is not valid, see extraDetails.",
			ExtraDetails: []problem.Detail{{
				Name: unitHeader, Reason: "The field " + unitHeader + " must match the regular expression '^[0-9]{4,10}$'.",
			}},
		})
	}
	shared := client.Partner || len(client.MSNs) != 1
	switch {
	case msn == "" && !shared:
		msn = client.MSNs[0]
	case msn == "" && api.UnitOptional:
		return none, nil
	case msn == "":
		return none, forbidden(api, "These keys cover several sales units: name one in the header "+unitHeader+".")
	case g.Open || client.Covers(msn):
	case shared:
		return none, forbidden(api, "Sales unit "+msn+" is not linked to these keys.")
	default:
		return none, g.unauthorized(api, "the keys belong to sales unit "+client.MSNs[0]+", not to "+msn)
	}
	if unit, known := g.Directory.Unit(msn); known {
		return unit, nil
	}
	if !g.Open {
		return none, forbidden(api, "Sales unit "+msn+" does not exist.")
	}
	return g.makeUnit(r.Context(), msn), nil
}

// makeUnit makes a sales unit on the fly. One that cannot be kept serves this
// call all the same.
func (g *Gateway) makeUnit(ctx context.Context, msn string) directory.Unit {
	unit := directory.Unit{MSN: msn, Name: "Unit " + msn, Company: "Unit " + msn, Market: "NO", Switches: directory.Ordinary()}
	if err := g.Directory.PutUnit(ctx, unit); err != nil {
		g.Logger.ErrorContext(ctx, "a sales unit made on the fly could not be kept", "msn", msn, "err", err)
	}
	return unit
}

func forbidden(api *API, detail string) *refusal {
	return badUnit(api, problem.Document{Status: http.StatusForbidden, Detail: detail})
}

// wellFormed tells whether a serial number has 4 to 10 digits.
func wellFormed(msn string) bool {
	return len(msn) >= 4 && len(msn) <= 10 && strings.Trim(msn, "0123456789") == ""
}
