package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// phoneWalks are what somebody does on the phone's page; TestPhonePages walks
// them in its browser.
func phoneWalks() map[string]func(*testing.T, *journey) {
	return map[string]func(*testing.T, *journey){
		"what is typed and dragged beside the phone stays while the page is drawn":  typedSlowly,
		"single keys that were switched off in the settings do nothing":             silentKeys,
		"a question mark lists the keys":                                            listedKeys,
		"three wrong PINs lead back to the payment":                                 wrongPINs,
		"the clock over the phone is bent from there":                               bentClock,
		"what ended while the line was down is shown as what became of it":          endedMeanwhile,
		"an autopilot's own doing is not done on another screen":                    autopilotsDoing,
		"a phone that loses the network says so whatever it shows":                  offlineAnywhere,
		"escape puts the newest notification off":                                   putOff,
		"a picture without a code stays for a moment, outlined":                     pictureStays,
		"a picture dropped on any screen is looked at":                              droppedAnywhere,
		"a code that is made meanwhile comes onto the desk by itself":               freshDesk,
		"a merchant's page opens beside the phone, one of ours inside it":           ledOn,
		"what one looks back on stands under its day":                               byDay,
		"what has days to be paid can be left for later":                            payLater,
		"a number that no phone has becomes a phone":                                created,
		"a phone that is removed leaves its page":                                   takenAway,
		"over plain http camera, notifications and installing are off, and say why": insecure,
		"the region that speaks tells results and the last minute":                  spoken,
		"a card refused for good leads back to the shop":                            refusedForGood,
	}
}

// redraw has a phone's page draw itself, as it does four times a second.
const redraw = `(dispatchEvent(new Event("resize")), null)`

