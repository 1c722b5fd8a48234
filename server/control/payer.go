package control

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/payment"
	"liksom/server/problem"
)

// Wallets is what acting for a payer needs to know of phones and sales units.
type Wallets interface {
	Unit(msn string) (directory.Unit, bool)
	Phone(number string) (directory.Phone, bool)
	Phones() []directory.Phone
}

// Payer acts for whoever is to pay, whatever the phone: the one that has the
// payment open, else the one who identified, else the number that the
// merchant named, else the first phone of the sales unit's market.
//
// A refusal is a [*payment.Error]; only numbers and cards that are named
// wrongly are another error, whose text may be shown.
type Payer struct {
	Payments  *payment.Service
	Directory Wallets
	// Express says what can be delivered where; needed once a payment ships
	// something.
	Express *express.Desk
	// By names who acts, for the timeline.
	By string
}

// Choice is what an approval may name; "" takes what is selected at first:
// the first card that works, the first address that goods may go to, the
// default option there.
type Choice struct{ CardID, AddressID, ShippingOptionID string }

// Open does what opening the landing page does: by itself that only stands on
// the timeline, once; with a number it enters that, which sends the push.
func (a Payer) Open(ctx context.Context, id payment.ID, number string) error {
	p, err := a.Payments.Get(ctx, id)
	if err != nil {
		return err
	}
	if p.Flow == payment.PushMessage {
		return conflict("This payment went straight to the phone " + p.Phone + ", so it has no landing page to open.")
	}
	if number == "" {
		return a.do(ctx, id, payment.Land{})
	}
	if err := a.mayPay(&p, number); err != nil {
		return err
	}
	if err := a.do(ctx, id, payment.Land{}); err != nil {
		return err
	}
	return a.do(ctx, id, payment.Identify{Phone: number})
}

func (a Payer) mayPay(p *payment.Payment, number string) error {
	if !directory.ValidNumber(number) {
		return invalid("phoneNumber", "The number must be in international form, digits only, such as 4712345678.")
	}
	phone, known := a.Directory.Phone(number)
	if !known {
		return invalid("phoneNumber", "No phone has the number "+number+"; add it with POST /sim/v1/phones.")
	}
	if !phone.MayPay(minimumAge(p)) {
		return invalid("phoneNumber", fmt.Sprintf("The owner is %d years old, which is too young for this payment.", phone.Age))
	}
	return nil
}

// Approve says yes with the first card of the payer's phone that works. The
// amounts to test with count as they do on a phone.
// Identification, consent and approval are one transaction.
func (a Payer) Approve(ctx context.Context, id payment.ID) error {
	return a.ApproveWith(ctx, id, Choice{})
}

// ApproveWith is [Payer.Approve] with what is chosen. A card that the issuer
// refuses is the refusal [payment.CardRefused], and the payment waits on.
func (a Payer) ApproveWith(ctx context.Context, id payment.ID, c Choice) error {
	return a.pay(ctx, id, c, func(number string, cards []directory.Card) (directory.Card, error) {
		if c.CardID == "" {
			return firstCard(number, cards, true)
		}
		for _, card := range cards {
			if card.ID == c.CardID {
				return card, nil
			}
		}
		return directory.Card{}, invalid("cardId", fmt.Sprintf("The phone %s has no such card for this payment. %s", number, problem.Instead(c.CardID, cardIDs(cards))))
	})
}

// FailCard says yes with a card that the issuer refuses: the payment waits
// on, and another card may be tried.
func (a Payer) FailCard(ctx context.Context, id payment.ID) error {
	err := a.pay(ctx, id, Choice{}, func(number string, cards []directory.Card) (directory.Card, error) {
		card, err := firstCard(number, cards, false)
		if card.Outcome == directory.Works {
			card.Outcome = string(payment.DeclinedByIssuer)
		}
		return card, err
	})
	if errors.Is(err, payment.Because(payment.CardRefused)) {
		return nil
	}
	return err
}

// Decline says no.
func (a Payer) Decline(ctx context.Context, id payment.ID) error {
	return a.do(ctx, id, payment.Decline{By: a.By})
}

