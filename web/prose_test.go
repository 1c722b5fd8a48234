package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web"
)

func TestProseSetsCodeApartAndEscapesAll(t *testing.T) {
	t.Parallel()
	for text, html := range map[string]string{
		"plain":          "plain",
		"a `b` c":        `a <code class="mono">b</code> c`,
		"<i> & `<b>`":    `&lt;i&gt; &amp; <code class="mono">&lt;b&gt;</code>`,
		"an open `end":   `an open <code class="mono">end</code>`,
		"`first` and so": `<code class="mono">first</code> and so`,
	} {
		require.EqualValues(t, html, web.Prose(text))
	}
}