func typedSlowly(t *testing.T, j *journey) {
	tab := j.openPhone(desk())
	field := browsertest.ID("phone-delay")
	tab.Wait(field)
	browsertest.Eval[any](tab, `(document.querySelector('`+field+`').focus(), document.querySelector('`+field+`').select(), null)`)
	for _, digit := range "12" {
		tab.Key(string(digit))
		browsertest.Eval[any](tab, redraw)
	}
	require.Equal(t, "12", browsertest.Eval[string](tab, `document.querySelector("[data-testid=phone-delay-slider]").value`), "the slider goes with what is typed")
	tab.Key("\t")
	tab.Until(`document.querySelector(".savedmark").textContent.includes("Saved")`)
	browsertest.Eval[any](tab, `(() => { const s = document.querySelector("[data-testid=phone-delay-slider]"); s.value = 33; s.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	browsertest.Eval[any](tab, redraw)
	require.Equal(t, "33", browsertest.Eval[string](tab, `document.querySelector('`+field+`').value`), "what is dragged is not taken back before it is let go")
	phone, err := j.Phone(t.Context(), kari)
	require.NoError(t, err)
	require.Equal(t, client.Span(12*time.Second), phone.Autopilot.Delay)
}

func silentKeys(t *testing.T, j *journey) {
	tab := j.chromium.Tab(t, desk())
	tab.Before(`localStorage.setItem("liksom.keys", "off")`) // as the console's settings do
	tab.Go(j.BaseURL() + "/phone/" + kari)
	tab.Until(ready)
	require.Equal(t, "false", browsertest.Eval[string](tab, `document.querySelector("[data-testid=phone-singlekeys]").ariaChecked`))
	tab.Key("h")
	tab.Key("?")
	browsertest.Eval[any](tab, redraw)
	require.True(t, browsertest.Eval[bool](tab, `Boolean(document.querySelector('`+onScreen("lock")+`')) && !document.querySelector("[data-testid=key-list]")`))
	tab.Click(browsertest.ID("phone-singlekeys"))
	tab.Key("h")
	tab.Wait(onScreen("home"))
}

func listedKeys(t *testing.T, j *journey) {
	tab := j.openPhone(desk())
	for _, page := range []string{"/phone/" + kari, "/phone"} {
		tab.Go(j.BaseURL() + page)
		tab.Until(ready)
		tab.Key("?")
		tab.Wait(browsertest.ID("key-list"))
		require.Contains(t, tab.Text(browsertest.ID("key-list")), "fail card")
		tab.Key(escape)
		tab.Until(`!document.querySelector("[data-testid=key-list]")`)
	}
}

func wrongPINs(t *testing.T, j *journey) {
	_, err := j.PatchPhone(t.Context(), kari, client.PhoneChange{Set: map[string]any{"confirmWith": "pin"}})
	require.NoError(t, err)
	j.pay("wrong-pin-01", toKari)
	tab := j.openPhone(desk())
	tab.Click(browsertest.ID("push-open"))
	tab.Click(browsertest.ID("pay-confirm"))
	tab.Wait(onScreen("pin"))
	nothing := func() {
		for range 4 {
			tab.Key("0")
		}
	}
	nothing()
	tab.Until(`document.querySelector("[data-testid=pin-wrong]")?.textContent === "Wrong PIN. 2 tries left."`)
	nothing()
	tab.Until(`document.querySelector("[data-testid=pin-wrong]")?.textContent === "Wrong PIN. 1 try left."`)
	nothing()
	tab.Wait(onScreen("pay"))
	require.Equal(t, "CREATED", j.state("wrong-pin-01"))
	tab.Click(browsertest.ID("pay-confirm"))
	for _, key := range []string{"1", "9", "\b", "2", "3", "6"} {
		tab.Key(key)
	}
	tab.Wait(onScreen("success"))
}

func bentClock(t *testing.T, j *journey) {
	tab := j.openPhone(desk())
	tab.Click(browsertest.ID("clock-freeze"))
	tab.Wait(`.clk.frozen`)
	before, err := j.Clock(t.Context())
	require.NoError(t, err)
	tab.Click(browsertest.ID("clock-plus5"))
	tab.Until(fmt.Sprintf(`Date.parse(%q) + 300000 === Math.floor((() => { const [h, m, s] = document.querySelector("[data-testid=clock-now]").textContent.split(":"); return new Date(%q).setHours(h, m, s, new Date(%[1]q).getMilliseconds()); })())`, before.Now.Format(time.RFC3339Nano), before.Now.Add(5*time.Minute).Format(time.RFC3339Nano)))
}

func endedMeanwhile(t *testing.T, j *journey) {
	j.pay("while-away-1", toKari)
	line := j.cable()
	tab := j.chromium.Tab(t, desk())
	tab.Go(line.url + "/phone/" + kari)
	tab.Until(ready)
	tab.Click(browsertest.ID("push-open"))
	tab.Wait(onScreen("pay"))
	line.unplug()
	_, err := j.ApproveRequest(t.Context(), kari, j.requestOf(t, kari), client.Answer{})
	require.NoError(t, err)
	j.pay("while-away-2", toKari)
	line.unplugged.Store(false)
	tab.Wait(onScreen("success"))
	require.Contains(t, tab.Text(browsertest.ID("phone")), "Done on another screen.")
	tab.Until(`document.querySelector("[data-testid=success-receipt]").textContent.includes("Paid with")`)
	tab.Wait(`[data-testid="push"][data-reference="while-away-2"]`)
}

func autopilotsDoing(t *testing.T, j *journey) {
	_, err := j.Freeze(t.Context())
	require.NoError(t, err)
	_, err = j.PatchPhone(t.Context(), kari, client.PhoneChange{Set: map[string]any{"autopilot": map[string]any{"mode": "approve", "delay": "8s"}}})
	require.NoError(t, err)
	j.pay("by-itself-01", toKari)
	tab := j.openPhone(desk())
	tab.Click(browsertest.ID("push-open"))
	tab.Until(`document.querySelector("[data-testid=auto-countdown]")?.textContent.includes("Approves by itself in 8 s")`)
	_, err = j.Advance(t.Context(), 8*time.Second)
	require.NoError(t, err)
	tab.Wait(onScreen("success"))
	require.NotContains(t, tab.Text(browsertest.ID("phone")), "Done on another screen.")

	// Stop gives this one request back to its owner.
	tab.Click(browsertest.ID("success-done"))
	j.pay("by-itself-02", toKari)
	tab.Click(browsertest.ID("push-open"))
	tab.Click(browsertest.ID("auto-stop"))
	tab.Until(`!document.querySelector("[data-testid=auto-countdown]")`)
	_, err = j.Advance(t.Context(), time.Minute)
	require.NoError(t, err)
	require.Equal(t, "CREATED", j.state("by-itself-02"))
}

func offlineAnywhere(t *testing.T, j *journey) {
	j.pay("no-network-1", toKari)
	tab := j.openPhone(browsertest.Mobile())
	tab.Click(browsertest.ID("push-open"))
	tab.Wait(onScreen("pay"))
	set := func(online bool) {
		_, err := j.PatchPhone(t.Context(), kari, client.PhoneChange{Set: map[string]any{"online": online}})
		require.NoError(t, err)
	}
	set(false)
	tab.Wait(browsertest.ID("phone-offline"))
	tab.Click(browsertest.ID("pay-cancel"))
	tab.Until(`document.querySelector("[data-testid=toast]")?.textContent === "This phone is offline"`)
	require.Equal(t, "CREATED", j.state("no-network-1"))
	tab.Click(browsertest.ID("phone-go-online"))
	tab.Until(`!document.querySelector("[data-testid=phone-offline]")`)
	tab.Key("l")
	tab.Wait(onScreen("lock"))
	set(false)
	tab.Wait(onScreen("home")) // a lock screen has no way back
	tab.Wait(browsertest.ID("phone-offline"))
}

func putOff(t *testing.T, j *journey) {
	_, err := j.Freeze(t.Context()) // all of one millisecond, as a fast merchant's are
	require.NoError(t, err)
	for n := range 5 {
		j.pay(fmt.Sprintf("stacked-%04d", n), toKari)
	}
	tab := j.openPhone(browsertest.Mobile())
	tab.Until(`document.querySelectorAll("[data-testid=push]").length === 3 && document.querySelector("[data-testid=phone] .more").textContent === "2 more"`)
	require.Equal(t, "stacked-0004", browsertest.Eval[string](tab, `document.querySelector("[data-testid=push]").dataset.reference`), "the newest is on top")
	tab.Key(escape)
	tab.Until(`document.querySelector("[data-testid=push]").dataset.reference === "stacked-0003"`)
	require.Contains(t, tab.Text(browsertest.ID("push")), "5 minutes left.")
	_, err = j.Advance(t.Context(), 90*time.Second)
	require.NoError(t, err)
	tab.Until(`document.querySelector("[data-testid=push]").textContent.includes("4 minutes left.")`)
	tab.Click(`[data-testid="push"] p`) // anywhere on the card
	tab.Wait(onScreen("pay"))
}

// plainPicture is a picture with no code in it.
const plainPicture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

// dropOn drops a picture on something.
func dropOn(tab *browsertest.Tab, selector, picture string) {
	browsertest.Eval[any](tab, `(() => {
		const bytes = Uint8Array.from(atob("`+picture+`"), (c) => c.charCodeAt(0));
		const data = new DataTransfer();
		data.items.add(new File([bytes], "code.png", { type: "image/png" }));
		document.querySelector('`+selector+`').dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
	})()`)
}

func pictureStays(t *testing.T, j *journey) {
	tab := j.chromium.Tab(t, browsertest.Mobile())
	// The two seconds are let pass by hand.
	tab.Before(`const later = setTimeout; window.setTimeout = (act, ms, ...more) => (ms === 2000 ? ((window.over = act), 0) : later(act, ms, ...more));`)
	tab.Go(j.BaseURL() + "/phone/" + kari)
	tab.Until(ready)
	tab.Key("s")
	tab.Wait(browsertest.ID("scan-drop"))
	dropOn(tab, browsertest.ID("scan-drop"), plainPicture)
	tab.Wait(`.finder.failed [data-testid="scan-picture"]`)
	tab.Until(`"over" in window`)
	browsertest.Eval[any](tab, `(over(), null)`)
	tab.Until(`!document.querySelector("[data-testid=scan-picture]") && !document.querySelector(".finder.failed")`)
	require.Contains(t, tab.Text(browsertest.ID("scan-problem")), "No QR code in that picture.")
}

func droppedAnywhere(t *testing.T, j *journey) {
	tab := j.openPhone(browsertest.Mobile())
	dropOn(tab, browsertest.ID("phone"), plainPicture)
	tab.Wait(onScreen("scan"))
	tab.Wait(browsertest.ID("scan-problem"))
	tab.Key("h")
	browsertest.Eval[any](tab, `(() => {
		const data = new DataTransfer();
		data.setData("text", "https://evil.example/pay");
		dispatchEvent(Object.assign(new Event("paste", { bubbles: true }), { clipboardData: data }));
	})()`)
	tab.Until(`document.querySelector("[data-testid=scan-foreign] b")?.textContent === "evil.example"`)
	require.Equal(t, "dashed", browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("[data-testid=scan-anyway]")).borderStyle`))
	require.Equal(t, "none", browsertest.Eval[string](tab, `getComputedStyle(document.querySelector("[data-testid=scan-foreign]")).borderStyle`), "only the button is the simulator's")
}

