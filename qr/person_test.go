package qr_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/qr"
)

func TestAPersonalCodeIsReadBack(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]qr.Person{
		"in clear":         {Number: "4712345678", Version: qr.PlainVersion},
		"as a token":       {Number: "4512345678", Version: qr.TokenVersion, MadeAt: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)},
		"of a long number": {Number: "35840123456789", Version: qr.TokenVersion, MadeAt: time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := qr.ReadPerson(p.Code())
			require.True(t, ok, p.Code())
			require.Equal(t, p, got)
			require.LessOrEqual(t, len(p.Code()), 255)
			read, err := qr.Read(p.Code(), "localhost")
			require.NoError(t, err)
			require.Equal(t, qr.Personal, read.Kind)
		})
	}
	token := qr.Person{Number: "4512345678", Version: qr.TokenVersion, MadeAt: now}.Code()
	require.NotContains(t, token, "4512345678")
	require.NotEqual(t, token, qr.Person{Number: "4512345678", Version: qr.TokenVersion, MadeAt: now.Add(time.Second)}.Code(), "new each time")
}

func TestWhatIsNoPersonalCode(t *testing.T) {
	t.Parallel()
	token := qr.Person{Number: "4512345678", Version: qr.TokenVersion, MadeAt: now}.Code()
	for name, content := range map[string]string{
		"nothing":                "",
		"a number alone":         "4712345678",
		"another host":           "https://qr.example/28/2/01/031/4712345678?v=1",
		"without encryption":     "http://qr.vipps.no/28/2/01/031/4712345678?v=1",
		"a shop's number":        "https://qr.vipps.no/28/2/05/031/12345",
		"a number that is none":  "https://qr.vipps.no/28/2/01/031/4712345",
		"a token with a mistake": token[:len(token)-1] + "!",
		"a token cut short":      token[:len(token)-2],
		"a token of another one": token[:30] + "A" + token[31:],
		"letters for a token":    "https://qr.vipps.no/p/abc",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ok := qr.ReadPerson(content)
			require.False(t, ok)
		})
	}
}

func FuzzReadPerson(f *testing.F) {
	f.Add("https://qr.vipps.no/28/2/01/031/4712345678?v=1")
	f.Add("https://qr.vipps.no/p/4712345678")
	f.Add(qr.Person{Number: "4512345678", Version: qr.TokenVersion, MadeAt: now}.Code())
	f.Fuzz(func(t *testing.T, content string) {
		p, ok := qr.ReadPerson(content)
		if !ok {
			return
		}
		again, ok := qr.ReadPerson(p.Code())
		require.True(t, ok)
		require.Equal(t, p, again)
	})
}

func TestABorderIsAsWideAsAskedFor(t *testing.T) {
	t.Parallel()
	const content = base + "/qr/rAbCdEfGh"
	for _, p := range []qr.Picture{
		{Format: qr.PNG, Size: 1024, Bordered: true}, {Format: qr.PNG, Size: 1024, Bordered: true, Border: 8},
		{Format: qr.PNG, Size: 400, Bordered: true, Border: 100}, {Format: qr.PNG, Size: 100, Bordered: true, Border: 100},
		{Format: qr.PNG, Size: 2000, Bordered: true, Border: 100},
	} {
		t.Run(p.Token(), func(t *testing.T) {
			t.Parallel()
			body, err := qr.DrawPicture(content, p)
			require.NoError(t, err)
			said, err := qr.Decode(body)
			require.NoError(t, err)
			require.Equal(t, content, said)
		})
	}
	body, err := qr.DrawPicture(content, qr.Picture{Format: qr.SVG, Bordered: true})
	require.NoError(t, err)
	require.Contains(t, string(body), `translate(0 0)`)
	usual, err := qr.DrawPicture(content, qr.Picture{Format: qr.SVG})
	require.NoError(t, err)
	require.Contains(t, string(usual), `translate(4 4)`)
}

func FuzzParseToken(f *testing.F) {
	for _, token := range []string{"p0123456789.svg", "r01234567.png.1024", "c01234567.png.100.b100", "r01234567.svg.b0", "r01234567.png.-1", "r01234567.svg.b-1", "", "."} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		p, ok := qr.ParseToken(token)
		if !ok {
			return
		}
		require.Equal(t, token, p.Token())
		_, err := qr.DrawPicture(qr.Target(base, p.Code), p)
		require.NoError(t, err)
	})
}
