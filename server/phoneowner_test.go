package server_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// TestPhoneOwners drives what somebody does with a phone beside paying.
func TestPhoneOwners(t *testing.T) {
	chromium := browsertest.Start(t)
	english := func(t *testing.T, j *journey, number string) {
		_, err := j.PatchPhone(t.Context(), number, client.PhoneChange{Set: map[string]any{"language": "en"}})
		require.NoError(t, err)
	}
	toKari := func(scope string) func(*client.CreatePayment) {
		return func(p *client.CreatePayment) {
			p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: kari}
			if scope != "" {
				p.Profile = &client.Profile{Scope: scope}
			}
		}
	}

	t.Run("a link that the phone opened itself leads it home, once and stoppably", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		english(t, j, kari)
		look := browsertest.Mobile()
		look.Touch = true
		tab := j.chromium.Tab(t, look)
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		tab.Go(j.pay("by-link-0001", nil))
		tab.Wait(onScreen("pay"))
		tab.Click(browsertest.ID("pay-confirm"))
		tab.Wait(browsertest.ID("phone-return-in"))
		tab.Click(browsertest.ID("phone-stay"))
		tab.Until(`!document.querySelector("[data-testid=phone-return-in]")`)

		tab.Go(j.pay("by-link-0002", nil))
		tab.Wait(onScreen("pay"))
		tab.Click(browsertest.ID("pay-cancel"))
		tab.Wait("#shop")
		require.Contains(t, tab.Address(), j.shop.url+"/home")
	})

	t.Run("a refund comes into what one looks back on, and so does the receipt", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		english(t, j, kari)
		j.pay("refund-me-0001", toKari(""))
		_, err := j.Approve(t.Context(), "refund-me-0001")
		require.NoError(t, err)
		tab := j.chromium.Tab(t, browsertest.Mobile())
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		tab.Key("h")
		tab.Wait(`[data-testid="activity-item"][data-kind="payment"]`)
		_, err = j.Capture(t.Context(), "refund-me-0001", client.Amount{Currency: "NOK", Value: 35000})
		require.NoError(t, err)
		_, err = j.Refund(t.Context(), "refund-me-0001", client.Amount{Currency: "NOK", Value: 5000})
		require.NoError(t, err)
		tab.Wait(`[data-testid="activity-item"][data-kind="refund"]`)
		require.Contains(t, tab.Text(`[data-testid="activity-item"][data-kind="refund"]`), "+NOK\u00a050.00")
		tab.Click(`[data-testid="activity-item"][data-kind="payment"]`)
		tab.Wait(onScreen("receipt"))
		tab.Wait(`[data-testid="receipt-history"] [data-kind="REFUNDED"]`)
	})

	t.Run("what was shared is told and can be taken back", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		english(t, j, kari)
		tab := j.chromium.Tab(t, browsertest.Mobile())
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		share := func(reference string, asked bool) {
			j.pay(reference, toKari("name"))
			tab.Click(`[data-testid="push"][data-reference="` + reference + `"] [data-testid="push-open"]`)
			if asked {
				tab.Wait(onScreen("consent"))
				tab.Click(browsertest.ID("consent-allow"))
			}
			tab.Wait(onScreen("pay"))
			tab.Click(browsertest.ID("pay-confirm"))
			tab.Wait(onScreen("success"))
			tab.Click(browsertest.ID("success-done"))
		}
		share("share-000001", true)
		share("share-000002", false)
		tab.Click(`.tab button:last-child`)
		tab.Wait(browsertest.ID("me-shared"))
		tab.Click(browsertest.ID("me-forget"))
		tab.Until(`!document.querySelector("[data-testid=me-shared]")`)
		share("share-000003", true)
	})

	t.Run("the owner's details are changed on the phone", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		english(t, j, kari)
		tab := j.chromium.Tab(t, browsertest.Mobile())
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		tab.Key("h")
		tab.Click(`.tab button:last-child`)
		tab.Click(browsertest.ID("me-edit"))
		tab.Wait(browsertest.ID("me-form"))
		tab.Write(`[data-testid="me-form"] [name="email"]`, "kari@liksom.example")
		tab.Write(`[data-testid="me-form"] [name="line0"]`, "Nygata 5")
		tab.Click(browsertest.ID("me-save"))
		tab.Wait(onScreen("me"))
		require.Contains(t, tab.Text(browsertest.ID("me-profile")), "kari@liksom.example")
		require.Contains(t, tab.Text(browsertest.ID("me-profile")), "Nygata 5")
	})

	t.Run("a payment open elsewhere can be tried again", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		english(t, j, kari)
		redirect := j.pay("shared-link-01", nil)
		first := j.chromium.Tab(t, browsertest.Mobile())
		first.Go(j.BaseURL() + "/phone/4787654321?link=" + redirect)
		first.Wait(onScreen("pay"))
		second := j.chromium.Tab(t, browsertest.Mobile())
		second.Go(j.BaseURL() + "/phone/" + kari + "?link=" + redirect)
		second.Wait(onScreen("taken"))
		_, err := j.DeclineRequest(t.Context(), "4787654321", j.requestOf(t, "4787654321"))
		require.NoError(t, err)
	})

	t.Run("dialogs keep the focus and give it back", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		tab := j.chromium.Tab(t, browsertest.Look{Width: 1440, Height: 900})
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		tab.Key("r")
		tab.Wait(browsertest.ID("request-form"))
		for range 30 {
			tab.Key("\t")
			require.True(t, browsertest.Eval[bool](tab, `Boolean(document.activeElement.closest("[role=dialog]"))`))
		}
		tab.Key("\x1b")
		tab.Until(`!document.querySelector("[data-testid=request-form]")`)
	})

	t.Run("twenty phones on the wall all ring", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		numbers := []string{}
		for i := range 15 {
			number := fmt.Sprintf("47999000%02d", i)
			_, err := j.AddPhone(t.Context(), number, fmt.Sprintf("Phone %d", i))
			require.NoError(t, err)
			numbers = append(numbers, number)
		}
		tab := j.chromium.Tab(t, browsertest.Look{Width: 1440, Height: 900})
		tab.Go(j.BaseURL() + "/phone")
		tab.Until(ready)
		require.GreaterOrEqual(t, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=wall-phone]").length`), 20)
		before := browsertest.Eval[int](tab, `document.querySelectorAll("*").length`)
		for i, number := range numbers {
			if i == len(numbers)-1 { // the last one comes when the others are there
				tab.Until(`document.querySelectorAll("[data-testid=wall-phone][data-waits=true]").length === 14`)
			}
			j.pay("ring-"+number, func(p *client.CreatePayment) {
				p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: number}
			})
		}
		tab.Until(`document.querySelectorAll("[data-testid=wall-phone][data-waits=true]").length === 15`)
		tab.Click(browsertest.ID("wall-newest"))
		tab.Wait(`[data-testid="wall-newest"][aria-checked="true"]`)
		tab.Until(`document.querySelector("[data-testid=wall-phone]").dataset.msisdn === "` + numbers[14] + `"`)
		tab.Click(`[data-testid="wall-bulk"] button:nth-of-type(2)`)
		tab.Until(`!document.querySelector("[data-testid=wall-phone][data-waits=true]")`)
		require.Less(t, browsertest.Eval[int](tab, `document.querySelectorAll("*").length`), before+40*20, "what was there does not pile up")
	})

	t.Run("an offline phone counts what waits as it comes", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		english(t, j, kari)
		_, err := j.PatchPhone(t.Context(), kari, client.PhoneChange{Set: map[string]any{"online": false}})
		require.NoError(t, err)
		tab := j.chromium.Tab(t, browsertest.Mobile())
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Wait(browsertest.ID("phone-offline"))
		for i, want := range []string{"1 notification is waiting", "2 notifications are waiting"} {
			j.pay(fmt.Sprintf("held-00000%d", i), toKari(""))
			tab.Until(`document.querySelector("[data-testid=phone-offline]").textContent.includes("` + want + `")`)
		}
	})
}
