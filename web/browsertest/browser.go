// Package browsertest drives a Chromium for tests of what only a browser can
// prove, and takes pictures of it.
package browsertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// PathVariable names the program to use, where it is in no usual place.
const PathVariable = "LIKSOM_CHROMIUM"

// RequireVariable is set to 1 where a missing Chromium is a failure: in CI,
// where a skipped test would look like a passed one.
const RequireVariable = "LIKSOM_REQUIRE_CHROMIUM"

// PicturesVariable names the folder that [Tab.Picture] writes to.
const PicturesVariable = "LIKSOM_SCREENSHOTS"

// patience is how long anything in the browser may take. Whoever takes pictures
// of everything keeps the machine busier than tests do, and can wait longer.
func patience() time.Duration {
	if os.Getenv(PicturesVariable) != "" {
		return 2 * time.Minute
	}
	return 30 * time.Second
}

// Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Start starts a Chromium that ends with the test and its subtests. Starting
// one takes a while, so the tests of a package share it as subtests, each with
// tabs of its own. The test is skipped, with a word on what to do, where there
// is none, unless [RequireVariable] says otherwise.
//
// In this browser every host under .test is this machine. Unlike localhost it
// is to the browser what a machine on the network is: not to be trusted.
//
// Flags are Chromium's own, as "name" or "name=value".
//
// Chromium's own headless build is taken where there is one: it draws the same
// pages in half the time. What it lacks is for [StartFull].
func Start(t *testing.T, flags ...string) *Browser {
	t.Helper()
	return start(t, find("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"), flags)
}

// StartFull is [Start] with a whole Chromium, for what belongs to a browser
// rather than to its pages, such as notifications.
func StartFull(t *testing.T, flags ...string) *Browser {
	t.Helper()
	return start(t, find("chromium", "chromium-browser", "google-chrome"), flags)
}

func start(t *testing.T, program string, flags []string) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time, and hides races more than it shows them: this is for runs without -short")
	}
	if program == "" {
		missing(t)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "en"),
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"),
		// Tabs that are not in front must not be slowed down.
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
	}
	for _, flag := range flags {
		if name, value, ok := strings.Cut(flag, "="); ok {
			options = append(options, chromedp.Flag(name, value))
			continue
		}
		options = append(options, chromedp.Flag(flag, true))
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits for the program, so that its folder can be removed
		end()
		endAlloc()
	})
	require.NoError(t, chromedp.Do(ctx), "start %s", program)
	return &Browser{ctx: ctx}
}

func missing(t *testing.T) {
	t.Helper()
	words := "no Chromium found: install it (Debian: apt-get install chromium) or name it in " + PathVariable
	if os.Getenv(RequireVariable) == "1" {
		t.Fatal(words)
	}
	t.Skip(words)
}

// WantPictures skips a test that is there to take pictures when none are
// wanted.
func WantPictures(t *testing.T) {
	t.Helper()
	if os.Getenv(PicturesVariable) == "" {
		t.Skip("no pictures wanted: name a folder for them in " + PicturesVariable)
	}
}

// find gives the first of the programs that is there, "" if none is.
func find(names ...string) string {
	if p := os.Getenv(PathVariable); p != "" {
		return p
	}
	for _, name := range names {
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
	// Scale is how many dots a pixel of the page has; 0 is 1. With 150/96 a
	// picture is what a scanner of 150 dpi sees.
	Scale float64
	// Print shows pages as they are printed.
	Print bool
	// Touch makes the pointer a finger.
	Touch bool
	// Blocked tells that a policy is to stop something on the page, which
	// otherwise fails the test.
	Blocked bool
	// Notifies lets pages show notifications.
	Notifies bool
	// Plain forces colours on pages.
	Plain bool
	// Moving is a reader who has not asked for less motion, as others have.
	Moving bool
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
	return open(t, b.ctx, look, chromedp.WithNewBrowserContext())
}

// Beside opens a second tab of the same person, with the same cookies.
func (tab *Tab) Beside(look Look) *Tab {
	tab.t.Helper()
	return open(tab.t, tab.ctx, look)
}

func open(t *testing.T, from context.Context, look Look, how ...chromedp.ContextOption) *Tab {
	t.Helper()
	ctx, end := chromedp.NewContext(from, how...)
	t.Cleanup(end)
	// Not with a deadline: a tab ends with the context it was opened in.
	require.NoError(t, chromedp.Do(ctx))
	tab := &Tab{t: t, ctx: ctx}
	if !look.Blocked {
		tab.watch()
	}
	if look.Notifies {
		tab.allow(browser.PermissionTypeNotifications)
	}
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(look.Width), Height: int64(look.Height), DeviceScaleFactor: cmp.Or(look.Scale, 1), Mobile: look.Width < 600,
		})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: look.Touch})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: look.NoScript})
		return err
	}))
	tab.media(look)
	return tab
}

// allow gives every page of the tab a permission, as somebody who was asked.
func (tab *Tab) allow(permission browser.PermissionType) {
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		own := chromedp.FromContext(ctx).BrowserContextID
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: string(permission)}, Setting: browser.PermissionSettingGranted, BrowserContextID: own,
		})
		return err
	}))
}

// media tells the page what its reader prefers.
func (tab *Tab) media(look Look) {
	tab.t.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "forced-colors", Value: "none"},
	}}
	if look.Dark {
		params.Features[0].Value = "dark"
	}
	if look.Print {
		params.Media = "print"
	}
	if look.Plain {
		params.Features[2].Value = "active"
	}
	if look.Moving {
		params.Features[1].Value = "no-preference"
	}
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, params)
		return err
	}))
}

