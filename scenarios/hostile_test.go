package scenarios_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
)

// TestFilesThatWouldTakeForeverAreRefusedAtOnce tells one mistake of each: not
// those that follow from it.
func TestFilesThatWouldTakeForeverAreRefusedAtOnce(t *testing.T) {
	t.Parallel()
	bomb := "vars:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'j'; i++ {
		bomb += fmt.Sprintf("  %c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", i-1), 10), ", "))
	}
	for name, c := range map[string]struct{ text, want string }{
		"aliases of aliases":      {bomb + head + "  - create\n", "with all that aliases repeat, 100000 values are read"},
		"an alias within itself":  {"vars: {a: &a [*a]}\n" + head + "  - create\n", "There is no anchor a before this place"},
		"brackets in brackets":    {head + "  - create: {body: {a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}}\n", "nested too deeply: 64 levels"},
		"brackets without end":    {head + "  - create: {body: " + strings.Repeat("[", 100_000), "nested too deeply: 64 levels"},
		"lists in lists":          {head + strings.Repeat("- ", 50_000), "nested too deeply: 64 levels"},
		"a long expression":       {head + "  - expect: \"" + strings.Repeat("(", 100_000) + "\"\n", "longer than 4000 letters"},
		"one name a hundredfold":  {head + "  - expect: \"" + strings.Repeat("nobody + ", 50) + "1 > 0\"\n", `There is no variable "nobody"`},
		"more than a script has":  {head + strings.Repeat("  - get\n", 10_001), "10000 steps at most"},
		"more than a file has":    {head + strings.Repeat("  - create: {description: much too long}\n", 30_000), "larger than 128 KiB"},
		"an id like a book":       {"id: " + strings.Repeat("a", 81) + "\ntitle: Long\nsteps: [create]\n", "80 at most"},
		"a name like a book":      {head + "  - " + strings.Repeat("create", 10_000) + "\n", "There is no step"},
		"a title for terminals":   {"id: a-test\ntitle: \"\\e[2J\"\nsteps: [create]\n", "A title is a line of text"},
		"an expression for these": {head + "  - expect: \"\\e[2J ==\"\n", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scenarios.ParseAlone("x.yaml", []byte(c.text))
			var found *scenarios.Mistakes
			require.ErrorAs(t, err, &found)
			require.Len(t, *found, 1)
			require.Contains(t, err.Error(), c.want)
			require.Less(t, len(err.Error()), 2000)
			require.False(t, strings.ContainsFunc(err.Error(), func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }), "%q", err)
		})
	}
}

// Terminals obey what some characters say; what others answer is only shown.
func TestWhatOthersSayIsShownAndNotObeyed(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("{\"title\": \"\\u001b[2J\"}"))
	}))
	t.Cleanup(other.Close)
	r := play(t, `
  - note: "\x1b[2J"
  - call: {path: "`+other.URL+`", anonymous: true}
`)
	require.Equal(t, []string{"\ufffd[2J"}, r.Notes)
	require.Equal(t, "418 \ufffd[2J", r.Failure.Actual)
	require.NotContains(t, r.Steps[1].Detail, "\x1b")
}

func TestAHundredMistakesAreEnough(t *testing.T) {
	t.Parallel()
	_, err := scenarios.ParseAlone("x.yaml", []byte(head+strings.Repeat("  - aprove\n", 500)))
	var found *scenarios.Mistakes
	require.ErrorAs(t, err, &found)
	require.Len(t, *found, 101)
	require.Contains(t, (*found)[100].Message, "There are more")
}

func TestAFileWithoutEndIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	endless := filepath.Join(dir, "endless.yaml")
	if runtime.GOOS == "windows" {
		t.Skip("there are no endless files on Windows")
	}
	require.NoError(t, os.Symlink("/dev/zero", endless))
	_, err := scenarios.Load(endless)
	require.ErrorContains(t, err, "larger than 128 KiB")
	_, err = scenarios.Load(write(t, dir, "a.yaml", head+"  - include: endless.yaml\n"))
	require.ErrorContains(t, err, "larger than 128 KiB")
}

func TestFilesThatIncludeOthersTwiceGrowNoFurtherThanAScriptMay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const last = 20
	for i := range last {
		write(t, dir, fmt.Sprintf("%d.yaml", i), strings.Repeat(fmt.Sprintf("- include: %d.yaml\n", i+1), 2))
	}
	write(t, dir, fmt.Sprintf("%d.yaml", last), "- create\n")
	_, err := scenarios.Load(write(t, dir, "a.yaml", head+"  - include: 0.yaml\n"))
	require.ErrorContains(t, err, "10000 steps at most")
}

func TestAMisspeltNameHidesNoMistakeBehindIt(t *testing.T) {
	t.Parallel()
	_, err := scenarios.Parse("x.yaml", []byte("id: a-test\ntitle: A test\nstepz:\n  - creat: {ammount: 1}\n    withn: soon\n"))
	var found *scenarios.Mistakes
	require.ErrorAs(t, err, &found)
	var hints []string
	for _, m := range *found {
		hints = append(hints, m.Hint)
	}
	require.Equal(t, []string{
		"Did you mean steps?", "Did you mean create?", "Did you mean amount?", "Did you mean within?", `Write "5s", or "10m simulated" for the world's clock.`,
	}, hints)
}
