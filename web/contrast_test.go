package web_test

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pairs are what is written or drawn on what, with the contrast that needs:
// 4.5 for text, 3 for outlines and rings.
var pairs = []struct {
	ink   string
	on    string
	needs float64
}{
	{"text", "bg surface sim-soft", 4.5},
	{"text-2", "bg surface surface-2 sunken sim-soft ok-soft code-bg", 4.5},
	{"text-3", "bg surface sunken", 4.5},
	{"ok", "ok-soft surface", 4.5},
	{"warn", "warn-soft surface", 4.5},
	{"bad", "bad-soft surface", 4.5},
	{"info", "info-soft", 4.5},
	{"mute", "mute-soft", 4.5},
	{"link", "surface bg", 4.5},
	{"on-accent", "accent", 4.5},
	{"sim-ink", "sim", 4.5},
	{"sim-text", "sim-soft", 4.5},
	{"code-key", "code-bg", 4.5},
	{"code-str", "code-bg", 4.5},
	{"code-num", "code-bg", 4.5},
	{"line-strong", "surface", 3},
	{"focus", "surface bg", 3},
	{"white", "ok-solid warn-solid bad-solid info-solid mute-solid", 4.5},
	{"on-brand", "brand-fill brand-hover", 4.5},
	{"brand-text", "brand-soft brand-wash surface", 4.5},
	{"brand", "surface", 3},
	{"brand-strong", "surface", 3},
	{"text", "brand-wash", 4.5},
	{"text-2", "brand-wash", 4.5},
}

func TestTheColoursContrastInBothThemesAndSkins(t *testing.T) {
	t.Parallel()
	css := styles(t, "tokens.css")
	for _, skin := range []string{"vipps", "mobilepay"} {
		light := []string{":root", `[data-brand="` + skin + `"]`}
		forced := append(light, `:root[data-theme="dark"]`, `:root[data-theme="dark"][data-brand="`+skin+`"]`)
		for theme, selectors := range map[string][]string{"light": light, "dark": forced} {
			t.Run(skin+" "+theme, func(t *testing.T) {
				t.Parallel()
				colours := tokens(css, selectors...)
				colours["white"] = "#FFFFFF"
				for _, p := range pairs {
					for on := range strings.FieldsSeq(p.on) {
						require.GreaterOrEqual(t, contrast(t, colours[p.ink], colours[on]), p.needs, "%s (%s) on %s (%s)", p.ink, colours[p.ink], on, colours[on])
					}
				}
			})
		}
	}
}

// The dark theme stands twice: for a system that is dark, and for whoever
// chose it.
func TestTheChosenDarkThemeIsTheSystemsDarkTheme(t *testing.T) {
	t.Parallel()
	css := styles(t, "tokens.css") + styles(t, "base.css")
	system := tokens(css, `:root:not([data-theme="light"]):not([data-theme="dark"])`, `:root:not([data-theme="light"])`)
	chosen := tokens(css, `:root[data-theme="dark"]`)
	require.NotEmpty(t, system)
	for name, colour := range system {
		require.Equal(t, chosen[name], colour, name)
	}
}

func TestContrastIsComputedAsWCAGSays(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 21, contrast(t, "#000000", "#FFFFFF"), 0.001)
	require.InDelta(t, 1, contrast(t, "#66656E", "#66656E"), 0.001)
	require.InDelta(t, 4.48, contrast(t, "#777777", "#FFFFFF"), 0.005)
}

func styles(t *testing.T, name string) string {
	t.Helper()
	css, err := os.ReadFile("static/" + name)
	require.NoError(t, err)
	return regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(css), "")
}

var (
	ruleShape  = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
	tokenShape = regexp.MustCompile(`--([a-z0-9-]+):(#[0-9A-Fa-f]{6})`)
)

// tokens are the colours that these selectors' rules give, later selectors
// over earlier ones, as the more exact win.
func tokens(css string, selectors ...string) map[string]string {
	out := map[string]string{}
	for _, wanted := range selectors {
		for _, rule := range ruleShape.FindAllStringSubmatch(css, -1) {
			for selector := range strings.SplitSeq(rule[1], ",") {
				if strings.TrimSpace(selector) != wanted {
					continue
				}
				for _, token := range tokenShape.FindAllStringSubmatch(rule[2], -1) {
					out[token[1]] = strings.ToUpper(token[2])
				}
			}
		}
	}
	return out
}

// contrast is WCAG 2's ratio of two colours, "#RRGGBB".
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	require.Len(t, colour, 7, fmt.Sprintf("a colour: %q", colour))
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		part, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		require.NoError(t, err)
		c := float64(part) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