// Front makes the tab believe that it is in front, where what has the focus
// shows it, whichever tab is.
func (tab *Tab) Front() {
	tab.t.Helper()
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
}

// Shade gives the tab a dark theme, or a light one again.
func (tab *Tab) Shade(dark bool) {
	tab.t.Helper()
	tab.media(Look{Dark: dark})
	tab.Painted()
}

// Plain gives the tab few colours of its reader's choice, as high contrast does,
// or a page's own again.
func (tab *Tab) Plain(plain bool) {
	tab.t.Helper()
	tab.media(Look{Plain: plain})
	tab.Painted()
}

// Painted waits until the page has been painted with what it has been told.
func (tab *Tab) Painted() {
	tab.t.Helper()
	Eval[any](tab, `new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => painted(null))))`)
}

// watch fails the test for whatever goes wrong in the page's scripts, for what
// its policy stops, and for the errors that scripts tell the console of.
func (tab *Tab) watch() {
	var mu sync.Mutex
	var trouble []string
	said := chromedp.Console(tab.ctx)
	go func() {
		for m, err := range said {
			if err != nil {
				return
			}
			if isTrouble(m) {
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

// isTrouble leaves out what the browser itself says of answers: that a request
// was refused may be the very thing that a test is about.
func isTrouble(m chromedp.ConsoleMessage) bool {
	said := m.Type == chromedp.ConsoleError && !strings.HasPrefix(m.Text, "Failed to load resource") && !strings.HasPrefix(m.Text, "WebSocket connection")
	return said || m.IsException() || strings.Contains(m.String(), "Content Security Policy")
}

func (tab *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience())
	defer cancel()
	for {
		err := chromedp.Do(ctx, steps...)
		if redrawn(err) {
			continue
		}
		require.NoError(tab.t, err)
		return
	}
}

// redrawn tells whether the page replaced an element between its being found
// and its being used. Nothing has been done to it then.
func redrawn(err error) bool {
	var refused *cdproto.Error
	return errors.As(err, &refused) && strings.Contains(refused.Message, "Could not find node")
}

// ask runs an action that gives something.
func ask[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience())
	defer cancel()
	for {
		out, err := chromedp.Run(ctx, action)
		if redrawn(err) {
			continue
		}
		require.NoError(tab.t, err)
		return out
	}
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

// Resize gives the tab another size, of a window on a computer: a phone would
// show a page that is too wide smaller.
func (tab *Tab) Resize(width, height int) {
	tab.t.Helper()
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(width), Height: int64(height), DeviceScaleFactor: 1,
		})
		return err
	}))
}

// Wait waits until something that fits a selector is there and visible.
func (tab *Tab) Wait(selector string) {
	tab.t.Helper()
	tab.do(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Click clicks with the mouse. What lies under a bar is scrolled out from under
// it first, as a hand would.
func (tab *Tab) Click(selector string) {
	tab.t.Helper()
	tab.Wait(selector)
	Eval[any](tab, fmt.Sprintf(uncovered, selector))
	tab.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// uncovered scrolls what a selector finds to the middle if its middle is under
// something else.
const uncovered = `(() => {
	const e = document.querySelector(%q), box = e?.getBoundingClientRect();
	const over = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
	if (over && !e.contains(over) && !over.contains(e)) e.scrollIntoView({ block: "center", behavior: "instant" });
	return null;
})()`

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

// Hurry lets the page believe that a minute more has passed by its own watch.
// Server, timers and the time of day go on as before.
func (tab *Tab) Hurry() {
	tab.t.Helper()
	Eval[any](tab, `(() => { const now = performance.now.bind(performance); performance.now = () => now() + 60000; })()`)
}

// Until waits until a script's expression is true, on whatever page the tab
// has come to by then.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience())
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Poll[bool](expression))
		if left(err) {
			continue // the page went away while it was asked
		}
		require.NoError(tab.t, err, "waiting for %s", expression)
		return
	}
}

// left tells whether a page could not answer because the tab went on to
// another one.
func left(err error) bool {
	var refused *cdproto.Error
	return errors.As(err, &refused) && (strings.Contains(refused.Message, "navigated") || strings.Contains(refused.Message, "context"))
}

// Address is where the tab is.
func (tab *Tab) Address() string {
	tab.t.Helper()
	return ask(tab, chromedp.Location())
}

// Shot is a picture of the whole page, a PNG.
func (tab *Tab) Shot() []byte {
	tab.t.Helper()
	return ask(tab, shot)
}

// shot takes a picture of the whole page, and does not take the time to pack it
// as small as it could be.
func shot(ctx context.Context, _ *chromedp.Target) ([]byte, error) {
	yes := true
	out, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &yes, FromSurface: &yes, OptimizeForSpeed: &yes,
	})
	return out.Data, err
}

// Before runs a script in every page of the tab before any of the page's own.
func (tab *Tab) Before(script string) {
	tab.t.Helper()
	tab.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}

// Paper is the page as it leaves a printer, a PDF on the sheets that its
// styles ask for.
func (tab *Tab) Paper() []byte {
	tab.t.Helper()
	yes := true
	return ask(tab, func(ctx context.Context, _ *chromedp.Target) ([]byte, error) {
		out, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes, PrintBackground: &yes})
		return out.Data, err
	})
}

// Picture writes a picture of the whole page, if pictures are wanted.
func (tab *Tab) Picture(name string) {
	tab.t.Helper()
	folder := os.Getenv(PicturesVariable)
	if folder == "" {
		return
	}
	taken := tab.Shot()
	require.NoError(tab.t, os.MkdirAll(folder, 0o755))
	require.NoError(tab.t, os.WriteFile(filepath.Join(folder, name+".png"), taken, 0o644)) //nolint:gosec // a picture for everyone
}
