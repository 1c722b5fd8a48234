package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// probing is one case: what to send, and what a sound handler does with it.
type probing struct {
	name string
	// refuse tells that all of it is to be turned away with a 4xx; else all of
	// it is to be taken with a 2xx.
	refuse bool
	// once tells that what was sent more than once must be booked once.
	once bool
	risk string
	do   func(context.Context, *trial) error
}

// cases are all cases, from the plain one to the odd ones.
func cases() []probing {
	return []probing{
		{name: "valid", do: plain, risk: "no webhook would ever be taken"},
		{name: "each of the eight events", do: eachEvent, risk: "the events not taken are sent again for seven days and then lost"},
		{name: "unusual spacing and order", do: unusual, risk: "the body is read and written anew before it is hashed"},
		{name: "a member nobody knows", do: unknownMember, risk: "the first new member of the service would stop all webhooks"},
		{name: "success: false", do: failedOperation, risk: "a failed operation would be tried again and again, or lost"},
		{name: "Authorization lost on the way", do: copyOnly, risk: "behind a web server that keeps Authorization to itself nothing arrives; X-Vipps-Authorization has a copy"},
		{name: "dated 299 seconds ago", do: dated(-299 * time.Second), risk: "a clock a little off would refuse what is good"},
		{name: "sent twice", once: true, do: twice, risk: "an answer that was lost on the way would be booked twice"},
		{name: "sent twice at once", once: true, do: twiceAtOnce, risk: "two tries at once would be booked twice"},
		{name: "captured before authorized", do: reordered, risk: "events that overtake each other would be lost"},
		{name: "slow on the way", do: slow, risk: "a slow network would lose webhooks"},

		{name: "changed body", refuse: true, do: changedBody, risk: "anybody could change the amount on the way"},
		{name: "changed body with its own hash", refuse: true, do: changedWithHash, risk: "only the hash is compared, which anybody can write"},
		{name: "signed with another secret", refuse: true, do: otherSecret, risk: "anybody could say that an order is paid"},
		{name: "signed for another path", refuse: true, do: otherPath, risk: "a message to another address of yours would be believed here"},
		{name: "not signed", refuse: true, do: unsigned, risk: "anybody could say that an order is paid"},
		{name: "stale date, 10 minutes old", refuse: true, do: dated(-10 * time.Minute), risk: "a replayed message would be believed"},
		{name: "dated 301 seconds ahead", refuse: true, do: dated(301 * time.Second), risk: "a message could be kept for later"},
		{name: "no body", refuse: true, do: empty, risk: "what is no event at all would be taken for one"},
	}
}

// judge says what became of a case, and how often more something was booked.
func (c *probing) judge(t *trial, booked int) Verdict {
	v := Verdict{Case: c.name, Took: t.took, Risk: c.risk}
	if c.refuse {
		v.Should = "refuse it with a 4xx"
		v.OK = t.refused() == len(t.statuses)
	} else {
		v.Should = "answer with a 2xx"
		v.OK = t.accepted() == len(t.statuses)
	}
	switch {
	case !v.OK || !c.refuse:
		v.Did = "answered " + t.answered()
	default:
		v.Did = "refused with " + t.answered()
	}
	if c.once && t.probe.Count != nil {
		v.Should += " and book it once"
		v.Did += fmt.Sprintf(", booked %d times", booked)
		v.OK = v.OK && booked <= 1
	}
	return v
}

func plain(ctx context.Context, t *trial) error {
	return t.send(ctx, t.signed(t.event(payment.PaymentAuthorized)))
}

func eachEvent(ctx context.Context, t *trial) error {
	for _, kind := range []payment.Kind{
		payment.PaymentCreated, payment.PaymentAuthorized, payment.PaymentCaptured, payment.PaymentRefunded,
		payment.PaymentCancelled, payment.PaymentAborted, payment.PaymentExpired, payment.PaymentTerminated,
	} {
		if err := t.send(ctx, t.signed(t.event(kind))); err != nil {
			return err
		}
	}
	return nil
}

