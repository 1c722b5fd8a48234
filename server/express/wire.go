package express

import (
	"encoding/json"
	"fmt"
	"slices"

	"liksom/server/payment"
)

// question is the body of a call. The members have a fixed order.
func question(reference string, a payment.Address, pascal bool) string {
	q := struct {
		Reference    string  `json:"reference"`
		AddressLine1 string  `json:"addressLine1"`
		AddressLine2 *string `json:"addressLine2"`
		City         string  `json:"city"`
		PostCode     string  `json:"postCode"`
		Country      string  `json:"country"`
	}{reference, a.Line1, nil, a.City, a.PostCode, a.Country}
	if a.Line2 != "" {
		q.AddressLine2 = &a.Line2
	}
	if !pascal {
		return encoded(q)
	}
	return encoded(struct {
		Reference    string `json:"reference"`
		AddressLine1 string
		AddressLine2 *string
		City         string
		PostCode     string
		Country      string
	}(q))
}

func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("express: a body of our own making cannot be written: " + err.Error())
	}
	return string(text)
}

// answer is what a merchant may say. The amounts are pointers to tell what is
// missing.
type answer struct {
	Groups []struct {
		Type      string `json:"type"`
		Brand     string `json:"brand"`
		IsDefault bool   `json:"isDefault"`
		Priority  int    `json:"priority"`
		Options   []struct {
			ID     string `json:"id"`
			Name   string `json:"name"`
			Amount struct {
				Currency string `json:"currency"`
				Value    *int64 `json:"value"`
			} `json:"amount"`
			IsDefault bool   `json:"isDefault"`
			Priority  int    `json:"priority"`
			Meta      string `json:"meta"`
			Estimate  string `json:"estimatedDelivery"`
		} `json:"options"`
	} `json:"groups"`
}

// readGroups reads a merchant's answer, or says what is wrong with it.
func readGroups(text []byte, currency string) (groups []payment.ShippingGroup, wrong string) {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, "its answer is not the JSON that was expected: " + err.Error()
	}
	if len(a.Groups) == 0 {
		return nil, "its answer has no groups"
	}
	for i, g := range a.Groups {
		at := fmt.Sprintf("groups[%d]", i)
		switch {
		case !slices.Contains(payment.ShippingTypes(), g.Type):
			return nil, fmt.Sprintf("%s has the unknown type %q", at, g.Type)
		case !slices.Contains(payment.ShippingBrands(), g.Brand):
			return nil, fmt.Sprintf("%s has the unknown brand %q", at, g.Brand)
		case len(g.Options) == 0:
			return nil, at + " has no options"
		}
		group := payment.ShippingGroup{Type: g.Type, Brand: g.Brand, Default: g.IsDefault, Priority: g.Priority}
		for k, o := range g.Options {
			at := fmt.Sprintf("%s.options[%d]", at, k)
			switch {
			case o.ID == "" || o.Name == "":
				return nil, at + " needs an id and a name"
			case o.Amount.Value == nil || *o.Amount.Value < 0 || *o.Amount.Value > payment.MaxAmount:
				return nil, at + " needs an amount of whole minor units"
			case o.Amount.Currency != currency:
				return nil, fmt.Sprintf("%s is priced in %q, the payment is in %s", at, o.Amount.Currency, currency)
			}
			group.Options = append(group.Options, payment.ShippingOption{
				ID: o.ID, Name: o.Name, Cost: *o.Amount.Value, Default: o.IsDefault, Priority: o.Priority, Meta: o.Meta, Estimate: o.Estimate,
			})
		}
		groups = append(groups, group)
	}
	return groups, ""
}
