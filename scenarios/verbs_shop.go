package scenarios

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"liksom/server/client"
	"liksom/server/merchant"
)

// placeOrder has a customer order.
func (r *run) placeOrder(ctx context.Context, v *value, limit limits) (*outcome, error) {
	var o orderStep
	if err := r.read(v, &o); err != nil {
		return nil, err
	}
	if r.till == nil {
		return nil, errors.New("there is no shop: the script says shop is off")
	}
	if o.Amount == 0 {
		o.Amount = 25000
	}
	u, err := r.unit(ctx, r.till.keys.MSN)
	if err != nil {
		return nil, err
	}
	if o.Currency == "" {
		o.Currency = u.currency
	}
	if r.till.shop == nil {
		return r.orderTheirs(ctx, &o, limit)
	}
	if o.Reference == "" {
		o.Reference = r.newReference()
	}
	_, err = r.till.shop.Checkout(ctx, merchant.Order{
		Reference: o.Reference, Amount: client.Amount{Currency: o.Currency, Value: o.Amount}, Flow: o.Flow, Phone: o.Phone,
		Description: o.Description, Scope: o.Scope, Later: o.Later, Present: o.Present,
	})
	return r.ordered(o.Reference, answerOf(err)), nil
}

func (r *run) ordered(reference string, a answer) *outcome {
	r.target = target{r.till.keys.MSN, reference}
	came := answered([]answer{a})
	came.said = came.value
	came.value, came.name, came.detail = &liveOrder{r.till, reference}, "order", reference
	return came
}

// answerOf makes an answer of what a shop's call came to.
func answerOf(err error) answer {
	if err != nil {
		return refusal(err)
	}
	return answer{Status: http.StatusOK, Title: http.StatusText(http.StatusOK)}
}

func (r *run) shopDoes(ctx context.Context, v *value) (*outcome, error) {
	var q shopStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	if q.Reference == "" {
		q.Reference = r.target.reference
	}
	if r.till == nil {
		return nil, errors.New("there is no shop: the script says shop is off")
	}
	if q.Do == "return" {
		return r.comeBack(ctx, &q)
	}
	if r.till.shop == nil {
		if q.Do == "start" || q.Do == "poll" || q.Do == "refresh" {
			return nil, errSkipped // the user's shop does so by itself
		}
		return nil, fmt.Errorf("only the built-in shop can be told to %s", q.Do)
	}
	if q.Do == "again" {
		next, err := r.till.shop.Again(ctx, q.Reference)
		return r.ordered(next.Reference, answerOf(err)), nil
	}
	answers, err := room(q.Times)
	if err != nil {
		return nil, err
	}
	var working sync.WaitGroup
	for i := range answers {
		if !q.AtOnce {
			answers[i] = answerOf(r.deed(ctx, &q))
			continue
		}
		working.Go(func() { answers[i] = answerOf(r.deed(ctx, &q)) })
	}
	working.Wait()
	return answered(answers), nil
}

func (r *run) deed(ctx context.Context, q *shopStep) error {
	shop := r.till.shop
	o, _ := shop.Order(q.Reference)
	amount := q.Amount
	if amount == 0 {
		amount = o.Amount.Value
	}
	switch q.Do {
	case "start":
		return shop.Start(ctx)
	case "poll":
		return shop.Poll(ctx)
	case "refresh":
		return shop.Refresh(ctx, q.Reference)
	case "capture":
		return shop.Capture(ctx, q.Reference, amount)
	case "refund":
		return shop.Refund(ctx, q.Reference, amount)
	case "release":
		return shop.Release(ctx, q.Reference)
	case "cancel":
		return shop.Cancel(ctx, q.Reference)
	}
	return shop.Leave(ctx)
}

// comeBack has the customer follow the payment's way home in a browser that
// knows nothing of the shop.
func (r *run) comeBack(ctx context.Context, q *shopStep) (*outcome, error) {
	p, err := r.of(r.target.msn).Payment(ctx, q.Reference)
	if err != nil {
		return nil, err
	}
	if p.ReturnURL == "" {
		return nil, errors.New("the payment has no returnUrl")
	}
	answers, err := room(q.Times)
	if err != nil {
		return nil, err
	}
	for i := range answers {
		answers[i] = r.roundTrip(ctx, request{method: http.MethodGet, path: strings.TrimSpace(p.ReturnURL)}, http.Header{})
	}
	return answered(answers), nil
}
