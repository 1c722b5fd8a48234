package server

import (
	"time"

	"liksom/phoneapp"
	"liksom/server/epayment"
	"liksom/server/fault"
	"liksom/server/gateway"
)

// faultCodes are the coded errors that a fault may ask for.
func faultCodes() []string {
	all := epayment.Codes()
	numbers := make([]string, len(all))
	for i, c := range all {
		numbers[i] = c.Number
	}
	return numbers
}

// codedFault gives the code that a fault has an ePayment call end with.
func (w *World) codedFault(m epayment.Meeting) string {
	struck, _ := w.faults.Coded(fault.Match{Method: m.Method, Path: m.Path, MSN: m.MSN, Reference: m.Reference})
	return struck.Do.Code
}

// lateSub tells whether a fault keeps the payer's sub from a call that reads a
// payment so long after its approval.
func (w *World) lateSub(m epayment.Meeting, since time.Duration) bool {
	_, late := w.faults.LateSub(fault.Match{Method: m.Method, Path: m.Path, MSN: m.MSN, Reference: m.Reference}, since)
	return late
}

// callFaults meets API calls with the world's faults.
type callFaults struct{ *fault.Set }

// Call implements [gateway.Faults].
func (f callFaults) Call(m gateway.Meeting, coded bool) (gateway.Effect, bool) {
	call := fault.Match{Method: m.Method, Path: m.Path, MSN: m.MSN, Reference: m.Reference}
	struck, met := f.Set.Call(call)
	if !met && coded {
		struck, met = f.Coded(call)
	}
	do := &struck.Do
	e := gateway.Effect{
		Name: struck.ID, Latency: do.Held(), Status: do.Status, Body: do.Body, Truncate: do.Truncate,
		CloseBefore: do.Close == fault.Before, CloseAfter: do.Close == fault.After,
	}
	for _, c := range epayment.Codes() {
		if c.Number == do.Code {
			e.Code, e.Status, e.Title = c.Number, c.Status, c.Title
		}
	}
	return e, met
}

// pushFaults loses pushes, or holds them back, as the world's faults say.
type pushFaults struct{ set *fault.Set }

// Push implements phoneapp's Faults.
func (f pushFaults) Push(msn, reference, phone string) phoneapp.Trouble {
	struck, _ := f.set.Push(msn, reference, phone)
	return phoneapp.Trouble{Lost: struck.Do.Drop, Delay: struck.Do.PutOff()}
}
