package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// consoleAt opens a page of the console in a tab.
func (j *journey) consoleAt(path string, look browsertest.Look) *browsertest.Tab {
	j.t.Helper()
	tab := j.chromium.Tab(j.t, look)
	tab.Go(j.BaseURL() + path)
	tab.Until(ready)
	return tab
}

func pushed(p *client.CreatePayment) {
	p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: kari}
}

func wide() browsertest.Look { return browsertest.Look{Width: 1440, Height: 960} }

func TestConsole(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	for name, walk := range map[string]func(*journey){
		"a payment comes up by itself, is approved there, and its webhook's signature holds": approveInConsole,
		"ten thousand payments are counted, scrolled and searched with few rows drawn":       longList,
		"a payment made with the form is heard of by the built-in receiver":                  makeInConsole,
		"time and faults are bent there":                                                     bendInConsole,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(begin(t, chromium))
		})
	}
}

func approveInConsole(j *journey) {
	tab := j.consoleAt("/", wide())
	require.Contains(j.t, tab.Text(browsertest.ID("payments-none")), "No payments yet")
	j.pay("socks-000101", pushed)
	row := `[data-testid="payment-row"][data-reference="socks-000101"]`
	tab.Wait(row + `[data-state="CREATED"]`)
	tab.Click(row + " a")
	tab.Wait(`[data-testid="payment-shown"][data-reference="socks-000101"]`)
	require.Contains(j.t, tab.Address(), "/console/payments/123456/socks-000101")
	require.Equal(j.t, "Not authorized yet", browsertest.Eval[string](tab, `document.querySelector("[data-testid=action-capture]").title`))
	tab.Click(browsertest.ID("action-approve"))
	tab.Wait(`[data-testid="payment-shown"][data-state="AUTHORIZED"]`)
	tab.Wait(row + `[data-state="AUTHORIZED"]`)
	require.Equal(j.t, "AUTHORIZED", j.state("socks-000101"))
	require.Equal(j.t, "Already authorized", browsertest.Eval[string](tab, `document.querySelector("[data-testid=action-approve]").title`))

	tab.Click(browsertest.ID("action-capture"))
	tab.Click(browsertest.ID("action-send"))
	tab.Until(`document.querySelector("[data-testid=action-capture]").title === "Nothing left to capture"`)

	tab.Go(j.BaseURL() + "/console/webhooks")
	delivery := `[data-testid="delivery-row"][data-reference="socks-000101"][data-event="epayments.payment.authorized.v1"]`
	tab.Wait(delivery + `[data-state="delivered"]`)
	tab.Click(delivery + " a")
	tab.Wait(browsertest.ID("signature"))
	require.Contains(j.t, tab.Text(browsertest.ID("signature")), "Same as x-ms-content-sha256")
	require.Contains(j.t, tab.Text(browsertest.ID("signature")), "Same as Authorization")
	before := len(j.shop.story(j.t))
	tab.Click(browsertest.ID("webhook-resend"))
	tab.Until(`document.querySelector("#delivery-tries b").textContent === "2"`)
	require.Greater(j.t, len(j.shop.story(j.t)), before)
	compare := browsertest.ID("signature-compare")
	tab.Click(compare + " textarea")
	tab.Key("0000")
	tab.Click(compare + " button")
	tab.Until(`document.querySelector("[data-testid=signature-said]").textContent.startsWith("This is neither")`)
}

// manyPayments is a list as after a week of tests.
const manyPayments = 10_000

