package fault

import (
	"hash/fnv"
	"io"
	"math/rand/v2"
	"strconv"
)

// LongestSeed is how many characters a seed has at most.
const LongestSeed = 64

// draw makes up a seed of eight digits: short enough to be read out.
func draw(rng *rand.Rand) string { return strconv.FormatUint(10_000_000+rng.Uint64N(90_000_000), 10) }

// Seed is what decides where faults have a probability: the same faults with
// the same seed strike the same of what they meet.
func (s *Set) Seed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seed
}

// Reseed has all faults in force begin anew with a seed, and those that are
// added later begin with it: nothing was met yet. It answers an [*Error] for a
// seed that is none.
func (s *Set) Reseed(seed string) error {
	if seed == "" || len([]rune(seed)) > LongestSeed {
		return &Error{"seed", "A seed is a text of 1 to " + strconv.Itoa(LongestSeed) + ` characters, such as "20251121".`}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seed = seed
	for _, f := range s.faults {
		f.Met, f.Fired, f.Skipped = 0, 0, 0
		f.chance = chance(seed, f.ID)
	}
	return nil
}

// chance is a fault's own generator. It depends on nothing but the seed and
// the fault's id, so that no other fault, set before it or removed, changes
// what it strikes.
func chance(seed, id string) *rand.Rand {
	h := fnv.New128a()
	_, _ = io.WriteString(h, strconv.Quote(seed)+id)
	var key [32]byte
	h.Sum(key[:0])
	return rand.New(rand.NewChaCha8(key))
}
