package control

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// unsaid are the headers that curl writes itself, or that only say how one
// connection was used.
var unsaid = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding", "User-Agent"}

// asCurl reads ?as=curl and ?secrets=show.
func asCurl(query url.Values) (curl, secrets bool, err error) {
	switch query.Get("as") {
	case "", "json":
	case "curl":
		curl = true
	default:
		return false, false, invalid("as", `Say "curl" for commands to paste, or leave it out.`)
	}
	secrets, err = showSecrets(query)
	return curl, secrets, err
}

// curl is the command that makes a call again, for a shell as POSIX has it.
func (l *Call) curl(base string) string {
	var b strings.Builder
	if l.Cut {
		b.WriteString("# Only the beginning of this body was kept.\n")
	}
	b.WriteString("curl")
	switch {
	case l.Method == http.MethodHead:
		b.WriteString(" --head")
	case l.Method != http.MethodGet || len(l.Body) > 0:
		b.WriteString(" -X " + quoted(l.Method))
	}
	target := url.URL{Path: l.Path, RawQuery: l.Query}
	b.WriteString(" " + quoted(base+target.String()))
	for _, name := range slices.Sorted(maps.Keys(l.Header)) {
		if slices.Contains(unsaid, name) {
			continue
		}
		for _, value := range l.Header[name] {
			b.WriteString(" \\\n  -H " + quoted(header(name, value)))
		}
	}
	if len(l.Body) == 0 {
		return b.String() + "\n"
	}
	if l.Header.Get("Content-Type") == "" {
		b.WriteString(" \\\n  -H 'Content-Type:'") // or curl would say that it is a form
	}
	b.WriteString(" \\\n  --data-raw " + quoted(string(l.Body)) + "\n")
	return b.String()
}

// header is how curl is told of a header; one without a value ends with a
// semicolon, since a colon would take it away.
func header(name, value string) string {
	if value == "" {
		return name + ";"
	}
	return name + ": " + value
}

// quoted is a word that the shell takes as it stands.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
