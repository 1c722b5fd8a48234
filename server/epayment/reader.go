package epayment

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"liksom/server/problem"
)

// reader takes the members of a request's body one by one, in a fixed order.
// It collects all that is wrong with them, and beside that a print of what was
// understood: two bodies that mean the same have the same one, whatever their
// spacing and order (ePayment contract, sections 1.5 and 7).
//
// Members are asked for by the node of their object. A node of -1, which a
// missing object has, has no members and breaks no rule.
type reader struct {
	tree
	wrong []problem.Detail
	print []byte
	owner *readers
}

const (
	absent = int32(-1)
	root   = int32(0)
)

// readers lends readers out: a request needs one for a moment only.
type readers struct{ idle sync.Pool }

// of gives a reader for a body, which must hold an object. It must be closed.
func (rs *readers) of(body []byte) (*reader, error) {
	r, ok := rs.idle.Get().(*reader)
	if !ok {
		r = &reader{owner: rs}
	}
	if bad := r.parse(body); bad != nil {
		r.close()
		return nil, invalid{*bad}
	}
	if r.nodes[root].kind != isObject {
		r.close()
		return nil, invalid{{Name: "$", Reason: "Line 1, column 1: an object was expected, in braces."}}
	}
	r.nodes[root].seen = true
	return r, nil
}

// close gives the reader back. The texts it gave out stay good.
func (r *reader) close() {
	const most = 512 // nodes; the memory of an unusual body is let go
	if cap(r.nodes) > most {
		return
	}
	clear(r.nodes)
	r.tree = tree{nodes: r.nodes[:0]}
	r.wrong, r.print = nil, r.print[:0]
	r.owner.idle.Put(r)
}

// digest is the print of what was understood.
func (r *reader) digest() [sha256.Size]byte { return sha256.Sum256(r.print) }

// find gives a member's node, the last one of that name. Names match without
// regard to case; null counts as absent.
func (r *reader) find(of int32, name string) int32 {
	found := absent
	if of == absent {
		return found
	}
	for i := of + 1; i < r.nodes[of].next; i = r.nodes[i].next {
		n := &r.nodes[i]
		if len(n.name) == len(name) && strings.EqualFold(n.name, name) {
			n.seen, n.name = true, name
			found = i
		}
	}
	if found != absent && r.nodes[found].kind == isNull {
		return absent
	}
	return found
}

// member is find for a member that may have to be there.
func (r *reader) member(of int32, name string, needed bool) int32 {
	at := r.find(of, name)
	if at == absent && of != absent && needed {
		r.blame(join(r.path(of), name), "The "+pascal(name)+" field is required.")
	}
	return at
}

// entry adds a member to the print: how deep it is, its name and its value.
func (r *reader) entry(at int32, value string) {
	n := &r.nodes[at]
	r.print = append(r.print, byte(n.depth), byte(len(n.name)))
	r.print = append(r.print, n.name...)
	r.print = binary.AppendUvarint(r.print, uint64(len(value)))
	r.print = append(r.print, value...)
}

func (r *reader) blame(name, reason string) {
	r.wrong = append(r.wrong, problem.Detail{Name: name, Reason: reason})
}

func (r *reader) blameValue(at int32) {
	r.blame(r.path(at), "The value "+r.quoted(at)+" is not valid for "+pascal(r.nodes[at].name)+".")
}

// pascal is a field's name as the reasons spell it.
func pascal(name string) string {
	return strings.ToUpper(name[:1]) + name[1:]
}

// object gives the node of an object, or -1.
func (r *reader) object(of int32, name string, needed bool) int32 {
	return r.container(of, name, needed, isObject)
}

func (r *reader) container(of int32, name string, needed bool, kind jsontext.Kind) int32 {
	at := r.member(of, name, needed)
	if at == absent {
		return absent
	}
	if r.nodes[at].kind != kind {
		r.blameValue(at)
		return absent
	}
	r.entry(at, "")
	return at
}

// objects gives the nodes of a list of objects.
func (r *reader) objects(of int32, name string, needed bool) []int32 {
	return r.list(of, name, needed, func(at int32) bool { return r.nodes[at].kind == isObject })
}

// list gives the nodes of a list's values, those that are of the right kind.
func (r *reader) list(of int32, name string, needed bool, right func(int32) bool) []int32 {
	at := r.container(of, name, needed, isArray)
	if at == absent {
		return nil
	}
	var all []int32
	for i := at + 1; i < r.nodes[at].next; i = r.nodes[i].next {
		r.nodes[i].seen = true
		if !right(i) {
			r.nodes[i].name = name // for the reason; the path has the index
			r.blameValue(i)
			continue
		}
		r.entry(i, r.nodes[i].text)
		all = append(all, i)
	}
	return all
}

