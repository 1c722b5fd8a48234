package web

import (
	"html/template"
	"strings"
)

// Prose is running text in which what stands between backticks is code.
func Prose(s string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(s, "`") {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = `<code class="mono">` + part + `</code>`
		}
		b.WriteString(part)
	}
	return template.HTML(b.String()) //nolint:gosec // all escaped
}
