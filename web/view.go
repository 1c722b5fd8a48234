package web

import (
	"html/template"
	"strings"
	"time"
)

// View is what templates see: the page, and what every page needs said.
type View struct {
	Page
	Nonce string

	site    *Site
	prefix  string
	address string
}

// T is a text in the page's language; args are pairs of a placeholder's name
// and its value.
func (v *View) T(key string, args ...string) string { return v.site.Say(v.Lang, key, args...) }

// Said is a text in another language than the page's.
func (v *View) Said(lang, key string) string { return v.site.Say(lang, key) }

// Count is the number of what stands at an index.
func (*View) Count(index int) int { return index + 1 }

// Rich is a text with one value set in bold; args are further pairs.
func (v *View) Rich(key, name, value string, args ...string) template.HTML {
	head, tail, _ := strings.Cut(v.site.Say(v.Lang, key, args...), "{"+name+"}")
	escape := template.HTMLEscapeString
	return template.HTML(escape(head) + `<b class="num strong">` + escape(value) + `</b>` + escape(tail)) //nolint:gosec // all escaped
}

// Link is the address of one of our pages, given its path in the world.
func (v *View) Link(path string) string { return v.prefix + path }

// Asset is the address of a file, changing with the files' content.
func (v *View) Asset(name string) string { return v.prefix + v.site.assets.path(name) }

// Address is the world's base address, to show to people.
func (v *View) Address() string { return v.address }

// Prefix is the path that the world's links begin with.
func (v *View) Prefix() string { return v.prefix }

// Wallet is the label of the page's skin.
func (v *View) Wallet() string { return v.site.Label(v.Brand) }

// Label is the label of any skin.
func (v *View) Label(brand string) string { return v.site.Label(brand) }

// Amount is money in the page's language.
func (v *View) Amount(currency string, value int64) string { return Amount(v.Lang, currency, value) }

// Time is a time of day with seconds, in the site's zone.
func (v *View) Time(t time.Time) string { return TimeOfDay(v.Lang, t.In(v.site.opts.Zone), true) }

// Languages are those the texts exist in.
func (v *View) Languages() []string { return Languages() }

// LanguageName is a language's own name for itself.
func (v *View) LanguageName(lang string) string { return v.site.Say(lang, "lang.name") }

// TimeOfDay is [View.Time] for who renders no template.
func (s *Site) TimeOfDay(lang string, t time.Time) string {
	return TimeOfDay(lang, t.In(s.opts.Zone), true)
}
