package phoneapp

import (
	"context"
	"strconv"

	"liksom/server/directory"
	"liksom/server/payment"
)

// Answer is what goes with a payer's yes; all of it may be left out.
type Answer struct {
	// CardID chooses a card; "" takes the default one.
	CardID string `json:"cardId"`
	// Consent answers the profile scopes asked for, all or nothing.
	Consent *bool `json:"consent"`
	// ShippingOptionID and AddressID belong to Express.
	ShippingOptionID string `json:"shippingOptionId"`
	AddressID        string `json:"addressId"`
}

// obey does what a message asks for, and gives what its answer tells.
func (h *Hub) obey(ctx context.Context, number string, m message) (reply answerMessage, err error) {
	switch m.Type {
	case "open":
		err = h.open(ctx, number, m.RequestID)
	case "release":
		err = h.do(ctx, number, m.RequestID, payment.LetGo{Phone: number})
	case "approve":
		_, err = h.Approve(ctx, number, m.RequestID, m.Answer)
	case "decline":
		_, err = h.Decline(ctx, number, m.RequestID)
	case "hold":
		err = h.hold(ctx, number, m.RequestID)
	case "ack":
		err = h.ack(ctx, number, m.RequestID)
	case "scan":
		var result ScanResult
		result, err = h.Scan(ctx, number, m.Content)
		if result.Request != nil {
			reply.RequestID = result.Request.ID
		}
		reply.URL = result.URL
	case "shipping":
		reply.Shipping, err = h.shipping(ctx, number, m.RequestID, m.AddressID)
	default:
		err = bad("A message of the type \"" + m.Type + "\" is not known.")
	}
	return reply, err
}

// answer is what a phone is told about its message.
func answer(m message, reply answerMessage, err error) answerMessage {
	reply.Type, reply.ID = "ok", m.ID
	if err != nil {
		e := err.(*Error) //nolint:errorlint // refused told so
		reply = answerMessage{Type: "error", ID: m.ID, Code: e.Code, Message: e.Message, Remedy: e.Remedy, Reason: e.Reason, Host: e.Host}
	}
	return reply
}

// Approve is a phone's yes. It refuses with the codes of the protocol:
// [NotFound], [AlreadyDecided], [Expired], [Taken], [ConsentRequired],
// [CardDeclined] after which another card may be tried, and [BadMessage].
func (h *Hub) Approve(ctx context.Context, number, requestID string, a Answer) (Request, error) {
	return h.approve(ctx, number, requestID, a, "")
}

// approve is a yes given by somebody; "" for the owner.
func (h *Hub) approve(ctx context.Context, number, requestID string, a Answer, by string) (Request, error) {
	phone, p, err := h.resolve(ctx, number, requestID)
	if err != nil {
		return Request{}, err
	}
	known, err := h.known(ctx, &p, &phone)
	if err != nil {
		return Request{}, err
	}
	asked := payment.Without(p.Scopes, known)
	refusesConsent := a.Consent != nil && !*a.Consent && len(asked) > 0
	card, err := chooseCard(&p, &phone, a.CardID)
	if err != nil && (a.CardID != "" || !refusesConsent) {
		return Request{}, err
	}
	if err := mayPay(&phone, &p); err != nil {
		return Request{}, err
	}
	past, err := h.historyOf(ctx, p.ID, number)
	if err != nil {
		return Request{}, err
	}
	cmd := payment.Approve{
		Phone: number, Card: card.Tried(past.failure != ""), Known: known, Consent: a.Consent, Grant: phone.Grant(p.MSN, p.Scopes),
		Takes: phone.Takes(p.ID) + card.Takes(), By: by,
	}
	if !refusesConsent && (len(asked) == 0 || a.Consent != nil) { // else no merchant need be asked
		if cmd.Shipping, err = h.pick(ctx, &p, &phone, a); err != nil {
			return Request{}, err
		}
	}
	return h.apply(ctx, &phone, p.ID, cmd)
}

