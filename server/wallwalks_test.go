package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

const ola = "4787654321"

// wallWalks are what somebody does on the wall; TestPhonePages walks them in
// its browser.
func wallWalks() map[string]func(*testing.T, *journey) {
	return map[string]func(*testing.T, *journey){
		"phones that come and go elsewhere come and go on the wall":    comeAndGo,
		"a card that was refused elsewhere is told on the wall":        refusedElsewhere,
		"six, eight and three phones stand in a row":                   rowsOfPhones,
		"keys move between phones, fail the card and let time run out": wallKeys,
		"the sliders of a phone's own screen open its controls":        ownSliders,
		"a wall that has lost the simulator says so and tries again":   lostWall,
		"what a test request does is shown as curl, and remembered":    shownRequest,
		"a phone that acts by itself is held from the wall":            heldFromWall,
	}
}

func hung(number string) string {
	return `[data-testid="wall-phone"][data-msisdn="` + number + `"]`
}

// openWall opens the wall in a tab.
func (j *journey) openWall(look browsertest.Look) *browsertest.Tab {
	j.t.Helper()
	tab := j.chromium.Tab(j.t, look)
	tab.Go(j.BaseURL() + "/phone")
	tab.Until(ready)
	return tab
}

func comeAndGo(t *testing.T, j *journey) {
	tab := j.openWall(desk())
	_, err := j.AddPhone(t.Context(), "4799999997", "Nora Demo")
	require.NoError(t, err)
	tab.Wait(hung("4799999997"))
	phones, err := j.Phones(t.Context())
	require.NoError(t, err)
	for _, p := range phones {
		require.NoError(t, j.RemovePhone(t.Context(), p.Number))
	}
	tab.Until(`!document.querySelector("[data-testid=wall-phone]") && document.getElementById("nobody").textContent === "No phones yet. A phone is a pretend customer."`)
	tab.Click(".more-phones button")
	tab.Write(`[role="dialog"] input[name="number"]`, "47 999 99 996")
	tab.Click(browsertest.ID("phone-add"))
	tab.Wait(hung("4799999996"))
	require.Empty(t, tab.Text("#nobody"))
}

func refusedElsewhere(t *testing.T, j *journey) {
	j.pay("refused-0001", toKari)
	tab := j.openWall(desk())
	_, err := j.ApproveRequest(t.Context(), kari, j.requestOf(t, kari), client.Answer{CardID: cardOf(t, j, "0002")})
	require.Error(t, err)
	tab.Wait(hung(kari) + `[data-state="refused"]`)
	require.Equal(t, "Card declined", tab.Text(hung(kari)+` [data-testid="wall-badge"]`))
}

// cardOf is the id of a card of Kari's.
func cardOf(t *testing.T, j *journey, last4 string) string {
	t.Helper()
	phone, err := j.Phone(t.Context(), kari)
	require.NoError(t, err)
	for _, c := range phone.Cards {
		if c.Last4 == last4 {
			return c.ID
		}
	}
	require.Fail(t, "no such card", last4)
	return ""
}

func rowsOfPhones(t *testing.T, j *journey) {
	for n := range 6 {
		_, err := j.AddPhone(t.Context(), fmt.Sprintf("4799100%03d", n), "Nora Demo")
		require.NoError(t, err)
	}
	// 1440 pixels, of which a bar to scroll by takes some.
	tab := j.openWall(browsertest.Look{Width: 1425, Height: 900})
	for n, want := range map[int]int{1: 8, 2: 6, 3: 3} {
		tab.Click(fmt.Sprintf(".sizes button:nth-child(%d)", n))
		tab.Until(fmt.Sprintf(`(() => { const all = [...document.querySelectorAll("[data-testid=wall-phone]")].map((e) => e.offsetTop); return all.filter((top) => top === all[0]).length === %d; })()`, want))
	}
}

