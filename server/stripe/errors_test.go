package stripe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"
)

const vipps = "&payment_method_types[]=vipps"

// asks is what a request that is refused looks like, and how it is refused.
type asks struct {
	method, path, form string
	headers            []string
	status             int
	kind, code, param  string
}

func TestRefusalsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	flag := []string{"Stripe-Version: " + previewVersion}
	post := http.MethodPost
	for name, c := range map[string]asks{
		"no key":                       {http.MethodGet, "/events", "", []string{"Authorization: "}, 401, "invalid_request_error", "", ""},
		"an unknown key":               {http.MethodGet, "/events", "", []string{"Authorization: Bearer sk_test_nobody"}, 401, "invalid_request_error", "", ""},
		"a live key":                   {http.MethodGet, "/events", "", []string{"Authorization: Bearer sk_live_secret"}, 401, "invalid_request_error", "", ""},
		"a publishable key":            {http.MethodGet, "/events", "", []string{"Authorization: Bearer pk_test_liksom"}, 401, "invalid_request_error", "secret_key_required", ""},
		"an unknown URL":               {http.MethodGet, "/balance", "", nil, 404, "invalid_request_error", "", ""},
		"a legacy URL":                 {post, "/charges", "amount=1", nil, 404, "invalid_request_error", "", ""},
		"an unknown intent":            {http.MethodGet, "/payment_intents/pi_none", "", nil, 404, "invalid_request_error", "resource_missing", "intent"},
		"an unknown customer":          {post, "/payment_intents", "amount=1099&currency=nok&customer=cus_none" + vipps, flag, 400, "invalid_request_error", "resource_missing", "customer"},
		"no amount":                    {post, "/payment_intents", "currency=nok" + vipps, flag, 400, "invalid_request_error", "parameter_missing", "amount"},
		"an empty currency":            {post, "/payment_intents", "amount=1099&currency=" + vipps, flag, 400, "invalid_request_error", "parameter_invalid_empty", "currency"},
		"a fraction":                   {post, "/payment_intents", "amount=10.5&currency=nok" + vipps, flag, 400, "invalid_request_error", "parameter_invalid_integer", "amount"},
		"too little":                   {post, "/payment_intents", "amount=299&currency=nok" + vipps, flag, 400, "invalid_request_error", "amount_too_small", "amount"},
		"too much":                     {post, "/payment_intents", "amount=100000000&currency=nok" + vipps, flag, 400, "invalid_request_error", "amount_too_large", "amount"},
		"a parameter nobody knows":     {post, "/payment_intents", "amount=1099&currency=nok&shpping[name]=x" + vipps, flag, 400, "invalid_request_error", "parameter_unknown", "shpping[name]"},
		"both ways to name types":      {post, "/payment_intents", "amount=1099&currency=nok&allowed_payment_method_types[]=vipps" + vipps, flag, 400, "invalid_request_error", "parameters_exclusive", "allowed_payment_method_types"},
		"euros":                        {post, "/payment_intents", "amount=1099&currency=eur" + vipps, flag, 400, "invalid_request_error", "payment_intent_invalid_parameter", "payment_method_types"},
		"no preview flag":              {post, "/payment_intents", "amount=1099&currency=nok" + vipps, nil, 400, "invalid_request_error", "payment_intent_invalid_parameter", "payment_method_types"},
		"another flag":                 {post, "/payment_intents", "amount=1099&currency=nok", []string{"Stripe-Version: 2026-03-25.preview; other=v1"}, 400, "invalid_request_error", "", ""},
		"no version":                   {http.MethodGet, "/events", "", []string{"Stripe-Version: latest"}, 400, "invalid_request_error", "", ""},
		"types the version dropped":    {post, "/payment_intents", "amount=1099&currency=nok" + vipps, []string{"Stripe-Version: 2026-08-26.preview; vipps_preview=v1"}, 400, "invalid_request_error", "payment_method_types_no_longer_supported", "payment_method_types"},
		"no return URL":                {post, "/payment_intents", "amount=1099&currency=nok&confirm=true&payment_method_data[type]=vipps" + vipps, flag, 400, "invalid_request_error", "parameter_missing", "return_url"},
		"a return URL that runs":       {post, "/payment_intents", "amount=1099&currency=nok&confirm=true&payment_method_data[type]=vipps&return_url=javascript:alert(1)" + vipps, flag, 400, "invalid_request_error", "url_invalid", "return_url"},
		"a return URL without confirm": {post, "/payment_intents", "amount=1099&currency=nok&return_url=https://a.example" + vipps, flag, 400, "invalid_request_error", "", "return_url"},
		"nothing to pay with":          {post, "/payment_intents", "amount=1099&currency=nok&confirm=true&return_url=https://a.example" + vipps, flag, 400, "invalid_request_error", "payment_intent_unexpected_state", ""},
		"a type not in the list":       {post, "/payment_intents", "amount=1099&currency=nok&payment_method=pm_card_visa" + vipps, flag, 400, "invalid_request_error", "payment_intent_incompatible_payment_method", "payment_method"},
		"nobody there":                 {post, "/payment_intents", "amount=1099&currency=nok&confirm=true&off_session=true&return_url=https://a.example&payment_method_data[type]=vipps" + vipps, flag, 400, "invalid_request_error", "payment_intent_invalid_parameter", "off_session"},
		"an error wanted for actions":  {post, "/payment_intents", "amount=1099&currency=nok&confirm=true&error_on_requires_action=true&return_url=https://a.example&payment_method_data[type]=vipps" + vipps, flag, 400, "invalid_request_error", "payment_intent_action_required", ""},
		"to be saved":                  {post, "/payment_intents", "amount=1099&currency=nok&setup_future_usage=off_session" + vipps, flag, 400, "invalid_request_error", "payment_intent_invalid_parameter", "setup_future_usage"},
		"confirmed by hand":            {post, "/payment_intents", "amount=1099&currency=nok&confirmation_method=manual" + vipps, flag, 400, "invalid_request_error", "payment_intent_invalid_parameter", "confirmation_method"},
		"a foreign account":            {http.MethodGet, "/events", "", []string{"Stripe-Account: acct_other"}, 403, "invalid_request_error", "account_invalid", ""},
		"a foreign card":               {post, "/payment_methods", "type=card&card[number]=4111111111111111&card[exp_month]=1&card[exp_year]=40", nil, 402, "card_error", "incorrect_number", "number"},
		"a refund of nothing":          {post, "/refunds", "charge=ch_none", nil, 400, "invalid_request_error", "resource_missing", "charge"},
		"Checkout in euros":            {post, "/checkout/sessions", "mode=payment&success_url=https://a.example&payment_method_types[]=vipps&line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=2000&line_items[0][price_data][product_data][name]=x", flag, 400, "invalid_request_error", "", "line_items"},
		"Checkout that subscribes":     {post, "/checkout/sessions", "mode=subscription&success_url=https://a.example&line_items[0][price]=price_x", flag, 400, "invalid_request_error", "", "mode"},
		"Checkout without a price":     {post, "/checkout/sessions", "mode=payment&success_url=https://a.example&line_items[0][quantity]=1", flag, 400, "invalid_request_error", "parameter_missing", "line_items[0][price]"},
		"Checkout for too short":       {post, "/checkout/sessions", "mode=payment&success_url=https://a.example&expires_at=1", flag, 400, "invalid_request_error", "", "expires_at"},
		"a page of none":               {http.MethodGet, "/events?limit=0", "", nil, 400, "invalid_request_error", "parameter_invalid_integer", "limit"},
		"what cannot be expanded":      {http.MethodGet, "/payment_intents?expand[]=review", "", nil, 400, "invalid_request_error", "", "expand[0]"},
		"a body of JSON":               {post, "/customers", `{"name":"Kari"}`, []string{"Content-Type: application/json"}, 400, "invalid_request_error", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := start(t)
			headers := c.headers
			if !strings.Contains(strings.Join(headers, "\n"), "Content-Type") && c.method == post {
				headers = append(headers, "Content-Type: application/x-www-form-urlencoded")
			}
			if !strings.Contains(strings.Join(headers, "\n"), "Authorization") {
				headers = append(headers, "Authorization: Bearer sk_test_liksom")
			}
			a := call(t, sim, c.method, "/v1"+c.path, c.form, headers...)
			e := errorOf(t, a)
			require.Equal(t, []any{c.status, c.kind, c.code, c.param}, []any{a.status, e["type"], e["code"], e["param"]}, a.body)
			require.Regexp(t, `^req_\w{14}$`, a.header.Get("Request-Id"))
			require.NotContains(t, a.body, "sk_live_secret")
		})
	}
}

