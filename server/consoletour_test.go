package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// What the console offers beyond its list: keys, search, the ways to look at
// a payment, merchants, registrations and worlds.
func TestConsoleTour(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	for name, walk := range map[string]func(*journey){
		"who never read a manual gets to know it within a minute":      firstMinute,
		"search finds payments, phones, merchants and what to do":      searchConsole,
		"the keys do what their list says, and nothing while typing":   pressKeys,
		"a payment is told as a sequence, with bodies and its receipt": lookAtPayment,
		"a payment is run again, and its card fails on request":        moreOfPayment,
		"a merchant is added, shown its keys and given new ones":       keepMerchants,
		"a registration is changed, paused, tried out and deleted":     keepRegistrations,
		"faults are seen on every page, and any kind can be added":     breakThings,
		"other worlds are a click away":                                switchWorlds,
		"an action that is refused says so where it can be read":       refusedAction,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(begin(t, chromium))
		})
	}
}

// firstMinute is the outcome that the whole stage is measured by: from the
// first address to a signature that is wrong, and why.
func firstMinute(j *journey) {
	tab := j.consoleAt("/", wide())
	tab.Click(browsertest.ID("first-payment"))
	tab.Click(browsertest.ID("payment-create"))
	tab.Wait(shownIn("CREATED"))
	tab.Click(`.refl a[href="/phone/4712345678"]`)
	phone := j.openPhone(browsertest.Mobile())
	phone.Click(browsertest.ID("push-open"))
	phone.Click(browsertest.ID("pay-cancel"))
	phone.Wait(onScreen("cancelled"))

	tab.Go(j.BaseURL() + "/")
	tab.Wait(`[data-testid="payment-row"][data-state="ABORTED"]`)
	tab.Click(browsertest.ID("payment-new"))
	tab.Click(browsertest.ID("payment-create"))
	tab.Wait(shownIn("CREATED"))
	tab.Click(browsertest.ID("clock-plus5"))
	if browsertest.Eval[bool](tab, `!document.querySelector('[data-testid="payment-shown"][data-state="EXPIRED"]')`) {
		tab.Click(browsertest.ID("clock-plus5"))
	}
	tab.Wait(shownIn("EXPIRED"))

	tab.Click(`nav [href="/console/webhooks"]`)
	delivery := `[data-testid="delivery-row"][data-event="epayments.payment.expired.v1"]`
	tab.Click(delivery + " a")
	tab.Wait(browsertest.ID("signature"))
	tab.Click(browsertest.ID("webhook-resend"))
	tab.Until(`document.querySelector("#delivery-tries b").textContent === "2"`)
	tab.Click(browsertest.ID("signature-compare") + " textarea")
	browsertest.Eval[any](tab, `(() => {
		const box = document.querySelector("[data-testid=signature-compare] textarea");
		box.value = document.querySelectorAll("[data-testid=signature] .code")[1].textContent.replace(/;[^;]*;/, ";elsewhere.example;");
		box.dispatchEvent(new Event("input", { bubbles: true }));
	})()`)
	tab.Click(browsertest.ID("signature-compare") + " button")
	tab.Until(`document.querySelector("[data-testid=signature-said]").textContent.includes("you signed host elsewhere.example, and it is 127.0.0.1")`)
}

// The keys that are no letters, as a browser is sent them.
const (
	enter  = "\r"
	escape = "\u001b"
)

func shownIn(state string) string {
	return fmt.Sprintf(`[data-testid="payment-shown"][data-state=%q]`, state)
}

func searchConsole(j *journey) {
	j.pay("taxi-ride-000417", pushed)
	j.pay("socks-000201", func(p *client.CreatePayment) { pushed(p); p.Amount = client.NOK(41800) })
	_, err := j.Decline(j.t.Context(), "socks-000201")
	require.NoError(j.t, err)
	tab := j.consoleAt("/", wide())
	write := func(text string) {
		browsertest.Eval[any](tab, fmt.Sprintf(`(() => {
			const field = document.querySelector("[data-testid=palette] input");
			field.value = %q;
			field.dispatchEvent(new Event("input", { bubbles: true }));
		})()`, text))
	}
	find := func(text, wanted string) {
		write(text)
		tab.Until(fmt.Sprintf(`[...document.querySelectorAll("[data-testid=palette-item]")].some((e) => e.textContent.includes(%q))`, wanted))
	}
	tab.Click(browsertest.ID("palette-open"))
	tab.Wait(browsertest.ID("palette"))
	for text, wanted := range map[string]string{
		"000417": "taxi-ride-000417", "418": "socks-000201", "418,00": "socks-000201", "abor": "Aborted",
		"kari": "Kari Demo", "+4787": "Ola Demo", "kauppa": "Demo Kauppa", "captured": "Webhooks that tell Captured",
		"freeze": "Freeze the clock", "merch": "Merchants", "fault": "Turn all faults off",
	} {
		find(text, wanted)
	}
	find("000417", "taxi-ride-000417")
	require.Equal(j.t, "true", browsertest.Eval[string](tab, `document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).getAttribute("aria-selected")`))
	tab.Key(enter)
	tab.Wait(`[data-testid="payment-shown"][data-reference="taxi-ride-000417"]`)
	tab.Until(`!document.querySelector("[data-testid=palette]")`)
	tab.Key("/")
	find("decline", "Decline the selected payment")
	tab.Key(enter)
	tab.Wait(shownIn("ABORTED"))
	tab.Key("/")
	write("nothing like it")
	tab.Until(`document.querySelector("[data-testid=palette]").textContent.includes("Nothing fits")`)
	find("retry-ladder", "Scenario: ")
	browsertest.Eval[any](tab, `document.activeElement.blur()`)
	tab.Key(escape)
	tab.Until(`!document.querySelector("[data-testid=palette]")`)
	require.Contains(j.t, tab.Address(), "/console/payments/123456/taxi-ride-000417", "it closes, and nothing else")
}

