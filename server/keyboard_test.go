package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web/browsertest"
)

// unreached names what can be used with a mouse and is not in the order of
// keys. Of a group that arrow keys move in, one has to be.
const unreached = `(() => {
	const grouped = "[role=radiogroup], [role=tablist], [role=menu], [role=listbox], [role=combobox]";
	return [...document.querySelectorAll("button, a[href], input, select, textarea, summary, [role=button], [role=tab], [role=switch], [onclick]")]
		.filter((e) => !e.disabled && e.tabIndex < 0 && e.checkVisibility({ visibilityProperty: true }) && !e.closest("[aria-hidden=true], [inert]") && !e.closest(grouped)?.querySelector("[tabindex='0'], input, [aria-checked=true]"))
		.map((e) => e.tagName + "." + (e.getAttribute("class") || "") + " " + (e.dataset.testid || e.textContent.trim().slice(0, 20)));
})()`

const focusOn = `document.activeElement?.dataset.testid || document.activeElement?.closest("[data-testid]")?.dataset.testid || ""`

// reach presses Tab until something has the focus.
func reach(t *testing.T, tab *browsertest.Tab, selector string) {
	t.Helper()
	for range 80 {
		if browsertest.Eval[bool](tab, fmt.Sprintf(`Boolean(document.activeElement?.matches(%q))`, selector)) {
			return
		}
		tab.Key("\t")
	}
	require.Fail(t, "keys do not reach it", "%s; the focus is on %s", selector, browsertest.Eval[string](tab, focusOn))
}

// TestKeysAlone does on the main pages what a mouse does, without one.
func TestKeysAlone(t *testing.T) {
	chromium := browsertest.Start(t)
	at := func(t *testing.T, j *journey, address string) *browsertest.Tab {
		t.Helper()
		tab := chromium.Tab(t, wide())
		tab.Front()
		tab.Go(address)
		tab.Until(ready)
		require.Empty(t, browsertest.Eval[[]string](tab, unreached))
		return tab
	}
	for name, walk := range map[string]func(*testing.T, *journey){
		"a number is given and the payment cancelled on the landing page": func(t *testing.T, j *journey) {
			tab := at(t, j, j.pay("keys-000001", nil))
			reach(t, tab, browsertest.ID("landing-phone"))
			for _, digit := range "12345678" {
				tab.Key(string(digit))
			}
			reach(t, tab, browsertest.ID("landing-next"))
			tab.Key(enter)
			tab.Wait(onPage("waiting"))
			require.Empty(t, browsertest.Eval[[]string](tab, unreached))
			reach(t, tab, browsertest.ID("landing-cancel"))
			tab.Key(enter)
			j.isHome(tab)
			require.Equal(t, "ABORTED", j.state("keys-000001"))
		},
		"a request is opened and approved on the phone": func(t *testing.T, j *journey) {
			j.pay("keys-000002", pushed)
			tab := at(t, j, j.BaseURL()+"/phone/"+kari)
			tab.Wait(browsertest.ID("push-open"))
			reach(t, tab, browsertest.ID("push-open"))
			tab.Key(enter)
			tab.Wait(onScreen("pay"))
			require.Empty(t, browsertest.Eval[[]string](tab, unreached))
			reach(t, tab, browsertest.ID("pay-confirm"))
			tab.Key(enter)
			tab.Wait(onScreen("success"))
		},
		"a request is declined on the phone": func(t *testing.T, j *journey) {
			j.pay("keys-000003", pushed)
			tab := at(t, j, j.BaseURL()+"/phone/"+kari)
			tab.Wait(browsertest.ID("push-open"))
			reach(t, tab, browsertest.ID("push-open"))
			tab.Key(enter)
			tab.Wait(onScreen("pay"))
			reach(t, tab, browsertest.ID("pay-cancel"))
			tab.Key(enter)
			tab.Wait(onScreen("cancelled"))
		},
		"the wall's dialog keeps the focus and gives it back": func(t *testing.T, j *journey) {
			tab := at(t, j, j.BaseURL()+"/phone")
			holds(t, tab, "request-new", "request-form")
		},
		"a payment is found and opened in the console, and its tabs move by arrows": func(t *testing.T, j *journey) {
			j.pay("keys-000004", pushed)
			tab := at(t, j, j.BaseURL()+"/")
			row := `[data-testid="payment-row"] a`
			tab.Wait(row)
			reach(t, tab, row)
			tab.Key(enter)
			tab.Wait(browsertest.ID("payment-shown"))
			require.Empty(t, browsertest.Eval[[]string](tab, unreached))
			reach(t, tab, `[role="tab"]`)
			tab.Key(arrowRight)
			tab.Until(`document.activeElement.matches("[role=tab][aria-selected=true]") && document.activeElement !== document.querySelector("[role=tab]")`)
		},
		"the console's dialogs keep the focus and give it back": func(t *testing.T, j *journey) {
			tab := at(t, j, j.BaseURL()+"/")
			holds(t, tab, "payment-new", "payment-form")
			holds(t, tab, "palette-open", "palette")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, begin(t, chromium))
		})
	}
}

// arrowRight is the key, as a browser is sent it.
const arrowRight = "\u0303"

// holds opens a dialog by keys, goes round in it, and closes it by Escape.
func holds(t *testing.T, tab *browsertest.Tab, opener, dialog string) {
	t.Helper()
	reach(t, tab, browsertest.ID(opener))
	tab.Key(enter)
	tab.Wait(browsertest.ID(dialog))
	for range 30 {
		tab.Key("\t")
		require.True(t, browsertest.Eval[bool](tab, `document.activeElement === document.body || Boolean(document.activeElement.closest("dialog, [role=dialog]"))`), "the focus left the dialog for %s", browsertest.Eval[string](tab, focusOn))
	}
	for browsertest.Eval[bool](tab, `document.activeElement === document.body`) {
		tab.Key("\t") // on from the browser's own buttons
	}
	tab.Key(escape)
	tab.Until(fmt.Sprintf(`!document.querySelector("[data-testid=%s]")`, dialog))
	require.Equal(t, opener, browsertest.Eval[string](tab, focusOn), "whose the focus is")
}
