package scenarios

import (
	"context"
)

// fail writes down why the run failed; the first failure stays.
func (e *engine) fail(ctx context.Context, i int, name string, err error) {
	e.result.State = Failed
	if e.result.Failure != nil {
		return
	}
	f := &Failure{Step: i, Name: name, File: e.script.File, Line: 1, Column: 1, Actual: err.Error()}
	source := e.script.Source
	for _, inner := range trail(err) {
		if inner.step.Name != name {
			f.Name += " › " + inner.step.Name
		}
		f.File, f.Line, f.Column, source = inner.file.name, inner.line, inner.column, inner.file.source
	}
	f.Excerpt = excerpt(source, f.Line, f.Column)
	if m := missed(err); m != nil {
		f.Expected, f.Actual = m.expected, m.actual
	}
	f.Expected, f.Actual = printable(f.Expected), printable(f.Actual)
	e.explain(context.WithoutCancel(ctx), f)
	e.result.Failure = f
}

// explain adds what the simulator knows of the payment in question.
func (e *engine) explain(ctx context.Context, f *Failure) {
	f.MSN, f.Reference = e.main.target.msn, e.main.target.reference
	if e.sim == nil || f.Reference == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	if p, err := e.of(f.MSN).Payment(ctx, f.Reference); err == nil {
		f.Timeline = p.Timeline
	}
	if e.kept() || e.o.KeepFailed {
		f.Look = e.base + "/console/payments/" + f.MSN + "/" + f.Reference
	}
}
