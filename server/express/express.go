// Package express says what can be delivered to a payer's address and at
// what cost, asking the merchant where the payment says so (ePayment
// contract, section 2.9).
package express

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// limit is how long a merchant may take to answer, in real time.
const limit = 10 * time.Second

// longestAnswer is how much of an answer is read.
const longestAnswer = 256 << 10

// Options are what a desk works with. Pascal may be nil.
type Options struct {
	Payments *payment.Service
	// Transport takes the calls to merchants; [webhook.NewTransport] makes
	// one that goes only where it may.
	Transport http.RoundTripper
	// Pascal tells whether the members of a call are spelled as the vendor's
	// document has them, and not as on the wire.
	Pascal func() bool
}

// Desk answers what a payment offers at an address. It is safe for use by
// many goroutines.
type Desk struct{ Options }

// New makes a desk.
func New(o Options) *Desk {
	if o.Pascal == nil {
		o.Pascal = func() bool { return false }
	}
	return &Desk{o}
}

// Problem is why an address or an option cannot be chosen, in words for the
// payer. All other errors of this package are trouble inside.
type Problem struct {
	// Elsewhere tells that another address may do; if not, trying again may.
	Elsewhere bool
	Message   string
}

func (p *Problem) Error() string { return p.Message }

// Address finds an address of a phone's owner that goods may go to. With ""
// it is the first such.
func Address(p *payment.Payment, phone *directory.Phone, id string) (payment.Address, error) {
	all := phone.Addresses()
	for _, a := range all {
		switch {
		case id == "" && p.Shipping().Reaches(a):
			return a, nil
		case id != a.ID || id == "":
			continue
		case !p.Shipping().Reaches(a):
			return a, &Problem{true, "The shop does not deliver to " + a.Country + "; choose another address."}
		}
		return a, nil
	}
	switch {
	case id != "":
		return payment.Address{}, &Problem{true, "This phone's owner has no address " + id + "."}
	case len(all) == 0:
		return payment.Address{}, &Problem{true, "This phone's owner has no address to deliver to; add one to the profile."}
	}
	return payment.Address{}, &Problem{true, "The shop delivers to none of the addresses; it delivers to " + strings.Join(p.Shipping().Countries, ", ") + "."}
}

// Groups gives what a payment offers at an address, in the order to be shown.
// Where the merchant is to be asked, it is asked, each time: at another time
// it may answer otherwise. The answer is kept with the payment, so that it
// can be approved.
func (d *Desk) Groups(ctx context.Context, p *payment.Payment, phone string, a payment.Address) ([]payment.ShippingGroup, error) {
	s := p.Shipping()
	if !s.Dynamic() {
		return payment.InOrder(s.Groups), nil
	}
	groups, err := d.ask(ctx, p, a)
	if ctx.Err() != nil {
		return nil, ctx.Err() // cut short from our side: not the merchant's fault
	}
	kept := payment.OfferShipping{Phone: phone, Address: a, Groups: groups}
	var problem *Problem
	if errors.As(err, &problem) {
		kept.Problem = problem.Message
	} else if err != nil {
		return nil, err
	}
	if _, refusal := d.Payments.Do(ctx, p.ID, kept, nil); refusal != nil {
		return nil, refusal
	}
	return payment.InOrder(groups), err
}

// Pick resolves what a payer chose: address and option by their ids, "" for
// the default one of each. An option by its id that is known for the address
// is not asked for again.
func (d *Desk) Pick(ctx context.Context, p *payment.Payment, phone *directory.Phone, addressID, optionID string) (payment.ShippingPick, error) {
	a, err := Address(p, phone, addressID)
	if err != nil {
		return payment.ShippingPick{}, err
	}
	groups, known := p.ShippingTo(a)
	if !known {
		if groups, err = d.Groups(ctx, p, phone.Number, a); err != nil {
			return payment.ShippingPick{}, err
		}
	}
	if optionID != "" {
		return payment.ShippingPick{Address: a, OptionID: optionID}, nil
	}
	o, ok := payment.DefaultOption(groups)
	if !ok {
		return payment.ShippingPick{}, &Problem{true, "The shop offers nothing at this address."}
	}
	return payment.ShippingPick{Address: a, OptionID: o.ID}, nil
}

// ask calls the merchant. It is not tried again: the payer does that.
func (d *Desk) ask(ctx context.Context, p *payment.Payment, a payment.Address) ([]payment.ShippingGroup, error) {
	s := p.Shipping()
	target, err := url.Parse(s.CallbackURL)
	if err != nil {
		return nil, unanswered("the callback's URL cannot be used")
	}
	body := question(p.Reference, a, d.Pascal())
	ctx, cancel := webhook.WithLimit(ctx, limit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(body))
	if err != nil {
		return nil, unanswered("the callback's URL cannot be used")
	}
	request.Header.Set("Content-Type", "application/json;charset=UTF-8")
	if s.CallbackToken != "" {
		request.Header["Authorization"] = []string{s.CallbackToken}
	}
	answer, err := d.Transport.RoundTrip(request) // redirects are not followed
	if err != nil {
		return nil, unanswered(webhook.Failure(ctx, err, limit))
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer+1))
	switch {
	case answer.StatusCode == http.StatusBadRequest:
		return nil, &Problem{true, "The shop cannot deliver to this address; choose another one."}
	case answer.StatusCode != http.StatusOK:
		return nil, unanswered("it answered " + answer.Status)
	case err != nil:
		return nil, unanswered(webhook.Failure(ctx, err, limit))
	case len(text) > longestAnswer:
		return nil, unanswered("its answer is longer than 256 KiB")
	}
	groups, wrong := readGroups(text, p.Amount.Currency)
	if wrong != "" {
		return nil, unanswered(wrong)
	}
	return groups, nil
}

func unanswered(why string) error {
	return &Problem{false, "The shop's shipping options could not be fetched: " + why + ". Try again."}
}
