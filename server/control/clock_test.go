package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheClockIsRead(t *testing.T) {
	t.Parallel()
	golden(t, "clock", newWorld(t).ask("GET", "/sim/v1/clock", ""))
}

func TestAJumpMovesTheClock(t *testing.T) {
	t.Parallel()
	for by, now := range map[string]string{
		"5m":    "2026-11-21T10:05:00Z",
		"1d12h": "2026-11-22T22:00:00Z",
		"7d":    "2026-11-28T10:00:00Z",
		"0s":    "2026-11-21T10:00:00Z",
		"1.5s":  "2026-11-21T10:00:01.5Z",
	} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, now, newWorld(t).want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"`+by+`"}`)["now"])
		})
	}
}

func TestAJumpThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for by, why := range map[string]string{
		"-5m":       "cannot be negative",
		"1d-13h":    "cannot be negative",
		"soon":      `is written as "10s"`,
		"":          "Say how far to jump",
		"5":         `is written as "10s"`,
		"1.5d":      `is written as "10s"`,
		"99999999d": `is written as "10s"`,
		"80000d":    "no further than the year 2200",
	} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, w.want(t, 400, "POST", "/sim/v1/clock/advance", `{"by":"`+by+`"}`)["detail"], why)
		})
	}
}

func TestAJumpPastTheWindowExpiresThePayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("order-0001")
	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"5m"}`)
	v := w.want(t, 200, "GET", "/sim/v1/payments/123456/order-0001", "")
	require.Equal(t, "EXPIRED", v["state"])
	require.Equal(t, "2026-11-21T10:05:00Z", v["endedAt"])
}

func TestTheClockIsStoppedAndStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, false, w.want(t, 200, "POST", "/sim/v1/clock/resume", "")["frozen"])
	require.Equal(t, true, w.want(t, 200, "POST", "/sim/v1/clock/freeze", "")["frozen"])
}

func TestThePaceOfTheClockIsSet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.want(t, 200, "PUT", "/sim/v1/clock", `{"speed":60,"frozen":false}`)
	require.InDelta(t, 60, v["speed"], 0)
	require.Equal(t, false, v["frozen"])
	require.Equal(t, true, w.want(t, 200, "PUT", "/sim/v1/clock", `{"frozen":true}`)["frozen"])
}

func TestAPaceThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, body := range []string{`{}`, `{"speed":0}`, `{"speed":-1}`, `{"speed":100001}`} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			w.want(t, 400, "PUT", "/sim/v1/clock", body)
		})
	}
}