// errorOf is the error of an answer, with "" for what it leaves out.
func errorOf(t *testing.T, a answer) map[string]any {
	t.Helper()
	var o struct{ Error map[string]any }
	require.NoError(t, jsonOf(a.body, &o), a.body)
	for _, name := range []string{"code", "param"} {
		if o.Error[name] == nil {
			o.Error[name] = ""
		}
	}
	return o.Error
}

func TestAUsedMethodIsUsedUp(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	in := confirmed(t, sc)
	press(t, sim, in, "authorize", "works")
	p := &stripe.PaymentIntentCreateParams{Amount: stripe.Int64(1099), Currency: stripe.String("nok"), PaymentMethod: stripe.String(in.PaymentMethod.ID), PaymentMethodTypes: stripe.StringSlice([]string{"vipps"})}
	p.Headers = preview()
	_, err := sc.V1PaymentIntents.Create(t.Context(), p)
	e := stripeError(t, err)
	require.Equal(t, []any{stripe.ErrorCode("payment_method_unexpected_state"), "payment_method"}, []any{e.Code, e.Param})
	cu, err := sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Name: stripe.String("Kari")})
	require.NoError(t, err)
	_, err = sc.V1PaymentMethods.Attach(t.Context(), in.PaymentMethod.ID, &stripe.PaymentMethodAttachParams{Customer: stripe.String(cu.ID)})
	require.Equal(t, stripe.ErrorCode("payment_method_unsupported_type"), stripeError(t, err).Code)
}

