package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/config"
)

const whole = `# what the shop's tests begin with
settings:
  rateLimit: true
  landingWindow: 3m
  brand: {vipps: {label: Purse}}
merchants:
  - msn: 123456
    switches: {bankVerified: false}
  - &shop
    name: New Shop
    market: DK
phones:
  - number: 4712345678
    cards:
      - {id: one, name: Card, bin: 001234, last4: 0002, outcome: works}
autopilots:
  - {number: "4712345678", mode: approve, delay: 2s}
faults:
  - match: {target: api}
    do: {code: 6260}
    times: 1
`

func TestAFileIsReadAsBodies(t *testing.T) {
	t.Parallel()
	f, err := config.Parse("liksom.yaml", []byte(whole))
	require.NoError(t, err)
	require.JSONEq(t, `{"rateLimit":true,"landingWindow":"3m","brand":{"vipps":{"label":"Purse"}}}`, string(f.Settings()))
	require.Equal(t, []string{"brand", "landingWindow", "rateLimit"}, f.SettingNames())
	require.Len(t, f.List("merchants"), 2)
	require.JSONEq(t, `{"msn":"123456","switches":{"bankVerified":false}}`, string(f.List("merchants")[0]))
	require.JSONEq(t, `{"name":"New Shop","market":"DK"}`, string(f.List("merchants")[1]))
	require.JSONEq(t, `{"number":"4712345678","cards":[{"id":"one","name":"Card","bin":"001234","last4":"0002","outcome":"works"}]}`, string(f.List("phones")[0]))
	require.JSONEq(t, `{"number":"4712345678","mode":"approve","delay":"2s"}`, string(f.List("autopilots")[0]))
	require.JSONEq(t, `{"match":{"target":"api"},"do":{"code":"6260"},"times":1}`, string(f.List("faults")[0]))
}

func TestAFileMaySayNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"empty": "", "a comment": "# nothing\n", "null": "~\n", "empty lists": "merchants:\nsettings:\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := config.Parse("x", []byte(text))
			require.NoError(t, err)
			require.JSONEq(t, `{}`, string(f.Settings()))
			require.Empty(t, f.List("merchants"))
		})
	}
}

func TestAMistakeIsShownWhereItIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, says string
		line, column     int
	}{
		{"a broken text", "settings:\n  a: [1\n", "", 2, 6},
		{"a section that is none", "settings: {}\nmerchant:\n  - {}\n", "merchant: There is no member of this name here. Did you mean merchants?", 2, 1},
		{"a list that is none", "phones: 4712345678\n", "This must be a list: begin each entry with a hyphen.", 1, 1},
		{"an entry that is no object", "phones:\n  - number: 1\n  - 4712345678\n", "This must be an object: members with a colon and a value.", 3, 5},
		{"settings that are no object", "settings: fast\n", "This must be an object: members with a colon and a value.", 1, 1},
		{"a file that is a list", "- a\n", "The file must hold members: settings, stripe, merchants, phones, autopilots, faults.", 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Parse("liksom.yaml", []byte(c.text))
			var mistake *config.Error
			require.ErrorAs(t, err, &mistake)
			require.Equal(t, []int{c.line, c.column}, []int{mistake.Line, mistake.Column})
			if c.says != "" {
				require.Equal(t, c.says, mistake.Reason)
			}
			require.Contains(t, mistake.Excerpt, "▲")
		})
	}
}

func TestWhatOthersFindWrongIsShownInTheFile(t *testing.T) {
	t.Parallel()
	f, err := config.Parse("liksom.yaml", []byte(whole))
	require.NoError(t, err)
	for _, c := range []struct {
		field        string
		way          []string
		line, column int
	}{
		{"landingWindow", []string{"settings"}, 4, 3},
		{"brand.vipps.label", []string{"settings"}, 5, 19},
		{"bankVerified", []string{"merchants", "0"}, 8, 16}, // a name without its path
		{"switches.bankVerified", []string{"merchants", "0"}, 8, 16},
		{"msn", []string{"merchants", "1"}, 9, 5}, // it is missing: the entry
		{"cards[0].last4", []string{"phones", "0"}, 15, 44},
		{"$", []string{"faults", "0"}, 19, 5},
	} {
		t.Run(c.field, func(t *testing.T) {
			t.Parallel()
			var mistake *config.Error
			require.ErrorAs(t, f.Explain(c.field, "No.", c.way...), &mistake)
			require.Equal(t, []int{c.line, c.column}, []int{mistake.Line, mistake.Column})
		})
	}
	var mistake *config.Error
	require.ErrorAs(t, f.Explain("landingWindow", "Too long.", "settings"), &mistake)
	require.Equal(t, "liksom.yaml:4:3: landingWindow: Too long.", mistake.Error())
	require.Equal(t, "2 │ settings:\n3 │   rateLimit: true\n4 │   landingWindow: 3m\n  │   ▲\n5 │   brand: {vipps: {label: Purse}}\n6 │ merchants:\n", mistake.Excerpt)
}

func TestAFileIsReadFromDisk(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "liksom.yaml")
	_, err := config.Read(name)
	require.ErrorContains(t, err, name)
	require.NoError(t, os.WriteFile(name, []byte(whole), 0o600))
	f, err := config.Read(name)
	require.NoError(t, err)
	require.Len(t, f.List("phones"), 1)
}

func FuzzAnyTextIsReadOrRefused(f *testing.F) {
	for _, s := range []string{whole, "", "a: &x [*x]", "settings: *none", "- - -", "merchants: [{msn: 1}, 2]", "? a\n: b", "\x00", "phones:\n - <<: {a: 1}\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file, err := config.Parse("f", []byte(s))
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, name := range file.SettingNames() {
			require.Error(t, file.Explain(name, "No.", "settings"))
		}
	})
}
