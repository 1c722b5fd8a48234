package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png" // pictures of codes are PNGs
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/qr"
	"liksom/server/client"
	"liksom/web/browsertest"
)

// requestOf is the id of the newest request of a phone.
func (j *journey) requestOf(t *testing.T, number string) string {
	t.Helper()
	requests, err := j.Requests(t.Context(), number, 0)
	require.NoError(t, err)
	require.NotEmpty(t, requests)
	return requests[0].ID
}

// english has Kari's phone speak English.
func (j *journey) english() {
	j.t.Helper()
	_, err := j.PatchPhone(j.t.Context(), kari, client.PhoneChange{Set: map[string]any{"language": "en", "confirmWith": "nothing"}})
	require.NoError(j.t, err)
}

func toKari(p *client.CreatePayment) {
	p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: kari}
}

// cable is a way to the simulator that can be unplugged.
type cable struct {
	url       string
	server    *httptest.Server
	unplugged atomic.Bool

	mu    sync.Mutex
	lines map[net.Conn]struct{} // also those that became sockets
}

// unplug takes the line away, from under sockets that are open as well.
func (c *cable) unplug() {
	c.unplugged.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	for line := range c.lines {
		_ = line.Close()
	}
	clear(c.lines)
}

func (c *cable) note(line net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state == http.StateClosed {
		delete(c.lines, line)
		return
	}
	c.lines[line] = struct{}{}
}

func (j *journey) cable() *cable {
	j.t.Helper()
	target, err := url.Parse(j.BaseURL())
	require.NoError(j.t, err)
	c := &cable{lines: map[net.Conn]struct{}{}}
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	c.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.unplugged.Load() {
			panic(http.ErrAbortHandler)
		}
		through.ServeHTTP(w, r)
	}))
	c.server.Config.ConnState = c.note
	c.server.Start()
	j.t.Cleanup(func() {
		c.server.CloseClientConnections()
		c.server.Close()
	})
	c.url = c.server.URL
	return c
}

// TestPhoneDevice drives what a phone borrows from the browser it runs in.
func TestPhoneDevice(t *testing.T) {
	chromium := browsertest.StartFull(t)

	t.Run("a phone opened without a network shows itself, and comes back by itself", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		j.english()
		line := j.cable()
		tab := j.chromium.Tab(t, browsertest.Mobile())
		tab.Go(line.url + "/phone/" + kari)
		tab.Until(ready)
		// One visit is enough: the worker keeps what was loaded before it was there.
		tab.Until(`document.documentElement.dataset.kept === "true"`)
		line.unplug()
		tab.Go(line.url + "/phone/" + kari)
		tab.Wait(browsertest.ID("phone"))
		tab.Wait(browsertest.ID("phone-noanswer"))
		require.Equal(t, "The simulator isn’t answering.", tab.Text(`[data-testid="phone-noanswer"] b`))
		tab.Picture("phone-shell-offline")
		line.unplugged.Store(false)
		tab.Click(browsertest.ID("phone-retry"))
		tab.Until(ready)
		j.pay("after-offline", toKari)
		tab.Wait(browsertest.ID("push"))
	})

	t.Run("pushes are this browser's own notifications, by choice and while nobody looks", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		j.english()
		look := desk()
		look.Notifies = true
		tab := j.chromium.Tab(t, look)
		tab.Before(`window.told = [];
			const Own = window.Notification;
			window.Notification = class extends Own { constructor(title, how) { super(title, how); told.push(title + ": " + how.body); } };`)
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		hide := func(hidden string) {
			browsertest.Eval[any](tab, `Object.defineProperty(document, "hidden", { configurable: true, get: () => `+hidden+` }) && null`)
		}
		rings := func(reference string) {
			j.pay(reference, toKari)
			tab.Wait(`[data-testid="push"][data-reference="` + reference + `"]`)
		}
		hide("true")
		rings("not-asked-for")
		require.Zero(t, browsertest.Eval[int](tab, `told.length`), "nobody has switched them on")
		tab.Click(browsertest.ID("phone-notify"))
		tab.Until(`document.querySelector("[data-testid=phone-notify]").ariaChecked === "true"`)
		rings("asked-for-0001")
		tab.Until(`told.length === 1`)
		require.Contains(t, browsertest.Eval[string](tab, `told[0]`), "Demo Taxi asks for NOK\u00a0350.00")
		hide("false")
		rings("looked-at-0001")
		require.Equal(t, 1, browsertest.Eval[int](tab, `told.length`), "whoever looks sees it on the phone")
	})

	t.Run("the controls of a real phone keep the focus and give it back", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		j.english()
		tab := j.openPhone(browsertest.Mobile())
		tab.Key("h")
		tab.Click(browsertest.ID("phone-settings"))
		tab.Wait(`[data-testid="phone-controls"][role="dialog"]`)
		tab.Until(`document.activeElement.dataset.testid === "controls-close"`)
		for range 40 {
			tab.Key("\t")
			require.True(t, browsertest.Eval[bool](tab, `Boolean(document.activeElement.closest("[data-testid=phone-controls]"))`))
		}
		tab.Key("\x1b")
		tab.Until(`document.activeElement.dataset.testid === "phone-settings"`)
	})

	t.Run("an address is of the kind its owner says", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		j.english()
		tab := j.openPhone(browsertest.Mobile())
		tab.Key("h")
		tab.Click(`.tab button:last-child`)
		tab.Click(browsertest.ID("me-edit"))
		tab.Wait(browsertest.ID("me-form"))
		browsertest.Eval[any](tab, `(document.querySelector("[data-testid=me-form] [name=type0]").value = "other", null)`)
		tab.Click(browsertest.ID("me-save"))
		tab.Wait(onScreen("me"))
		kind := browsertest.Eval[string](tab, `fetch("/sim/v1/phones/`+kari+`").then((a) => a.json()).then((p) => p.profile.addresses[0].type)`)
		require.Equal(t, "other", kind)
	})

	t.Run("twenty phones ring without the page standing still", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		numbers := []string{}
		for i := range 20 {
			number := fmt.Sprintf("47999100%02d", i)
			_, err := j.AddPhone(t.Context(), number, fmt.Sprintf("Phone %d", i))
			require.NoError(t, err)
			numbers = append(numbers, number)
		}
		tab := j.chromium.Tab(t, browsertest.Look{Width: 1440, Height: 900})
		tab.Before(`window.pushed = 0; window.frames_ = 0; window.long = [];
			new PerformanceObserver((list) => long.push(...list.getEntries().map((e) => Math.round(e.duration)))).observe({ type: "longtask" });
			const Plain = window.WebSocket;
			window.WebSocket = class extends Plain { constructor(...a) { super(...a); this.addEventListener("message", (m) => { frames_++; if (JSON.parse(m.data).type === "push") pushed++; }); } };`)
		tab.Go(j.BaseURL() + "/phone")
		tab.Until(ready)
		elements := browsertest.Eval[int](tab, `document.querySelectorAll("*").length`)
		browsertest.Eval[any](tab, `(long.length = 0, frames_ = 0, null)`)
		for _, number := range numbers {
			j.pay("smooth-"+number, func(p *client.CreatePayment) {
				p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: number}
			})
		}
		tab.Until(`document.querySelectorAll("[data-testid=wall-phone][data-waits=true]").length === 20`)
		require.Equal(t, 20, browsertest.Eval[int](tab, `pushed`), "each phone got its push, once")
		require.Less(t, browsertest.Eval[int](tab, `document.querySelectorAll("*").length`), elements+20*60, "a push adds little to a phone")
		t.Logf("%d frames; long tasks in ms: %s", browsertest.Eval[int](tab, `frames_`), browsertest.Eval[string](tab, `JSON.stringify(long)`))
	})
}

