// Package webhook plans, signs and tries deliveries, and records every
// attempt.
package webhook

import "errors"

// ErrNotFound tells that there is no such registration or delivery.
var ErrNotFound = errors.New("not found")
