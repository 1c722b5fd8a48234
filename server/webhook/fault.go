package webhook

// Faults says which fault, if any, meets a delivery. Asking counts: a fault
// that fires a limited number of times has fired once more.
type Faults interface {
	Delivery(msn, reference, event string) (Effect, bool)
}

// Effect is what a fault does to one try.
type Effect struct {
	// Name tells of the fault on the payment's timeline.
	Name string
	// Drop loses the delivery for good, with nothing sent.
	Drop bool
	// Status, unless 0, is taken for the receiver's answer, with nothing sent.
	Status int
}
