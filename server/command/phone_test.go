package command_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/command"
)

// handset is a phone in a terminal that nobody looks at.
type handset struct {
	out    *bufio.Reader
	keys   io.WriteCloser
	status chan int
	errors *bytes.Buffer
	stop   context.CancelFunc
}

func pickUp(t *testing.T, sim *client.Client, number string, flags ...string) *handset {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, screen := io.Pipe()
	keyboard, keys := io.Pipe()
	h := &handset{out: bufio.NewReader(out), keys: keys, status: make(chan int, 1), errors: &bytes.Buffer{}, stop: stop}
	program := command.Program{Version: "test", In: keyboard, Out: screen, Err: h.errors}
	go func() {
		status := program.Run(ctx, append([]string{"phone", number, "--url", sim.BaseURL(), "--color", "never"}, flags...))
		_ = screen.Close()
		h.status <- status
	}()
	t.Cleanup(func() {
		stop()
		go func() { _, _ = io.Copy(io.Discard, out) }()
		<-h.status
	})
	return h
}

// simulator starts serve, and reads away all that it tells.
func simulator(t *testing.T) *client.Client {
	t.Helper()
	r := start(t)
	sim := clientOf(t, r)
	go func() { _, _ = io.Copy(io.Discard, r.lines) }()
	t.Cleanup(func() {
		r.stop()
		<-r.status
	})
	return sim
}

func push(t *testing.T, sim *client.Client, reference string, scopes ...string) {
	t.Helper()
	p := client.CreatePayment{
		Amount: client.NOK(35000), Reference: reference, UserFlow: client.PushMessage,
		Customer: &client.Customer{PhoneNumber: "4712345678"}, PaymentDescription: "Trip with taxi 122",
	}
	if len(scopes) > 0 {
		p.Profile = &client.Profile{Scope: strings.Join(scopes, " ")}
	}
	_, err := sim.CreatePayment(t.Context(), p)
	require.NoError(t, err)
}

func state(t *testing.T, sim *client.Client, reference string) string {
	t.Helper()
	p, err := sim.Payment(t.Context(), reference)
	require.NoError(t, err)
	return p.State
}

func TestAPhoneInTheTerminalShowsARequestAndApproves(t *testing.T) {
	t.Parallel()
	sim := simulator(t)
	h := pickUp(t, sim, "4712345678")
	told(t, h.out, "Kari, +47 123 45 678, online. Waiting for requests.")

	push(t, sim, "ride-000000001", "phoneNumber")
	told(t, h.out, "push|Demo Taxi asks for NOK 350.00|left", "Trip with taxi 122", "Shares: phone number", "[a]pprove / [d]ecline")
	_, err := h.keys.Write([]byte("a\n"))
	require.NoError(t, err)
	told(t, h.out, "Paid with card 4242")
	require.Equal(t, "AUTHORIZED", state(t, sim, "ride-000000001"))
}

func TestServeTellsOfThePhoneInTheTerminal(t *testing.T) {
	t.Parallel()
	r := start(t)
	defer r.stop()
	sim := clientOf(t, r)
	h := pickUp(t, sim, "4712345678")
	told(t, h.out, "Waiting for requests")
	push(t, sim, "ride-000000001")
	told(t, h.out, "[a]pprove")
	go func() { _, _ = io.Copy(io.Discard, h.out) }()
	told(t, r.lines, "push|Kari|shown")

	_, err := h.keys.Write([]byte("ca"))
	require.NoError(t, err)
	told(t, r.lines, "pay|Kari|declined, ")
}

func TestKeysOfThePhoneInTheTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, keys, says, state string }{
		{"d declines", "d", "Declined", "ABORTED"},
		{"r shares nothing and pays nothing", "r", "Declined", "ABORTED"},
		{"c takes the next card, which this one's bank refuses", "ca", "✗", "CREATED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sim := simulator(t)
			h := pickUp(t, sim, "4712345678")
			told(t, h.out, "Waiting for requests")
			push(t, sim, "ride-000000001", "phoneNumber")
			told(t, h.out, "[r]efuse to share")
			_, err := h.keys.Write([]byte(c.keys))
			require.NoError(t, err)
			told(t, h.out, c.says)
			require.Equal(t, c.state, state(t, sim, "ride-000000001"))
		})
	}
}

func TestAPhoneThatAnswersByItselfWaitsInSimulatedTime(t *testing.T) {
	t.Parallel()
	sim := simulator(t)
	h := pickUp(t, sim, "4712345678", "--auto", "approve", "--delay", "2m")
	told(t, h.out, "Waiting for requests")
	push(t, sim, "ride-000000001")
	told(t, h.out, "Answers by itself")
	require.Equal(t, "CREATED", state(t, sim, "ride-000000001"))

	_, err := sim.Advance(t.Context(), 2*time.Minute)
	require.NoError(t, err)
	told(t, h.out, "Paid with card 4242")
	require.Equal(t, "AUTHORIZED", state(t, sim, "ride-000000001"))
}

func TestWhatWaitedIsShownOneAfterAnother(t *testing.T) {
	t.Parallel()
	sim := simulator(t)
	push(t, sim, "ride-000000001")
	push(t, sim, "ride-000000002")
	h := pickUp(t, sim, "4712345678")
	told(t, h.out, "[a]pprove")
	_, err := h.keys.Write([]byte("a"))
	require.NoError(t, err)
	told(t, h.out, "Paid", "[a]pprove")
	_, err = h.keys.Write([]byte("d"))
	require.NoError(t, err)
	told(t, h.out, "Declined")
}

func TestAPhoneThatIsNotThereIsToldWithThoseThatAre(t *testing.T) {
	t.Parallel()
	sim := simulator(t)
	h := pickUp(t, sim, "4799999999")
	_, err := io.ReadAll(h.out)
	require.NoError(t, err)
	status := <-h.status
	h.status <- status
	require.Equal(t, 1, status)
	require.Contains(t, h.errors.String(), "error  no phone has the number 4799999999\n       There are ")
	require.Contains(t, h.errors.String(), "4712345678 (Kari Demo)")
}
