package webhook_test

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

func nobody(string, string) bool { return false }

func TestACheckInSaysWhatTheDocumentationSays(t *testing.T) {
	t.Parallel()
	c := webhook.CheckIn{
		MSN: "123456", Token: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", QR: "kiosk-7",
		At: time.Date(2026, 1, 19, 16, 30, 0, 123456700, time.UTC),
	}
	require.Equal(t, `{"customerToken":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","merchantQrId":"kiosk-7","msn":"123456","initiatedAt":"2026-01-19T16:30:00.1234567Z"}`, string(c.Body()))
}

func TestACheckInIsTriedOnceAndRecorded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		want   error
		state  webhook.Status
	}{
		"accepted with 200": {200, nil, webhook.Delivered},
		"accepted with 204": {204, nil, webhook.Delivered},
		"refused":           {500, webhook.ErrNotAccepted, webhook.Dropped},
		"sent elsewhere":    {302, webhook.ErrNotAccepted, webhook.Dropped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t)
			var calls atomic.Int32
			receiver := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.WriteHeader(c.status)
			})
			h.register("r", receiver.URL, webhook.CheckedIn)
			err := h.sender.CheckIn(t.Context(), webhook.CheckIn{ID: "c", MSN: "123456", Token: "x", QR: "kasse1", At: h.time()}, nobody)
			require.ErrorIs(t, err, c.want)
			h.run(h.time().AddDate(0, 0, 8))
			require.EqualValues(t, 1, calls.Load(), "there is no ladder")
			d, a := h.one("")
			require.Equal(t, c.state, d.Status)
			require.Equal(t, c.status, a.Status)
			require.Equal(t, webhook.CheckedIn, d.Type)
		})
	}
}

func TestACheckInNobodyHearsOf(t *testing.T) {
	t.Parallel()
	h := build(t)
	receiver := answering(t, always(200))
	h.register("r", receiver.URL, "epayments.payment.created.v1")
	check := webhook.CheckIn{ID: "c", MSN: "123456", Token: "x", QR: "kasse1", At: h.time()}
	require.ErrorIs(t, h.sender.CheckIn(t.Context(), check, nobody), webhook.ErrNobody)
	require.NoError(t, h.store.Register(t.Context(), webhook.Registration{ID: "p", Client: "partner", URL: receiver.URL, Events: []string{webhook.CheckedIn}, Secret: secretB}, nil))
	require.ErrorIs(t, h.sender.CheckIn(t.Context(), check, nobody), webhook.ErrNobody, "a partner who does not speak for the unit")
	require.Empty(t, h.deliveries(""))
	covers := func(client, msn string) bool { return client == "partner" && msn == "123456" }
	require.NoError(t, h.sender.CheckIn(t.Context(), check, covers))
}

func TestACheckInIsToldToTheUnitBeforeItsPartner(t *testing.T) {
	t.Parallel()
	h := build(t)
	partners := answering(t, func() int { t.Error("the partner was called"); return 200 })
	require.NoError(t, h.store.Register(t.Context(), webhook.Registration{ID: "p", Client: "partner", URL: partners.URL, Events: []string{webhook.CheckedIn}, Secret: secretB}, nil))
	h.register("r", answering(t, always(200)).URL, webhook.CheckedIn)
	everybody := func(string, string) bool { return true }
	require.NoError(t, h.sender.CheckIn(t.Context(), webhook.CheckIn{ID: "c", MSN: "123456", Token: "x", QR: "kasse1", At: h.time()}, everybody))
	d, _ := h.one("")
	require.Equal(t, "r", d.Registration)
}

func TestACheckInWaitsTenRealSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := build(t, func(o *webhook.Options) {
			o.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}
		})
		h.register("r", "http://receiver.example/", webhook.CheckedIn)
		began := time.Now()
		err := h.sender.CheckIn(t.Context(), webhook.CheckIn{ID: "c", MSN: "123456", Token: "x", QR: "kasse1", At: h.time()}, nobody)
		require.ErrorIs(t, err, webhook.ErrNotAccepted)
		require.Equal(t, 10*time.Second, time.Since(began))
		_, a := h.one("")
		require.Contains(t, a.Error, "10s")
	})
}
