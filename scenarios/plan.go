package scenarios

// plan is a script ready to run.
type plan struct {
	shop      *shopSetup
	shopValue *value
	world     *value
	vars      []member
	steps     []*action
	finally   []*action
	size      int // of all steps, inner ones too
	// ready are all expressions and templates by their text.
	ready map[string]*formula
	texts map[string][]segment
}

// action is a step ready to run.
type action struct {
	step Step
	file *origin
	// line and column are of the verb.
	line, column int
	verb         string
	value        *value // what stands behind the verb
	common       *value // the step as a whole
	inner        []*action
	branches     [][]*action
}

// origin is the file that a step stands in.
type origin struct {
	name   string
	source []byte
}

func told(actions []*action) []Step {
	all := make([]Step, len(actions))
	for i, a := range actions {
		all[i] = a.step
	}
	return all
}
