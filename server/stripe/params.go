package stripe

import (
	"slices"
	"strconv"
	"strings"
)

// params are a request's parameters as they are read: the first mistake is
// kept, and reading goes on, so that handlers read straight through and ask
// once whether all was well.
type params struct {
	root *node
	err  *Error
}

func (p *params) wrong(err *Error) {
	if p.err == nil {
		p.err = err
	}
}

// at is a parameter by its path.
func (p *params) at(path ...string) field {
	f := field{p: p, n: p.root}
	for _, name := range path {
		f = f.at(name)
	}
	return f
}

// field is a place where a parameter may be.
type field struct {
	p    *params
	n    *node // nil where there is none
	path []string
}

func (f field) at(name string) field {
	below := field{p: f.p, path: append(slices.Clip(f.path), name)}
	if f.n != nil {
		below.n = f.n.kids[name]
	}
	return below
}

// name is how the sender writes the parameter.
func (f field) name() string { return bracketed(f.path) }

// given tells whether anything was sent, even if it is empty.
func (f field) given() bool { return f.n != nil }

// text is a value; "" where there is none.
func (f field) text() string {
	switch {
	case f.n == nil:
		return ""
	case !f.n.leaf:
		f.p.wrong(invalid(f.name(), "The parameter must be a value, not an object."))
		return ""
	}
	return f.n.text
}

// needed is a value that must be there and not be empty.
func (f field) needed() string {
	switch text := f.text(); {
	case f.n == nil:
		f.p.wrong(missing(f.name()))
	case text == "" && f.n.leaf:
		f.p.wrong(refuse(400, "parameter_invalid_empty", f.name(), "The parameter %s must not be empty.", f.name()).early())
	default:
		return text
	}
	return ""
}

// orNil is a value, nil where there is none or an empty one.
func (f field) orNil() *string {
	if text := f.text(); text != "" {
		return &text
	}
	return nil
}

// change puts a value where one was sent: an empty one takes it away.
func (f field) change(into **string) {
	if f.given() {
		*into = f.orNil()
	}
}

// number is a whole number, 0 where there is none.
func (f field) number() int64 {
	text := f.text()
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f.p.wrong(refuse(400, "parameter_invalid_integer", f.name(), "The parameter %s must be a whole number, not %q.", f.name(), text).early())
	}
	return n
}

func (f field) yes() bool { return f.word("", "true", "false") == "true" }

// word is one of some values, or the usual one where none was sent.
func (f field) word(usual string, of ...string) string {
	text := f.text()
	if text == "" {
		return usual
	}
	if !slices.Contains(of, text) {
		f.p.wrong(invalid(f.name(), "The parameter %s must be one of %s, not %q.", f.name(), strings.Join(of, ", "), text))
		return usual
	}
	return text
}

// items are those of a list.
func (f field) items() []field {
	if f.n == nil || f.n.leaf && f.n.text == "" {
		return nil
	}
	if f.n.leaf {
		f.p.wrong(invalid(f.name(), "The parameter %s must be a list.", f.name()))
		return nil
	}
	var found []field
	for _, name := range f.n.names() {
		if _, err := strconv.Atoi(name); err != nil {
			f.p.wrong(invalid(f.name(), "The parameter %s must be a list.", f.name()))
			return nil
		}
		found = append(found, f.at(name))
	}
	return found
}

// texts are the values of a list.
func (f field) texts() []string {
	var found []string
	for _, item := range f.items() {
		found = append(found, item.text())
	}
	return found
}

const (
	mostMetadata    = 50
	longestMetaName = 40
	longestMetaText = 500
)

// metadata is what was there with what was sent: an empty value removes its
// key, an empty parameter all of them. What was there is not changed.
func (f field) metadata(before map[string]string) map[string]string {
	now := map[string]string{}
	if f.n == nil {
		return before
	}
	if f.n.leaf {
		if f.n.text != "" {
			f.p.wrong(invalid(f.name(), "The parameter %s must be an object.", f.name()))
		}
		return now
	}
	for name, value := range before {
		now[name] = value
	}
	for _, name := range f.n.names() {
		switch text := f.at(name).text(); {
		case text == "":
			delete(now, name)
		case len([]rune(name)) > longestMetaName || len([]rune(text)) > longestMetaText:
			f.p.wrong(invalid(f.at(name).name(), "Keys of metadata have at most %d characters, values %d.", longestMetaName, longestMetaText))
		default:
			now[name] = text
		}
	}
	if len(now) > mostMetadata {
		f.p.wrong(invalid(f.name(), "Metadata hold at most %d keys.", mostMetadata))
	}
	return now
}

// members are values by name, "" and what is missing as nil.
func (f field) members(names ...string) object {
	o := object{}
	for _, name := range names {
		o[name] = f.at(name).orNil()
	}
	return o
}

// everywhere are the parameters of every call: the browser's own, and those of
// Stripe that mean nothing here and are taken all the same.
var everywhere = words(`expand key client_secret _stripe_version _stripe_account on_behalf_of transfer_data.* transfer_group
	application_fee_amount radar_options.* mandate mandate_data.* hooks.* amount_details.* payment_details.*`)

func words(text string) []string { return strings.Fields(text) }

// known refuses the first parameter that a call does not have. Names are
// joined with dots; one that ends in ".*" has whatever lies below it.
func (p *params) known(names []string) {
	p.root.walk(nil, func(path []string, _ string) {
		plain := slices.DeleteFunc(slices.Clone(path), func(name string) bool {
			_, err := strconv.Atoi(name)
			return err == nil
		})
		dotted := strings.Join(plain, ".")
		if !among(names, dotted) && !among(everywhere, dotted) {
			p.wrong(refuse(400, "parameter_unknown", bracketed(path), "There is no parameter %s here.", bracketed(path)).early())
		}
	})
}

func among(names []string, name string) bool {
	for _, known := range names {
		if known == name {
			return true
		}
		if above, all := strings.CutSuffix(known, ".*"); all && (name == above || strings.HasPrefix(name, above+".")) {
			return true
		}
	}
	return false
}

// exclusive refuses more than one of some parameters.
func (p *params) exclusive(names ...string) {
	var sent []string
	for _, name := range names {
		if p.at(name).given() {
			sent = append(sent, name)
		}
	}
	if len(sent) > 1 {
		p.wrong(refuse(400, "parameters_exclusive", sent[1], "Send only one of %s.", strings.Join(sent, ", ")).early())
	}
}
