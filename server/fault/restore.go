package fault

// Recount has a fault go on from how often it was met and fired before; false
// when there is none with this id.
func (s *Set) Recount(id string, met, fired int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.index(id)
	if i < 0 || met < 0 || fired < 0 {
		return false
	}
	s.faults[i].Met, s.faults[i].Fired = met, fired
	return true
}
