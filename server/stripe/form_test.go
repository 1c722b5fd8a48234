package stripe

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParametersAreReadHoweverTheyAreNested(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"a list with numbers":             {"a[1]=y&a[0]=x", `"a[0]"="x" "a[1]"="y"`},
		"a list without":                  {"a[]=x&a[]=y", `"a[0]"="x" "a[1]"="y"`},
		"encoded brackets":                {"a%5Bb%5D=c%20d+e", `"a[b]"="c d e"`},
		"objects in a list":               {"i[0][p][n]=1&i[0][q]=2&i[1][q]=3", `"i[0][p][n]"="1" "i[0][q]"="2" "i[1][q]"="3"`},
		"a new item when one comes again": {"i[][q]=1&i[][p]=2&i[][q]=3", `"i[0][p]"="2" "i[0][q]"="1" "i[1][q]"="3"`},
		"an empty value":                  {"a=&m[b]=", `"a"="" "m[b]"=""`},
		"what is no bracket":              {"a]b=1&[c]=2&d[=3", `"[c]"="2" "a]b"="1" "d["="3"`},
		"ten items in order":              {"a[10]=k&a[9]=j", `"a[9]"="j" "a[10]"="k"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, err := decodeForm(c.sent)
			require.Nil(t, err)
			require.Equal(t, strings.ReplaceAll(c.want, " \"", "\n\"")+"\n", root.canonical())
		})
	}
}

func TestWhatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for name, sent := range map[string]string{
		"a value that is an object too": "a=1&a[b]=2",
		"an object that is a value too": "a[b]=2&a=1",
		"no encoding":                   "a=%zz",
		"too deep":                      "a" + strings.Repeat("[b]", 12) + "=1",
		"too much":                      strings.Repeat("a[]=1&", 6000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeForm(sent)
			require.NotNil(t, err)
			require.Equal(t, 400, err.Status)
		})
	}
}

// The decoder takes whatever comes, and what it read it reads again the same.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{"a=1", "a[]=1&a[]=2", "a[b][c]=d", "i[][q]=1&i[][q]=2", "a[0]=x&a[2]=y", "%5B=&&==", "a[b]=1&a=2", "metadata[x]=&expand[]=y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		root, refused := decodeForm(sent)
		if refused != nil {
			require.Equal(t, 400, refused.Status)
			return
		}
		var again []string
		plain := true
		root.walk(nil, func(path []string, value string) {
			for _, name := range path {
				plain = plain && name != "" && !strings.ContainsAny(name, "[]")
			}
			again = append(again, url.QueryEscape(bracketed(path))+"="+url.QueryEscape(value))
		})
		if !plain {
			return // names with brackets of their own can be written in one way only
		}
		back, refused := decodeForm(strings.Join(again, "&"))
		require.Nil(t, refused)
		require.Equal(t, root.canonical(), back.canonical())
	})
}
