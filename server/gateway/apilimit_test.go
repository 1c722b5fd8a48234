package gateway_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/gateway"
)

func TestAnAPIMayTakeLargerBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	headers := []string{key, "Authorization: Bearer " + w.token(taxi)}
	h := w.api(gateway.API{MaxBody: 2 << 20})
	require.Equal(t, 200, ask(h, "POST", path, strings.Repeat("x", 2<<20), headers...).Code)
	refused := ask(h, "POST", path, strings.Repeat("x", 2<<20+1), headers...)
	require.Equal(t, 413, refused.Code)
	require.Contains(t, refused.Body.String(), "2 MiB at most")
	require.Equal(t, 413, ask(w.api(gateway.API{}), "POST", path, strings.Repeat("x", 1<<20+1), headers...).Code, "1 MiB where no other is said")
}

func TestAnAPIMayTakeLongerSystemHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := "Vipps-System-Name: " + strings.Repeat("x", 31)
	longer := "Vipps-System-Version: " + strings.Repeat("x", 101)
	ask(w.api(gateway.API{SystemHeader: 100}), "POST", path, "", key, "Authorization: Bearer "+w.token(taxi), long, longer)
	require.Equal(t, []string{"the header Vipps-System-Version has more than 100 characters"}, w.Log.Calls(gateway.Filter{})[0].Notes)
	ask(w.api(gateway.API{}), "POST", path, "", key, "Authorization: Bearer "+w.token(taxi), long)
	require.Equal(t, []string{"the header Vipps-System-Name has more than 30 characters"}, w.Log.Calls(gateway.Filter{})[0].Notes)
}