func freshDesk(t *testing.T, j *journey) {
	tab := j.openPhone(browsertest.Mobile())
	tab.Key("s")
	tab.Wait(browsertest.ID("scan-desk"))
	before := browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=scan-desk-item]").length`)
	j.pay("fresh-code-1", func(p *client.CreatePayment) { p.UserFlow, p.ReturnURL = "QR", "" })
	tab.Until(fmt.Sprintf(`document.querySelectorAll("[data-testid=scan-desk-item]").length === %d`, before+1))
}

func ledOn(t *testing.T, j *journey) {
	redirect := func(id, target string) string {
		t.Helper()
		code, err := j.CreateRedirectCode(t.Context(), client.NewRedirectCode{ID: id, RedirectURL: target}, "text/targetUrl")
		require.NoError(t, err)
		return code.URL
	}
	tab := j.openPhone(desk())
	scan := func(content string) {
		tab.Key("s")
		tab.Write(browsertest.ID("scan-paste"), content+"\r")
	}
	scan(redirect("elsewhere", j.shop.url+"/home"))
	tab.Wait(onScreen("opened"))
	require.Contains(t, tab.Text(browsertest.ID("opened")), strings.TrimPrefix(j.shop.url, "http://"))
	tab.Click(browsertest.ID("opened-back"))
	tab.Wait(onScreen("home"))
	scan(redirect("ours", j.BaseURL()+"/demo/taxi/pay?id=122"))
	tab.Wait(onScreen("web"))
	require.Contains(t, browsertest.Eval[string](tab, `document.querySelector("[data-testid=phone-browser]").src`), "/demo/taxi/pay?id=122")
}

