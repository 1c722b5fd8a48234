// Package directory knows a world's sales units with their keys and switches,
// and its phones with their cards and owners.
package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// ErrNotFound and ErrExists tell about a phone or a unit asked for,
// ErrClientExists about a client's id.
var (
	ErrNotFound     = errors.New("not found")
	ErrExists       = errors.New("exists already")
	ErrClientExists = errors.New("another sales unit has this client id")
)

// The kinds of documents a directory keeps. It keeps changes only: what is
// ready-made and untouched takes no room, and a removed entry is "null".
const (
	phoneKind    = "phone"
	unitKind     = "unit"
	clientKind   = "client"
	settingsKind = "settings"
)

// Directory is safe for use by many goroutines.
type Directory struct {
	docs Documents

	// changing is held from looking at what is there until the change is
	// kept, so that two changes of one entry do not undo each other.
	changing sync.Mutex

	// settings are those in force, begun those without the changes kept.
	settings atomic.Pointer[Settings]
	begun    Settings

	mu      sync.RWMutex
	units   []Unit // oldest first
	clients []Client
	phones  []Phone
	changed []func(Phone)
	// version counts the times the list of phones grew or was read anew.
	version int
	names   map[string]names // by sales unit
}

// New makes the directory of a world from the ready-made data and the changes
// its documents hold.
func New(ctx context.Context, docs Documents) (*Directory, error) {
	d := &Directory{docs: docs, begun: DefaultSettings()}
	return d, d.load(ctx)
}

func (d *Directory) load(ctx context.Context) error {
	if err := d.loadSettings(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.units, d.clients, d.phones = readyUnits(), readyClients(), readyPhones()
	d.version++
	err := overlay(ctx, d.docs, unitKind, &d.units, func(u Unit) string { return u.MSN })
	if err != nil {
		return err
	}
	if err := overlay(ctx, d.docs, clientKind, &d.clients, func(c Client) string { return c.ID }); err != nil {
		return err
	}
	d.link()
	return overlay(ctx, d.docs, phoneKind, &d.phones, func(p Phone) string { return p.Number })
}

// overlay puts the documents of a kind over the ready-made entries.
func overlay[T any](ctx context.Context, docs Documents, kind string, list *[]T, key func(T) string) error {
	changes, err := docs.Documents(ctx, kind)
	if err != nil {
		return fmt.Errorf("read the %ss: %w", kind, err)
	}
	keys := make([]string, 0, len(changes))
	for k := range changes {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		var entry *T
		if err := json.Unmarshal(changes[k], &entry); err != nil {
			return fmt.Errorf("read the %s %s: %w", kind, k, err)
		}
		i := slices.IndexFunc(*list, func(e T) bool { return key(e) == k })
		switch {
		case entry == nil && i >= 0:
			*list = slices.Delete(*list, i, i+1)
		case entry != nil && i >= 0:
			(*list)[i] = *entry
		case entry != nil:
			*list = append(*list, *entry)
		}
	}
	return nil
}

// Reset goes back to the ready-made data. Who listens for changes of phones
// is told of those that are otherwise now.
func (d *Directory) Reset(ctx context.Context) error {
	undone, err := d.reset(ctx)
	if err != nil {
		return err
	}
	for _, number := range undone {
		if p, ok := d.Phone(number); ok {
			d.tell(p)
		}
	}
	return nil
}

// reset gives the numbers of the phones that had been changed.
func (d *Directory) reset(ctx context.Context) (undone []string, err error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	for _, kind := range []string{phoneKind, unitKind, clientKind, settingsKind} {
		changes, err := d.docs.Documents(ctx, kind)
		if err != nil {
			return nil, err
		}
		for key := range changes {
			if err := d.docs.DeleteDocument(ctx, kind, key); err != nil {
				return nil, err
			}
			if kind == phoneKind {
				undone = append(undone, key)
			}
		}
	}
	slices.Sort(undone)
	return undone, d.load(ctx)
}

// Unit finds a sales unit.
func (d *Directory) Unit(msn string) (Unit, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for i := range d.units {
		if d.units[i].MSN == msn {
			return d.units[i], true
		}
	}
	return Unit{}, false
}

// Units lists the sales units, oldest first.
func (d *Directory) Units() []Unit {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.units)
}

