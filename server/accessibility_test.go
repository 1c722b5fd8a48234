package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"liksom/server"
	"liksom/server/client"
	"liksom/web/browsertest"
)

// inspection gathers what axe-core says of all pages, so that a fault they
// share is told once, with the pages that have it.
type inspection struct {
	mu    sync.Mutex
	found map[string][]string
}

func (i *inspection) add(where string, findings []browsertest.Finding) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, f := range findings {
		i.found[f.String()] = append(i.found[f.String()], where)
	}
}

func (i *inspection) report(t *testing.T) {
	t.Helper()
	for _, finding := range slices.Sorted(maps.Keys(i.found)) {
		pages := i.found[finding]
		t.Errorf("%s\n    on   %s", finding, strings.Join(pages[:min(len(pages), 6)], ", ")+fmt.Sprintf(" (%d in all)", len(pages)))
	}
}

// look inspects a page as it stands, on a computer and on a phone, in both
// themes.
func (i *inspection) look(name string, tab *browsertest.Tab) {
	for _, width := range []int{1280, 390} {
		tab.Resize(width, 844)
		tab.Until(fmt.Sprintf("innerWidth === %d", width))
		where := fmt.Sprintf("%s at %d", name, width)
		tab.Shade(false)
		i.add(where, tab.Findings())
		tab.Shade(true)
		i.add(where+", dark", tab.FindingsOfContrast())
	}
	tab.Shade(false)
	tab.Resize(1280, 844)
}

// sight is a page, and what is done on it before it is looked at.
type sight struct {
	name, path string
	then       func(*browsertest.Tab)
}

// TestNobodyIsKeptOut inspects every page in every state.
func TestNobodyIsKeptOut(t *testing.T) {
	chromium := browsertest.Start(t)
	i := &inspection{found: map[string][]string{}}
	t.Run("pages", func(t *testing.T) {
		tour := func(name string, j func(*testing.T) *journey, sights func(*journey) []sight) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				j := j(t)
				tab := chromium.Tab(t, wide())
				tab.Before(cannedScenarios)
				for _, s := range sights(j) {
					tab.Go(j.BaseURL() + s.path)
					tab.Until(ready)
					if s.then != nil {
						s.then(tab)
					}
					i.look(s.name, tab)
				}
			})
		}
		empty := func(t *testing.T) *journey {
			t.Helper()
			sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
			return &journey{t: t, chromium: chromium, sim: sim, Client: client.New(sim.URL())}
		}
		for n, part := range storyParts(3) {
			tour(fmt.Sprintf("storybook %d", n), empty, func(*journey) []sight { return part })
		}
	})
	i.report(t)
}

// storyParts are the storybook's pages in parts of one size.
func storyParts(parts int) [][]sight {
	all := stories()
	out := make([][]sight, parts)
	for n, name := range slices.Sorted(maps.Keys(all)) {
		out[n%parts] = append(out[n%parts], sight{name: name, path: all[name] + "?lang=en"})
		if strings.HasPrefix(name, "landing") || strings.HasPrefix(name, "phone-pay") {
			out[n%parts] = append(out[n%parts], sight{name: name + " mobilepay", path: all[name] + "?lang=en&brand=mobilepay"})
		}
	}
	return out
}
