package epayment

import (
	"cmp"
	"net/http"
	"net/url"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/payment"
)

// approve is force approve (section 9.1).
func (d *Door) approve(c *call) (answer, error) {
	r, err := d.readers.of(gateway.Body(c.Request))
	if err != nil {
		return answer{}, err
	}
	defer r.close()
	who := r.customer(root)
	who.find(d.Customers, c.unit.MSN)
	token, hasToken := r.text(root, "token", false)
	if err := r.finish(c.settings.StrictBodies, c.note); err != nil {
		return answer{}, err
	}
	p, err := d.Payments.Get(c.Context(), c.id)
	if err != nil {
		return answer{}, err
	}
	if p.State == payment.Created {
		return d.approveAs(c, &p, who, token, hasToken)
	}
	return d.force(c, payment.Approve{Forced: true}) // refused, as it is decided already
}

func (d *Door) approveAs(c *call, p *payment.Payment, who customer, token string, hasToken bool) (answer, error) {
	switch {
	case p.Shipping() != nil:
		return answer{}, refuse(approveNotAllowed)
	case !who.named() && !hasToken:
		return answer{}, refuse(missingParameter.because("customer or token is required."))
	case hasToken && token != p.Token && !d.led(c, p, token):
		return answer{}, refuse(approveFailed.because("Reason: the token is not this payment's."))
	}
	number, err := who.number()
	if err != nil {
		return answer{}, err
	}
	phone, err := d.payer(c, p, number)
	if err != nil {
		return answer{}, err
	}
	card, err := workingCard(phone.CardsFor(p))
	if err != nil {
		return answer{}, err
	}
	return d.force(c, payment.Approve{
		Forced: true, Phone: phone.Number, Card: card.Payment(), Grant: phone.Grant(c.unit.MSN, p.Scopes),
	})
}

// led tells whether a token is the one in a payment's redirectUrl, out of which
// test suites cut it; that of a QR code's picture is not the landing page's.
func (d *Door) led(c *call, p *payment.Payment, token string) bool {
	u, err := url.Parse(d.redirect(c, p))
	return err == nil && token != "" && u.Query().Get("token") == token
}

func (d *Door) force(c *call, cmd payment.Approve) (answer, error) {
	_, err := d.Payments.Do(c.Context(), c.id, cmd, nil)
	return answer{status: http.StatusOK}, err
}

// payer finds the phone that approves: the one named, else the payment's own,
// else the first of the market.
func (d *Door) payer(c *call, p *payment.Payment, number string) (*directory.Phone, error) {
	number = cmp.Or(number, p.Phone, p.Suggested)
	if number == "" {
		number = d.firstNumber(c.unit.Market)
	}
	phone, known := d.Directory.Phone(number)
	switch {
	case number == "":
		return nil, refuse(approveFailed.because("Reason: there is no phone of this market; name one."))
	case !known:
		return nil, refuse(approveFailed.because("Reason: no phone has the number " + number + "."))
	case !phone.MayPay(minimumAge(p)):
		return nil, refuse(approveFailed.because("Reason: the phone's owner is too young."))
	case !phone.Identified:
		return nil, refuse(notIdentified)
	}
	return &phone, nil
}

// firstNumber is that of a market's first phone, "" where it has none.
func (d *Door) firstNumber(market string) string {
	for _, phone := range d.Directory.Phones() {
		if phone.Market == market {
			return phone.Number
		}
	}
	return ""
}

func minimumAge(p *payment.Payment) int {
	if p.Details == nil {
		return 0
	}
	return p.Details.MinimumAge
}

// workingCard is the first of the payer's cards that can pay.
func workingCard(cards []directory.Card) (directory.Card, error) {
	expired := 0
	for _, card := range cards {
		switch card.Outcome {
		case directory.Works:
			return card, nil
		case string(payment.CardExpired):
			expired++
		}
	}
	switch {
	case len(cards) == 0:
		return directory.Card{}, refuse(noCards)
	case expired == len(cards):
		return directory.Card{}, refuse(internalError.because("All cards of this phone have expired."))
	}
	return directory.Card{}, refuse(invalidSource)
}
