// Package browsertest drives a Chromium for tests of what only a browser can
// prove, and takes pictures of it.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// PathVariable names the program to use, where it is in no usual place.
const PathVariable = "LIKSOM_CHROMIUM"

// PicturesVariable names the folder that [Tab.Picture] writes to.
const PicturesVariable = "LIKSOM_PICTURES"

// patience is how long anything in the browser may take.
const patience = 20 * time.Second

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Start starts a Chromium that ends with the test. The test is skipped, with a
// word on what to do, where there is none.
func Start(t *testing.T) *Browser {
	t.Helper()
	program := find()
	if program == "" {
		t.Skip("no Chromium found: install it (Debian: apt-get install chromium) or name it in " + PathVariable)
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en"),
	)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the program, so that its folder can be removed
		end()
		endAlloc()
	})
	require.NoError(t, chromedp.Do(ctx), "start %s", program)
	return &Browser{ctx: ctx}
}

func find() string {
	if p := os.Getenv(PathVariable); p != "" {
		return p
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// Look is how a tab sees the world.
type Look struct {
	Width, Height int
	Dark          bool
	NoScript      bool
}

// Desktop is a window on a computer, as in the brief's pictures.
func Desktop() Look { return Look{Width: 1200, Height: 860} }

// Mobile is the screen of a phone, as in the brief's pictures.
func Mobile() Look { return Look{Width: 390, Height: 844} }

// Tab is one page of a browser, with cookies of its own.
type Tab struct {
	t   *testing.T
	ctx context.Context
}

// Tab opens a tab that closes with the test.
func (b *Browser) Tab(t *testing.T, look Look) *Tab {
	t.Helper()
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	// Not with a deadline: a tab ends with the context it was opened in.
	require.NoError(t, chromedp.Do(ctx))
	tab := &Tab{t: t, ctx: ctx}
	tab.watch()
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(look.Width), Height: int64(look.Height), DeviceScaleFactor: 1, Mobile: look.Width < 600,
		})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: look.NoScript})
		return err
	}))
	return tab
}

// watch fails the test for whatever goes wrong in the page's scripts, and for
// what its policy stops.
func (tab *Tab) watch() {
	var mu sync.Mutex
	var trouble []string
	said := chromedp.Console(tab.ctx)
	go func() {
		for m, err := range said {
			if err != nil {
				return
			}
			if m.IsException() || strings.Contains(m.String(), "Content Security Policy") {
				mu.Lock()
				trouble = append(trouble, m.String())
				mu.Unlock()
			}
		}
	}()
	tab.t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		require.Empty(tab.t, trouble, "what the page's console says")
	})
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	require.NoError(tab.t, chromedp.Do(ctx, steps...))
}

// ask runs an action that gives something.
func ask[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, action)
	require.NoError(tab.t, err)
	return out
}

// ID is the selector of a test id.
func ID(id string) string { return `[data-testid="` + id + `"]` }

// Go opens an address.
func (tab *Tab) Go(address string) {
	tab.t.Helper()
	tab.do(chromedp.Navigate(address))
}

// Back goes back as by the browser's button.
func (tab *Tab) Back() {
	tab.t.Helper()
	tab.do(chromedp.NavigateBack())
}

// Wait waits until something that fits a selector is there and visible.
func (tab *Tab) Wait(selector string) {
	tab.t.Helper()
	tab.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Click clicks with the mouse.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Key presses a key.
func (tab *Tab) Key(key string) {
	tab.t.Helper()
	tab.do(chromedp.KeyEvent(key))
}

// Write puts text into a field, in place of what is there.
func (tab *Tab) Write(selector, text string) {
	tab.t.Helper()
	tab.do(chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Text is what somebody reads in an element.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return ask(tab, chromedp.Text(chromedp.CSS(selector)))
}

// Eval gives the value of a script's expression; a promise is awaited.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	return ask(tab, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Until waits until a script's expression is true.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	ask(tab, chromedp.Poll[bool](expression))
}

// Address is where the tab is.
func (tab *Tab) Address() string {
	tab.t.Helper()
	return ask(tab, chromedp.Location())
}

// Picture writes a picture of the whole page, if pictures are wanted.
func (tab *Tab) Picture(name string) {
	tab.t.Helper()
	folder := os.Getenv(PicturesVariable)
	if folder == "" {
		return
	}
	shot := ask(tab, chromedp.FullScreenshot(100))
	require.NoError(tab.t, os.MkdirAll(folder, 0o755))
	require.NoError(tab.t, os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644)) //nolint:gosec // a picture for everyone
}
