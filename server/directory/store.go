package directory

import "context"

// Documents keeps small named documents: units, phones, settings, the clock.
// A store implements it; each kind is a namespace of its own.
type Documents interface {
	PutDocument(ctx context.Context, kind, key string, body []byte) error
	DeleteDocument(ctx context.Context, kind, key string) error
	// Documents gives all of a kind by key.
	Documents(ctx context.Context, kind string) (map[string][]byte, error)
}
