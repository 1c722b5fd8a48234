package server_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

func TestThePayerDeclines(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		push(t, sim, ride, kari)
		mobile := connect(t, sim, kari)
		request := mobile.next("hello").Requests[0]
		mobile.say(map[string]any{"type": "decline", "id": "c1", "requestId": request.ID})
		require.Equal(t, "c1", mobile.next("ok").ID)
		aborted := hooks.Wait(t, ride, "ABORTED")
		require.Equal(t, hooks.Wait(t, ride, "CREATED").PSPReference, aborted.PSPReference)
		require.Equal(t, []string{"CREATED +0s", "ABORTED +0s"}, occurrences(t, sim, ride))
		_, err := sim.Client.Approve(t.Context(), ride)
		refused(t, err, http.StatusConflict, "already_decided")
		pass(time.Hour)
		require.Equal(t, []string{"CREATED", "ABORTED"}, hooks.Names(ride))
	})
}

func TestAPushReachesEverySocketAndTheFirstAnswerWins(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		page, terminal := connect(t, sim, kari), connect(t, sim, kari)
		require.Empty(t, page.next("hello").Requests)
		require.Empty(t, terminal.next("hello").Requests)
		push(t, sim, ride, kari)
		request := page.next("push").Request
		require.Equal(t, request.ID, terminal.next("push").Request.ID)
		require.Equal(t, sim.Payment(t, ride).CreatedAt.Add(5*minute), request.ExpiresAt)

		pass(minute)
		page.say(map[string]any{"type": "approve", "id": "c1", "requestId": request.ID})
		require.Equal(t, "APPROVED", terminal.next("request").Request.State)
		terminal.say(map[string]any{"type": "decline", "id": "c2", "requestId": request.ID})
		require.Equal(t, "already_decided", terminal.next("error").Code)
		hooks.Wait(t, ride, "AUTHORIZED")
		require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +1m0s"}, occurrences(t, sim, ride))
	})
}

func TestAPhoneThatWasOfflineMissesNothing(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		off, on := false, true
		_, err := sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		mobile := connect(t, sim, kari)
		mobile.next("hello")
		push(t, sim, ride, kari)
		pass(2 * minute)
		require.Equal(t, "CREATED", sim.Payment(t, ride).State, "the window runs all the same")

		_, err = sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &on})
		require.NoError(t, err)
		request := mobile.next("push").Request
		require.Equal(t, ride, request.Reference)
		waiting, err := sim.Client.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		require.Len(t, waiting, 1)
		_, err = sim.Client.ApproveRequest(t.Context(), kari, request.ID, client.Answer{})
		require.NoError(t, err)
		require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +2m0s"}, occurrences(t, sim, ride))
	})
}

func TestAPhoneThatNeverComesBackLetsTheWindowRunOut(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		off := false
		_, err := sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		push(t, sim, ride, kari)
		sim.Advance(t, 5*minute)
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, sim, ride))
	})
}

func TestACodeIsScannedAndApproved(t *testing.T) {
	for _, how := range []string{"its picture", "what it says"} {
		t.Run(how, func(t *testing.T) {
			inBubble(t, func(t *testing.T, sim *servertest.Sim) {
				created := create(t, sim, client.CreatePayment{
					Reference: ride, UserFlow: client.QR, ReturnURL: "https://shop.example/", QRFormat: &client.QRFormat{Format: "IMAGE/PNG"},
				})
				picture := call(t, sim, "GET", created.RedirectURL, "")
				require.Equal(t, []any{200, "image/png"}, []any{picture.status, picture.header.Get("Content-Type")})
				pass(4 * minute)

				var scanned client.Scanned
				var err error
				if how == "its picture" {
					scanned, err = sim.Client.ScanPicture(t.Context(), kari, []byte(picture.body))
				} else {
					scanned, err = sim.Client.Scan(t.Context(), kari, sim.Payment(t, ride).QRURL)
				}
				require.NoError(t, err)
				require.Equal(t, ride, scanned.Request.Reference)
				require.Equal(t, sim.Now().Add(5*minute), scanned.Request.ExpiresAt, "scanning begins the second window")

				pass(4 * minute)
				_, err = sim.Client.ApproveRequest(t.Context(), kari, scanned.Request.ID, client.Answer{})
				require.NoError(t, err)
				require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +8m0s"}, occurrences(t, sim, ride))
				require.Equal(t, 404, call(t, sim, "GET", created.RedirectURL, "").status, "the picture ends with its payment")
			})
		})
	}
}

func TestForceApproving(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		push(t, sim, ride, kari)
		mobile := connect(t, sim, kari)
		mobile.next("hello")
		require.NoError(t, sim.Client.ForceApprove(t.Context(), ride, kari))
		hooks.Wait(t, ride, "AUTHORIZED")
		require.Equal(t, "APPROVED", mobile.next("request").Request.State, "the phone sees it")
		refused(t, sim.Client.ForceApprove(t.Context(), ride, kari), http.StatusBadRequest, "6230")

		push(t, sim, "late-"+ride, kari)
		pass(5 * minute)
		refused(t, sim.Client.ForceApprove(t.Context(), "late-"+ride, kari), http.StatusBadRequest, "10010")
	})
}

func TestAPhoneAnswersByItself(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{
			Autopilot: &client.Autopilot{Mode: "approve", Delay: client.Span(3 * time.Second)},
		})
		require.NoError(t, err)
		push(t, sim, ride, kari)
		pass(time.Hour)
		synctest.Wait()
		require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +3s"}, occurrences(t, sim, ride))
	})
}
