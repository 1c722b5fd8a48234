package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web/browsertest"
)

// sheet is a size that pictures are taken in, and the themes of those pictures.
type sheet struct {
	width, height int
	themes        string
}

// payersSheets are those of pages for payers; consoleSheets those of the
// console's; demoSheets those of the demos: the widths of the design's
// checklist, with the heights of its pictures.
var (
	payersSheets  = []sheet{{1200, 860, "light dark"}, {390, 844, "light dark"}}
	consoleSheets = []sheet{{1440, 960, "light dark"}, {1200, 900, "light"}, {1000, 900, "light"}, {860, 900, "light"}, {390, 844, "light dark"}, {320, 640, "light"}}
	demoSheets    = []sheet{{1440, 1016, "light dark"}, {1200, 900, "light dark"}, {860, 900, "light dark"}, {390, 844, "light dark"}, {320, 720, "light dark"}}
)

// lay gives a tab the size of the sheet.
func (s sheet) lay(tab *browsertest.Tab) { tab.Resize(s.width, s.height) }

// take takes a picture in each theme, and sees that nothing reaches over the
// side.
func (s sheet) take(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	tab.Until(fmt.Sprintf("innerWidth === %d", s.width))
	for theme := range strings.FieldsSeq(s.themes) {
		tab.Shade(theme == "dark")
		tab.Picture(fmt.Sprintf("%s-%s-%d", name, theme, s.width))
	}
	tab.Shade(false)
	require.Empty(t, browsertest.Eval[string](tab, wideThings), "%s at %d scrolls sideways", name, s.width)
}

// wideThings names what makes a page scroll sideways.
const wideThings = `document.documentElement.scrollWidth <= innerWidth ? "" : document.documentElement.scrollWidth + ": " +
	[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.className || e.tagName).join(", ")`

// takeAll takes the pictures of a page as it stands on all sheets.
func takeAll(t *testing.T, tab *browsertest.Tab, name string, sheets []sheet) {
	t.Helper()
	for _, s := range sheets {
		s.lay(tab)
		s.take(t, tab, name)
	}
	// Until the page stands as it did, what is clicked next would be looked for
	// where it stood in the last picture.
	sheets[0].lay(tab)
	tab.Until(fmt.Sprintf("innerWidth === %d", sheets[0].width))
	tab.Painted()
}