func pressKeys(j *journey) {
	j.pay("socks-000301", pushed)
	j.pay("socks-000302", pushed)
	tab := j.consoleAt("/", wide())
	tab.Wait(browsertest.ID("payment-row"))
	tab.Key("?")
	tab.Wait(browsertest.ID("key-list"))
	require.GreaterOrEqual(j.t, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=key-list] dt").length`), 24)
	tab.Key(escape)
	tab.Until(`!document.querySelector("[data-testid=key-list]")`)
	tab.Key("j")
	tab.Wait(`[data-testid="payment-shown"][data-reference="socks-000302"]`)
	tab.Key("j")
	tab.Wait(`[data-testid="payment-shown"][data-reference="socks-000301"]`)
	tab.Key("f")
	tab.Wait(`[data-testid="timeline-item"][data-kind="card"]`)
	tab.Key("a")
	tab.Wait(shownIn("AUTHORIZED"))
	tab.Key("d")
	tab.Until(`document.querySelector("[data-testid=toast]").textContent.includes("Already authorized")`)
	tab.Key("c")
	tab.Click(browsertest.ID("action-send"))
	tab.Until(`document.querySelector("[data-testid=action-capture]").title === "Nothing left to capture"`)
	tab.Key("k")
	tab.Wait(`[data-testid="payment-shown"][data-reference="socks-000302"]`)
	tab.Click(".find")
	tab.Key("x")
	require.Equal(j.t, "CREATED", j.state("socks-000302"), "keys typed into a field are text")
	browsertest.Eval[any](tab, `document.activeElement.blur()`)
	tab.Key("n")
	tab.Wait(shownIn("EXPIRED"))
	tab.Key("g")
	tab.Key("c")
	tab.Wait(browsertest.ID("clock-page"))
	tab.Key("g")
	tab.Key("m")
	tab.Wait(browsertest.ID("merchants"))
	browsertest.Eval[any](tab, `localStorage.setItem("liksom.keys", "off")`)
	tab.Key("?")
	require.True(j.t, browsertest.Eval[bool](tab, `!document.querySelector("[data-testid=key-list]")`), "switched off")
}

func lookAtPayment(j *journey) {
	tab := j.consoleAt("/", wide())
	tab.Click(browsertest.ID("first-payment"))
	tab.Click(`[data-example="3"]`) // with a receipt
	tab.Click(browsertest.ID("payment-create"))
	tab.Wait(shownIn("CREATED"))
	tab.Click(browsertest.ID("action-approve"))
	tab.Wait(shownIn("AUTHORIZED"))
	tab.Click("#payment-receipt")
	require.Contains(j.t, tab.Text(browsertest.ID("receipt-lines")), "Wool socks")
	require.Contains(j.t, tab.Text(browsertest.ID("receipt-lines")), "NOK\u00a0500.00")
	tab.Click("#payment-calls")
	tab.Wait(".calls pre")
	require.Contains(j.t, tab.Text(".calls"), `"userFlow": "PUSH_MESSAGE"`)
	tab.Click("#payment-sequence")
	tab.Wait(browsertest.ID("sequence"))
	require.Contains(j.t, tab.Text(browsertest.ID("sequence")), "create payment")
	require.Contains(j.t, tab.Text(browsertest.ID("sequence")), "authorized, 200")
	browsertest.Eval[any](tab, `document.querySelector("[data-testid=sequence] .ar").dispatchEvent(new MouseEvent("click", { bubbles: true }))`)
	tab.Wait(".tl .picked pre")
	require.Contains(j.t, tab.Text(".tl .picked"), "Merchant created the payment")
}

