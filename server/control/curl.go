package control

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// unsaid are the headers that curl writes itself, or that only say how one
// connection was used.
var unsaid = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding", "User-Agent"}

// command is how a call is written as a command: what stands between its
// parts.
type command string

// The forms of a command: a part on each line, or all on one.
const (
	pretty  command = " \\\n  "
	oneLine command = " "
)

// asCurl reads ?as=curl, ?as=curl-line and ?secrets=show; the form is "" where
// JSON is wanted.
func asCurl(query url.Values) (form command, secrets bool, err error) {
	switch query.Get("as") {
	case "", "json":
	case "curl":
		form = pretty
	case "curl-line":
		form = oneLine
	default:
		return "", false, invalid("as", `Say "curl" or "curl-line" for commands to paste, or leave it out.`)
	}
	secrets, err = showSecrets(query)
	return form, secrets, err
}

// sent is the body as a command has it. On one line JSON has no line feeds
// between its members; what is none stays as it was.
func (l *Call) sent(form command) string {
	var line bytes.Buffer
	if form == oneLine && json.Compact(&line, l.Body) == nil {
		return line.String()
	}
	return string(l.Body)
}

// curl is the command that makes a call again, for a shell as POSIX has it.
func (l *Call) curl(base string, form command) string {
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
			b.WriteString(string(form) + "-H " + quoted(header(name, value)))
		}
	}
	if len(l.Body) == 0 {
		return b.String() + "\n"
	}
	if l.Header.Get("Content-Type") == "" {
		b.WriteString(string(form) + "-H 'Content-Type:'") // or curl would say that it is a form
	}
	b.WriteString(string(form) + "--data-raw " + quoted(l.sent(form)) + "\n")
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
