package qr

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// DueCode is the kind of due row that ends a merchant's code; its key is the
// code's short id.
const DueCode = "qr-code"

// The kinds of documents in which the shelf keeps codes, each under
// "{sales unit}/{merchant's own id}".
const (
	redirectKind = "qr-redirect"
	callbackKind = "qr-callback"
)

// The categories of callback codes: they change the words of the waiting
// screen only.
const (
	InStore = "IN_STORE"
	Vending = "VENDING"
)

// The errors of a [Shelf].
var (
	ErrTaken   = errors.New("the id is taken")
	ErrUnknown = errors.New("there is no such code")
)

// Sticker is a code that a merchant has made, to be printed: a [Redirect] or
// a [Callback].
type Sticker struct {
	Kind Kind   `json:"kind"`
	ID   string `json:"id"` // what the picture says
	MSN  string `json:"msn"`
	// Name is the merchant's own id, unique within the sales unit and kind.
	Name string `json:"name"`
	// Number orders stickers by age; the shelf sets it.
	Number int64 `json:"number"`

	// Target and EndsAt belong to a redirect code: the page that it leads to,
	// and when it ends, in simulated time; zero for never.
	Target string    `json:"target,omitempty"`
	EndsAt time.Time `json:"endsAt,omitzero"`

	// Place and Category belong to a callback code: what the payer is told,
	// and [InStore] or [Vending]. Beacon tells a MobilePay code printed
	// elsewhere, which belongs to one sales unit only.
	Place    string `json:"place,omitempty"`
	Category string `json:"category,omitempty"`
	Beacon   bool   `json:"beacon,omitempty"`

	// Scans counts how often the code was opened, by phones and browsers.
	Scans int `json:"scans,omitempty"`
}

func (s *Sticker) ended(now time.Time) bool { return !s.EndsAt.IsZero() && !now.Before(s.EndsAt) }

func (s *Sticker) label() label { return label{s.Kind, s.MSN, s.Name} }

// documentKind is where stickers of a kind are kept.
func documentKind(k Kind) string {
	if k == Redirect {
		return redirectKind
	}
	return callbackKind
}

// label is what a merchant calls a sticker.
type label struct {
	kind      Kind
	msn, name string
}

// Keeping is what a shelf and a counter work with.
type Keeping struct {
	Documents directory.Documents
	// Code draws letters and digits.
	Code func(n int) string
	// Now is the world's simulated time.
	Now func() time.Time
	// Later writes due rows and wakes whoever does them.
	Later func(ctx context.Context, rows ...payment.Due) error
}

// Shelf holds the merchants' codes of one world. It is safe for use by many
// goroutines. A code whose time is over is gone at once, whether or not its
// due row has been done.
type Shelf struct {
	Keeping
	// Told hears of every code that was made, changed, scanned or removed;
	// nil where nobody listens.
	Told func(code Sticker, removed bool)

	// changing is held from looking at what is there until the change is
	// kept, so that of two who want one id one gets it.
	changing sync.Mutex

	mu      sync.RWMutex
	byLabel map[label]*Sticker // what they point to is replaced, never changed
	byID    map[string]*Sticker
	last    int64
}

// NewShelf makes a shelf with the codes that the documents hold.
func NewShelf(ctx context.Context, k Keeping) (*Shelf, error) {
	s := &Shelf{Keeping: k, byLabel: map[label]*Sticker{}, byID: map[string]*Sticker{}}
	for _, kind := range []string{redirectKind, callbackKind} {
		kept, err := k.Documents.Documents(ctx, kind)
		if err != nil {
			return nil, fmt.Errorf("read the merchants' codes: %w", err)
		}
		for key, body := range kept {
			var code Sticker
			if err := json.Unmarshal(body, &code); err != nil {
				return nil, fmt.Errorf("read the code %s: %w", key, err)
			}
			s.show(&code)
		}
	}
	return s, nil
}

// Add puts a new code on the shelf and gives it with its id. [ErrTaken] when
// the unit has one of that name and kind.
func (s *Shelf) Add(ctx context.Context, code Sticker) (Sticker, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	if _, taken := s.Get(code.Kind, code.MSN, code.Name); taken {
		return Sticker{}, ErrTaken
	}
	if err := s.clear(ctx, code.label()); err != nil {
		return Sticker{}, err
	}
	return s.add(ctx, code)
}

func (s *Shelf) add(ctx context.Context, code Sticker) (Sticker, error) {
	letter := "r"
	if code.Kind == Callback {
		letter = "c"
	}
	for code.ID == "" || s.used(code.ID) {
		code.ID = letter + s.Code(8)
	}
	s.mu.RLock()
	code.Number = s.last + 1
	s.mu.RUnlock()
	if err := s.keep(ctx, &code); err != nil {
		return Sticker{}, err
	}
	if code.EndsAt.IsZero() {
		return code, nil
	}
	return code, s.Later(ctx, payment.Due{At: code.EndsAt, Kind: DueCode, Key: code.ID})
}