func moreOfPayment(j *journey) {
	j.pay("socks-000401", pushed)
	tab := j.consoleAt("/console/payments/123456/socks-000401", wide())
	tab.Click(browsertest.ID("payment-more"))
	tab.Click(`[role="menuitem"][data-id="fail-card"]`)
	tab.Wait(`[data-testid="timeline-item"][data-kind="card"]`)
	require.Contains(j.t, tab.Text(".dh"), "Card declined")
	require.Equal(j.t, "CREATED", j.state("socks-000401"))
	tab.Click(browsertest.ID("payment-more"))
	tab.Click(`[role="menuitem"][data-id="again"]`)
	tab.Wait(`[data-testid="payment-shown"][data-reference^="again-"]`)
	tab.Until(`document.querySelector("[data-testid=timeline]").textContent.includes("Merchant created the payment from the console")`)

	j.pay("socks-000402", func(p *client.CreatePayment) {
		p.Amount = client.NOK(201)
		p.Receipt = &client.Receipt{Bottom: client.ReceiptBottom{Currency: "NOK"}, Lines: []client.ReceiptLine{{ID: "sock", Name: "Sock", Total: 100, ExcludesTax: 80, Tax: 20, TaxRate: new(2500)}}}
	})
	tab.Go(j.BaseURL() + "/console/payments/123456/socks-000402")
	tab.Wait(".hint")
	for _, hint := range []string{"201 is a magic amount: the answer takes one hour.", "returnUrl would be refused in strict mode", "lines"} {
		require.Contains(j.t, browsertest.Eval[string](tab, `[...document.querySelectorAll(".hint")].map((e) => e.textContent).join(" ")`), hint)
	}
	browsertest.Eval[any](tab, `Object.defineProperty(navigator, "clipboard", { value: undefined })`)
	tab.Click(browsertest.ID("payment-more"))
	tab.Click(`[role="menuitem"][data-id="link"]`)
	tab.Until(`document.querySelector("[data-testid=payment-copy] textarea")?.value.endsWith("/console/payments/123456/socks-000402")`)
}

func keepMerchants(j *journey) {
	tab := j.consoleAt("/console/merchants", wide())
	tab.Wait(`[data-testid="merchant-card"][data-msn="567890"]`)
	require.NotContains(j.t, tab.Text("main"), "liksom-demo-secret", "not asked for")
	tab.Click(browsertest.ID("merchant-new"))
	tab.Write(browsertest.ID("merchant-form")+" input", "My Shop")
	tab.Click(browsertest.ID("merchant-add"))
	card := `[data-testid="merchant-card"][data-msn="700001"]`
	tab.Wait(card)
	require.Contains(j.t, tab.Text(card), "My Shop")
	tab.Click(card + ` [data-switch="expressAllowed"][aria-checked="true"]`)
	tab.Wait(card + ` [data-switch="expressAllowed"][aria-checked="false"]`)
	demo := `[data-testid="merchant-card"][data-msn="123456"]`
	tab.Click(demo + " " + browsertest.ID("merchant-more"))
	tab.Click(`[role="menuitem"][data-id="code"]`)
	tab.Until(`document.querySelector("dialog .snips")?.textContent.includes("` + j.BaseURL() + `/accesstoken/get")`)
	tab.Key("\x1b")
	tab.Until(`!document.querySelector("dialog")`)
	tab.Click(demo + ` [aria-label="Show client_secret of Demo Taxi"]`)
	tab.Until(fmt.Sprintf(`document.querySelector('%s').textContent.includes("liksom-demo-secret")`, demo))
	tab.Click(demo + " " + browsertest.ID("merchant-rotate"))
	tab.Click(browsertest.ID("merchant-rotate-yes"))
	tab.Until(`document.querySelector("[data-testid=toast]").textContent.includes("New keys")`)
	_, err := client.New(j.BaseURL()).CreatePayment(j.t.Context(), client.CreatePayment{Amount: client.NOK(100), Reference: "socks-000601", UserFlow: client.WebRedirect, ReturnURL: j.shop.home()})
	require.ErrorContains(j.t, err, "401", "the old keys open nothing any more")
}

