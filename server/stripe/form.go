package stripe

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// mostParams and deepest bound what a request may hold.
	mostParams = 5000
	deepest    = 10
)

// node is a parameter: a text, or further parameters by their names. The
// items of a list have numbers as names.
type node struct {
	text string
	leaf bool
	kids map[string]*node
}

// decodeForm reads application/x-www-form-urlencoded parameters with names in
// brackets, in any order (Stripe contract, section 2.1). Values that are sent
// twice under one name that is no list: the last one counts.
func decodeForm(raws ...string) (*node, *Error) {
	root, n := &node{}, 0
	for _, raw := range raws {
		for pair := range strings.SplitSeq(raw, "&") {
			if pair == "" {
				continue
			}
			if n++; n > mostParams {
				return nil, invalid("", "A request holds at most %d parameters.", mostParams)
			}
			if err := root.read(pair); err != nil {
				return nil, err
			}
		}
	}
	return root, nil
}

func (n *node) read(pair string) *Error {
	name, value, _ := strings.Cut(pair, "=")
	name, err := url.QueryUnescape(name)
	if err != nil {
		return invalid("", "The name of a parameter is not encoded as a form.")
	}
	if value, err = url.QueryUnescape(value); err != nil {
		return invalid(name, "The value is not encoded as a form.")
	}
	path := split(name)
	if len(path) > deepest {
		return invalid(name, "Parameters lie at most %d deep.", deepest)
	}
	if !n.set(path, value) {
		return invalid(name, "The parameter is both a value and an object.")
	}
	return nil
}

// split takes a name in brackets apart: "a[b][]" is a, b and "". What is not
// formed so is a name as it stands.
func split(name string) []string {
	first, rest, found := strings.Cut(name, "[")
	if !found || first == "" || !strings.HasSuffix(rest, "]") {
		return []string{name}
	}
	return append([]string{first}, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
}

// set puts a value where a path leads; false where something of another shape
// is there already.
func (n *node) set(path []string, value string) bool {
	if len(path) == 0 {
		if n.kids != nil {
			return false
		}
		n.text, n.leaf = value, true
		return true
	}
	if n.leaf {
		return false
	}
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	name := path[0]
	if name == "" {
		name = n.place(path[1:])
	}
	kid := n.kids[name]
	if kid == nil {
		kid = &node{}
		n.kids[name] = kid
	}
	return kid.set(path[1:], value)
}

// place is the number that an item without one has: the last one's, unless
// that has this member already.
func (n *node) place(rest []string) string {
	last := len(n.kids) - 1
	if last >= 0 && len(rest) > 0 {
		name := strconv.Itoa(last)
		if kid := n.kids[name]; kid != nil && !kid.has(rest) {
			return name
		}
	}
	return strconv.Itoa(last + 1)
}

func (n *node) has(path []string) bool {
	for _, name := range path {
		if name == "" {
			return false // there is always room for one more
		}
		if n = n.kids[name]; n == nil {
			return false
		}
	}
	return true
}

// names are the names of the parameters in an object, or the numbers of a
// list, in order.
func (n *node) names() []string {
	names := make([]string, 0, len(n.kids))
	for name := range n.kids {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		x, errX := strconv.Atoi(a)
		y, errY := strconv.Atoi(b)
		if errX == nil && errY == nil && x != y {
			return x - y
		}
		return strings.Compare(a, b)
	})
	return names
}

// walk visits all values with their paths, in order.
func (n *node) walk(path []string, visit func(path []string, value string)) {
	if n.leaf {
		visit(path, n.text)
		return
	}
	for _, name := range n.names() {
		n.kids[name].walk(append(path, name), visit)
	}
}

// bracketed is a path as its sender writes it.
func bracketed(path []string) string {
	if len(path) < 2 {
		return strings.Join(path, "")
	}
	return path[0] + "[" + strings.Join(path[1:], "][") + "]"
}

// canonical is the same text for the same parameters in whatever order.
func (n *node) canonical() string {
	var b strings.Builder
	n.walk(nil, func(path []string, value string) {
		b.WriteString(strconv.Quote(bracketed(path)))
		b.WriteByte('=')
		b.WriteString(strconv.Quote(value))
		b.WriteByte('\n')
	})
	return b.String()
}
