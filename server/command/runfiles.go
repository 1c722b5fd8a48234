package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"liksom/scenarios/report"
)

// reportFile is a file that a report goes to.
type reportFile struct {
	flag  string
	file  *os.File
	write func(*report.Run, io.Writer) error
}

// reportFiles are all of a run.
type reportFiles []reportFile

// files opens the reports before anything runs, so that a wrong name costs no
// run.
func (c *runCmd) files() (reportFiles, error) {
	var all reportFiles
	for _, one := range []struct {
		flag, name string
		write      func(*report.Run, io.Writer) error
	}{
		{"--junit", c.JUnit, (*report.Run).WriteJUnit},
		{"--json", c.JSON, (*report.Run).WriteJSON},
	} {
		if one.name == "" {
			continue
		}
		file, err := os.Create(one.name)
		if err != nil {
			all.close()
			return nil, fmt.Errorf("%s cannot be written: %w", one.flag, err)
		}
		all = append(all, reportFile{one.flag, file, one.write})
	}
	return all, nil
}

func (f reportFiles) write(r *report.Run) error {
	var failed error
	for _, one := range f {
		if err := errors.Join(one.write(r, one.file), one.file.Close()); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s was not written: %w", one.flag, err))
		}
	}
	return failed
}

// close lets go of files that no report was written to.
func (f reportFiles) close() {
	for _, one := range f {
		_ = one.file.Close() // closed already where a report was written
	}
}
