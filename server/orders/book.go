package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"liksom/server/directory"
)

// The kinds of documents the book keeps.
const (
	orderKind = "order"
	imageKind = "order-image"
	linkKind  = "order-link"
)

// orderKey names an order: units do not see each other's.
type orderKey struct{ unit, kind, order string }

// String is the key of the order's document.
func (k orderKey) String() string { return k.unit + "/" + k.kind + "/" + k.order }

// kept is what is known of one order.
type kept struct {
	CategoryID string    `json:"categoryId,omitempty"`
	Category   *category `json:"category,omitempty"`
	Receipt    *receipt  `json:"receipt,omitempty"`
}

// link is one of any number of links of an order.
type link struct {
	Unit   string `json:"unit"`
	Number int    `json:"number"` // orders links by age
	linked
}

// book is what was added to orders. All of it but the pictures is in memory;
// each change is kept as a document first.
type book struct {
	docs directory.Documents

	mu     sync.Mutex
	loaded bool
	orders map[string]kept     // by the text of their keys
	images map[string]struct{} // by unit and id
	links  map[string]link     // by id
	last   int
}

// open has the book read and held; close must be called when there is no
// error.
func (b *book) open(ctx context.Context) error {
	b.mu.Lock()
	if b.loaded {
		return nil
	}
	err := b.load(ctx)
	if err != nil {
		b.mu.Unlock()
		return fmt.Errorf("read what was added to orders: %w", err)
	}
	b.loaded = true
	return nil
}

func (b *book) close() { b.mu.Unlock() }

func (b *book) load(ctx context.Context) (err error) {
	if b.orders, err = read[kept](ctx, b.docs, orderKind); err != nil {
		return err
	}
	if b.links, err = read[link](ctx, b.docs, linkKind); err != nil {
		return err
	}
	b.last = 0
	for _, l := range b.links {
		b.last = max(b.last, l.Number)
	}
	pictures, err := b.docs.Documents(ctx, imageKind)
	b.images = make(map[string]struct{}, len(pictures))
	for key := range pictures {
		b.images[key] = struct{}{}
	}
	return err
}

func read[T any](ctx context.Context, docs directory.Documents, kind string) (map[string]T, error) {
	bodies, err := docs.Documents(ctx, kind)
	if err != nil {
		return nil, err
	}
	all := make(map[string]T, len(bodies))
	for key, body := range bodies {
		var one T
		if err := json.Unmarshal(body, &one); err != nil {
			return nil, fmt.Errorf("%s %s: %w", kind, key, err)
		}
		all[key] = one
	}
	return all, nil
}

func (b *book) put(ctx context.Context, kind, key string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.docs.PutDocument(ctx, kind, key, body)
}

func (b *book) putOrder(ctx context.Context, key orderKey, k kept) error {
	if err := b.put(ctx, orderKind, key.String(), k); err != nil {
		return err
	}
	b.orders[key.String()] = k
	return nil
}

func (b *book) addLink(ctx context.Context, unit string, l linked) error {
	one := link{Unit: unit, Number: b.last + 1, linked: l}
	if err := b.put(ctx, linkKind, l.ID, one); err != nil {
		return err
	}
	b.last++
	b.links[l.ID] = one
	return nil
}

func (b *book) dropLink(ctx context.Context, id string) error {
	if err := b.docs.DeleteDocument(ctx, linkKind, id); err != nil {
		return err
	}
	delete(b.links, id)
	return nil
}

// linksOf are a unit's, oldest first, of one order or of all for "".
func (b *book) linksOf(unit, order string) []linked {
	var found []link
	for _, l := range b.links {
		if l.Unit == unit && (order == "" || l.OrderID == order) {
			found = append(found, l)
		}
	}
	slices.SortFunc(found, func(x, y link) int { return x.Number - y.Number })
	list := make([]linked, len(found))
	for i := range found {
		list[i] = found[i].linked
	}
	return list
}

func (b *book) hasImage(unit, id string) bool {
	_, ok := b.images[unit+"/"+id]
	return ok
}

func (b *book) addImage(ctx context.Context, unit string, i image) error {
	key := unit + "/" + i.ID
	if err := b.put(ctx, imageKind, key, i); err != nil {
		return err
	}
	b.images[key] = struct{}{}
	return nil
}

// reset forgets what a unit added, or everything for "".
func (b *book) reset(ctx context.Context, unit string) error {
	if err := b.open(ctx); err != nil {
		return err
	}
	defer b.close()
	of := func(key string) bool { return unit == "" || strings.HasPrefix(key, unit+"/") }
	for key := range b.orders {
		if !of(key) {
			continue
		}
		if err := b.docs.DeleteDocument(ctx, orderKind, key); err != nil {
			return err
		}
		delete(b.orders, key)
	}
	for key := range b.images {
		if !of(key) {
			continue
		}
		if err := b.docs.DeleteDocument(ctx, imageKind, key); err != nil {
			return err
		}
		delete(b.images, key)
	}
	for id, l := range b.links {
		if !of(l.Unit + "/") {
			continue
		}
		if err := b.dropLink(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
