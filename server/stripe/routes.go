package stripe

import "net/http"

// The parameters that several calls share.
const (
	addressNames = "city country line1 line2 postal_code state"
	billingNames = "payment_method_data.type payment_method_data.billing_details.* payment_method_data.metadata.* payment_method_data.allow_redisplay payment_method_data.vipps.* payment_method_data.card.* payment_method_data.radar_options.*"
	payNames     = "payment_method " + billingNames + " payment_method_options.* capture_method receipt_email setup_future_usage shipping.* use_stripe_sdk " +
		"payment_method_types allowed_payment_method_types excluded_payment_method_types confirmation_token error_on_requires_action off_session return_url"
	intentNames = payNames + " amount currency automatic_payment_methods.enabled automatic_payment_methods.allow_redirects confirm confirmation_method " +
		"customer description metadata.* statement_descriptor statement_descriptor_suffix payment_method_configuration"
	tokenNames    = "payment_method " + billingNames + " payment_method_options.* return_url shipping.* setup_future_usage"
	productNames  = "name description images metadata.*"
	customerNames = "name email phone description address.* shipping.* metadata.* payment_method preferred_locales tax_exempt balance invoice_settings.* invoice_prefix source test_clock"
)

// allRoutes are the calls that there are (Stripe contract, section 3).
func allRoutes() []route {
	get := func(path, names string, do handler) route {
		return route{http.MethodGet, path, do, words(names), false}
	}
	post := func(path, names string, do handler) route {
		return route{http.MethodPost, path, do, words(names), false}
	}
	drop := func(path string, do handler) route { return route{http.MethodDelete, path, do, nil, false} }
	client := func(r route) route { r.client = true; return r }
	return []route{
		post("/payment_intents", intentNames, (*call).createIntent),
		get("/payment_intents", paging+" customer", (*call).listIntents),
		client(get("/payment_intents/{id}", "", (*call).getIntent)),
		client(post("/payment_intents/{id}", intentNames, (*call).updateIntent)),
		client(post("/payment_intents/{id}/confirm", payNames+" expected_payment_method_type", (*call).confirmIntent)),
		post("/payment_intents/{id}/capture", "amount_to_capture final_capture metadata.* statement_descriptor statement_descriptor_suffix", (*call).captureIntent),
		post("/payment_intents/{id}/cancel", "cancellation_reason", (*call).cancelIntent),

		client(post("/payment_methods", "type billing_details.* metadata.* allow_redisplay card.* vipps.* radar_options.*", (*call).createMethod)),
		get("/payment_methods", paging+" customer type allow_redisplay", (*call).listMethods),
		get("/payment_methods/{id}", "", (*call).getMethod),
		post("/payment_methods/{id}", "billing_details.* metadata.* allow_redisplay", (*call).updateMethod),
		post("/payment_methods/{id}/attach", "customer", (*call).attachMethod),
		client(post("/payment_methods/{id}/detach", "customer_session_client_secret", (*call).detachMethod)),

		get("/charges", paging+" customer payment_intent", (*call).listCharges),
		get("/charges/{id}", "", (*call).getCharge),
		get("/charges/{id}/refunds", paging, (*call).listRefunds),
		post("/refunds", "payment_intent charge amount reason metadata.* currency instructions_email refund_application_fee reverse_transfer", (*call).createRefund),
		get("/refunds", paging+" payment_intent charge", (*call).listRefunds),
		get("/refunds/{id}", "", (*call).getRefund),
		post("/refunds/{id}", "metadata.*", (*call).updateRefund),
		post("/refunds/{id}/cancel", "", (*call).cancelRefund),

		post("/customers", customerNames, (*call).createCustomer),
		get("/customers", paging+" email", (*call).listCustomers),
		get("/customers/{id}", "", (*call).getCustomer),
		post("/customers/{id}", customerNames, (*call).updateCustomer),
		drop("/customers/{id}", (*call).deleteCustomer),
		get("/customers/{id}/payment_methods", paging+" type allow_redisplay", (*call).listMethods),

		post("/checkout/sessions", sessionNames, (*call).createSession),
		get("/checkout/sessions", paging+" payment_intent customer status customer_details.email", (*call).listSessions),
		get("/checkout/sessions/{id}", "", (*call).getSession),
		post("/checkout/sessions/{id}/expire", "", (*call).expireSession),
		get("/checkout/sessions/{id}/line_items", paging, (*call).getLines),
		post("/products", productNames, (*call).createProduct),
		get("/products", paging, (*call).listProducts),
		get("/products/{id}", "", (*call).getProduct),
		post("/prices", "currency unit_amount unit_amount_decimal product product_data.* metadata.*", (*call).createPrice),
		get("/prices", paging, (*call).listPrices),
		get("/prices/{id}", "", (*call).getPrice),

		post("/customer_sessions", "customer components.*", (*call).createCustomerSession),
		client(post("/confirmation_tokens", tokenNames+" customer_session_client_secret metadata.*", (*call).createToken)),
		get("/confirmation_tokens/{id}", "", (*call).getToken),
		post("/test_helpers/confirmation_tokens", tokenNames, (*call).createToken),

		post("/webhook_endpoints", "url enabled_events api_version description metadata.* connect", (*call).createEndpoint),
		get("/webhook_endpoints", paging, (*call).listEndpoints),
		get("/webhook_endpoints/{id}", "", (*call).getEndpoint),
		post("/webhook_endpoints/{id}", "url enabled_events disabled description metadata.*", (*call).updateEndpoint),
		drop("/webhook_endpoints/{id}", (*call).deleteEndpoint),
		get("/events", paging+" type types delivery_success", (*call).listEvents),
		get("/events/{id}", "", (*call).getEvent),
	}
}
