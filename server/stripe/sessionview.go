package stripe

var blankSession = blank(words(`adaptive_pricing after_expiration allow_promotion_codes consent consent_collection currency_conversion customer_account
	integration_identifier invoice managed_payments origin_context payment_link payment_method_configuration_details permissions recovered_from
	saved_payment_method_options setup_intent shipping_cost subscription wallet_options collected_information`))

func (w *work) session(s *session) object {
	o := blankSession.with(object{
		"id": s.ID, "object": "checkout.session", "livemode": false, "created": s.Created, "mode": s.Mode, "status": s.Status, "payment_status": s.PaymentStatus,
		"allowed_payment_method_types": listOrNull(s.Allowed), "amount_subtotal": s.total(), "amount_total": s.total(),
		"automatic_tax":              object{"enabled": false, "liability": nil, "provider": nil, "status": nil},
		"billing_address_collection": s.BillingCollection, "cancel_url": s.CancelURL, "client_reference_id": s.Reference, "client_secret": orNull(s.Secret),
		"currency": s.Currency, "custom_fields": []any{}, "custom_text": blank(words("after_submit shipping_address submit terms_of_service_acceptance")).with(nil),
		"customer": orNull(s.Customer), "customer_creation": s.Creation, "customer_details": w.sessionDetails(s), "customer_email": s.Email,
		"discounts": []any{}, "expires_at": s.Expires,
		"invoice_creation": object{"enabled": false, "invoice_data": blank(words("account_tax_ids custom_fields description footer issuer rendering_options")).with(object{"metadata": object{}})},
		"locale":           s.Locale, "metadata": texts(s.Metadata), "payment_intent": orNull(s.Intent), "payment_method_collection": "if_required",
		"payment_method_options": options(s.Options), "payment_method_types": s.Types, "phone_number_collection": object{"enabled": s.AsksPhone},
		"shipping_address_collection": nil, "shipping_options": []any{}, "submit_type": s.Submit, "success_url": s.SuccessURL, "return_url": s.ReturnURL,
		"total_details": object{"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}, "ui_mode": w.spelled(s.UI), "url": nil,
	})
	if s.Customer != "" {
		o["customer_creation"] = nil
	}
	if s.ShippingCountries != nil {
		o["shipping_address_collection"] = object{"allowed_countries": s.ShippingCountries}
	}
	if s.Status == "open" && s.UI == "hosted_page" {
		o["url"] = w.Home() + "/stripe/c/pay/" + s.ID
	}
	if s.Status == "complete" {
		o["collected_information"] = object{"business_name": nil, "individual_name": nil, "shipping_details": objectOrNull(s.Data.Shipping)}
	}
	return o
}

// spelled is how a version spells the way that a session is shown.
func (w *work) spelled(mode string) string {
	if w.version.since("2026-03-25") {
		return mode
	}
	for old, newer := range modes {
		if newer == mode {
			return old
		}
	}
	return mode
}

// sessionDetails are who paid; while a session is open, its e-mail address if
// there is one.
func (w *work) sessionDetails(s *session) any {
	if s.Details != nil {
		return s.Details
	}
	if email := w.emailOf(s); email != "" {
		return details(email)
	}
	return nil
}

func details(email string) object {
	return blank(words("address business_name individual_name name phone")).with(object{"email": orNull(email), "tax_exempt": "none", "tax_ids": []any{}})
}

// emailOf is the address that a session was made with.
func (w *work) emailOf(s *session) string {
	if s.Email != nil {
		return *s.Email
	}
	if cu, known := get[*customer](w, s.Customer); known && cu.Email != nil {
		return *cu.Email
	}
	return ""
}

func (w *work) lines(s *session) []any {
	var data []any
	for i := range s.Lines {
		data = append(data, w.line(&s.Lines[i]))
	}
	return data
}