// chooseCard finds a card that the payment can be paid with; "" for the
// default one.
func chooseCard(p *payment.Payment, phone *directory.Phone, id string) (directory.Card, error) {
	for _, card := range phone.CardsFor(p) {
		if card.ID == id || id == "" {
			return card, nil
		}
	}
	switch _, has := phone.Card(id); {
	case has && id != "":
		return directory.Card{}, bad("The merchant takes no company cards: choose another card than " + id + ".")
	case has:
		return directory.Card{}, bad("The merchant takes no company cards, and this phone has no others.")
	case id != "":
		return directory.Card{}, bad("This phone has no card " + id + ".")
	}
	return directory.Card{}, bad("This phone has no cards.")
}

// known gives the scopes that the owner need not be asked for again.
func (h *Hub) known(ctx context.Context, p *payment.Payment, phone *directory.Phone) ([]string, error) {
	if phone.AlwaysAsk {
		return nil, nil
	}
	return h.Service.Remembered(ctx, p.MSN, phone.Number, p.Scopes)
}

// Decline is a phone's no. It refuses as [Hub.Approve] does.
func (h *Hub) Decline(ctx context.Context, number, requestID string) (Request, error) {
	return h.decline(ctx, number, requestID, "")
}

func (h *Hub) decline(ctx context.Context, number, requestID, by string) (Request, error) {
	phone, p, err := h.resolve(ctx, number, requestID)
	if err != nil {
		return Request{}, err
	}
	return h.apply(ctx, &phone, p.ID, payment.Decline{Phone: number, By: by})
}

// open notes that the payer looks at a request. One that came by link or
// code, and that nobody has open, becomes this phone's.
func (h *Hub) open(ctx context.Context, number, requestID string) error {
	phone, p, err := h.locate(ctx, number, requestID)
	if err != nil {
		return err
	}
	if p.Phone != number {
		if _, err := h.take(ctx, &phone, &p); err != nil {
			return err
		}
	}
	_, err = h.apply(ctx, &phone, p.ID, payment.Open{Phone: number})
	return err
}

// ack notes that the push was shown. One that ended meanwhile was shown all
// the same.
func (h *Hub) ack(ctx context.Context, number, requestID string) error {
	phone, p, err := h.resolve(ctx, number, requestID)
	if err != nil || p.Final() {
		return err
	}
	_, err = h.apply(ctx, &phone, p.ID, payment.Show{Phone: number})
	return err
}

func (h *Hub) do(ctx context.Context, number, requestID string, cmd payment.Command) error {
	phone, p, err := h.resolve(ctx, number, requestID)
	if err != nil {
		return err
	}
	_, err = h.apply(ctx, &phone, p.ID, cmd)
	return err
}

// apply gives a command to the wallet core and shows what came of it.
func (h *Hub) apply(ctx context.Context, phone *directory.Phone, id payment.ID, cmd payment.Command) (Request, error) {
	done, err := h.Service.Do(ctx, id, cmd, nil)
	if err != nil {
		return Request{}, refusal(err)
	}
	return h.lookUp(ctx, &done.Payment, phone)
}

// resolve finds the phone, and a request that it may answer.
func (h *Hub) resolve(ctx context.Context, number, requestID string) (directory.Phone, payment.Payment, error) {
	phone, p, err := h.locate(ctx, number, requestID)
	if err == nil && !belongs(&p, number) {
		err = &Error{Code: Taken, Message: "This payment is open on another phone."}
	}
	return phone, p, err
}

// locate finds the phone, and a request that it may know of: a push is
// nobody's business but the phone's it was sent to.
func (h *Hub) locate(ctx context.Context, number, requestID string) (directory.Phone, payment.Payment, error) {
	phone, ok := h.Directory.Phone(number)
	if !ok {
		return phone, payment.Payment{}, unknownPhone(number)
	}
	if requestID == "" {
		return phone, payment.Payment{}, bad("Say which request is meant: requestId is missing.")
	}
	p, err := h.find(ctx, number, requestID)
	if err == nil && p.Flow == payment.PushMessage && p.Phone != number {
		err = &Error{Code: NotFound, Message: "There is no such request on this phone."}
	}
	return phone, p, err
}

// mayPay refuses an owner who is too young (ePayment contract, section 2.6).
func mayPay(phone *directory.Phone, p *payment.Payment) error {
	limit := 15
	if p.Details != nil {
		limit = max(limit, p.Details.MinimumAge)
	}
	if phone.MayPay(limit) {
		return nil
	}
	return bad("The owner of this phone is too young: one must be " + strconv.Itoa(limit) + " for this payment.")
}
