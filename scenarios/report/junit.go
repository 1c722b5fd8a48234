package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"liksom/scenarios"
)

// The elements of JUnit XML that CI servers agree upon.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Time      string        `xml:"time,attr"`
		Failure   *junitOutcome `xml:"failure"`
		Error     *junitOutcome `xml:"error"`
		Skipped   *junitOutcome `xml:"skipped"`
		Out       string        `xml:"system-out,omitempty"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Body    string `xml:",chardata"`
	}
)

// elsewhere is the suite of scripts that are of no group.
const elsewhere = "scripts"

// WriteJUnit writes the run as JUnit XML: a suite for each group, in the order
// in which the groups first come. What the interruption of a run stopped is an
// error there, and what it kept from beginning is skipped.
func (r *Run) WriteJUnit(w io.Writer) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(r.junit()); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Run) junit() junitSuites {
	n := r.Count()
	all := junitSuites{
		Name: "liksom", Tests: len(r.Cases), Failures: n.Failed, Errors: n.Stopped, Skipped: n.Skipped + n.Never, Time: seconds(r.Took),
	}
	groups := map[string]*Run{}
	var order []string
	for i := range r.Cases {
		name := r.Cases[i].Group
		if name == "" {
			name = elsewhere
		}
		if groups[name] == nil {
			groups[name] = &Run{Seed: r.Seed, Started: r.Started}
			order = append(order, name)
		}
		groups[name].Cases = append(groups[name].Cases, r.Cases[i])
		groups[name].Took += r.Cases[i].Took
	}
	for _, name := range order {
		all.Suites = append(all.Suites, groups[name].suite(name))
	}
	return all
}

func (r *Run) suite(name string) junitSuite {
	n := r.Count()
	s := junitSuite{
		Name: name, Tests: len(r.Cases), Failures: n.Failed, Errors: n.Stopped, Skipped: n.Skipped + n.Never,
		Time: seconds(r.Took), Timestamp: r.Started.UTC().Format(time.RFC3339), Properties: []junitProperty{{"seed", r.Seed}},
	}
	for i := range r.Cases {
		s.Cases = append(s.Cases, r.Cases[i].junit(name))
	}
	return s
}

func (c *Case) junit(suite string) junitCase {
	j := junitCase{Name: c.name(), ClassName: suite + "." + c.ID, File: c.File, Time: seconds(c.Took), Out: c.told()}
	switch c.State {
	case scenarios.Passed:
	case scenarios.Failed:
		j.Failure = c.junitFailure()
	case scenarios.Stopped:
		j.Error = &junitOutcome{Message: c.Why, Type: "interrupted"}
	default:
		j.Skipped = &junitOutcome{Message: c.Why}
	}
	return j
}

// name tells one time over from another: CI servers take cases of one name for
// one case.
func (c *Case) name() string {
	if c.Round > 0 {
		return fmt.Sprintf("%s (round %d)", c.Title, c.Round)
	}
	return c.Title
}

func (c *Case) junitFailure() *junitOutcome {
	f := c.Result.Failure
	if f == nil {
		return &junitOutcome{Message: "failed", Type: "step"}
	}
	o := &junitOutcome{Message: f.Error(), Type: "step"}
	var b strings.Builder
	fmt.Fprintf(&b, "step %d: %s\n", f.Step+1, f.Name)
	if f.Expected != "" {
		o.Type = "expectation"
		fmt.Fprintf(&b, "wanted: %s\n", f.Expected)
	}
	fmt.Fprintf(&b, "got:    %s\n", f.Actual)
	if f.Look != "" {
		fmt.Fprintf(&b, "look:   %s\n", f.Look)
	}
	fmt.Fprintf(&b, "at:     %s:%d:%d\n%s\nseed:   %s\n", f.File, f.Line, f.Column, f.Excerpt, c.Seed)
	o.Body = b.String()
	return o
}

// told is what there is to read about a case: its notes, its steps where not
// all went well, and the timeline of its payment.
func (c *Case) told() string {
	var b strings.Builder
	for _, note := range c.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	if c.Result.Failure == nil && c.State != scenarios.Stopped {
		return b.String()
	}
	for i := range c.Steps {
		fmt.Fprintf(&b, "%3d  %-8s %s\n", i+1, c.Steps[i].State, c.Steps[i].Name)
		if c.Steps[i].State == scenarios.Stopped && c.Steps[i].Detail != "" {
			fmt.Fprintf(&b, "     %s\n", c.Steps[i].Detail)
		}
	}
	if f := c.Result.Failure; f != nil && len(f.Timeline) > 0 {
		fmt.Fprintf(&b, "timeline of %s/%s\n%s\n", f.MSN, f.Reference, strings.Join(Timeline(f.Timeline), "\n"))
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
