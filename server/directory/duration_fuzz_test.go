package directory_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

func FuzzDuration(f *testing.F) {
	for _, s := range []string{`"5m"`, `"1.5s"`, `"-1h"`, `5`, `null`, `"9223372036854775807ns"`, `"\u00b5s"`, `""`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var d, again directory.Duration
		if json.Unmarshal(body, &d) != nil {
			return
		}
		text, err := json.Marshal(d)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, d, again)
	})
}
