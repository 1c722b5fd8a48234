package fault

import (
	"fmt"
	"time"
)

// Strike is one firing of a fault, for the timeline of the payment it hit.
type Strike struct {
	At    time.Time // simulated
	Fault Fault     // as it was then
	Match Match     // what it met
}

// Text tells of the strike in a sentence.
func (s *Strike) Text() string {
	do, subject := &s.Fault.Do, "The fault "+s.Fault.ID+" "
	switch s.Match.Target {
	case API:
		return subject + toCall(do) + " " + s.Match.Method + " " + s.Match.Path + "."
	case Push:
		if do.Delay != "" {
			return subject + "held the push to " + s.Match.Phone + " back for " + do.Delay + "."
		}
		return subject + "lost the push to " + s.Match.Phone + "."
	}
	before, behind := toWebhook(do)
	return subject + before + " the webhook " + s.Match.Event + behind + "."
}

// toCall says what a fault did to a call, which stands behind it.
func toCall(do *Do) string {
	switch {
	case do.Code != "":
		return "had the error " + do.Code + " answer"
	case do.Latency != "":
		return "held up for " + do.Latency + " the call"
	case do.Close != "":
		return "cut the connection " + do.Close + " the work was done for"
	case do.Delay != "":
		return "kept the sub for " + do.Delay + " after the approval off the answer to"
	case do.Truncate:
		return "cut in half the answer to"
	}
	return fmt.Sprintf("answered %d to", do.Status)
}

// toWebhook says what a fault did to a delivery, before and behind its name.
func toWebhook(do *Do) (before, behind string) {
	switch {
	case do.Drop:
		return "lost", " for good"
	case do.Latency != "":
		return "held up", " for " + do.Latency
	case do.Delay != "":
		return "put off", " by " + do.Delay
	case do.Duplicate != 0:
		return "sent", fmt.Sprintf(" %d times at once", do.Duplicate)
	case do.Reorder:
		return "held back", " until a later event of the payment has overtaken it"
	case do.Corrupt != "":
		return corrupted(do)
	case do.StripHeader != "":
		return "took the header " + do.StripHeader + " out of", ""
	case do.Success != nil:
		return "had", " tell of a failed operation"
	case do.From != "":
		return "sent", " from " + do.From
	}
	return "answered", fmt.Sprintf(" with %d in the receiver's place", do.Status)
}

func corrupted(do *Do) (before, behind string) {
	switch do.Corrupt {
	case Key:
		return "signed", " with another key"
	case Decoded:
		return "signed", " with the bytes that its secret stands for in base64"
	case Host:
		return "delivered", " with another Host than it was signed for"
	case Date:
		return "dated", " off by " + do.Off().String()
	case Body:
		return "changed the body of", ""
	case Reserialise:
		return "wrote the body of", " anew, with other spacing and order"
	}
	return "broke the signature of", ""
}
