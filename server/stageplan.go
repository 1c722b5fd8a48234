package server

import (
	"errors"
	"slices"

	"liksom/scenarios"
	"liksom/scenarios/catalogue"
	"liksom/server/control"
	"liksom/server/playbill"
)

// sourceName is what a text that was sent is called where its lines are told.
const sourceName = "source"

// wanted are the scripts that a plan names, and the one that it brings.
func wanted(p playbill.Plan) ([]*scenarios.Script, error) {
	var all []*scenarios.Script
	for _, name := range p.Scenarios {
		found, err := catalogue.Find(name)
		if err != nil {
			return nil, &control.PlanError{Field: "scenarios", Reason: err.Error()}
		}
		for _, s := range found {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	if p.Source == "" {
		return all, nil
	}
	s, err := scenarios.ParseAlone(sourceName, []byte(p.Source))
	var wrong *scenarios.Mistakes
	if errors.As(err, &wrong) {
		return nil, mistaken(*wrong)
	}
	if err != nil {
		return nil, err
	}
	return append(all, s), nil
}

func mistaken(all scenarios.Mistakes) error {
	e := &control.PlanError{Field: sourceName, Reason: all.Error()}
	for _, m := range all {
		text := m.Message
		if m.Hint != "" {
			text += " " + m.Hint
		}
		e.Places = append(e.Places, control.Place{Line: m.Line, Column: m.Column, Message: text})
	}
	return e
}
