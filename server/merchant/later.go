package merchant

// later has an order looked at, after those that came before. Nobody works
// while there is nothing to do.
func (s *Shop) later(reference string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.todo = append(s.todo, reference)
	if s.busy {
		return
	}
	s.busy = true
	s.working.Go(s.work)
}

func (s *Shop) work() {
	for {
		reference, ok := s.next()
		if !ok {
			return
		}
		_ = s.Refresh(s.ctx, reference) // polling asks again
	}
}

func (s *Shop) next() (reference string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.todo) == 0 || s.closed {
		s.busy = false
		return "", false
	}
	reference, s.todo = s.todo[0], s.todo[1:]
	return reference, true
}
