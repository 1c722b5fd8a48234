package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// title says what a step does in a few words.
func (c *checker) title(a *action) string {
	if given := a.common.get("name"); given != nil && given.text != "" {
		return given.text
	}
	short := ""
	switch a.value.kind {
	case isMap:
		if i := slices.IndexFunc(a.value.members, func(m member) bool { return m.kind < isList && m.kind != isNull }); i >= 0 {
			short = a.value.members[i].text
		} else if len(a.value.members) > 0 {
			short = a.value.members[0].name
		}
		if a.verb == "fault" {
			short = c.faultTitle(a.value)
		}
	case isList:
		if a.verb == "expect" && len(a.value.items) > 0 {
			short = a.value.items[0].text
		} else {
			short = fmt.Sprintf("%d", len(a.value.items))
		}
	default:
		short = a.value.text
	}
	short, _, _ = strings.Cut(strings.TrimSpace(short), "\n")
	if runes := []rune(short); len(runes) > 80 {
		short = string(runes[:80]) + "…"
	}
	return strings.TrimSpace(a.verb + " " + short)
}

func (c *checker) faultTitle(v *value) string {
	words := []string{}
	if match := v.get("match"); match != nil {
		for _, n := range []string{"target", "event", "path"} {
			if at := match.get(n); at != nil {
				words = append(words, at.text)
			}
		}
	}
	if do := v.get("do"); do != nil && len(do.members) > 0 {
		words = append(words, do.members[0].name+" "+do.members[0].text)
	}
	return strings.Join(words, " ")
}
