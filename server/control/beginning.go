package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Beginning is what a world begins with beside its settings and the
// ready-made data: lists of bodies as the control API takes them. What is
// there already is changed, what is not is added.
type Beginning struct {
	Merchants, Phones, Autopilots, Faults []json.RawMessage
}

// EntryError says which entry of a [Beginning] is wrong.
type EntryError struct {
	Section string // "merchants", "phones", "autopilots", "faults"
	Index   int
	Err     error
}

func (e *EntryError) Error() string { return fmt.Sprintf("%s[%d]: %s", e.Section, e.Index, e.Err) }

// Unwrap gives what is wrong.
func (e *EntryError) Unwrap() error { return e.Err }

// FieldOf tells which member of a body an error of this package is about, "$"
// for all of it, and why.
func FieldOf(err error) (field, reason string) {
	doc, _, known := document(err)
	if !known {
		return "$", err.Error()
	}
	if len(doc.ExtraDetails) == 0 {
		return "$", doc.Detail
	}
	return doc.ExtraDetails[0].Name, doc.ExtraDetails[0].Reason
}

// Begin puts a beginning in place, in the order of its members. The error is
// an [*EntryError].
func (c *Control) Begin(ctx context.Context, b Beginning) error {
	for _, section := range []struct {
		name    string
		entries []json.RawMessage
		place   func(context.Context, []byte) error
	}{
		{"merchants", b.Merchants, c.placeMerchant},
		{"phones", b.Phones, c.placePhone},
		{"autopilots", b.Autopilots, c.placeAutopilot},
		{"faults", b.Faults, func(ctx context.Context, body []byte) error { _, err := c.makeFault(ctx, body); return err }},
	} {
		for i, body := range section.entries {
			if err := section.place(ctx, body); err != nil {
				return &EntryError{section.name, i, err}
			}
		}
	}
	return nil
}

func (c *Control) placeMerchant(ctx context.Context, body []byte) error {
	var named struct {
		MSN string `json:"msn"`
	}
	_ = json.Unmarshal(body, &named) // what is wrong with it is told below
	_, known := c.Directory.Unit(named.MSN)
	var err error
	if known {
		_, err = c.patchMerchant(ctx, named.MSN, body)
	} else {
		_, err = c.makeMerchant(ctx, body)
	}
	return err
}

func (c *Control) placePhone(ctx context.Context, body []byte) error {
	var named struct {
		Number string `json:"number"`
	}
	_ = json.Unmarshal(body, &named) // what is wrong with it is told below
	_, known := c.Directory.Phone(named.Number)
	var err error
	if known {
		_, err = c.patchPhone(ctx, named.Number, body)
	} else {
		_, err = c.makePhone(ctx, body)
	}
	return err
}

// placeAutopilot sets the autopilot of the phone that an entry names beside
// the autopilot's own members.
func (c *Control) placeAutopilot(ctx context.Context, body []byte) error {
	type pilot struct {
		Mode   string     `json:"mode"`
		Delay  string     `json:"delay,omitempty"`
		CardID string     `json:"cardId,omitempty"`
		Rules  []ruleView `json:"rules,omitempty"`
	}
	var entry struct {
		Number string `json:"number"`
		pilot
	}
	if err := decodeBytes(body, &entry); err != nil {
		return err
	}
	change, err := json.Marshal(map[string]pilot{"autopilot": entry.pilot})
	if err != nil {
		return err
	}
	_, err = c.patchPhone(ctx, entry.Number, change)
	var f *failure
	if errors.As(err, &f) && f.status == 404 {
		return invalid("number", "No phone has this number; add it to phones, or name one of the ready-made ones.")
	}
	return err
}
