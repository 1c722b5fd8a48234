package epayment

import "liksom/server/payment"

// Code is one of the API's coded errors, for lists of them.
type Code struct {
	Number string
	Title  string
	Status int
}

// Codes are all coded errors, in the order of section 8.4. Two of them share
// a number and differ in their titles.
func Codes() []Code {
	all := codes()
	told := make([]Code, len(all))
	for i, c := range all {
		told[i] = Code{c.number, c.title, c.status}
	}
	return told
}

// meeting is the call as faults are asked about it.
func (c *call) meeting() Meeting {
	return Meeting{Method: c.Method, Path: c.URL.Path, MSN: c.unit.MSN, Reference: c.id.Reference}
}

// fault answers the coded error that a fault has this call end with, nil for
// none.
func (d *Door) fault(c *call) error {
	if d.Faults == nil {
		return nil
	}
	number := d.Faults(c.meeting())
	if number == "" {
		return nil
	}
	if number == c.op.conflict.number {
		return refuse(c.op.conflict)
	}
	for _, known := range codes() {
		if known.number == number {
			return refuse(known)
		}
	}
	return refuse(internalError)
}

// holdSub takes the payer's sub off a payment that is read too early for it
// (userinfo contract, section 4). The rest of what was shared is there.
func (d *Door) holdSub(c *call, p *payment.Payment) {
	if d.SubLate == nil || p.Grant == nil || !d.SubLate(c.meeting(), d.Payments.Now().Sub(p.EndedAt)) {
		return
	}
	grant := *p.Grant
	grant.Sub = ""
	p.Grant = &grant
}
