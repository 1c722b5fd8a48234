package landing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/web/browsertest"
)

// unnamed is a payment whose shop named no number.
func unnamed(c *payment.Create) { c.Phone = "" }

const (
	field = `document.querySelector("#number").value`
	list  = `document.querySelector("[name=prefix]").value`
)

// paste puts a text into the field as the clipboard does.
func paste(tab *browsertest.Tab, text string) {
	browsertest.Eval[any](tab, `(() => {
		const clipboardData = new DataTransfer();
		clipboardData.setData("text", "`+text+`");
		const field = document.querySelector("#number");
		if (field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))) field.value = "`+text+`";
	})()`)
}

func pastesNumbers(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, unnamed)
	tab := g.open(t, browsertest.Desktop())
	require.Equal(t, "number", browsertest.Eval[string](tab, `document.activeElement.id`), "the field is empty, so it has the focus")
	for text, want := range map[string][2]string{
		"+46 70 123 45 67": {"46", "701234567"}, "0045 12 34 56 78": {"45", "12345678"}, "+358 40-123 4567": {"358", "401234567"},
		"+47 123 45 678": {"47", "12345678"}, "+49 30 1234567": {"", "+49301234567"}, "123 45 678": {"47", "123 45 678"},
	} {
		browsertest.Eval[any](tab, `document.querySelector("[name=prefix]").value = "47"`)
		paste(tab, text)
		require.Equal(t, want, [2]string{browsertest.Eval[string](tab, list), browsertest.Eval[string](tab, field)}, text)
	}
	// A whole number that was typed counts like one that was pasted.
	browsertest.Eval[any](tab, `document.querySelector("#number").value = ""`)
	tab.Write("#number", "+46 070-123 45 67")
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(state("waiting"))
	require.Equal(t, "46701234567", g.phone(t))

	g = newGround(t, chromium, unnamed)
	tab = g.open(t, browsertest.Desktop())
	browsertest.Eval[any](tab, `document.querySelector("[name=prefix]").value = "358"`)
	tab.Write("#number", "040 123 4567")
	tab.Key("\r")
	tab.Wait(state("waiting"))
	require.Equal(t, "358401234567", g.phone(t))
}

func remembersNumbers(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, unnamed)
	tab := g.open(t, browsertest.Mobile())
	ticked := `document.querySelector("[data-testid=landing-remember]").checked`
	hint := func() string { return tab.Text("#number-hint") }
	require.False(t, browsertest.Eval[bool](tab, ticked), "off at first")
	tab.Write("#number", "12345678")
	tab.Click(browsertest.ID("landing-remember"))
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(state("waiting"))

	tab = tab.Beside(browsertest.Mobile()) // from the other the browser asks before it leaves
	tab.Go(g.another())
	tab.Wait(state("enter"))
	tab.Until(ready)
	require.Equal(t, "123\u00a045\u00a0678", browsertest.Eval[string](tab, field))
	require.Equal(t, "You saved this number in this browser.", hint())
	require.True(t, browsertest.Eval[bool](tab, ticked))
	require.Equal(t, "landing-next", browsertest.Eval[string](tab, `document.activeElement.dataset.testid`), "there is nothing left to type")
	tab.Click(browsertest.ID("landing-remember"))
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(state("waiting"))

	tab = tab.Beside(browsertest.Mobile()) // from the other the browser asks before it leaves
	tab.Go(g.another())
	tab.Wait(state("enter"))
	require.Empty(t, browsertest.Eval[string](tab, field), "forgotten")
}

func keepsFixedNumbers(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	unit, _ := g.phones.Unit("234567")
	unit.Switches.PhoneLocked = true
	require.NoError(t, g.phones.PutUnit(t.Context(), unit))
	tab := g.open(t, browsertest.Desktop())
	before := browsertest.Eval[string](tab, field)
	tab.Click("#number")
	tab.Key("9")
	paste(tab, "+46 70 123 45 67")
	browsertest.Eval[any](tab, `document.querySelector("#number").dispatchEvent(new Event("change", { bubbles: true }))`)
	require.True(t, browsertest.Eval[bool](tab, `document.querySelector("#number").readOnly && document.querySelector("[name=prefix]").disabled`))
	require.Equal(t, browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("#number")).backgroundColor`), browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("[name=prefix]")).backgroundColor`), "both alike")
	require.NotEqual(t, "rgb(255, 255, 255)", browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("#number")).backgroundColor`), "grey")
	require.Equal(t, "+47", browsertest.Eval[string](tab, `document.querySelector("[name=prefix]").selectedOptions[0].textContent`))
	require.Equal(t, "The shop has fixed this number.", tab.Text("#number-hint"))
	tab.Go(g.page)
	tab.Wait(state("enter"))
	require.Equal(t, before, browsertest.Eval[string](tab, field))
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(state("waiting"))
	require.Equal(t, "4712345678", g.phone(t))
}

func entersCorrectedNumbers(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, unnamed)
	tab := g.open(t, browsertest.Desktop())
	unknown := func(number string) {
		tab.Write("#number", number)
		tab.Key("\r")
		tab.Until(`document.querySelector("[data-testid=landing-phone-error]") && document.querySelector("#number").value === "` + number + `" && ` + ready)
	}
	unknown("99999999")
	require.Contains(t, tab.Text(browsertest.ID("landing-phone-error")), "We can’t send a request to this number.")
	described := `document.getElementById(document.querySelector("#number").getAttribute("aria-describedby").split(" ")[0])`
	require.True(t, browsertest.Eval[bool](tab, described+`.dataset.testid === "landing-phone-error" && document.activeElement.id === "number"`), "the error is tied to its field")
	require.Equal(t, browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("[data-testid=landing-phone-error]")).color`), browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("#number")).borderTopColor`), "and drawn in its colour")
	require.False(t, browsertest.Eval[bool](tab, `document.querySelector("[data-testid=landing-next]").disabled`))
	unknown("99999998")
	_, made := g.phones.Phone("4799999998")
	require.False(t, made, "nobody asked for a phone")
	tab.Click(browsertest.ID("sim-makephone"))
	tab.Wait(state("waiting"))
	require.Equal(t, "4799999998", g.phone(t))
}
