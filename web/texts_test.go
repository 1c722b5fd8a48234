package web_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/web"
)

var placeholder = regexp.MustCompile(`\{\w+\}`)

func TestTexts_have_every_language_and_placeholder(t *testing.T) {
	t.Parallel()
	for key, forms := range web.New(web.Options{}).Texts() {
		want := placeholder.FindAllString(forms["en"], -1)
		slices.Sort(want)
		require.Len(t, forms, len(web.Languages()), key)
		for _, lang := range web.Languages() {
			require.NotEmpty(t, forms[lang], "%s in %s", key, lang)
			got := placeholder.FindAllString(forms[lang], -1)
			slices.Sort(got)
			require.Equal(t, want, got, "%s in %s", key, lang)
		}
	}
}

func TestTexts_hold_every_key_that_pages_ask_for(t *testing.T) {
	t.Parallel()
	texts := web.New(web.Options{}).Texts()
	asked := regexp.MustCompile(`(?:\.T |\$\.T |Rich |, )"([a-z]+\.[a-zA-Z.]+)"|"((?:ph|sc|result|landing|live|scope|wallet|ctl|wall|log|ask|app|clock)\.[a-zA-Z.]+)"`)
	found := 0
	for _, file := range []string{
		"templates/landing.html", "templates/trouble.html", "templates/phone.html", "templates/phone-unknown.html", "templates/parts.html",
		"static/phone/screens.js", "static/phone/main.js", "static/phone/controls.js", "static/phone/device.js", "static/phone/codes.js",
		"static/phone/me.js", "static/phone/looking.js", "static/phone/wall.js", "static/phone/request.js", "static/phone/log.js", "static/phone/bar.js", "static/phone/copy.js",
		"static/phone/keys.js", "static/phone/spoken.js", "templates/phones.html",
	} {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range asked.FindAllStringSubmatch(string(body), -1) {
			key := m[1] + m[2]
			if strings.HasSuffix(key, ".") || strings.HasSuffix(key, ".js") || strings.HasSuffix(key, ".css") {
				continue // the rest is added by a script
			}
			found++
			require.NotNil(t, texts[key], "%s asks for %s", file, key)
		}
	}
	require.Greater(t, found, 80, "the pattern finds the keys")
}

func TestSay_fills_placeholders_and_chooses_the_form_for_one(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	require.Equal(t, "Betal 350,00 kr til Demo Taxi", s.Say("nb", "landing.title", "merchant", "Demo Taxi", "amount", "350,00 kr"))
	require.Equal(t, "4 minutes left.", s.Say("en", "ph.push.left", "n", "4"))
	require.Equal(t, "1 minute left.", s.Say("en", "ph.push.left", "n", "1"))
	require.Equal(t, "Ends soon.", s.Say("en", "ph.push.left", "n", "0"))
	require.Equal(t, "Next", s.Say("de", "landing.next"), "English where a language is missing")
	require.Equal(t, "no.such.key", s.Say("en", "no.such.key"))
	require.Equal(t, "to {amount}", s.Say("en", "result.paid.to", "merchant", "{amount}", "amount", "x"), "values are not filled again")
}

func TestLanguage_is_asked_for_or_kept_or_preferred(t *testing.T) {
	t.Parallel()
	s := web.New(web.Options{})
	for name, c := range map[string]struct{ path, cookie, header, want string }{
		"nothing said":          {"/", "", "", "en"},
		"the address wins":      {"/?lang=fi", "da", "sv", "fi"},
		"the cookie comes next": {"/", "da", "sv", "da"},
		"then the browser":      {"/", "", "sv-SE,sv;q=0.9,en;q=0.8", "sv"},
		"by its weights":        {"/", "", "en;q=0.2, da;q=0.7, fi;q=0.5", "da"},
		"no counts as nb":       {"/?lang=no", "", "", "nb"},
		"nn counts as nb":       {"/", "", "nn-NO", "nb"},
		"unknown ones do not":   {"/?lang=xx", "yy", "de, fr", "en"},
		"refused ones do not":   {"/", "", "da;q=0", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			if c.cookie != "" {
				r.AddCookie(&http.Cookie{Name: "liksom_lang", Value: c.cookie})
			}
			r.Header.Set("Accept-Language", c.header)
			require.Equal(t, c.want, s.Language(httptest.NewRecorder(), r))
		})
	}
}
