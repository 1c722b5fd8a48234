package snapshot

import (
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

const (
	// longestLog bounds the positions of the log: an engine may have room for
	// each.
	longestLog = 10_000_000
	// fastest is as fast as a clock may go.
	fastest = 100_000
	// firstYear and lastYear bound all times of the simulated clock: others do
	// not fit into due rows.
	firstYear, lastYear = 1970, 2261
)

// check tells what does not fit together.
func (r *reader) check(d *Document) {
	if now := d.Clock.Now; outOfTime(now) {
		r.wrong("clock.now", fmt.Sprintf("A clock shows the years %d to %d.", firstYear, lastYear))
	}
	if !(d.Clock.Speed > 0 && d.Clock.Speed <= fastest) {
		r.wrong("clock.speed", fmt.Sprintf("The speed must be above 0 and at most %d.", fastest))
	}
	if n := d.Numbering; n.Events < 0 || n.Events > longestLog || n.Deliveries < 0 {
		r.wrong("numbering", fmt.Sprintf("Numbers begin with 1; the log has at most %d.", longestLog))
		return
	}
	r.checkLog(d, r.checkPayments(d))
	r.checkHooks(d)
	r.checkRest(d)
}

func outOfTime(t time.Time) bool { return t.Year() < firstYear || t.Year() > lastYear }

// checkPayments gives the payments by their names.
func (r *reader) checkPayments(d *Document) map[payment.ID]payment.Seq {
	known := make(map[payment.ID]payment.Seq, len(d.Payments))
	codes := map[string]bool{}
	last := payment.Seq(0)
	for i := range d.Payments {
		p := &d.Payments[i]
		at := fmt.Sprintf("payments[%d]", i)
		_, twice := known[p.ID]
		switch {
		case p.MSN == "" || p.Reference == "":
			r.wrong(at, "A payment needs msn and reference.")
		case twice:
			r.wrong(at, "Another payment has the reference "+p.ID.String()+" already.")
		case p.Code == "" || codes[p.Code]:
			r.wrong(at+".code", "Every payment needs a code of its own.")
		case p.Number <= last || p.Number > d.Numbering.Events:
			r.wrong(at+".number", "Payments stand in the order of their numbers, which are positions of the log.")
		case !slices.Contains([]payment.State{payment.Created, payment.Authorized, payment.Aborted, payment.Expired, payment.Terminated}, p.State):
			r.wrong(at+".state", "There is no state "+string(p.State)+".")
		case p.Amount.Value < 0 || len(p.Amount.Currency) != 3:
			r.wrong(at+".amount", "An amount is not negative and has a currency of three letters.")
		case outOfTime(p.CreatedAt):
			r.wrong(at+".createdAt", "A payment was made at a time.")
		}
		known[p.ID], codes[p.Code], last = p.Number, true, max(last, p.Number)
	}
	return known
}

func (r *reader) checkLog(d *Document, known map[payment.ID]payment.Seq) {
	last := payment.Seq(0)
	begun := make(map[payment.ID]bool, len(known))
	for i := range d.Events {
		e := &d.Events[i]
		at := fmt.Sprintf("events[%d]", i)
		_, there := known[e.ID]
		switch {
		case !there:
			r.wrong(at+".id", "There is no payment "+e.ID.String()+".")
		case e.Seq <= last || e.Seq > d.Numbering.Events:
			r.wrong(at+".seq", "Events stand in the order of their positions, up to numbering.events.")
		case e.Kind == "":
			r.wrong(at+".kind", "An event needs a kind.")
		case outOfTime(e.At):
			r.wrong(at+".at", "An event happened at a time.")
		}
		last, begun[e.ID] = max(last, e.Seq), true
	}
	for i := range d.Payments {
		if id := d.Payments[i].ID; !begun[id] {
			r.wrong(fmt.Sprintf("payments[%d]", i), "Every payment begins with an event; "+id.String()+" has none.")
		}
	}
}

func (r *reader) checkHooks(d *Document) {
	ids := map[string]bool{}
	last := int64(0)
	for i := range d.Registrations {
		reg := &d.Registrations[i]
		at := fmt.Sprintf("registrations[%d]", i)
		switch {
		case reg.ID == "" || ids[reg.ID]:
			r.wrong(at+".id", "Every registration needs an id of its own.")
		case reg.Number <= last:
			r.wrong(at+".number", "Registrations stand in the order of their numbers.")
		case reg.URL == "" || reg.Secret == "" || len(reg.Events) == 0:
			r.wrong(at, "A registration needs url, secret and events.")
		}
		ids[reg.ID], last = true, max(last, reg.Number)
	}
	deliveries := map[string]bool{}
	last = 0
	for i := range d.Deliveries {
		one := &d.Deliveries[i]
		at := fmt.Sprintf("deliveries[%d]", i)
		switch {
		case one.ID == "" || deliveries[one.ID]:
			r.wrong(at+".id", "Every delivery needs an id of its own.")
		case one.Number <= last || one.Number > d.Numbering.Deliveries:
			r.wrong(at+".number", "Deliveries stand in the order of their numbers, up to numbering.deliveries.")
		case !slices.Contains([]webhook.Status{webhook.Waiting, webhook.Held, webhook.Delivered, webhook.Dropped, webhook.Ended}, one.Status):
			r.wrong(at+".status", "There is no status "+string(one.Status)+".")
		}
		deliveries[one.ID], last = true, max(last, one.Number)
	}
	type try struct {
		delivery string
		n        int
	}
	tries := map[try]bool{}
	for i := range d.Attempts {
		a := &d.Attempts[i]
		at := fmt.Sprintf("attempts[%d]", i)
		this := try{a.Delivery, a.N}
		switch {
		case !deliveries[a.Delivery]:
			r.wrong(at+".delivery", "There is no delivery "+a.Delivery+".")
		case a.N < 1 || tries[this]:
			r.wrong(at+".n", "Every attempt of a delivery has a number of its own, from 1.")
		}
		tries[this] = true
	}
}

func (r *reader) checkRest(d *Document) {
	keys := map[string]bool{}
	for i, a := range d.Answers {
		at := fmt.Sprintf("answers[%d]", i)
		print, err := hex.DecodeString(a.Print)
		switch {
		case a.Key == "" || keys[a.Key]:
			r.wrong(at+".key", "Every kept answer needs a key of its own.")
		case err != nil || len(print) != len(payment.Reply{}.Print):
			r.wrong(at+".print", "The digest of the request is 64 hexadecimal digits.")
		}
		keys[a.Key] = true
	}
	for i, row := range d.Deadlines {
		at := fmt.Sprintf("deadlines[%d]", i)
		switch {
		case row.Kind == "":
			r.wrong(at+".kind", "A deadline needs a kind.")
		case outOfTime(row.At):
			r.wrong(at+".at", fmt.Sprintf("Deadlines fall into the years %d to %d.", firstYear, lastYear))
		}
	}
	for kind := range d.Documents {
		if member := apart[kind]; member != "" {
			r.wrong("documents."+kind, "These stand in the member "+member+".")
		}
	}
}
