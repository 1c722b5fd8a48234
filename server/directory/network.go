package directory

import (
	"hash/fnv"
	"time"

	"liksom/server/payment"
)

// Takes is how long the phone's network takes for a payment, in simulated
// time: its latency, more or less the jitter. It is drawn from the payment's
// name and the number, so that a run that is repeated is the same.
func (p *Phone) Takes(id payment.ID) time.Duration {
	if p.Jitter <= 0 || p.Latency <= 0 {
		return time.Duration(p.Latency)
	}
	const steps = 1000
	h := fnv.New64a()
	_, _ = h.Write([]byte(id.String() + " " + p.Number))
	drawn := int64(h.Sum64() % (2*steps + 1)) // 0 to 2000, in the middle no jitter
	return max(time.Millisecond, time.Duration(p.Latency)+time.Duration(p.Jitter)*time.Duration(drawn-steps)/steps)
}