// PutUnit adds a sales unit or replaces it.
func (d *Directory) PutUnit(ctx context.Context, u Unit) error {
	body, err := json.Marshal(u)
	if err != nil {
		return err
	}
	d.changing.Lock()
	defer d.changing.Unlock()
	return d.keepUnit(ctx, u, body)
}

// keepUnit adds a unit or replaces it, with the lock on changes held.
func (d *Directory) keepUnit(ctx context.Context, u Unit, body []byte) error {
	if err := d.docs.PutDocument(ctx, unitKind, u.MSN, body); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	put(&d.units, u, func(e Unit) bool { return e.MSN == u.MSN })
	d.link()
	return nil
}

// put replaces the entry that is meant, or adds one.
func put[T any](list *[]T, entry T, meant func(T) bool) {
	if i := slices.IndexFunc(*list, meant); i >= 0 {
		(*list)[i] = entry
		return
	}
	*list = append(*list, entry)
}

// Client finds an API client by its id.
func (d *Directory) Client(id string) (Client, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for i := range d.clients {
		if d.clients[i].ID == id {
			return d.clients[i], true
		}
	}
	return Client{}, false
}

// KnownKey tells whether any client has this subscription key.
func (d *Directory) KnownKey(key string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for i := range d.clients {
		if slices.Contains(d.clients[i].Keys, key) {
			return true
		}
	}
	return false
}

// Phone finds a phone by its number.
func (d *Directory) Phone(number string) (Phone, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for i := range d.phones {
		if d.phones[i].Number == number {
			return d.phones[i], true
		}
	}
	return Phone{}, false
}

// Phones lists the phones, oldest first.
func (d *Directory) Phones() []Phone {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.phones)
}

// AddPhone adds a phone; [ErrExists] when the number is taken.
func (d *Directory) AddPhone(ctx context.Context, p Phone) error {
	if err := d.addPhone(ctx, p); err != nil {
		return err
	}
	d.tell(p)
	return nil
}

func (d *Directory) addPhone(ctx context.Context, p Phone) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	if _, taken := d.Phone(p.Number); taken {
		return fmt.Errorf("phone %s: %w", p.Number, ErrExists)
	}
	return d.putPhone(ctx, p)
}

// ChangePhone changes a phone; [ErrNotFound] when there is none. The change
// must not alter what the phone's slices hold, only replace them.
func (d *Directory) ChangePhone(ctx context.Context, number string, change func(*Phone) error) (Phone, error) {
	p, err := d.changePhone(ctx, number, change)
	if err != nil {
		return Phone{}, err
	}
	d.tell(p)
	return p, nil
}

func (d *Directory) changePhone(ctx context.Context, number string, change func(*Phone) error) (Phone, error) {
	d.changing.Lock()
	defer d.changing.Unlock()
	p, ok := d.Phone(number)
	if !ok {
		return Phone{}, fmt.Errorf("phone %s: %w", number, ErrNotFound)
	}
	if err := change(&p); err != nil {
		return Phone{}, err
	}
	p.Number = number
	return p, d.putPhone(ctx, p)
}

// RemovePhone removes a phone; [ErrNotFound] when there is none.
func (d *Directory) RemovePhone(ctx context.Context, number string) error {
	d.changing.Lock()
	defer d.changing.Unlock()
	if _, ok := d.Phone(number); !ok {
		return fmt.Errorf("phone %s: %w", number, ErrNotFound)
	}
	if err := d.docs.PutDocument(ctx, phoneKind, number, []byte("null")); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.phones = slices.DeleteFunc(d.phones, func(p Phone) bool { return p.Number == number })
	return nil
}

func (d *Directory) putPhone(ctx context.Context, p Phone) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := d.docs.PutDocument(ctx, phoneKind, p.Number, body); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.IndexFunc(d.phones, func(e Phone) bool { return e.Number == p.Number }); i >= 0 {
		d.phones[i] = p
	} else {
		d.phones = append(d.phones, p)
		d.version++
	}
	return nil
}

func (d *Directory) tell(p Phone) {
	d.mu.RLock()
	told := slices.Clone(d.changed)
	d.mu.RUnlock()
	for _, tell := range told {
		tell(p)
	}
}

// OnPhoneChange has tell called after each change of a phone, outside any
// lock. To be called at wiring.
func (d *Directory) OnPhoneChange(tell func(Phone)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changed = append(d.changed, tell)
}
