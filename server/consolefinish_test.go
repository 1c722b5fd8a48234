package server_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/web/browsertest"
)

func TestConsoleFinish(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	for name, walk := range map[string]func(*journey){
		"worlds are listed, made and, once asked, ended in the settings": keepWorlds,
		"who ends the world they are in is led to the default one":       leaveWorld,
		"a bad name for a world is refused where it was typed":           refuseWorld,
		"a try tells whether its signature is valid":                     signedTries,
		"a window that has passed tells what it used of its limit":       passedWindow,
		"five hundred events a second draw a list ten times at most":     flood,
		"a simulator that is gone for a while is told, and missed":       goneForAWhile,
		"the demos are one click away":                                   wayToDemos,
		"no bar scrolls sideways on a narrow phone, in any world":        narrowBar,
		"a list that takes its time is grey and then is not":             slowList,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(begin(t, chromium))
		})
	}
}

func worldRow(name string) string {
	return `[data-testid="world-row"][data-name="` + name + `"]`
}

func keepWorlds(j *journey) {
	tab := j.consoleAt("/console/settings", wide())
	tab.Wait(worldRow("default"))
	require.Contains(j.t, tab.Text(worldRow("default")), "You are here")
	require.Equal(j.t, 0, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=world-end]").length`), "the default world stays")
	tab.Write(browsertest.ID("world-name"), "ci-42")
	tab.Click(browsertest.ID("world-make"))
	tab.Wait(worldRow("ci-42"))
	_, err := client.New(j.BaseURL() + "/w/ci-42").Clock(j.t.Context())
	require.NoError(j.t, err)
	tab.Click(worldRow("ci-42") + " " + browsertest.ID("world-end"))
	tab.Wait(browsertest.ID("world-ask"))
	require.Equal(j.t, 1, browsertest.Eval[int](tab, `document.querySelectorAll('[data-testid="world-row"][data-name="ci-42"]').length`), "asking ends nothing")
	tab.Click(browsertest.ID("world-end-yes"))
	tab.Until(`!document.querySelector('[data-testid="world-row"][data-name="ci-42"]')`)
}

// leaveWorld would fail, too, if the page asked for more of a world that has
// ended: no document describes such an answer.
func leaveWorld(j *journey) {
	sim := startAt(j.t, server.Options{Addr: "127.0.0.1:0"})
	_, err := sim.MakeWorld(j.t.Context(), server.WorldPlan{Name: "ci-43"})
	require.NoError(j.t, err)
	tab := j.chromium.Tab(j.t, wide())
	tab.Go(sim.URL() + "/w/ci-43/console/settings")
	tab.Wait(worldRow("ci-43"))
	require.Contains(j.t, tab.Text(worldRow("ci-43")), "You are here")
	require.NotContains(j.t, tab.Text(worldRow("default")), "You are here")
	tab.Click(worldRow("ci-43") + " " + browsertest.ID("world-end"))
	tab.Click(browsertest.ID("world-end-yes"))
	tab.Until(`location.pathname === "/"`)
}

func refuseWorld(j *journey) {
	tab := j.consoleAt("/console/settings", wide())
	tab.Write(browsertest.ID("world-name"), "Not A Name")
	tab.Click(browsertest.ID("world-make"))
	tab.Wait(`[data-testid="world-name"][aria-invalid="true"]`)
	require.NotEmpty(j.t, tab.Text("#why-world"))
}

func signedTries(j *journey) {
	j.pay("socks-000801", pushed)
	tab := j.consoleAt("/console/payments/123456/socks-000801", wide())
	attempts := browsertest.ID("webhook-attempts")
	tab.Wait(attempts)
	require.Contains(j.t, tab.Text(attempts), "signature valid")

	_, err := j.AddFault(j.t.Context(), client.Fault{Match: client.FaultMatch{Target: "webhook"}, Do: client.FaultDo{Corrupt: "signature"}})
	require.NoError(j.t, err)
	_, err = j.Approve(j.t.Context(), "socks-000801")
	require.NoError(j.t, err)
	tab.Until(`[...document.querySelectorAll("[data-testid=webhook-attempts]")].some((e) => e.textContent.includes("signature not valid"))`)
}

func passedWindow(j *journey) {
	_, err := j.Freeze(j.t.Context())
	require.NoError(j.t, err)
	j.pay("socks-000802", nil)
	_, err = j.Advance(j.t.Context(), 9900*time.Millisecond)
	require.NoError(j.t, err)
	_, err = j.Approve(j.t.Context(), "socks-000802")
	require.NoError(j.t, err)
	tab := j.consoleAt("/console/payments/123456/socks-000802", wide())
	tab.Wait(browsertest.ID("payment-gantt"))
	require.Contains(j.t, tab.Text(browsertest.ID("payment-gantt")), "9.9\u00a0s of 5:00")
}

func wayToDemos(j *journey) {
	tab := j.consoleAt("/", wide())
	tab.Click(`nav [href="/demo/taxi"]`)
	tab.Until(`location.pathname === "/demo/taxi"`)
	tab.Go(j.BaseURL() + "/demo")
	tab.Wait(`a[href="/demo/shop"]`)
}

// slowList holds the first answer back for as long as the test wants.
func slowList(j *journey) {
	for path, asks := range map[string]string{"/": "/payments?", "/console/webhooks": "/registrations", "/console/requests": "/requests", "/console/qr": "/qr", "/console/scenarios": "/scenarios", "/console/merchants": "/merchants"} {
		tab := j.chromium.Tab(j.t, wide())
		tab.Before(`(() => {
			const real = fetch;
			const held = new Promise((go) => (window.go = go));
			window.fetch = (url, o) => (String(url).includes("/sim/v1` + asks + `") ? held.then(() => real(url, o)) : real(url, o));
		})()`)
		tab.Go(j.BaseURL() + path)
		tab.Until(`Boolean(document.querySelector('.grey[aria-hidden="true"]'))`)
		require.Zero(j.t, browsertest.Eval[int](tab, `document.querySelectorAll("main [role=progressbar], main .spinner").length`), path)
		browsertest.Eval[any](tab, `window.go()`)
		tab.Until(`!document.querySelector(".grey")`)
	}
}

func narrowBar(j *journey) {
	_, err := j.sim.World(j.t.Context(), "ci-with-a-long-name")
	require.NoError(j.t, err)
	for _, prefix := range []string{"", "/w/ci-with-a-long-name"} {
		_, err := client.New(j.BaseURL() + prefix).Freeze(j.t.Context())
		require.NoError(j.t, err)
		tab := j.consoleAt(prefix+"/console/settings", browsertest.Look{Width: 320, Height: 640})
		tab.Wait(browsertest.ID("worlds"))
		tab.Until(`Boolean(document.querySelector("[data-testid=world]"))`)
		require.LessOrEqual(j.t, browsertest.Eval[int](tab, `document.documentElement.scrollWidth`), 320, prefix)
	}
}
