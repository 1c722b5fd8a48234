package server

import (
	"context"
	"encoding/json"
	"fmt"
)

// The document that keeps a seed which somebody gave the faults.
const (
	faultsKind = "faults"
	faultsKey  = "seed"
)

// openFaults has faults go on from the seed they were given.
func (w *World) openFaults(ctx context.Context) error {
	kept, err := w.store.Documents(ctx, faultsKind)
	if err != nil {
		return fmt.Errorf("read the seed of the faults: %w", err)
	}
	body, given := kept[faultsKey]
	if !given {
		return nil
	}
	var seed string
	if err := json.Unmarshal(body, &seed); err != nil {
		return fmt.Errorf("read the seed of the faults: %w", err)
	}
	return w.faults.Reseed(seed)
}

// reseedFaults has faults begin anew with a seed, and keeps it.
func (w *World) reseedFaults(ctx context.Context, seed string) error {
	if err := w.faults.Reseed(seed); err != nil {
		return err
	}
	body, err := json.Marshal(seed)
	if err != nil {
		return err
	}
	return w.store.PutDocument(ctx, faultsKind, faultsKey, body)
}

// resetFaults takes all faults out, or those of a sales unit. With all goes
// the seed that was given.
func (w *World) resetFaults(ctx context.Context, msn string) error {
	w.faults.Reset(msn)
	if msn != "" {
		return nil
	}
	return w.store.DeleteDocument(ctx, faultsKind, faultsKey)
}
