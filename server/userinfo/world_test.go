package userinfo_test

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/openapi/openapitest"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/userinfo"
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = time.Date(2026, 1, 19, 16, 0, 0, 0, time.UTC)

const taxi, shop = "123456", "234567"

// world is the API over payments that a test makes up.
type world struct {
	t        *testing.T
	now      time.Time
	phones   *directory.Directory
	payments []payment.Payment // oldest first
	fails    error
	asked    int
}

func newWorld(t *testing.T) *world {
	phones, err := directory.New(t.Context(), memory.New(nil))
	require.NoError(t, err)
	return &world{t: t, now: start, phones: phones}
}

// List implements userinfo's Payments as stores do.
func (w *world) List(_ context.Context, q payment.Query) ([]payment.Payment, error) {
	w.asked++
	var found []payment.Payment
	for i := len(w.payments) - 1; i >= 0; i-- {
		p := w.payments[i]
		if p.MSN == q.MSN && p.Phone == q.Phone && p.State == q.State && (q.Before == 0 || p.Number < q.Before) && len(found) < q.Limit {
			found = append(found, p)
		}
	}
	return found, w.fails
}

func (w *world) phone(number string) directory.Phone {
	p, ok := w.phones.Phone(number)
	require.True(w.t, ok)
	return p
}

// approved makes a payment that a payer approved now, sharing the scopes.
func (w *world) approved(msn, number string, scopes ...string) {
	p := payment.Payment{
		ID: payment.ID{MSN: msn, Reference: "ride-" + strconv.Itoa(len(w.payments))}, State: payment.Authorized, Phone: number,
		PSP: "psp-" + strconv.Itoa(len(w.payments)), Number: payment.Seq(len(w.payments) + 1), CreatedAt: w.now, EndedAt: w.now,
	}
	if scopes != nil {
		phone := w.phone(number)
		grant := phone.Grant(msn, scopes)
		p.Grant = &grant
	}
	w.payments = append(w.payments, p)
}

// ask fetches what a unit may know of a sub.
func (w *world) ask(msn, sub string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/vipps-userinfo-api/userinfo/"+sub, nil)
	unit, _ := w.phones.Unit(msn)
	r = r.WithContext(directory.WithCaller(r.Context(), &directory.Caller{Unit: unit}))
	answer := httptest.NewRecorder()
	api := userinfo.New(userinfo.Options{Payments: w, Payers: w.phones, Now: func() time.Time { return w.now }, Log: slog.New(slog.DiscardHandler)})
	openapitest.New(w.t).Handler(api.Routes()).ServeHTTP(answer, r)
	return answer
}

// body is what the taxi's unit gets told of a payer.
func (w *world) body(number string) string {
	phone := w.phone(number)
	answer := w.ask(taxi, phone.Sub(taxi))
	require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
	return answer.Body.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

var errTrouble = errors.New("the disk is on fire")
