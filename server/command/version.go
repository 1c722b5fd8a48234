package command

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Run prints what the binary was made of.
func (versionCmd) Run(p *Program) error {
	_, err := fmt.Fprintf(p.Out, "liksom %s\ncommit %s\n%s\n", p.Version, commit(), runtime.Version())
	return err
}

func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}
