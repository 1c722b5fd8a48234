package server

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"liksom/server/control"
	"liksom/server/store"
	"liksom/server/webhook"
)

const (
	// departedKind is the kind of document that keeps a registration which was
	// removed for its receiver's silence.
	departedKind = "departed"
	// departedKept is how many of them are remembered.
	departedKept = 24
)

// departed keeps what became of registrations that were removed for their
// receivers' silence.
type departed struct{ docs store.Store }

// remember keeps one; the oldest goes where there are too many.
func (d departed) remember(ctx context.Context, r webhook.Registration, at time.Time) error {
	body, err := json.Marshal(control.Depart(&r, at))
	if err != nil {
		return err
	}
	if err := d.docs.PutDocument(ctx, departedKind, r.ID, body); err != nil {
		return err
	}
	all, err := d.Departed(ctx)
	if err != nil || len(all) <= departedKept {
		return err
	}
	return d.docs.DeleteDocument(ctx, departedKind, all[0].ID)
}

// Departed implements [control.Departed].
func (d departed) Departed(ctx context.Context) ([]control.DepartedRegistration, error) {
	kept, err := d.docs.Documents(ctx, departedKind)
	if err != nil {
		return nil, err
	}
	all := make([]control.DepartedRegistration, 0, len(kept))
	for id, body := range kept {
		var one control.DepartedRegistration
		if err := json.Unmarshal(body, &one); err != nil {
			return nil, fmt.Errorf("read the removed registration %s: %w", id, err)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b control.DepartedRegistration) int {
		return cmp.Or(a.RemovedAt.Compare(b.RemovedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// Forget implements [control.Departed].
func (d departed) Forget(ctx context.Context, id string) (bool, error) {
	kept, err := d.docs.Documents(ctx, departedKind)
	if _, known := kept[id]; err != nil || !known {
		return false, err
	}
	return true, d.docs.DeleteDocument(ctx, departedKind, id)
}

// reset forgets those of a sales unit, or all for "".
func (d departed) reset(ctx context.Context, msn string) error {
	all, err := d.Departed(ctx)
	if err != nil {
		return err
	}
	for _, one := range all {
		if msn != "" && one.MSN != msn {
			continue
		}
		if err := d.docs.DeleteDocument(ctx, departedKind, one.ID); err != nil {
			return err
		}
	}
	return nil
}
