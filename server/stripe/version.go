package stripe

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// version is what a request says of the API's version (Stripe contract,
// section 2.3).
type version struct {
	name    string // "2026-03-25.dahlia"
	date    string // of ten characters; later dates are greater texts
	preview bool   // the train is preview
	flags   []string
	// vipps tells that the preview of Vipps is asked for.
	vipps bool
}

var (
	versionForm = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})(?:\.([a-z]+))?$`)
	trains      = []string{"", "acacia", "basil", "clover", "dahlia", "endive", "preview"}
)

const vippsFlag = "vipps_preview=v1"

func parseVersion(text string) (version, *Error) {
	parts := strings.Split(text, ";")
	v := version{name: strings.TrimSpace(parts[0])}
	m := versionForm.FindStringSubmatch(v.name)
	if m == nil || !slices.Contains(trains, m[2]) {
		return v, invalid("", "Stripe-Version %q is no version: it is a date, a train such as dahlia, and flags behind semicolons.", shortened(text))
	}
	if _, err := time.Parse(time.DateOnly, m[1]); err != nil {
		return v, invalid("", "Stripe-Version %q has no date that there is.", shortened(text))
	}
	v.date, v.preview = m[1], m[2] == "preview"
	for _, flag := range parts[1:] {
		flag = strings.TrimSpace(flag)
		if flag != vippsFlag {
			return v, invalid("", "The preview flag %q is not known here; the one there is is %s.", shortened(flag), vippsFlag)
		}
		v.flags, v.vipps = append(v.flags, flag), true
	}
	return v, nil
}

// String is the version as it is told back, flags included.
func (v version) String() string { return strings.Join(append([]string{v.name}, v.flags...), "; ") }

// since tells whether a change of a date is in force.
func (v version) since(date string) bool { return v.date >= date }

// noTypes tells whether payment_method_types may not be sent any more.
func (v version) noTypes() bool {
	if v.preview {
		return v.since("2026-08-26")
	}
	return v.since("2026-09-30")
}

// firstVersion is the one before anybody has asked for another.
const firstVersion = "2026-03-25.dahlia"

// bindings finds the major version of the official Go client.
var bindings = regexp.MustCompile(`^Stripe/v1 GoBindings/(\d+)\.`)

// pinned are the versions that majors of the Go client want events in; from 82
// on only the train counts.
var pinned = map[string]string{
	"76": "2023-10-16", "82": "2025-03-31.basil", "83": "2025-09-30.clover", "84": "2025-12-15.clover",
	"85": "2026-03-25.dahlia", "86": "2026-03-25.dahlia",
}

// eventsVersion is the version of the events for whoever made the latest
// request with a secret key (Stripe contract, section 7.3).
func eventsVersion(agent string, v version, before string) string {
	if m := bindings.FindStringSubmatch(agent); m != nil {
		if !v.preview {
			return v.name
		}
		if known, ok := pinned[m[1]]; ok {
			return known
		}
	}
	if v.preview && before != "" && !strings.HasSuffix(before, ".preview") {
		return before
	}
	return v.name
}
