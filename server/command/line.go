package command

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// line is what is printed of one thing. Good and Bad say how its outcome is
// coloured.
type line struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"` // a method, push, pay, hook, time, fault
	What      string    `json:"what"`
	Status    int       `json:"status,omitempty"`
	TookMs    float64   `json:"tookMs,omitempty"`
	MSN       string    `json:"msn,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Outcome   string    `json:"outcome,omitempty"`

	good, bad bool
}

// print writes a line in columns, or as an object.
func (w *watch) print(l *line) {
	if w.json {
		text, err := json.Marshal(l)
		if err == nil {
			_, _ = fmt.Fprintf(w.out, "%s\n", text)
		}
		return
	}
	status, took := "   ", "       "
	if l.Status != 0 {
		status = w.ink.in(shade(l.Status < 400, l.Status >= 400), fmt.Sprintf("%3d", l.Status))
	}
	if l.TookMs != 0 {
		took = pad(span(l.TookMs), 7)
	}
	outcome := w.ink.in(shade(l.good, l.bad), l.Outcome)
	text := fmt.Sprintf("%s  %s %s %s %s  %s  %s", w.ink.in(faint, l.At.UTC().Format("15:04:05")),
		pad(l.Kind, 5), pad(l.What, 30), status, took, pad(middle(l.Reference), 12), outcome)
	_, _ = fmt.Fprintln(w.out, strings.TrimRight(text, " "))
}

func shade(isGood, isBad bool) string {
	switch {
	case isBad:
		return bad
	case isGood:
		return good
	}
	return ""
}

// span writes milliseconds so that they are short: 0.4 ms, 12 ms, 2.1 s.
func span(ms float64) string {
	switch {
	case ms >= 1000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 10:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f ms", ms)
}

// middle leaves out the middle of a long reference.
func middle(reference string) string {
	if letters := []rune(reference); len(letters) > 12 {
		return string(letters[:8]) + "…" + string(letters[len(letters)-3:])
	}
	return reference
}
