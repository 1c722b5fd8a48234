package gateway_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/gateway"
	"liksom/server/ident"
)

// Nothing but what was given out is a token, however near it comes.
func FuzzTokens(f *testing.F) {
	tokens := gateway.NewIssuer(ident.Seeded("fuzz"))
	real, _, err := tokens.Issue(taxi, false)
	require.NoError(f, err)
	parts := strings.Split(real, ".")
	f.Add(real)
	f.Add(parts[0] + "." + parts[1] + ".")
	f.Add("eyJhbGciOiJub25lIn0." + parts[1] + ".")
	f.Add(real + ".")
	f.Add("..")
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := tokens.Verify(token)
		if token == real {
			require.NoError(t, err)
			require.Equal(t, taxi, claims.Client)
			return
		}
		require.Error(t, err)
	})
}