func TestWithoutTheFlagVippsIsNotAmongDynamicMethods(t *testing.T) {
	t.Parallel()
	sim := start(t)
	_, o, _ := api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=nok")
	require.Equal(t, []any{"card"}, o["payment_method_types"])
	_, o, header := api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=nok", "Stripe-Version: "+previewVersion)
	require.Equal(t, []any{"card", "vipps"}, o["payment_method_types"])
	require.Equal(t, previewVersion, header.Get("Stripe-Version"))
	_, o, _ = api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=eur", "Stripe-Version: "+previewVersion)
	require.Equal(t, []any{"card"}, o["payment_method_types"])
	setStripe(t, sim, `{"preview_gate":"off"}`)
	_, o, _ = api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=nok")
	require.Equal(t, []any{"card", "vipps"}, o["payment_method_types"])
}

func TestWhatNewerVersionsAskForByAllowedTypesIsFiltered(t *testing.T) {
	t.Parallel()
	sim := start(t)
	version := "Stripe-Version: 2026-08-26.preview; vipps_preview=v1"
	_, o, _ := api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=eur&allowed_payment_method_types[]=vipps&allowed_payment_method_types[]=card", version)
	require.Equal(t, []any{"card"}, o["payment_method_types"])
	status, _, _ := api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=eur&allowed_payment_method_types[]=vipps", version)
	require.Equal(t, 400, status)
}

func TestABrowserSeesItsOwnIntentAndNotAllOfIt(t *testing.T) {
	t.Parallel()
	sim := start(t)
	in := confirmed(t, stripeClient(sim))
	key := "Authorization: Bearer pk_test_liksom"
	status, o, _ := api(t, sim, http.MethodGet, "/payment_intents/"+in.ID+"?client_secret="+in.ClientSecret, "", key)
	require.Equal(t, 200, status)
	require.Equal(t, "requires_action", o["status"])
	require.NotContains(t, o, "metadata")
	status, o, _ = api(t, sim, http.MethodGet, "/payment_intents/"+in.ID+"?client_secret=wrong", "", key)
	require.Equal(t, 400, status)
	require.Equal(t, "client_secret", o["error"].(map[string]any)["param"])
	a := call(t, sim, http.MethodOptions, "/v1/payment_intents", "", "Origin: https://shop.example", "Access-Control-Request-Method: POST")
	require.Equal(t, []any{204, "*"}, []any{a.status, a.header.Get("Access-Control-Allow-Origin")})
}

func TestAMerchantWithAKeyInItsBasicAuthIsKnown(t *testing.T) {
	t.Parallel()
	sim := start(t)
	status, _, _ := api(t, sim, http.MethodGet, "/events", "", "Authorization: Basic c2tfdGVzdF9saWtzb206")
	require.Equal(t, 200, status)
}