// Expire ends the payment as if its time had run out.
func (a Payer) Expire(ctx context.Context, id payment.ID) error {
	return a.do(ctx, id, payment.ExpireNow{By: a.By})
}

func (a Payer) do(ctx context.Context, id payment.ID, cmd payment.Command) error {
	_, err := a.Payments.Do(ctx, id, cmd, nil)
	return err
}

// patience is how often an approval is tried anew because a phone has opened
// the payment between the look and the deed.
const patience = 5

// chooser finds a card among those of a phone that a payment can be paid
// with.
type chooser func(number string, cards []directory.Card) (directory.Card, error)

func (a Payer) pay(ctx context.Context, id payment.ID, c Choice, choose chooser) error {
	for try := 1; ; try++ {
		p, err := a.Payments.Get(ctx, id)
		if err != nil {
			return err
		}
		cmd := payment.Approve{By: a.By}
		if !p.Final() { // a final one needs no phone to be refused
			if cmd, err = a.approval(ctx, &p, c, choose); err != nil {
				return err
			}
		}
		err = a.do(ctx, id, cmd)
		if errors.Is(err, payment.Because(payment.Taken)) && try < patience {
			continue
		}
		return err
	}
}

func (a Payer) approval(ctx context.Context, p *payment.Payment, c Choice, choose chooser) (payment.Approve, error) {
	phone, err := a.phone(p)
	if err != nil {
		return payment.Approve{}, err
	}
	card, err := choose(phone.Number, phone.CardsFor(p))
	if err != nil {
		return payment.Approve{}, err
	}
	consent := true
	cmd := payment.Approve{
		Phone: phone.Number, Card: card.Payment(), Consent: &consent, Grant: phone.Grant(p.MSN, p.Scopes), By: a.By,
	}
	if p.Shipping() == nil {
		return cmd, nil
	}
	pick, err := a.Express.Pick(ctx, p, &phone, c.AddressID, c.ShippingOptionID)
	var problem *express.Problem
	if errors.As(err, &problem) {
		return cmd, conflict(problem.Message)
	}
	cmd.Shipping = &pick
	return cmd, err
}

func (a Payer) phone(p *payment.Payment) (directory.Phone, error) {
	if p.Holder != "" { // anybody else would be refused
		if phone, known := a.Directory.Phone(p.Holder); known {
			return phone, nil
		}
		return directory.NewPhone(p.Holder, "", ""), nil // removed while it had the payment open
	}
	for _, number := range []string{p.Phone, p.Suggested} {
		if phone, known := a.Directory.Phone(number); known {
			return phone, nil
		}
	}
	unit, _ := a.Directory.Unit(p.MSN)
	for _, phone := range a.Directory.Phones() {
		if phone.Market == unit.Rules().Code && phone.MayPay(minimumAge(p)) {
			return phone, nil
		}
	}
	return directory.Phone{}, noPayer("Nobody is known as the payer, and no phone of the market " + unit.Rules().Code +
		" has an owner who may pay this; add one with POST /sim/v1/phones.")
}

func noPayer(message string) error {
	return &payment.Error{Reason: payment.NoPayer, State: payment.Created, Message: message}
}

func minimumAge(p *payment.Payment) int {
	if p.Details == nil {
		return 0
	}
	return p.Details.MinimumAge
}

// firstCard is the first card that works, or that does not; the very first
// where there is none such.
func firstCard(number string, cards []directory.Card, works bool) (directory.Card, error) {
	for _, card := range cards {
		if (card.Outcome == directory.Works) == works {
			return card, nil
		}
	}
	if len(cards) > 0 {
		return cards[0], nil
	}
	return directory.Card{}, noPayer("The phone " + number + " has no cards for this payment; add one with PATCH /sim/v1/phones/" + number + ".")
}

func cardIDs(cards []directory.Card) []string {
	ids := make([]string, len(cards))
	for i, card := range cards {
		ids[i] = card.ID
	}
	return ids
}

// money is an amount in words.
func money(value int64, currency string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d.%02d %s", value/100, value%100, currency)
	return b.String()
}
