package merchant

import (
	"fmt"

	"liksom/server/problem"
)

// Habit is a way in which shops are known to be built wrongly.
type Habit string

// The habits. [Habits] says what each does.
const (
	DecodesSecret         Habit = "decodes-secret"
	ReserialisesBody      Habit = "reserialises-body"
	ChecksHostHeader      Habit = "checks-host-header"
	RewritesPath          Habit = "rewrites-path"
	DropsPrefix           Habit = "drops-prefix"
	IgnoresCopy           Habit = "ignores-copy-of-authorization"
	IgnoresDate           Habit = "ignores-date"
	SkipsSignature        Habit = "skips-signature"
	AllowsFixedAddresses  Habit = "allows-fixed-addresses"
	RegistersPerPayment   Habit = "registers-per-payment"
	RegistersOnce         Habit = "registers-once"
	RegistersSingular     Habit = "registers-singular-events"
	ReadsState            Habit = "reads-state"
	ChokesOnCreated       Habit = "chokes-on-created"
	SavesOrderLate        Habit = "saves-order-late"
	ComparesPSPReference  Habit = "compares-psp-reference"
	NeedsIdempotencyKey   Habit = "needs-idempotency-key"
	IgnoresSuccess        Habit = "ignores-success"
	WorksBeforeAnswering  Habit = "works-before-answering"
	ShipsOnEveryEvent     Habit = "ships-on-every-event"
	TrustsWebhooksAlone   Habit = "trusts-webhooks-alone"
	TrustsRedirect        Habit = "trusts-redirect"
	NeedsCookie           Habit = "needs-cookie"
	RetriesWithNewKey     Habit = "retries-with-new-key"
	KeepsKeyAfterRefusal  Habit = "keeps-key-after-refusal"
	ReusesReference       Habit = "reuses-reference"
	KeepsTokenForADay     Habit = "keeps-token-for-a-day"
	GivesUpAtFiveMinutes  Habit = "gives-up-at-five-minutes"
	CancelsWithoutLooking Habit = "cancels-without-looking"
	ReadsStateForCapture  Habit = "reads-state-for-capture"
	GivesUpWhenRefused    Habit = "gives-up-when-refused"
	SendsPhoneAsTyped     Habit = "sends-phone-as-typed"
	MatchesTitle          Habit = "matches-title"
	CountsInFloats        Habit = "counts-in-floats"
	PollsInBursts         Habit = "polls-in-bursts"
)

// HabitInfo explains a habit in a sentence.
type HabitInfo struct {
	Habit Habit
	Does  string
}

// Habits lists all habits.
func Habits() []HabitInfo {
	return []HabitInfo{
		{DecodesSecret, "takes the webhooks' secret for base64 and signs with the bytes behind it"},
		{ReserialisesBody, "hashes the webhook's body as its own JSON writer puts it, not as it came"},
		{ChecksHostHeader, "signs the Host that arrived, whatever a proxy made of it, in place of the registered one"},
		{RewritesPath, "signs the path without its trailing slash and its query"},
		{DropsPrefix, "signs the path without its first part, as a proxy hands it on"},
		{IgnoresCopy, "looks for the signature in Authorization alone, which front ends are known to eat"},
		{IgnoresDate, "takes a rightly signed webhook however old it is"},
		{SkipsSignature, "believes every webhook"},
		{AllowsFixedAddresses, "takes webhooks from 127.0.0.1 only"},
		{RegistersPerPayment, "registers its webhook again for each payment, and knows the last secret only"},
		{RegistersOnce, "never looks whether its registration still stands"},
		{RegistersSingular, "registers for epayment. where the types begin with epayments."},
		{ReadsState, "looks for the member state in a webhook, which has name"},
		{ChokesOnCreated, "answers 500 to the event CREATED, which it does not know"},
		{SavesOrderLate, "saves its order after the payment is made, and answers 404 to webhooks that come before"},
		{ComparesPSPReference, "refuses events whose pspReference is not the payment's"},
		{NeedsIdempotencyKey, "refuses events without an idempotencyKey"},
		{IgnoresSuccess, "takes an AUTHORIZED for money without looking at success or asking for the payment"},
		{WorksBeforeAnswering, "answers a webhook when all of its work is done"},
		{ShipsOnEveryEvent, "ships whenever it is told AUTHORIZED, also when told again"},
		{TrustsWebhooksAlone, "never asks how a payment stands by itself"},
		{TrustsRedirect, "ships when the customer comes back"},
		{NeedsCookie, "turns returning customers away who have no cookie of its"},
		{RetriesWithNewKey, "draws a new idempotency key for each try"},
		{KeepsKeyAfterRefusal, "sends a mended request with the key of the refused one"},
		{ReusesReference, "tries an ended payment again under the same reference"},
		{KeepsTokenForADay, "keeps an access token for a day, also when it is refused"},
		{GivesUpAtFiveMinutes, "takes a payment for expired five minutes after it made it, and never looks again"},
		{CancelsWithoutLooking, "cancels without cancelTransactionOnly, so that money just approved is given back"},
		{ReadsStateForCapture, "waits for the state CAPTURED, which there is not"},
		{GivesUpWhenRefused, "takes an order for lost when a capture is refused for the moment"},
		{SendsPhoneAsTyped, "sends the phone number as the customer wrote it"},
		{MatchesTitle, "knows that a unit may not push by the title of the refusal in place of its code"},
		{CountsInFloats, "computes amounts in floating point"},
		{PollsInBursts, "asks for a waiting payment many times in a row, whatever it is answered"},
	}
}

// known makes a set of habits that there are.
func known(wanted []Habit) (map[Habit]bool, error) {
	all, names := map[Habit]bool{}, []string{}
	for _, h := range Habits() {
		all[h.Habit] = true
		names = append(names, string(h.Habit))
	}
	set := map[Habit]bool{}
	for _, h := range wanted {
		if !all[h] {
			return nil, fmt.Errorf("there is no habit %q. %s", h, problem.Instead(string(h), names))
		}
		set[h] = true
	}
	return set, nil
}