// longList is given a simulator without webhooks, so that the payments are
// made in no time.
func longList(j *journey) {
	require.NoError(j.t, j.Reset(j.t.Context()))
	failed := make(chan error, 8)
	for worker := range 8 {
		go func() {
			var err error
			for i := worker; i < manyPayments && err == nil; i += 8 {
				p := client.CreatePayment{Amount: client.NOK(35000), Reference: fmt.Sprintf("socks-%06d", i)}
				pushed(&p)
				_, err = j.CreatePayment(j.t.Context(), p)
			}
			failed <- err
		}()
	}
	for range 8 {
		require.NoError(j.t, <-failed)
	}
	tab := j.consoleAt("/", wide())
	drawn := func() int {
		return browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=payment-row]").length`)
	}
	count := func(state, n string) {
		tab.Until(fmt.Sprintf(`document.querySelector("[data-testid=payment-filter-%s] b").textContent === %q`, state, n))
	}
	count("all", "10000")
	count("created", "10000")
	count("expired", "0")
	require.Less(j.t, drawn(), 100, "only what can be seen is drawn")
	first := browsertest.Eval[string](tab, `document.querySelector("[data-testid=payment-row]").dataset.reference`)
	for range 3 {
		tab.Until(`(document.querySelector(".lst").scrollTop = 1e6) && Boolean(document.querySelector(".older button"))`)
		rows := browsertest.Eval[int](tab, `Number(document.querySelector("table[data-testid=payments]").getAttribute("aria-rowcount"))`)
		tab.Click(".older button")
		tab.Until(fmt.Sprintf(`Number(document.querySelector("table[data-testid=payments]").getAttribute("aria-rowcount")) > %d`, rows))
	}
	tab.Until(`document.querySelector("[data-testid=payments]").getAttribute("aria-rowcount") === "801"`)
	tab.Until(fmt.Sprintf(`(document.querySelector(".lst").scrollTop = 1e6) && !document.querySelector('[data-reference="%s"]')`, first))
	require.Less(j.t, drawn(), 100, "further down too")
	narrow := j.consoleAt("/", browsertest.Mobile())
	narrow.Until(`(scrollTo(0, 900), scrollY > 800)`)
	j.pay("socks-latest", pushed)
	for _, one := range []*browsertest.Tab{tab, narrow} {
		one.Until(`document.querySelector(".pill")?.textContent === "1 new"`)
		one.Click(".pill")
		one.Wait(`[data-testid="payment-row"][data-reference="socks-latest"]`)
	}
	tab.Click(browsertest.ID("payment-filter-authorized"))
	tab.Until(`document.querySelectorAll("[data-testid=payment-row]").length === 0`)
	tab.Click(browsertest.ID("payment-filter-all"))
	search := func(text string) { // all at once, as when it is pasted
		browsertest.Eval[any](tab, `(() => { const f = document.querySelector(".find"); f.value = `+quoted(text)+`; f.dispatchEvent(new Event("input", { bubbles: true })); })()`)
	}
	search("350.01")
	count("all", "0")
	search("350.00")
	count("all", "10001") // in the units that people write
	search("+47 876 54 321")
	count("all", "0")
	search("+47 123 45 678")
	count("all", "10001")
	search("socks-004711")
	count("all", "1")
	tab.Until(`document.querySelectorAll("[data-testid=payment-row]").length === 1`)
}

func bendInConsole(j *journey) {
	j.pay("socks-000102", pushed)
	tab := j.consoleAt("/console/control", wide())
	tab.Wait(browsertest.ID("clock-deadlines") + " li")
	tab.Click(browsertest.ID("clock-freeze"))
	tab.Wait(`.clk.frozen`)
	tab.Click(browsertest.ID("clock-plus5"))
	tab.Until(`!document.querySelector("[data-testid=clock-deadlines] a[href$=socks-000102]")`)
	require.Equal(j.t, "EXPIRED", j.state("socks-000102"))
	tab.Click(browsertest.ID("fault-push") + " button")
	tab.Wait(browsertest.ID("faults-active"))
	tab.Click(browsertest.ID("faults-off"))
	tab.Until(`!document.querySelector("[data-testid=faults-active]")`)
	c, err := j.Clock(j.t.Context())
	require.NoError(j.t, err)
	require.True(j.t, c.Frozen)
}

func makeInConsole(j *journey) {
	tab := j.consoleAt("/console/webhooks", wide())
	receiver := browsertest.ID("webhook-receiver") + ` [role="switch"]`
	tab.Click(receiver)
	tab.Wait(receiver + `[aria-checked="true"]`)
	tab.Click(`nav [href="/"]`)
	tab.Click(browsertest.ID("payment-new"))
	tab.Click(browsertest.ID("payment-create"))
	tab.Wait(`[data-testid="payment-shown"][data-state="CREATED"]`)
	tab.Key("d")
	tab.Wait(`[data-testid="payment-shown"][data-state="ABORTED"]`)
	tab.Key("g")
	tab.Key("w")
	tab.Wait(`[data-testid="delivery-row"][data-event="epayments.payment.aborted.v1"][data-state="delivered"]`)
	tab.Click(receiver)
	tab.Wait(receiver + `[aria-checked="false"]`)
}
