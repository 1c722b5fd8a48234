package phoneapp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/payment"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a value's JSON with a file; codes drawn are left out.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(value))
	body := regexp.MustCompile(`"p\w{10}"`).ReplaceAll(got.Bytes(), []byte(`"p0123456789"`))
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, body, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(body))
}

// failing is a store that can be told to fail.
type failing struct {
	phoneapp.Payments
	fails atomic.Bool
}

func (f *failing) Get(ctx context.Context, id payment.ID) (payment.Payment, error) {
	if f.fails.Load() {
		return payment.Payment{}, errors.New("the disk is on fire")
	}
	return f.Payments.Get(ctx, id)
}
