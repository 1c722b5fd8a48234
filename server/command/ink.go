package command

import (
	"io"
	"os"
	"strings"
)

// ink colours and marks what is printed. Every line makes sense without it.
type ink struct {
	colour bool
	// plain writes words in place of signs, where the locale is not UTF-8.
	plain bool
}

// The codes of the colours, after what they stand for.
const (
	amber = "33" // the simulator itself
	blue  = "34" // addresses
	bold  = "1"
	faint = "2" // hints
	good  = "32"
	bad   = "31"
)

// newInk chooses for one output.
func newInk(choice string, out io.Writer) ink {
	return ink{colour: colourful(choice, out), plain: !utf8Locale()}
}

func (k ink) in(code, text string) string {
	if !k.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// ok, fail and skip are the marks before a line.
func (k ink) ok() string   { return k.mark(good, "✓", "ok  ") }
func (k ink) fail() string { return k.mark(bad, "✗", "FAIL") }
func (k ink) skip() string { return k.mark(faint, "–", "skip") }

func (k ink) mark(code, sign, word string) string {
	if k.plain {
		sign = word
	}
	return k.in(code, sign)
}

// utf8Locale reads the locale as the C library does: the first that is set.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := os.Getenv(name); value != "" {
			value = strings.ToUpper(value)
			return strings.Contains(value, "UTF-8") || strings.Contains(value, "UTF8")
		}
	}
	return true
}

// colourful decides whether to colour what goes to out.
func colourful(choice string, out io.Writer) bool {
	if choice != "auto" {
		return choice == "always"
	}
	return os.Getenv("NO_COLOR") == "" && isTerminal(out)
}

// isTerminal tells whether somebody may be looking.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// pad fills a text up to a width, counted in characters; what is longer
// stays.
func pad(text string, width int) string {
	if n := width - len([]rune(text)); n > 0 {
		return text + strings.Repeat(" ", n)
	}
	return text
}
