package stripe

import (
	"net/http"
	"strings"
)

// deepestExpand is how many levels may be expanded.
const deepestExpand = 4

// expandable are the members of each object that may be expanded (Stripe
// contract, section 2.7).
var expandable = map[string][]string{
	"payment_intent":   {"customer", "latest_charge", "payment_method"},
	"charge":           {"customer", "payment_intent", "payment_method", "refunds", "balance_transaction"},
	"refund":           {"charge", "payment_intent", "payment_method", "customer", "balance_transaction"},
	"payment_method":   {"customer"},
	"checkout.session": {"customer", "payment_intent", "line_items"},
	"customer_session": {"customer"},
	"price":            {"product"},
}

// expanded puts objects in the place of the ids that a call wants expanded.
func (c *call) expanded(o object) (object, error) {
	for _, item := range c.at("expand").items() {
		path := strings.Split(item.text(), ".")
		if len(path) > deepestExpand+1 || !c.expand(o, path) {
			return nil, refuse(http.StatusBadRequest, "", item.name(), "%q cannot be expanded here.", shortened(item.text())).early()
		}
	}
	return o, c.failed()
}

func (p *params) failed() error {
	if p.err != nil {
		return p.err
	}
	return nil
}

// expand follows a path; false where it leads nowhere.
func (c *call) expand(o object, path []string) bool {
	name := path[0]
	if kind, _ := o["object"].(string); kind == "list" && name == "data" {
		return c.expandAll(o["data"].([]any), path[1:])
	} else if !among(expandable[kind], name) && (kind != "item" || name != "price") {
		return false
	}
	c.open(o, name)
	below, isObject := o[name].(object)
	if !isObject || len(path) == 1 {
		return true // nothing there to go on with
	}
	return c.expand(below, path[1:])
}

func (c *call) expandAll(items []any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	for _, item := range items {
		if below, ok := item.(object); !ok || !c.expand(below, path) {
			return false
		}
	}
	return true
}

// open replaces an id by its object, or adds a list.
func (c *call) open(o object, name string) {
	if list, ok := c.listOf(o, name); ok {
		if o[name] == nil {
			o[name] = list
		}
		return
	}
	id, _ := o[name].(string)
	if shown, ok := c.show(id); ok {
		o[name] = shown
	}
}

// listOf are the lists that are absent unless expanded.
func (c *call) listOf(o object, name string) (object, bool) {
	id, _ := o["id"].(string)
	switch {
	case name == "refunds" && o["object"] == "charge":
		var data []any
		for _, r := range all[*refund](c.work, "refund") {
			if r.Charge == id {
				data = append(data, c.refund(r))
			}
		}
		return whole("/v1/charges/"+id+"/refunds", data), true
	case name == "line_items":
		s, _ := get[*session](c.work, id)
		return whole("/v1/checkout/sessions/"+id+"/line_items", c.lines(s)), true
	}
	return nil, false
}

// show is an object by its id.
func (w *work) show(id string) (object, bool) {
	r, known := w.dirty[id]
	if !known {
		if r, known = w.rows[id]; !known || !w.ours(r) {
			return nil, false
		}
	}
	switch t := r.(type) {
	case *intent:
		return w.intent(t), true
	case *method:
		return w.method(t), true
	case *charge:
		return w.chargeView(t), true
	case *refund:
		return w.refund(t), true
	case *customer:
		return w.customer(t), true
	case *product:
		return w.product(t), true
	}
	return nil, false
}
