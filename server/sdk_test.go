package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/openapi/openapitest"
)

// sdkDay is what testdata/sdk/flow.mjs prints.
type sdkDay struct {
	Create   struct{ RedirectURL, Reference string }
	TooEarly struct {
		OK    bool
		Error struct {
			Status       int
			Title        string
			ExtraDetails []struct{ Name, Reason string }
		}
	}
	Info, After struct {
		State     string
		Aggregate map[string]struct{ Value int64 }
	}
	History  []struct{ Name string }
	Webhooks []struct {
		Name                                           string
		SameSignature, SameHash, ForgedDiffers, Copied bool
	}
}

// The vendor's SDK is not changed: a hook loaded before it leads its requests
// here. The webhooks it registered for are checked by Microsoft's client of
// the same signature scheme, not by code of ours.
func TestTheVendorsOwnSDKWorksUnmodified(t *testing.T) {
	t.Parallel()
	day := runSDK(t)

	require.Equal(t, "sdk-ride-000001", day.Create.Reference)
	require.Contains(t, day.Create.RedirectURL, "/landing?token=")
	require.Equal(t, "CREATED", day.Info.State)
	require.False(t, day.TooEarly.OK, "a capture before approval is refused")

	require.Equal(t, "AUTHORIZED", day.After.State)
	require.EqualValues(t, 24900, day.After.Aggregate["authorizedAmount"].Value)
	require.EqualValues(t, 19900, day.After.Aggregate["capturedAmount"].Value)
	require.EqualValues(t, 5000, day.After.Aggregate["refundedAmount"].Value)
	require.EqualValues(t, 5000, day.After.Aggregate["cancelledAmount"].Value)

	names := []string{"CREATED", "AUTHORIZED", "CAPTURED", "REFUNDED", "CANCELLED"}
	require.Len(t, day.History, len(names))
	require.Len(t, day.Webhooks, len(names))
	for i, name := range names {
		require.Equal(t, name, day.History[i].Name)
		hook := day.Webhooks[i]
		require.Equal(t, name, hook.Name)
		require.True(t, hook.SameHash, "%s: content hash", name)
		require.True(t, hook.SameSignature, "%s: signature", name)
		require.True(t, hook.ForgedDiffers, "%s: another secret gives another signature", name)
		require.True(t, hook.Copied, "%s: X-Vipps-Authorization", name)
	}
}

func runSDK(t *testing.T) sdkDay {
	t.Helper()
	dir := filepath.Join("testdata", "sdk")
	_, err := os.Stat(filepath.Join(dir, "node_modules", "@vippsmobilepay", "sdk"))
	require.NoError(t, err, "the SDK is not installed: run make tools")

	port := freePort(t)
	sim, err := server.New(t.Context(), server.Options{
		Addr:   "127.0.0.1:0",
		Around: openapitest.New(t).Handler, // all it asks and is told is as we describe it
		// The receiver's name exists in this test only.
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Stop(context.Background())) })
	require.NoError(t, sim.Start(t.Context()))

	node := exec.CommandContext(t.Context(), "node", "--import", "./hook.mjs", "flow.mjs")
	node.Dir = dir
	node.Env = append(os.Environ(), "LIKSOM_URL="+sim.URL(), "RECEIVER_PORT="+strconv.Itoa(port))
	var out, complaints bytes.Buffer
	node.Stdout, node.Stderr = &out, &complaints
	require.NoError(t, node.Run(), complaints.String())
	var day sdkDay
	require.NoError(t, json.Unmarshal(out.Bytes(), &day), out.String())
	return day
}

// freePort finds a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	return l.Addr().(*net.TCPAddr).Port
}
