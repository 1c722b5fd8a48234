package sink

import "fmt"

// State is one sink with all it keeps.
type State struct {
	Config
	// Failed counts the requests answered with 500 of the configuration's
	// FailFirst.
	Failed int `json:"failed"`
	// Last is the number of the newest request ever.
	Last     int       `json:"last"`
	Requests []Request `json:"requests"`
}

// States are all sinks by their names.
func (r *Room) States() map[string]State {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]State{}
	for name, s := range r.sinks {
		if s.last > 0 || s.config != (Config{}) {
			all[name] = State{s.config, s.failed, s.last, s.after(0)}
		}
	}
	return all
}

// Restore puts sinks in the place of those there are. An error says what
// cannot be; then nothing was done.
func (r *Room) Restore(all map[string]State) error {
	for name, s := range all {
		if err := s.check(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	r.Reset()
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, state := range all {
		s := r.sink(name)
		s.config, s.failed, s.last, s.requests = state.Config, state.Failed, state.Last, append([]Request{}, state.Requests...)
		for i := range s.requests {
			s.bytes += s.requests[i].size()
		}
	}
	return nil
}

// check tells a state that no sink can have.
func (s *State) check() error {
	if err := s.Config.check(); err != nil {
		return err
	}
	if s.Failed < 0 || len(s.Requests) > maxRequests || s.Last < len(s.Requests) {
		return fmt.Errorf("failed must not be negative, and last is at least the number of requests, which are %d at most", maxRequests)
	}
	for i := range s.Requests {
		if s.Requests[i].N != s.Last-len(s.Requests)+i+1 {
			return fmt.Errorf("requests are numbered one after another, up to last")
		}
	}
	return nil
}
