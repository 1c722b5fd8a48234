package webhook

import "strconv"

// The most registrations for one event type (webhooks contract, section 2.4).
const (
	maxRegistrations = 25
	maxCheckIns      = 1
)

// Full are those of some event types, with how many are allowed, that no
// further registration may have beside its peers: those of the same unit, or
// of the same client where it belongs to none.
func Full(peers []Registration, events []string) []string {
	var full []string
	for _, e := range events {
		most := maxRegistrations
		if e == CheckedIn {
			most = maxCheckIns
		}
		count := 0
		for i := range peers {
			if peers[i].Wants(e) {
				count++
			}
		}
		if count >= most {
			full = append(full, e+" (at most "+strconv.Itoa(most)+")")
		}
	}
	return full
}
