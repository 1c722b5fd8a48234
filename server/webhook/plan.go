package webhook

import "liksom/server/payment"

// IDs draws the ids of deliveries.
type IDs interface{ UUID() string }

// source is the one whose payments these events tell of: payments made
// through another API have other webhooks, or none.
const source = "epayment"

// NewPlan makes the plan that sends each event to every registration that
// asked for its type. A partner's registration gets all it is given; see
// [Plan.Within].
func NewPlan(ids IDs) Plan {
	return func(p payment.Payment, e payment.Event, registrations []Registration) []Delivery {
		if p.Source != source {
			return nil
		}
		eventType := TypeOf(e.Kind)
		if eventType == "" {
			return nil
		}
		var planned []Delivery
		var body []byte // one for all: they differ in their signatures only
		for i := range registrations {
			r := &registrations[i]
			if !r.Wants(eventType) {
				continue
			}
			if body == nil {
				body = Body(p, e)
			}
			planned = append(planned, Delivery{
				ID: ids.UUID(), Registration: r.ID, Payment: e.ID, Event: e.Seq,
				Type: eventType, Body: body, CreatedAt: e.At,
			})
		}
		return planned
	}
}

// Within has the plan pass over the registrations of partners who do not
// speak for the payment's sales unit; covers tells whether a client does.
func (plan Plan) Within(covers func(client, msn string) bool) Plan {
	return func(p payment.Payment, e payment.Event, registrations []Registration) []Delivery {
		for i := range registrations {
			if foreign(&registrations[i], p.MSN, covers) {
				return plan(p, e, own(registrations, p.MSN, covers))
			}
		}
		return plan(p, e, registrations) // nothing to leave out, nothing to copy
	}
}

func foreign(r *Registration, msn string, covers func(client, msn string) bool) bool {
	return r.MSN == "" && !covers(r.Client, msn)
}

func own(registrations []Registration, msn string, covers func(client, msn string) bool) []Registration {
	var kept []Registration
	for i := range registrations {
		if !foreign(&registrations[i], msn, covers) {
			kept = append(kept, registrations[i])
		}
	}
	return kept
}
