package landing

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web"
)

// result tells what became of a payment.
type result struct{ Tone, Icon, Title, Text string }

// fillResult says what happened, what it means, and where the way leads. All
// outcomes go home alike, but one that this browser only finds done.
func (d *Door) fillResult(ctx context.Context, v *data, p payment.Payment, lang string) error {
	end, err := d.endOf(ctx, p)
	if err != nil {
		return err
	}
	v.Narrow = true
	if end.refusal != "" {
		v.State = failed
	}
	v.Result = d.result(v.State, p, end, lang, v.Merchant)
	if !leadsHome(p.ReturnURL) {
		return nil
	}
	v.Home = homeLink(p.ReturnURL)
	if v.State == done {
		return nil
	}
	after := time.Duration(d.Directory.Settings().ReturnAfter)
	v.Returns, v.After = true, after.Milliseconds()
	v.ReturnsIn = d.Site.Say(lang, "result.return.in", "merchant", v.Merchant, "n", strconv.Itoa(max(1, seconds(after))))
	if d.Feed == nil {
		v.Still = true // a story goes nowhere
		return nil
	}
	v.Refresh = refresh(after, p.ReturnURL)
	return nil
}

// ending is how a payment came to be given up.
type ending struct {
	by string // who ended it; "" for the payer on the phone
	// refusal is the issuer's no that ended it: only on the Stripe side is a
	// refused card final.
	refusal payment.Refusal
}

// stripe is the source of payments that a refused card ends.
const stripe = "stripe"

// endOf says how a payment ended that nobody paid.
func (d *Door) endOf(ctx context.Context, p payment.Payment) (ending, error) {
	if p.State != payment.Aborted {
		return ending{}, nil
	}
	events, err := d.Store.Events(ctx, p.ID)
	if err != nil {
		return ending{}, err
	}
	var end ending
	for _, e := range events {
		switch {
		case e.Kind == payment.PaymentAborted:
			end.by = e.By
			return end, nil
		case e.Kind == payment.CardDeclined && p.Source == stripe:
			end.refusal = payment.Refusal(e.Note)
		default:
			end.refusal = "" // something else came after the refusal
		}
	}
	return end, nil
}

func (d *Door) result(state string, p payment.Payment, end ending, lang, merchant string) result {
	say := func(key string, args ...string) string { return d.Site.Say(lang, key, args...) }
	ended := p.EndedAt
	if !p.Final() {
		ended = p.Deadline
	}
	when := d.Site.TimeOfDay(lang, ended)
	switch {
	case state == paid:
		return result{Tone: "ok", Icon: "check", Title: say("result.paid")}
	case state == done:
		return result{Tone: "ok", Icon: "check", Title: say("result.done"), Text: say("result.done.text", "time", when)}
	case state == expired && p.Window == payment.Landing && !usual(&p):
		return result{Tone: "warn", Icon: "clock", Title: say("result.expired.link"), Text: say("result.expired.link.late", "time", when)}
	case state == expired && p.Window == payment.Landing:
		return result{Tone: "warn", Icon: "clock", Title: say("result.expired.link"), Text: say("result.expired.link.text", "time", when)}
	case state == expired && (p.Window == payment.Fixed || !usual(&p)):
		return result{Tone: "warn", Icon: "clock", Title: say("result.expired"), Text: say("result.expired.intime")}
	case state == expired:
		return result{Tone: "warn", Icon: "clock", Title: say("result.expired"), Text: say("result.expired.approve")}
	case state == failed:
		return result{Tone: "bad", Icon: "card", Title: say("result.failed"), Text: say("result.failed.text", "reason", say("refusal."+string(end.refusal)))}
	case p.State == payment.Terminated:
		return result{Tone: "mute", Icon: "cross", Title: say("result.cancelled"), Text: say("result.cancelled.merchant", "merchant", merchant)}
	case end.by == here:
		return result{Tone: "mute", Icon: "cross", Title: say("result.cancelled"), Text: say("result.cancelled.here")}
	case p.Phone == "":
		return result{Tone: "mute", Icon: "cross", Title: say("result.cancelled"), Text: say("result.cancelled.nobody")}
	}
	return result{Tone: "mute", Icon: "cross", Title: say("result.cancelled"), Text: say("result.cancelled.user")}
}

// usual tells whether a payment's window is as long as the texts say.
func usual(p *payment.Payment) bool { return p.Deadline.Sub(p.Since) == 5*time.Minute }

// unknown answers for a token that opens nothing.
func (d *Door) unknown(w http.ResponseWriter, r *http.Request, token string) {
	lang := d.Site.Language(w, r)
	v := &data{
		State: unknown, Narrow: true, Token: web.Clipped(token, 64),
		Result: result{Tone: "mute", Icon: "search", Title: d.Site.Say(lang, "result.unknown"), Text: d.Site.Say(lang, "result.unknown.text")},
	}
	brand := d.dress(r, v, lang, directory.Unit{})
	d.Site.Render(w, r, web.Page{
		Name: "landing", Status: http.StatusNotFound, Lang: lang, Brand: brand, Data: v,
		Title: v.Result.Title + " – " + d.Site.Say(lang, "wallet.simulator", "wallet", d.Site.Label(brand)),
	})
}
