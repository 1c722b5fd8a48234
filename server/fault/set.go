package fault

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// maxStrikes is how many strikes are remembered.
const maxStrikes = 10_000

// Set is one world's faults. It is safe for use by many goroutines.
type Set struct {
	now func() time.Time
	// Struck, unless nil, is told of each strike, outside any lock. To be set
	// at wiring; it must not block.
	Struck func(Strike)

	mu      sync.Mutex
	begun   string // the seed it was made with
	seed    string
	faults  []*Fault // oldest first
	inForce atomic.Int64
	drawn   int
	strikes []Strike // oldest first
}

// New makes an empty set. The generator makes up its seed: one that is seeded
// itself makes faults repeatable. Now is the world's simulated time.
func New(rng *rand.Rand, now func() time.Time) *Set {
	seed := draw(rng)
	return &Set{begun: seed, seed: seed, now: now}
}

// Add puts a fault in force and gives it as it is kept, with an id if it had
// none. It answers an [*Error] for one that cannot be, and [ErrExists] when
// its id is taken.
func (s *Set) Add(f Fault) (Fault, error) {
	if err := f.check(); err != nil {
		return Fault{}, err
	}
	f.Met, f.Fired, f.Skipped = 0, 0, 0
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID != "" && s.index(f.ID) >= 0 {
		return Fault{}, fmt.Errorf("fault %s: %w", f.ID, ErrExists)
	}
	for f.ID == "" {
		s.drawn++
		if id := "f" + strconv.Itoa(s.drawn); s.index(id) < 0 {
			f.ID = id
		}
	}
	f.chance = chance(s.seed, f.ID)
	s.faults = append(s.faults, &f)
	s.inForce.Store(int64(len(s.faults)))
	return f, nil
}

func (s *Set) index(id string) int {
	return slices.IndexFunc(s.faults, func(f *Fault) bool { return f.ID == id })
}

// List gives all faults, oldest first, also those that will not fire again.
func (s *Set) List() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Fault, len(s.faults))
	for i, f := range s.faults {
		all[i] = *f
	}
	return all
}

// Remove takes a fault out and gives it; false when there is none with this
// id.
func (s *Set) Remove(id string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 {
		return Fault{}, false
	}
	removed := *s.faults[i]
	s.faults = slices.Delete(s.faults, i, i+1)
	s.inForce.Store(int64(len(s.faults)))
	return removed, true
}

// Clear takes all faults out and gives them. What they did stays on the
// timelines.
func (s *Set) Clear() []Fault {
	removed := s.List()
	for _, f := range removed {
		s.Remove(f.ID)
	}
	return removed
}

// Any tells quickly whether there are any faults.
func (s *Set) Any() bool { return s.inForce.Load() > 0 }

// Reset takes all faults out and forgets what they did, to one sales unit or
// to all for "", which also brings back the seed that it began with.
func (s *Set) Reset(msn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if msn == "" {
		s.seed = s.begun
	}
	s.strikes = slices.DeleteFunc(s.strikes, func(k Strike) bool { return msn == "" || k.Match.MSN == msn })
	s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return msn == "" || f.Match.MSN == msn })
	s.inForce.Store(int64(len(s.faults)))
}

// Webhook gives the fault that meets one try of a delivery, if any fires. One
// that has been put off before is not put off again. Asking counts.
func (s *Set) Webhook(event, msn, reference string, putOff bool) (Fault, bool) {
	meant := func(f *Fault) bool { return !putOff || f.Do.Delay == "" && !f.Do.Reorder }
	return s.meetOf(Match{Target: Webhook, Event: event, MSN: msn, Reference: reference}, meant)
}

// Push gives the fault that meets a push to a phone, if any fires. Asking
// counts.
func (s *Set) Push(msn, reference, phone string) (Fault, bool) {
	return s.meetOf(Match{Target: Push, MSN: msn, Reference: reference, Phone: phone}, func(*Fault) bool { return true })
}

// Call gives the fault that meets a call of an imitated API, if any fires
// that is no coded error and no delay. Asking counts.
func (s *Set) Call(m Match) (Fault, bool) {
	m.Target = API
	return s.meetOf(m, func(f *Fault) bool { return f.Do.Code == "" && f.Do.Delay == "" })
}

// LateSub gives the fault that keeps the payer's sub from a call that reads a
// payment so long after its approval, if any fires. Asking counts while it
// does.
func (s *Set) LateSub(m Match, since time.Duration) (Fault, bool) {
	m.Target = API
	return s.meetOf(m, func(f *Fault) bool { return f.Do.PutOff() > since })
}

// Coded gives the fault that has a call end with a coded error, if any fires.
// Asking counts.
func (s *Set) Coded(m Match) (Fault, bool) {
	m.Target = API
	return s.meetOf(m, func(f *Fault) bool { return f.Do.Code != "" })
}

// meetOf asks those faults that are meant, oldest first, until one fires. One
// that lets pass leaves the others their turn.
func (s *Set) meetOf(what Match, meant func(*Fault) bool) (Fault, bool) {
	if !s.Any() {
		return Fault{}, false
	}
	strike, struck := s.strike(what, meant)
	if struck && s.Struck != nil {
		s.Struck(strike)
	}
	return strike.Fault, struck
}

func (s *Set) strike(what Match, meant func(*Fault) bool) (Strike, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !meant(f) || !f.Match.meets(what) || !f.fires() {
			continue
		}
		if len(s.strikes) == maxStrikes {
			s.strikes = slices.Delete(s.strikes, 0, maxStrikes/10)
		}
		strike := Strike{At: s.now(), Fault: *f, Match: what}
		s.strikes = append(s.strikes, strike)
		return strike, true
	}
	return Strike{}, false
}

func (f *Fault) fires() bool {
	if f.Times > 0 && f.Fired >= f.Times {
		return false
	}
	f.Met++
	if f.Met <= f.Skip || f.Probability != nil && f.chance.Float64() >= *f.Probability {
		f.Skipped++
		return false
	}
	f.Fired++
	return true
}

// Strikes are what faults did to one payment, oldest first.
func (s *Set) Strikes(msn, reference string) []Strike {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Strike
	for _, k := range s.strikes {
		if k.Match.MSN == msn && k.Match.Reference == reference {
			found = append(found, k)
		}
	}
	return found
}
