package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"liksom/server/directory"
	"liksom/server/ident"
)

// The document that keeps what a world's ids are drawn from.
const (
	seedKind = "seed"
	seedKey  = "draws"
)

// draws is what a world's ids are drawn from.
type draws struct {
	Seed string `json:"seed"`
	// Openings is how often the world was opened before: what was drawn in
	// one life must not be drawn again in the next.
	Openings int `json:"openings"`
}

// openIDs makes the source of a world's ids: of its own seed, else of one made
// of the server's and its name, else one that nobody can guess.
func (w *World) openIDs(ctx context.Context, docs directory.Documents, seed string) (*ident.Source, error) {
	kept, err := docs.Documents(ctx, seedKind)
	if err != nil {
		return nil, fmt.Errorf("read the seed: %w", err)
	}
	d := draws{Seed: seed}
	if body, known := kept[seedKey]; known {
		if err := json.Unmarshal(body, &d); err != nil {
			return nil, fmt.Errorf("read the seed: %w", err)
		}
	}
	from := d.Seed
	if whole := w.server.options.Seed; from == "" && whole != "" {
		from = whole + "/" + w.name
	}
	if from == "" {
		return ident.New(), nil
	}
	if d.Openings > 0 {
		from += "/" + strconv.Itoa(d.Openings)
	}
	d.Openings++
	body, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	return ident.Seeded(from), docs.PutDocument(ctx, seedKind, seedKey, body)
}
