// Package catalogue ships scenarios: the ways in which integrations of this
// API are known to break.
package catalogue

import "liksom/scenarios"

// All gives every scenario, sorted by group and id.
func All() ([]*scenarios.Script, error) { return nil, nil }

// Find gives the scenarios of a name: one id, all whose id begins with the
// name and a hyphen, all of a group, or all with a tag. An unknown name is an
// error that tells the nearest.
func Find(name string) ([]*scenarios.Script, error) { return nil, nil }
