package sql

// Mostly no delivery is open, or the one that is being settled, and then no
// queue need be asked for its head.

// noneOpen tells whether no delivery of the world is open.
func (s *Store) noneOpen(t *tx) (bool, error) {
	w := s.world
	if !w.counted {
		err := t.row("SELECT count(*) FROM deliveries WHERE world = ? AND "+isOpen, w.id).Scan(&w.open)
		if err != nil {
			return false, err
		}
		w.counted = true
		t.onRollback(func() { w.counted = false })
	}
	return w.open == 0, nil
}

// openChanges counts deliveries that become open or are open no more.
func (w *world) openChanges(t *tx, by int64) {
	w.open += by
	t.onRollback(func() { w.counted = false })
}

// openForgotten has open deliveries counted anew.
func (w *world) openForgotten(t *tx) {
	w.counted = false
	t.onRollback(func() { w.counted = false })
}
