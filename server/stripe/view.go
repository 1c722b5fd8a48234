package stripe

import "strconv"

// The views are objects as Stripe's clients read them: what is nil is told as
// null (Stripe contract, section 4). What else belongs to an object and is
// never anything here is in blanks.

func seconds(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func listOrNull(list []string) any {
	if list == nil {
		return nil
	}
	return list
}

func objectOrNull(o object) any {
	if o == nil {
		return nil
	}
	return o
}

func texts(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// with adds members that are null.
func (o blank) with(more object) object {
	all := make(object, len(o)+len(more))
	for _, name := range o {
		all[name] = nil
	}
	for name, value := range more {
		all[name] = value
	}
	return all
}

// blank are members that are always null.
type blank []string

var blankIntent = blank(words(`application application_fee_amount customer_account managed_payments on_behalf_of
	payment_method_configuration_details payment_record review source transfer_data transfer_group`))

func (w *work) intent(in *intent) object {
	o := blankIntent.with(object{
		"id": in.ID, "object": "payment_intent", "livemode": false, "created": in.Created,
		"allowed_payment_method_types": listOrNull(in.Allowed), "excluded_payment_method_types": listOrNull(in.Excluded),
		"amount": in.Amount, "amount_capturable": int64(0), "amount_received": in.Received, "amount_details": object{"tip": object{}},
		"automatic_payment_methods": nil, "canceled_at": seconds(in.Canceled), "cancellation_reason": in.CancelReason,
		"capture_method": in.CaptureMethod, "client_secret": in.Secret, "confirmation_method": "automatic", "currency": in.Currency,
		"customer": orNull(in.Customer), "description": in.Description, "last_payment_error": w.lastError(in), "latest_charge": orNull(in.Charge),
		"metadata": texts(in.Metadata), "next_action": w.nextAction(in), "payment_method": orNull(in.Method),
		"payment_method_options": options(in.Options), "payment_method_types": in.Types, "processing": nil,
		"receipt_email": in.Receipt, "setup_future_usage": in.SetupFuture, "shipping": objectOrNull(in.Shipping),
		"statement_descriptor": in.Statement, "statement_descriptor_suffix": in.Suffix, "status": in.Status,
	})
	if in.Automatic != "" {
		o["automatic_payment_methods"] = object{"enabled": true, "allow_redirects": in.Automatic}
	}
	if in.Status == needsCapture {
		o["amount_capturable"] = in.Amount
	}
	if in.Status == processing {
		o["processing"] = object{"type": "vipps"}
	}
	return o
}

func options(m map[string]map[string]string) any {
	if m == nil {
		return object{}
	}
	return m
}

// ofBrowser are the members of an intent that a publishable key may see
// (Stripe contract, section 2.2).
var ofBrowser = words(`id object amount canceled_at cancellation_reason capture_method client_secret confirmation_method created currency
	description last_payment_error livemode next_action payment_method payment_method_types processing receipt_email setup_future_usage
	shipping status`)

func subset(o object) object {
	some := object{}
	for _, name := range ofBrowser {
		some[name] = o[name]
	}
	return some
}

func (w *work) nextAction(in *intent) any {
	a, ok := get[*attempt](w, in.Attempt)
	if in.Status != needsAction || !ok {
		return nil
	}
	return object{"type": "redirect_to_url", "redirect_to_url": object{"url": w.pageOf(a), "return_url": a.ReturnURL}}
}

func (w *work) lastError(in *intent) any {
	e := in.LastError
	if e == nil {
		return nil
	}
	o := object{"type": e.Type, "code": e.Code, "message": e.Message, "doc_url": docURL(e.Code)}
	if e.DeclineCode != "" {
		o["decline_code"] = e.DeclineCode
	}
	if e.Charge != "" {
		o["charge"] = e.Charge
	}
	if m, ok := get[*method](w, e.Method); ok {
		o["payment_method"] = w.method(m)
	}
	return o
}

func emptyBilling() object {
	return object{
		"address": object{"city": nil, "country": nil, "line1": nil, "line2": nil, "postal_code": nil, "state": nil},
		"email":   nil, "name": nil, "phone": nil, "tax_id": nil,
	}
}

func billing(b object) object {
	if b == nil {
		return emptyBilling()
	}
	return b
}

func (w *work) method(m *method) object {
	o := object{
		"id": m.ID, "object": "payment_method", "allow_redisplay": m.Redisplay, "billing_details": billing(m.Billing), "created": m.Created,
		"customer": orNull(m.Customer), "customer_account": nil, "livemode": false, "metadata": texts(m.Metadata), "type": m.Type,
	}
	if m.Card == nil {
		o[m.Type] = object{}
	} else {
		o["card"] = cardView(m.Card)
	}
	return o
}

func cardView(c *card) object {
	return object{
		"brand": c.Brand, "checks": object{"address_line1_check": nil, "address_postal_code_check": nil, "cvc_check": "pass"},
		"country": "NO", "display_brand": c.Brand, "exp_month": c.ExpMonth, "exp_year": c.ExpYear, "fingerprint": orNull(c.Fingerprint),
		"funding": "credit", "generated_from": nil, "last4": c.Last4,
		"networks":         object{"available": []string{c.Brand}, "preferred": nil},
		"regulated_status": "unregulated", "three_d_secure_usage": object{"supported": true}, "wallet": nil,
	}
}

var blankCharge = blank(words(`application application_fee application_fee_amount balance_transaction calculated_statement_descriptor
	failure_balance_transaction on_behalf_of receipt_number review source source_transfer statement_descriptor
	statement_descriptor_suffix transfer_data transfer_group`))

func (w *work) chargeView(c *charge) object {
	o := blankCharge.with(object{
		"id": c.ID, "object": "charge", "livemode": false, "created": c.Created, "amount": c.Amount, "amount_captured": c.Captured,
		"amount_refunded": c.Refunded, "billing_details": billing(c.Billing), "captured": c.Captured > 0, "currency": c.Currency,
		"customer": orNull(c.Customer), "description": c.Description, "disputed": false, "failure_code": orNull(c.Failure),
		"failure_message": nil, "fraud_details": object{}, "metadata": texts(c.Metadata), "outcome": outcome(c), "paid": c.Paid,
		"payment_intent": orNull(c.Intent), "payment_method": orNull(c.Method), "payment_method_details": w.details(c),
		"radar_options": object{}, "receipt_email": c.Receipt, "receipt_url": w.Home() + "/stripe/receipts/" + c.ID,
		"refunded": c.Amount > 0 && c.Refunded == c.Amount, "shipping": nil, "status": c.Status,
	})
	if c.Failure != "" {
		o["failure_message"] = "The issuer refused the card."
	}
	if in, ok := get[*intent](w, c.Intent); ok {
		o["shipping"] = objectOrNull(in.Shipping)
	}
	if !c.Paid {
		o["receipt_url"] = nil
	}
	return o
}

// details are the charge's payment_method_details: the transaction with the
// payer's card is Stripe's own affair, unless the world is set to show it.
func (w *work) details(c *charge) object {
	if c.Type == "card" {
		return object{"type": "card", "card": cardView(c.Card)}
	}
	shown := object{}
	if c.Card != nil && w.settings().ExposeWalletCard {
		shown["card"] = object{"brand": c.Card.Brand, "country": "NO", "exp_month": c.Card.ExpMonth, "exp_year": c.Card.ExpYear, "last4": c.Card.Last4}
	}
	return object{"type": c.Type, c.Type: shown}
}

func outcome(c *charge) any {
	o := blank{"advice_code", "network_advice_code", "network_decline_code", "reason"}.with(object{
		"network_status": "approved_by_network", "risk_level": "not_assessed", "seller_message": "Payment complete.", "type": "authorized",
	})
	switch c.Status {
	case "pending":
		return nil
	case "failed":
		o["network_status"], o["type"], o["reason"] = "declined_by_network", "issuer_declined", c.Decline
		o["seller_message"] = "The bank refused the payment."
	}
	return o
}

var blankRefund = blank(words(`balance_transaction customer_account receipt_number source_transfer_reversal transfer_reversal`))

func (w *work) refund(r *refund) object {
	return blankRefund.with(object{
		"id": r.ID, "object": "refund", "amount": r.Amount, "charge": r.Charge, "created": r.Created, "currency": r.Currency,
		"customer": orNull(r.Customer), "destination_details": object{"type": r.Type, r.Type: object{}}, "metadata": texts(r.Metadata),
		"payment_intent": orNull(r.Intent), "payment_method": orNull(r.Method), "reason": r.Reason, "status": r.Status,
	})
}

func (w *work) event(e *event) object {
	data := object{"object": e.Data}
	if e.Previous != nil {
		data["previous_attributes"] = e.Previous
	}
	return object{
		"id": e.ID, "object": "event", "api_version": e.Version, "created": e.Created, "data": data, "livemode": false,
		"pending_webhooks": w.pending(e), "request": object{"id": orNull(e.Request), "idempotency_key": orNull(e.Key)}, "type": e.Type,
	}
}

// pending counts the endpoints that have not been served.
func (w *work) pending(e *event) int {
	n := 0
	for _, id := range e.Deliveries {
		if d, err := w.Store.Delivery(w.ctx, id); err == nil && d.Status.Open() {
			n++
		}
	}
	return n
}

func (w *work) endpoint(h *endpoint) object {
	status := "enabled"
	if h.Disabled {
		status = "disabled"
	}
	return object{
		"id": h.ID, "object": "webhook_endpoint", "api_version": h.Version, "application": nil, "created": h.Created, "description": h.Description,
		"enabled_events": h.Events, "livemode": false, "metadata": texts(h.Metadata), "status": status, "url": h.URL,
	}
}

func (w *work) customer(c *customer) object {
	if c.Deleted {
		return object{"id": c.ID, "object": "customer", "deleted": true}
	}
	locales := c.Locales
	if locales == nil {
		locales = []string{}
	}
	return object{
		"id": c.ID, "object": "customer", "address": objectOrNull(c.Address), "balance": 0, "created": c.Created, "currency": nil,
		"default_source": nil, "delinquent": false, "description": c.Description, "discount": nil, "email": c.Email,
		"invoice_prefix": c.ID[len(c.ID)-8:], "invoice_settings": blank(words("custom_fields default_payment_method footer rendering_options")).with(nil),
		"livemode": false, "metadata": texts(c.Metadata), "name": c.Name, "next_invoice_sequence": 1, "phone": c.Phone,
		"preferred_locales": locales, "shipping": objectOrNull(c.Shipping), "tax_exempt": "none", "test_clock": nil,
	}
}

func (w *work) product(p *product) object {
	return object{
		"id": p.ID, "object": "product", "active": true, "created": p.Created, "default_price": nil, "description": p.Description,
		"images": append([]string{}, p.Images...), "livemode": false, "marketing_features": []any{}, "metadata": texts(p.Metadata), "name": p.Name,
		"package_dimensions": nil, "shippable": nil, "statement_descriptor": nil, "tax_code": nil, "type": "service", "unit_label": nil,
		"updated": p.Created, "url": nil,
	}
}

func (w *work) price(p *price) object {
	return object{
		"id": p.ID, "object": "price", "active": true, "billing_scheme": "per_unit", "created": p.Created, "currency": p.Currency,
		"custom_unit_amount": nil, "livemode": false, "lookup_key": nil, "metadata": texts(p.Metadata), "nickname": nil, "product": p.Product,
		"recurring": nil, "tax_behavior": "unspecified", "tiers_mode": nil, "transform_quantity": nil, "type": "one_time",
		"unit_amount": p.Amount, "unit_amount_decimal": strconv.FormatInt(p.Amount, 10),
	}
}

func (w *work) line(l *line) object {
	sum := l.Quantity * l.Price.Amount
	return object{
		"id": l.ID, "object": "item", "adjustable_quantity": nil, "amount_discount": 0, "amount_subtotal": sum, "amount_tax": 0,
		"amount_total": sum, "currency": l.Price.Currency, "description": l.Description, "metadata": object{}, "price": w.price(&l.Price),
		"quantity": l.Quantity,
	}
}

// pageOf is where an attempt leads its payer.
func (w *work) pageOf(a *attempt) string {
	return w.Home() + "/stripe/authorize/" + a.Account + "/" + a.ID
}

// orderText is what the payer's phone shows as the order.
func orderText(in *intent) string {
	if reference := in.Options["vipps"]["reference"]; reference != "" {
		return reference
	}
	return in.ID
}
