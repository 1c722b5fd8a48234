// Package scenarios is the scripting language and its engine.
//
// A script is a YAML file that plays the merchant, the customer, time and
// trouble, and says what must come of it. It runs against a simulator, near
// or far, through its public doors alone, in a world of its own. README.md in
// this folder is the reference of the language.
package scenarios

import (
	"net/http"
	"time"

	"liksom/server/client"
)

// Script is one scenario, parsed and checked.
type Script struct {
	ID    string
	Title string
	// About explains it in two sentences.
	About string
	Tags  []string
	// Group is the folder of the catalogue, "" for scripts from elsewhere.
	Group string
	// File is what it was named to [Load], and Source its text.
	File   string
	Source []byte
	// Steps and Finally are told here as far as a listing needs them.
	Steps   []Step
	Finally []Step
	// FailsWith are habits of the built-in shop; with any of them the script
	// must fail.
	FailsWith []string

	plan *plan
}

// Step is a step as a listing tells it.
type Step struct {
	// Name is the one it was given, or what it does in a few words.
	Name string
	Line int
	Verb string
}

// Options say where and how a script runs.
type Options struct {
	// URL is the simulator's root, where worlds are made.
	URL string
	// HTTP sends the requests; nil for the usual client.
	HTTP *http.Client
	// World is used and kept when it is named; "default" is the one at the
	// root. "" makes one for the run, which is removed at its end.
	World string
	// KeepFailed leaves the world that a run made and failed in, to be looked
	// at.
	KeepFailed bool
	// Shop is "" for the built-in shop, or the URL at which a checkout begins
	// at the user's shop (a POST of the order as JSON), or "wait" when the
	// payments of that shop simply appear.
	Shop string
	// Listen is the address at which the built-in shop is opened;
	// "127.0.0.1:0" if empty.
	Listen string
	// Seed repeats ids and draws; drawn if empty. It is told in the result.
	Seed string
	// Habits of the built-in shop, besides the script's.
	Habits []string
	// Pace is how steps of time are carried out, for people who watch.
	Pace Pace
	// Round is told in the result: which time over it is, where there are
	// several.
	Round int
	// Watch, unless nil, is called in order, from one goroutine at a time.
	Watch func(Progress)
	// Rang, unless nil, hears of every push in the script's world, with the
	// phone it is for. It is called from other goroutines than Watch.
	Rang func(s *Script, phone string)
}

// Pace is how steps of time are carried out.
type Pace string

// The paces. The usual one, also for "", is Instant: a jump. Fast and Real let
// the time pass before the watcher's eyes, an hour in some seconds or as it is.
const (
	Instant Pace = "instant"
	Fast    Pace = "fast"
	Real    Pace = "real"
)

// State is how a run or a step of it stands.
type State string

// The states. Stopped is what was ended from outside.
const (
	Never   State = "never"
	Running State = "running"
	Waiting State = "waiting"
	Passed  State = "passed"
	Failed  State = "failed"
	Skipped State = "skipped"
	Stopped State = "stopped"
)

// Progress tells a watcher how a run goes on.
type Progress struct {
	Script *Script
	// Round is that of the [Result].
	Round int
	// Step is the index in the script's Steps and, going on behind them, in
	// its Finally; -1 for the run as a whole.
	Step  int
	State State
	Name  string
	// Detail is what came of it, Waiting what it waits for.
	Detail, Waiting string
	Line            int
	Took            time.Duration
	// World is the name of the run's world.
	World string
}

// Result is what came of a run.
type Result struct {
	ID, Title, File, Group string
	Seed                   string
	// Round counts the times over from 1 where a script is run several times;
	// 0 where it is run once.
	Round int
	// World is where it ran. WorldURL is where one can look at it.
	World, WorldURL string
	State           State
	Started         time.Time
	Took            time.Duration
	// Skipped is the simulated time that was jumped over.
	Skipped time.Duration
	// Steps are those of the script, then those of its finally.
	Steps []StepResult
	// Notes are what note steps said.
	Notes []string
	// Failure is nil unless the state is Failed.
	Failure *Failure
}

// StepResult is what came of a step.
type StepResult struct {
	Name   string
	Verb   string
	Line   int
	State  State
	Took   time.Duration
	Detail string
}

// Failure says why a run failed, and where.
type Failure struct {
	// Step is the index in [Result.Steps], -1 for what went wrong before the
	// first.
	Step int
	Name string
	File string
	Line int
	// Column is counted in characters from 1.
	Column  int
	Excerpt string
	// Expected and Actual are texts; Expected is "" when the step itself
	// could not be done.
	Expected, Actual string
	// MSN and Reference are of the payment the run was about, if any, and
	// Timeline is that payment's up to there.
	MSN, Reference string
	Timeline       []client.TimelineEntry
	// Look is a page of the simulator that shows more, "" when the world is
	// gone.
	Look string
}

// Error tells the failure in one line.
func (f *Failure) Error() string {
	text := f.Name + ": " + f.Actual
	if f.Expected != "" {
		text = f.Name + ": expected " + f.Expected + ", got " + f.Actual
	}
	return text
}
