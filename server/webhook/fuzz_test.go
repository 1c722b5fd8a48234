package webhook_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

func FuzzSignaturesOfStrangers(f *testing.F) {
	f.Add("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=Zm9v", "Thu, 01 Oct 2026 11:04:12 GMT", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "/hook?a=b", []byte(""))
	f.Add("", "", "", "", []byte("{}"))
	f.Add("HMAC-SHA256 Signature=", "\xff", "\x00", "//", []byte{0})
	f.Fuzz(func(t *testing.T, signature, date, hash, uri string, body []byte) {
		h := http.Header{"Authorization": {signature}, webhook.HeaderDate: {date}, webhook.HeaderHash: {hash}}
		require.Error(t, webhook.Verify("a secret nobody knows", "POST", uri, "shop.example", h, body))
	})
}

func FuzzURLs(f *testing.F) {
	for _, raw := range []string{"https://shop.example/hook", "http://127.0.0.1:8080/", "https://[::1%25eth0]/", "https://a:99999/", "//a", "https://\u00e6.example/", "\x00"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := webhook.ParseURL(raw)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.NotEmpty(t, u.Hostname())
		_ = webhook.Objection(u)
		_, err = http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), nil)
		require.NoError(t, err, "what is registered can be called")
	})
}

func FuzzFreshness(f *testing.F) {
	f.Add("Thu, 01 Oct 2026 11:04:12 GMT")
	f.Add("2026-10-01")
	f.Fuzz(func(t *testing.T, date string) {
		now := time.Date(2026, 10, 1, 11, 4, 12, 0, time.UTC)
		if webhook.Fresh(http.Header{webhook.HeaderDate: {date}}, now, time.Minute) != nil {
			return
		}
		at, err := http.ParseTime(date)
		require.NoError(t, err)
		require.WithinDuration(t, now, at, time.Minute)
	})
}