// unusual is JSON as nobody writes it, signed as it is.
func unusual(ctx context.Context, t *trial) error {
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, t.event(payment.PaymentAuthorized), "", "\t"); err != nil {
		return err
	}
	return t.send(ctx, t.signed(append([]byte(" \r\n"), spaced.Bytes()...)))
}

func unknownMember(ctx context.Context, t *trial) error {
	body := t.event(payment.PaymentAuthorized)
	return t.send(ctx, t.signed(append([]byte(`{"notThoughtOfYet":{"deep":[1,2]},`), body[1:]...)))
}

func failedOperation(ctx context.Context, t *trial) error {
	body := bytes.Replace(t.event(payment.PaymentCaptured), []byte(`"success":true`), []byte(`"success":false`), 1)
	return t.send(ctx, t.signed(body))
}

func copyOnly(ctx context.Context, t *trial) error {
	d := t.signed(t.event(payment.PaymentAuthorized))
	d.header.Del(webhook.HeaderAuthorization)
	return t.send(ctx, d)
}

func dated(by time.Duration) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		return t.send(ctx, t.signedAs(t.probe.Secret, t.event(payment.PaymentAuthorized), t.now.Add(by)))
	}
}

func twice(ctx context.Context, t *trial) error {
	d := t.signed(t.event(payment.PaymentAuthorized))
	if err := t.send(ctx, d); err != nil {
		return err
	}
	return t.send(ctx, d)
}

func twiceAtOnce(ctx context.Context, t *trial) error {
	d := t.signed(t.event(payment.PaymentAuthorized))
	other := make(chan error, 1)
	go func() { other <- t.send(ctx, d) }()
	if err := t.send(ctx, d); err != nil {
		<-other
		return err
	}
	return <-other
}

func reordered(ctx context.Context, t *trial) error {
	if err := t.send(ctx, t.signed(t.event(payment.PaymentCaptured))); err != nil {
		return err
	}
	return t.send(ctx, t.signed(t.event(payment.PaymentAuthorized)))
}

func slow(ctx context.Context, t *trial) error {
	d := t.signed(t.event(payment.PaymentAuthorized))
	d.pause = 500 * time.Millisecond
	return t.send(ctx, d)
}

// dearer is another amount, in as many bytes.
func dearer(body []byte) []byte {
	return bytes.Replace(body, fmt.Appendf(nil, "%d", amount), fmt.Appendf(nil, "%d", amount+1), 1)
}

func changedBody(ctx context.Context, t *trial) error {
	d := t.signed(t.event(payment.PaymentAuthorized))
	d.body = dearer(d.body)
	return t.send(ctx, d)
}

// changedWithHash takes the signature of another body.
func changedWithHash(ctx context.Context, t *trial) error {
	body := t.event(payment.PaymentAuthorized)
	good, changed := t.signed(body), t.signed(dearer(body))
	for _, name := range []string{webhook.HeaderAuthorization, webhook.HeaderCopy} {
		changed.header.Set(name, good.header.Get(name))
	}
	return t.send(ctx, changed)
}

func otherSecret(ctx context.Context, t *trial) error {
	return t.send(ctx, t.signedAs(t.probe.Secret+"x", t.event(payment.PaymentAuthorized), t.now))
}

func otherPath(ctx context.Context, t *trial) error {
	other := *t.probe.URL
	other.Path = strings.TrimRight(other.Path, "/") + "/elsewhere"
	body := t.event(payment.PaymentAuthorized)
	return t.send(ctx, t.sealed(webhook.Sign(t.probe.Secret, &other, body, t.now), body))
}

func unsigned(ctx context.Context, t *trial) error {
	d := t.signed(t.event(payment.PaymentAuthorized))
	d.header.Del(webhook.HeaderAuthorization)
	d.header.Del(webhook.HeaderCopy)
	return t.send(ctx, d)
}

// empty is nothing, properly signed.
func empty(ctx context.Context, t *trial) error { return t.send(ctx, t.signed(nil)) }