func keepRegistrations(j *journey) {
	tab := j.consoleAt("/console/webhooks", wide())
	card := browsertest.ID("webhook-registration")
	choose := func(what string) {
		tab.Click(card + " " + browsertest.ID("registration-more"))
		tab.Click(`[role="menuitem"][data-id="` + what + `"]`)
	}
	choose("test")
	tab.Wait(`[data-testid="delivery-row"][data-state="delivered"]`)
	tab.Wait(browsertest.ID("signature"))
	choose("pause")
	tab.Wait(card + `[data-state="paused"]`)
	choose("pause")
	tab.Wait(card + `[data-state="on"]`)
	choose("secret")
	tab.Until(fmt.Sprintf(`document.querySelector("[data-testid=registration-secret]")?.textContent === %q`, j.shop.secret))
	choose("edit")
	tab.Write(browsertest.ID("registration-form")+" input.mono", j.shop.url+"/hook?of=new")
	tab.Click(browsertest.ID("registration-save"))
	tab.Wait(`[data-testid="webhook-registration"][data-url$="/hook?of=new"]`)
	all, err := j.Registrations(j.t.Context(), "")
	require.NoError(j.t, err)
	_, err = j.ChangeRegistration(j.t.Context(), all[0].ID, client.RegistrationChange{Events: []string{"epayments.payment.created.v1", "recurring.charge-failed.v1"}})
	require.NoError(j.t, err)
	tab.Until(`document.querySelector("[data-testid=webhook-registration]").textContent.includes("2 events")`)
	choose("edit")
	browsertest.Eval[any](tab, `[...document.querySelectorAll("[data-testid=registration-form] label")].find((l) => l.textContent.startsWith("Checked in")).querySelector("input").click()`)
	tab.Click(browsertest.ID("registration-save"))
	tab.Until(`document.querySelector("[data-testid=webhook-registration]").textContent.includes("3 events")`)
	all, err = j.Registrations(j.t.Context(), "")
	require.NoError(j.t, err)
	require.Contains(j.t, all[0].Events, "recurring.charge-failed.v1", "what the form has no words for stays")
	choose("delete")
	tab.Click(browsertest.ID("registration-delete"))
	tab.Until(`!document.querySelector("[data-testid=webhook-registration]")`)
}

func breakThings(j *journey) {
	tab := j.consoleAt("/console/control", wide())
	for _, name := range []string{"slow", "error", "cut", "half", "twice", "drop", "late", "order", "signature", "refuse", "push", "pushlate"} {
		tab.Click(browsertest.ID("fault-"+name) + ` [role="switch"]`)
		tab.Wait(browsertest.ID("fault-"+name) + ` [role="switch"][aria-checked="true"]`)
	}
	for _, page := range []string{"/", "/console/webhooks", "/console/merchants"} {
		tab.Go(j.BaseURL() + page)
		tab.Wait(`.strip`)
		require.Contains(j.t, tab.Text(".strip"), "12 faults are on.", page)
	}
	tab.Click(browsertest.ID("faults-off"))
	tab.Until(`!document.querySelector(".strip")`)
	tab.Go(j.BaseURL() + "/console/control")
	kinds := browsertest.Eval[int](tab, `(document.querySelector("[data-testid=fault-new]").click(), 15)`)
	for i := range kinds {
		if i > 0 {
			tab.Click(browsertest.ID("fault-new"))
		}
		tab.Wait(browsertest.ID("fault-form"))
		browsertest.Eval[any](tab, fmt.Sprintf(`(() => {
			const kind = document.querySelector("[data-testid=fault-form] select");
			kind.value = "%d";
			kind.dispatchEvent(new Event("change", { bubbles: true }));
		})()`, i))
		tab.Click(browsertest.ID("fault-add"))
		tab.Until(fmt.Sprintf(`document.querySelectorAll("[data-testid=faults-active] li").length === %d`, i+1))
	}
}

func switchWorlds(j *journey) {
	tab := j.consoleAt("/", wide())
	require.True(j.t, browsertest.Eval[bool](tab, `!document.querySelector("[data-testid=world]")`), "there is one world only")
	_, err := j.sim.World(j.t.Context(), "ci-42")
	require.NoError(j.t, err)
	tab.Go(j.BaseURL() + "/")
	tab.Click(browsertest.ID("world"))
	tab.Click(`[role="menuitem"][data-id="ci-42"]`)
	tab.Until(ready + ` && location.pathname === "/w/ci-42/" && document.querySelector("[data-testid=world]")?.textContent.includes("World ci-42")`)
	tab.Click(browsertest.ID("world"))
	tab.Click(`[role="menuitem"][data-id="default"]`)
	tab.Until(`location.pathname === "/"`)
}

func refusedAction(j *journey) {
	j.pay("socks-000501", pushed)
	tab := j.consoleAt("/console/payments/123456/socks-000501", wide())
	browsertest.Eval[any](tab, `(() => {
		const real = fetch;
		globalThis.fetch = (url, init) => (String(url).endsWith("/approve") ? Promise.reject(new TypeError("offline")) : real(url, init));
	})()`)
	tab.Click(browsertest.ID("action-approve"))
	tab.Wait(browsertest.ID("trouble"))
	require.Contains(j.t, tab.Text(browsertest.ID("trouble")), "Not sent. The simulator isn’t answering.")
	tab.Click(browsertest.ID("action-decline"))
	tab.Until(`!document.querySelector("[data-testid=trouble]")`)
}
