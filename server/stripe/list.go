package stripe

import (
	"net/http"
	"slices"
)

// paging are the parameters of every list.
const paging = "limit starting_after ending_before created created.*"

// ours tells whether a record is the account's.
func (w *work) ours(r record) bool { return ownerOf(r) == w.account.ID }

// listed answers a page of the records of a kind that are wanted, newest
// first (Stripe contract, section 2.6).
func listed[T record](c *call, found []T, wanted func(T) bool, view func(T) object) (object, error) {
	found = slices.DeleteFunc(slices.Clone(found), func(t T) bool { return !c.ours(t) || !c.inTime(t) || wanted != nil && !wanted(t) })
	limit := int64(10)
	if f := c.at("limit"); f.given() {
		if limit = f.number(); limit < 1 || limit > 100 {
			return nil, refuse(http.StatusBadRequest, "parameter_invalid_integer", "limit", "limit must be between 1 and 100.").early()
		}
	}
	c.exclusive("starting_after", "ending_before")
	after, before := c.at("starting_after").text(), c.at("ending_before").text()
	if c.err != nil {
		return nil, c.err
	}
	more := false
	switch {
	case before != "":
		at := slices.IndexFunc(found, func(t T) bool { return t.key() == before })
		if at < 0 {
			return nil, unknown("object", before, "ending_before")
		}
		found, more = found[max(0, at-int(limit)):at], at > int(limit)
	default:
		if after != "" {
			at := slices.IndexFunc(found, func(t T) bool { return t.key() == after })
			if at < 0 {
				return nil, unknown("object", after, "starting_after")
			}
			found = found[at+1:]
		}
		if more = len(found) > int(limit); more {
			found = found[:limit]
		}
	}
	data := make([]any, len(found))
	for i, t := range found {
		data[i] = view(t)
	}
	return object{"object": "list", "url": c.r.URL.Path, "has_more": more, "data": data}, nil
}

// inTime tells whether a record was made when a list says.
func (c *call) inTime(r record) bool {
	f := c.at("created")
	if !f.given() {
		return true
	}
	at := madeAt(r)
	if f.n.leaf {
		return at == f.number()
	}
	for name, holds := range map[string]func(limit int64) bool{
		"gt": func(n int64) bool { return at > n }, "gte": func(n int64) bool { return at >= n },
		"lt": func(n int64) bool { return at < n }, "lte": func(n int64) bool { return at <= n },
	} {
		if limit := f.at(name); limit.given() && !holds(limit.number()) {
			return false
		}
	}
	return true
}

func (m *made) at() int64 { return m.Created }

func madeAt(r record) int64 { return r.(interface{ at() int64 }).at() }

// whole is a list that is shown within an object.
func whole(url string, data []any) object {
	if data == nil {
		data = []any{}
	}
	return object{"object": "list", "url": url, "has_more": false, "data": data}
}