func byDay(t *testing.T, j *journey) {
	paid := func(reference string) {
		j.pay(reference, toKari)
		_, err := j.Approve(t.Context(), reference)
		require.NoError(t, err)
	}
	paid("day-before-1")
	_, err := j.Advance(t.Context(), 24*time.Hour)
	require.NoError(t, err)
	paid("today-000001")
	tab := j.openPhone(browsertest.Mobile())
	tab.Key("h")
	tab.Click(`.tab button:nth-child(3)`)
	tab.Until(`document.querySelectorAll("[data-testid=activity-day]").length === 2`)
	require.Equal(t, []string{"Today", "Yesterday"}, browsertest.Eval[[]string](tab, `[...document.querySelectorAll("[data-testid=activity-day] h2")].map((h) => h.textContent)`))
}

func payLater(t *testing.T, j *journey) {
	now, err := j.Clock(t.Context())
	require.NoError(t, err)
	j.pay("days-to-pay1", func(p *client.CreatePayment) {
		toKari(p)
		p.ExpiresAt = now.Now.Add(12 * 24 * time.Hour)
		p.Receipt = map[string]any{
			"orderLines": []map[string]any{{"name": "Socks", "id": "1", "totalAmount": 35000, "totalAmountExcludingTax": 28000, "totalTaxAmount": 7000, "taxRate": 2500}},
			"bottomLine": map[string]any{"currency": "NOK"},
		}
	})
	tab := j.openPhone(browsertest.Mobile())
	tab.Wait(browsertest.ID("push"))
	require.Contains(t, tab.Text(browsertest.ID("push")), "12\u00a0days left", "not in minutes")
	tab.Click(browsertest.ID("push-open"))
	tab.Wait(onScreen("pay"))
	require.Contains(t, tab.Text(browsertest.ID("pay-countdown")), "12\u00a0days")
	tab.Click(browsertest.ID("pay-wait"))
	tab.Wait(onScreen("home"))
	require.Equal(t, "CREATED", j.state("days-to-pay1"))
}

