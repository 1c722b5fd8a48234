package web

import (
	"fmt"
	"html/template"
	"regexp"
)

// icon is one drawing of icons.svg.
type icon struct {
	Inner string
	// Drawn tells an outline icon, whose stroke may be set, from the mark.
	Drawn bool
}

var symbol = regexp.MustCompile(`(?s)<symbol id="(i-)?([a-z-]+)"[^>]*>(.*?)</symbol>`)

func readIcons() map[string]icon {
	all := map[string]icon{}
	for _, m := range symbol.FindAllStringSubmatch(string(open("icons.svg")), -1) {
		all[m[2]] = icon{Inner: m[3], Drawn: m[1] != ""}
	}
	return all
}

// icon draws an icon at a size in pixels, with another stroke than 1.8 if one
// is given. Icons are decoration: a word always stands beside them.
func (s *Site) icon(name string, size int, stroke ...float64) (template.HTML, error) {
	i, ok := s.icons()[name]
	if !ok {
		return "", fmt.Errorf("no icon is called %q", name)
	}
	look := `fill="none"`
	if i.Drawn {
		width := 1.8
		if len(stroke) > 0 {
			width = stroke[0]
		}
		look = fmt.Sprintf(`fill="none" stroke="currentColor" stroke-width="%g" stroke-linecap="round" stroke-linejoin="round"`, width)
	}
	svg := fmt.Sprintf(`<svg width="%d" height="%d" viewBox="0 0 24 24" %s aria-hidden="true">%s</svg>`, size, size, look, i.Inner)
	return template.HTML(svg), nil //nolint:gosec // our own drawing
}
