package memory

import (
	"context"

	"liksom/server/store"
)

// Size implements [store.Store].
func (s *Store) Size(context.Context) (store.Size, error) {
	s.hooks.mu.RLock()
	defer s.hooks.mu.RUnlock()
	return store.Size{Payments: len(s.log.records()), Deliveries: len(s.hooks.order)}, nil
}

var _ store.Store = (*Store)(nil)