// Put makes a callback code, or changes place and category of the one there
// is: its id, and so its picture, stays. [ErrTaken] when the beacon belongs
// to another sales unit.
func (s *Shelf) Put(ctx context.Context, code Sticker) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if code.Beacon && s.beaconElsewhere(&code) {
		return ErrTaken
	}
	old, known := s.Get(code.Kind, code.MSN, code.Name)
	if !known {
		_, err := s.add(ctx, code)
		return err
	}
	old.Place, old.Category, old.Beacon = code.Place, code.Category, old.Beacon || code.Beacon
	return s.keep(ctx, &old)
}

func (s *Shelf) beaconElsewhere(code *Sticker) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, other := range s.byID {
		if other.Beacon && other.Name == code.Name && other.MSN != code.MSN {
			return true
		}
	}
	return false
}

// Aim leads a redirect code to another page, from now on. [ErrUnknown] when
// there is none of that name.
func (s *Shelf) Aim(ctx context.Context, msn, name, target string) (Sticker, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	code, known := s.Get(Redirect, msn, name)
	if !known {
		return Sticker{}, ErrUnknown
	}
	code.Target = target
	return code, s.keep(ctx, &code)
}

// Remove takes a code off the shelf for good: one made anew under its name
// has another id. [ErrUnknown] when there is none.
func (s *Shelf) Remove(ctx context.Context, kind Kind, msn, name string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	if _, known := s.Get(kind, msn, name); !known {
		return ErrUnknown
	}
	return s.clear(ctx, label{kind, msn, name})
}

// Scanned counts that a code was opened. One that is gone is left alone.
func (s *Shelf) Scanned(ctx context.Context, id string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	code, known := s.Find(id)
	if !known {
		return nil
	}
	code.Scans++
	return s.keep(ctx, &code)
}

// End does a due row of the kind [DueCode]. A code that is gone already is
// left alone.
func (s *Shelf) End(ctx context.Context, due payment.Due) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.mu.RLock()
	code, known := s.byID[due.Key]
	s.mu.RUnlock()
	if !known || !code.ended(due.At) {
		return nil
	}
	return s.clear(ctx, code.label())
}

// Reset removes a sales unit's codes, or everybody's for "".
func (s *Shelf) Reset(ctx context.Context, msn string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	for _, code := range s.all() {
		if msn != "" && code.MSN != msn {
			continue
		}
		if err := s.clear(ctx, code.label()); err != nil {
			return err
		}
	}
	return nil
}

// Get gives a code by the merchant's name for it.
func (s *Shelf) Get(kind Kind, msn, name string) (Sticker, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.alive(s.byLabel[label{kind, msn, name}])
}

// Find gives a code by its short id.
func (s *Shelf) Find(id string) (Sticker, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.alive(s.byID[id])
}

// List gives a unit's codes of a kind, oldest first.
func (s *Shelf) List(kind Kind, msn string) []Sticker {
	now := s.Now()
	return slices.DeleteFunc(s.all(), func(c Sticker) bool { return c.Kind != kind || c.MSN != msn || c.ended(now) })
}

// all gives what is on the shelf, oldest first.
func (s *Shelf) all() []Sticker {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := make([]Sticker, 0, len(s.byID))
	for _, code := range s.byID {
		found = append(found, *code)
	}
	slices.SortFunc(found, func(a, b Sticker) int { return cmp.Compare(a.Number, b.Number) })
	return found
}

func (s *Shelf) alive(code *Sticker) (Sticker, bool) {
	if code == nil || code.ended(s.Now()) {
		return Sticker{}, false
	}
	return *code, true
}

func (s *Shelf) used(id string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byID[id] != nil
}

// keep writes a code down and shows it.
func (s *Shelf) keep(ctx context.Context, code *Sticker) error {
	body, err := json.Marshal(code)
	if err != nil {
		return err
	}
	if err := s.Documents.PutDocument(ctx, documentKind(code.Kind), code.MSN+"/"+code.Name, body); err != nil {
		return err
	}
	kept := *code
	s.show(&kept)
	s.tell(kept, false)
	return nil
}

func (s *Shelf) tell(code Sticker, removed bool) {
	if s.Told != nil {
		s.Told(code, removed)
	}
}

func (s *Shelf) show(code *Sticker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byLabel[code.label()], s.byID[code.ID] = code, code
	s.last = max(s.last, code.Number)
}

// clear takes away what stands under a label, if anything does.
func (s *Shelf) clear(ctx context.Context, at label) error {
	s.mu.RLock()
	code := s.byLabel[at]
	s.mu.RUnlock()
	if code == nil {
		return nil
	}
	if err := s.Documents.DeleteDocument(ctx, documentKind(at.kind), at.msn+"/"+at.name); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.byLabel, at)
	delete(s.byID, code.ID)
	s.mu.Unlock()
	s.tell(*code, true)
	return nil
}