func created(t *testing.T, j *journey) {
	tab := j.chromium.Tab(t, browsertest.Mobile())
	tab.Go(j.BaseURL() + "/phone/4799999999")
	require.Contains(t, tab.Text("h1"), "No phone has this number.")
	require.Equal(t, "Create it", tab.Text(browsertest.ID("phone-add")))
	tab.Click(browsertest.ID("phone-add"))
	tab.Wait(`[data-testid="phone"][data-msisdn="4799999999"]`)
}

func takenAway(t *testing.T, j *journey) {
	_, err := j.AddPhone(t.Context(), "4799999998", "Nora Demo")
	require.NoError(t, err)
	tab := j.chromium.Tab(t, desk())
	tab.Go(j.BaseURL() + "/phone/4799999998")
	tab.Until(ready)
	require.NoError(t, j.RemovePhone(t.Context(), "4799999998"))
	tab.Wait(browsertest.ID("phone-unknown"))
}

func insecure(t *testing.T, j *journey) {
	tab := j.chromium.Tab(t, desk())
	tab.Go(strings.Replace(j.BaseURL(), "127.0.0.1", "liksom.test", 1) + "/phone/" + kari)
	tab.Until(ready)
	for _, id := range []string{"phone-notify", "phone-install"} {
		require.Equal(t, "true Needs https or localhost", browsertest.Eval[string](tab, `(() => { const e = document.querySelector("[data-testid=`+id+`]"); return e.ariaDisabled + " " + document.getElementById(e.getAttribute("aria-describedby")).textContent; })()`), id)
	}
	tab.Key("s")
	tab.Wait(browsertest.ID("scan-camera"))
	require.Contains(t, browsertest.Eval[string](tab, `(() => { const e = document.querySelector("[data-testid=scan-camera]"); return e.ariaDisabled + " " + document.getElementById(e.getAttribute("aria-describedby")).textContent; })()`), "true The camera needs https or localhost.")
}

func spoken(t *testing.T, j *journey) {
	_, err := j.Freeze(t.Context())
	require.NoError(t, err)
	tab := j.openPhone(desk())
	said := func(words string) {
		tab.Until(fmt.Sprintf(`document.querySelector("[data-testid=live-region]").textContent === %q`, words))
	}
	j.pay("spoken-00001", toKari)
	said("Demo Taxi asks for NOK\u00a0350.00")
	tab.Click(browsertest.ID("push-open"))
	tab.Wait(onScreen("pay"))
	_, err = j.Advance(t.Context(), 4*time.Minute)
	require.NoError(t, err)
	said("One minute left.")
	_, err = j.Advance(t.Context(), time.Minute)
	require.NoError(t, err)
	said("Too late to pay")
}