// TestPhoneCamera scans with a camera that sees a picture of ours.
func TestPhoneCamera(t *testing.T) {
	j := begin(t, nil)
	j.english()
	j.pay("by-camera-01", func(p *client.CreatePayment) { p.UserFlow, p.ReturnURL = "QR", "" })
	payments, err := http.Get(j.BaseURL() + "/phone/" + kari + "/desk")
	require.NoError(t, err)
	content := deskContent(t, payments)
	picture, err := qr.Draw(content, qr.PNG, 400)
	require.NoError(t, err)
	film := filepath.Join(t.TempDir(), "code.y4m")
	require.NoError(t, os.WriteFile(film, filmOf(t, picture), 0o600))
	j.chromium = browsertest.Start(t, "use-fake-device-for-media-stream", "use-fake-ui-for-media-stream", "use-file-for-fake-video-capture="+film)
	tab := j.openPhone(browsertest.Mobile())
	tab.Key("s")
	tab.Click(browsertest.ID("scan-camera"))
	tab.Wait(onScreen("pay"))
	require.Contains(t, tab.Text(browsertest.ID("pay-amount")), "350.00")
}

// filmOf is a film of a few frames that show a picture in their middle, as
// cameras give it: brightness for each dot, and no colour.
func filmOf(t *testing.T, picture []byte) []byte {
	t.Helper()
	const width, height, frames = 640, 480, 5
	img, _, err := image.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	bright := bytes.Repeat([]byte{200}, width*height)
	left, top := (width-img.Bounds().Dx())/2, (height-img.Bounds().Dy())/2
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			r, _, _, _ := img.At(x, y).RGBA()
			bright[(top+y)*width+left+x] = 16 + byte(r>>8)/255*219
		}
	}
	colour := bytes.Repeat([]byte{128}, width*height/2)
	film := fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height)
	for range frames {
		film = append(film, "FRAME\n"...)
		film = append(film, bright...)
		film = append(film, colour...)
	}
	return film
}

// deskContent is what the first code on the desk says.
func deskContent(t *testing.T, answer *http.Response) string {
	t.Helper()
	defer func() { _ = answer.Body.Close() }()
	var desk struct{ Codes []struct{ Content string } }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&desk))
	require.NotEmpty(t, desk.Codes)
	return desk.Codes[0].Content
}