func wallKeys(t *testing.T, j *journey) {
	j.pay("wall-keys-01", toKari)
	tab := j.openWall(desk())
	tab.Wait(hung(kari) + `[data-state="waiting"]`)
	browsertest.Eval[any](tab, `(document.querySelector("[data-testid=wall-phone]").focus(), null)`)
	for browsertest.Eval[string](tab, `document.activeElement.dataset.msisdn`) != kari {
		tab.Key(arrowRight)
	}
	tab.Key("f")
	tab.Wait(hung(kari) + `[data-state="refused"]`)
	tab.Key("x")
	tab.Wait(hung(kari) + `[data-state="finished"]`)
	require.Equal(t, "EXPIRED", j.state("wall-keys-01"))
	tab.Key("r")
	tab.Wait(browsertest.ID("request-form"))
	require.Equal(t, kari, browsertest.Eval[string](tab, `document.querySelector("[data-testid=request-form] [name=phone]").value`))
	tab.Key(escape)
	tab.Until(`!document.querySelector("[data-testid=request-form]")`)
	tab.Key(enter)
	tab.Wait(browsertest.ID("phone-controls"))
	require.Contains(t, tab.Address(), "/phone/"+kari)
}

func ownSliders(_ *testing.T, j *journey) {
	_, err := j.PatchPhone(j.t.Context(), kari, client.PhoneChange{Set: map[string]any{"online": false}})
	require.NoError(j.t, err)
	tab := j.openWall(desk())
	tab.Click(hung(kari) + ` [data-testid="phone-settings"]`)
	tab.Click(`[data-testid="phone-controls"] [data-testid="phone-network"] [data-value="online"]`)
	tab.Wait(hung(kari) + `[data-state="idle"]`)
}

func lostWall(t *testing.T, j *journey) {
	line := j.cable()
	tab := j.chromium.Tab(t, desk())
	tab.Before(`const later = setTimeout; window.setTimeout = (act, ms, ...more) => later(act, ms === 5000 ? 100 : ms, ...more);`)
	tab.Go(line.url + "/phone")
	tab.Until(ready)
	line.unplug()
	tab.Wait(`[data-testid="live"][data-state="closed"]`)
	tab.Click(browsertest.ID("live-retry"))
	line.unplugged.Store(false)
	tab.Wait(`[data-testid="live"][data-state="open"]`)
}

func shownRequest(t *testing.T, j *journey) {
	tab := j.openWall(desk())
	tab.Click(hung(ola) + ` [data-testid="wall-ask"]`)
	tab.Wait(browsertest.ID("request-form"))
	tab.Click(`[data-testid="request-form"] summary`)
	tab.Write(`[data-testid="request-form"] [name="amount"]`, "429.24")
	tab.Until(`document.querySelector("[data-testid=request-form] pre").textContent.includes('"value":42924') && document.querySelector("[data-testid=request-form] pre").textContent.includes("curl -X POST")`)
	tab.Click(browsertest.ID("request-curl-copy"))
	// Where the browser lends no clipboard, the text is marked instead.
	tab.Until(`document.querySelector("[data-testid=request-curl-copy]").textContent === "Copied" || getSelection().toString().startsWith("curl -X POST")`)
	tab.Click(browsertest.ID("request-send"))
	tab.Wait(hung(ola) + `[data-state="waiting"]`)
	require.Len(t, browsertest.Eval[[]string](tab, `[...document.querySelectorAll("[data-waits=true]")].map((e) => e.dataset.msisdn)`), 1)
	tab.Click(browsertest.ID("request-new"))
	tab.Wait(browsertest.ID("request-form"))
	require.Equal(t, "429.24", browsertest.Eval[string](tab, `document.querySelector("[data-testid=request-form] [name=amount]").value`))
}

func heldFromWall(t *testing.T, j *journey) {
	_, err := j.Freeze(t.Context())
	require.NoError(t, err)
	_, err = j.PatchPhone(t.Context(), kari, client.PhoneChange{Set: map[string]any{"autopilot": map[string]any{"mode": "decline", "delay": "5s"}}})
	require.NoError(t, err)
	tab := j.openWall(desk())
	require.Contains(t, tab.Text(hung(kari)), "Declines after 5 s")
	j.pay("held-wall-01", toKari)
	tab.Wait(hung(kari) + `[data-state="acting"]`)
	require.Equal(t, "Acts in 5 s", tab.Text(hung(kari)+` [data-testid="wall-badge"]`))
	tab.Click(hung(kari) + ` [data-testid="wall-hold"]`)
	tab.Wait(hung(kari) + `[data-state="waiting"]`)
}