// emptyList tells whether a list is there and holds nothing.
func (r *reader) emptyList(of int32, name string) bool {
	at := r.find(of, name)
	return at != absent && r.nodes[at].kind == isArray && r.nodes[at].next == at+1
}

// text gives a string; a number counts as its digits.
func (r *reader) text(of int32, name string, needed bool) (value string, given bool) {
	at := r.member(of, name, needed)
	if at == absent {
		return "", false
	}
	n := &r.nodes[at]
	if n.kind != isString && n.kind != isNumber {
		r.blameValue(at)
		return "", false
	}
	r.entry(at, n.text)
	return n.text, true
}

// sized gives a string of so many characters.
func (r *reader) sized(of int32, name string, needed bool, least, most int) string {
	s, given := r.text(of, name, needed)
	if given && !within(s, least, most) {
		r.blame(join(r.path(of), name), tooLong(pascal(name), least, most))
	}
	return s
}

func tooLong(field string, least, most int) string {
	return fmt.Sprintf("The field %s must be a string with a minimum length of %d and a maximum length of %d.", field, least, most)
}

func within(s string, least, most int) bool {
	n := length(s)
	return n >= least && n <= most
}

// matching gives a string that fits a pattern.
func (r *reader) matching(of int32, name string, needed bool, p pattern) string {
	s, given := r.text(of, name, needed)
	if given && !p.fits(s) {
		r.blame(join(r.path(of), name), p.reason(pascal(name)))
	}
	return s
}

// oneOf gives one of the texts allowed, or "". What it gives is the text
// allowed itself, no part of the body.
func (r *reader) oneOf(of int32, name string, needed bool, allowed ...string) string {
	at := r.member(of, name, needed)
	if at == absent {
		return ""
	}
	n := &r.nodes[at]
	i := slices.Index(allowed, n.text)
	if n.kind != isString || i < 0 {
		r.blameValue(at)
		return ""
	}
	r.entry(at, n.text)
	return allowed[i]
}

// integer gives a whole number within bounds.
func (r *reader) integer(of int32, name string, needed bool, least, most int64) (value int64, given bool) {
	at := r.member(of, name, needed)
	if at == absent {
		return 0, false
	}
	n := &r.nodes[at]
	if n.kind != isNumber || !whole(n.text) {
		r.blameValue(at)
		return 0, false
	}
	value, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil || value < least || value > most {
		r.blame(join(r.path(of), name), outside(pascal(name), least, most))
		return 0, false
	}
	r.entry(at, n.text)
	return value, true
}

func outside(field string, least, most int64) string {
	return fmt.Sprintf("The field %s must be between %d and %d.", field, least, most)
}

// whole tells whether a number is written without fraction and exponent.
func whole(digits string) bool { return !strings.ContainsAny(digits, ".eE") }

// boolean gives a truth value, false when absent.
func (r *reader) boolean(of int32, name string) bool {
	at := r.member(of, name, false)
	if at == absent {
		return false
	}
	n := &r.nodes[at]
	if n.kind != isTrue && n.kind != isFalse {
		r.blameValue(at)
		return false
	}
	r.entry(at, n.text)
	return n.kind == isTrue
}

// accept takes members that are allowed and have no effect.
func (r *reader) accept(of int32, names ...string) {
	for _, name := range names {
		if at := r.find(of, name); at != absent {
			r.entry(at, r.nodes[at].text)
			r.know(at)
		}
	}
}

// know marks all that a value holds as known.
func (r *reader) know(at int32) {
	for i := at; i < r.nodes[at].next; i++ {
		r.nodes[i].seen = true
	}
}

// unknown lists the members that nobody asked for, at most so many.
func (r *reader) unknown(most int) []string {
	var names []string
	for i := int32(0); i < int32(len(r.nodes)) && len(names) < most; {
		if r.nodes[i].seen {
			i++
			continue
		}
		names = append(names, r.path(i))
		i = r.nodes[i].next
	}
	return names
}

// finish ends the reading: members nobody knows are noted, or refused in
// strict mode, and all violations are told at once.
func (r *reader) finish(strict bool, note func(format string, args ...any)) error {
	const most = 50
	for _, name := range r.unknown(most) {
		if strict {
			r.blame(name, "The member "+name+" is not known.")
		} else {
			note("the member %s is not known and was ignored", name)
		}
	}
	if len(r.wrong) > 0 {
		return invalid(r.wrong)
	}
	return nil
}

// pair adds what no schema names to the print.
func (r *reader) pair(name, value string) {
	r.print = binary.AppendUvarint(r.print, uint64(len(name)))
	r.print = append(r.print, name...)
	r.print = binary.AppendUvarint(r.print, uint64(len(value)))
	r.print = append(r.print, value...)
}
