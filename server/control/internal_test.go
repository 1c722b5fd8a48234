package control

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"5m", "7d", "1d12h", "-5m", "", "d", "1d-1h", "106751d", "106752d", "9223372036854775807ns", "1d9223372036854775807ns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDuration(s)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, d, time.Duration(0))
		again, err := parseDuration(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again)
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "{", "{}", "null", `{"name":1}`, `{"nam":"x"}`, `{"cards":[{"id":"a"}],"profile":{"addresses":[{}]}}`, "{\"\xff\":1}", `{"latency":"1d"}`, `{"a":1,}`, `{"age":1e99}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var v phoneView
		err := decodeBytes(body, &v)
		if err == nil {
			require.True(t, json.Valid(body))
			return
		}
		var refusal *failure
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, 400, refusal.status)
		require.NotEmpty(t, refusal.detail)
		require.True(t, utf8.ValidString(refusal.detail) || !utf8.Valid(body))
	})
}

func TestEveryErrorThatMayBeToldHasAStatusAndATitle(t *testing.T) {
	t.Parallel()
	for code, m := range meanings {
		doc, known := refused(&PhoneError{Code: code, Message: "No."})
		require.True(t, known)
		require.Equal(t, m.status, doc.Status)
		require.NotEmpty(t, doc.Title, code)
	}
	_, known := refused(errors.New("trouble"))
	require.False(t, known)
}
