package browsertest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"
)

//go:embed testdata/axe.min.js.gz
var axeSmall []byte

// axe is the engine's source. Tests alone have it: no page loads it, and no
// binary carries this package.
var axe = sync.OnceValues(func() (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(axeSmall))
	if err != nil {
		return "", err
	}
	source, err := io.ReadAll(z)
	return string(source), err
})

// Finding is something on a page that keeps somebody out.
type Finding struct {
	Rule, Help, Selector, HTML, Why string
}

// String says what is wrong and where.
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s\n    at   %s\n    html %s\n    why  %s", f.Rule, f.Help, f.Selector, f.HTML, strings.ReplaceAll(f.Why, "\n", "\n         "))
}

// everyRule asks for what WCAG 2.2 AA demands and for what the engine's makers
// call good practice.
const everyRule = `{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }`

// Findings asks axe-core about the page as it stands.
func (tab *Tab) Findings() []Finding {
	tab.t.Helper()
	// It comes in through the debugging protocol, which no content policy stops.
	if !Eval[bool](tab, `typeof axe === "object"`) {
		source, err := axe()
		require.NoError(tab.t, err)
		Eval[any](tab, source+"\n;null")
	}
	return Eval[[]Finding](tab, `(async () => {
		const { violations } = await axe.run(document, { runOnly: `+everyRule+`, resultTypes: ["violations"], preload: false, iframes: false });
		return violations.flatMap((v) => v.nodes.map((n) => ({ Rule: v.id, Help: v.help, Selector: n.target.join(" "), HTML: n.html.slice(0, 200), Why: (n.failureSummary || "").split("\n").slice(1).join("\n").trim() })));
	})()`)
}
