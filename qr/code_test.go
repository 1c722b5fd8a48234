package qr_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/qr"
)

func TestReadTellsWhatATextSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		want    qr.Code
	}{
		"a one-time code":                       {"http://localhost:8080/qr/pAbCdEfGhIj", qr.Code{Kind: qr.OneTime, ID: "pAbCdEfGhIj"}},
		"a one-time code of a world":            {"http://localhost:8080/w/ci-42/qr/pAbCdEfGhIj", qr.Code{Kind: qr.OneTime, ID: "pAbCdEfGhIj"}},
		"blanks around it":                      {" http://localhost:8080/qr/pAbCdEfGhIj\n", qr.Code{Kind: qr.OneTime, ID: "pAbCdEfGhIj"}},
		"another own host in capitals":          {"HTTPS://PAY.EXAMPLE/qr/pAbCdEfGhIj", qr.Code{Kind: qr.OneTime, ID: "pAbCdEfGhIj"}},
		"a one-time code at an address of six":  {"http://[::1]:8080/qr/pAbCdEfGhIj", qr.Code{Kind: qr.OneTime, ID: "pAbCdEfGhIj"}},
		"a merchant's redirect code":            {"http://localhost:8080/qr/rAbCdEfGh", qr.Code{Kind: qr.Redirect, ID: "rAbCdEfGh"}},
		"a merchant's callback code":            {"http://localhost:8080/qr/cAbCdEfGh", qr.Code{Kind: qr.Callback, ID: "cAbCdEfGh"}},
		"an id of the wrong length":             {"http://localhost:8080/qr/pAbC", qr.Code{Kind: qr.Unknown, ID: "pAbC"}},
		"an id with other characters":           {"http://localhost:8080/qr/pAbCdEfGh-j", qr.Code{Kind: qr.Unknown, ID: "pAbCdEfGh-j"}},
		"a landing page":                        {"http://localhost:8080/w/ci-42/landing?token=pA.b%2Bc", qr.Code{Kind: qr.Landing, Token: "pA.b+c"}},
		"a landing page without a token":        {"http://localhost:8080/landing", qr.Code{Kind: qr.Unknown}},
		"a native app's link":                   {"vippsMT://?token=pA.bc", qr.Code{Kind: qr.Landing, Token: "pA.bc"}},
		"any other page of ours":                {"http://localhost:8080/phone", qr.Code{Kind: qr.Unknown}},
		"a personal code with the number":       {"https://qr.vipps.no/28/2/01/031/4712345678?v=1", qr.Code{Kind: qr.Personal, Number: "4712345678"}},
		"a short personal code with the number": {"https://qr.vipps.no/p/4712345678", qr.Code{Kind: qr.Personal, Number: "4712345678"}},
		"a personal code with a token":          {"https://qr.vipps.no/p/abcDEF", qr.Code{Kind: qr.Personal, Token: "abcDEF"}},
		"a real merchant's code":                {"https://qr.vipps.no/r/o0lw2TeK", qr.Code{Kind: qr.Foreign, Host: "qr.vipps.no"}},
		"a foreign link":                        {"https://evil.example:99/qr/pAbCdEfGhIj", qr.Code{Kind: qr.Foreign, Host: "evil.example:99"}},
		"our name as a part of a foreign one":   {"https://localhost:8080.evil.example/qr/p", qr.Code{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := qr.Read(c.content, "localhost:8080", "pay.example", "[::1]")
			if c.want.Kind == "" {
				require.ErrorIs(t, err, qr.ErrNoLink)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestReadRefusesWhatIsNoLink(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "hello", "WIFI:S:cafe;;", "mailto:a@b.example", "http://", "javascript:alert(1)", "\x00"} {
		_, err := qr.Read(content, "localhost")
		require.ErrorIs(t, err, qr.ErrNoLink, "%q", content)
	}
}

func TestATargetIsReadBack(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://localhost:8080", "http://localhost:8080/", "http://localhost:8080/w/a"} {
		got, err := qr.Read(qr.Target(base, "p0123456789"), "localhost:8080")
		require.NoError(t, err)
		require.Equal(t, qr.Code{Kind: qr.OneTime, ID: "p0123456789"}, got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("http://localhost:8080/qr/pAbCdEfGhIj")
	f.Add("https://qr.vipps.no/28/2/01/031/4712345678?v=1")
	f.Fuzz(func(t *testing.T, content string) {
		c, err := qr.Read(content, "localhost:8080")
		require.Equal(t, err != nil, c.Kind == "")
		if c.Kind == qr.Foreign {
			require.NotEmpty(t, c.Host)
		}
	})
}
