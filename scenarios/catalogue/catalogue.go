// Package catalogue ships scenarios: the ways in which integrations of this
// API are known to break.
package catalogue

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"liksom/scenarios"
)

//go:embed */*.yaml
var files embed.FS

// Files are the scenarios as they are written, by group and id:
// "webhooks/retry-ladder.yaml".
func Files() fs.FS { return files }

// all is read at the first use; scripts never change.
var all = sync.OnceValues(load)

// All gives every scenario, sorted by group and id. The slice is the caller's
// own.
func All() ([]*scenarios.Script, error) {
	scripts, err := all()
	return slices.Clone(scripts), err
}

func load() ([]*scenarios.Script, error) {
	names, err := fs.Glob(files, "*/*.yaml")
	if err != nil {
		return nil, err
	}
	var scripts []*scenarios.Script
	var wrong scenarios.Mistakes
	for _, name := range names {
		source, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		if scenarios.Fragment(source) {
			continue // there to be included
		}
		s, err := scenarios.ParseFS(files, name)
		var found *scenarios.Mistakes
		if errors.As(err, &found) {
			wrong = append(wrong, *found...)
			continue
		}
		s.Group = path.Dir(name)
		scripts = append(scripts, s)
	}
	if len(wrong) > 0 {
		return nil, &wrong
	}
	return scripts, nil
}

// Find gives the scenarios of a name: one id, all of a group, all whose id
// begins with the name and a hyphen, or all with a tag. An unknown name is an
// error that tells the nearest.
func Find(name string) ([]*scenarios.Script, error) {
	scripts, err := All()
	if err != nil {
		return nil, err
	}
	means := []func(*scenarios.Script) bool{
		func(s *scenarios.Script) bool { return s.ID == name },
		func(s *scenarios.Script) bool { return s.Group == name },
		func(s *scenarios.Script) bool { return strings.HasPrefix(s.ID, name+"-") },
		func(s *scenarios.Script) bool { return slices.Contains(s.Tags, name) },
	}
	names := []string{}
	for _, s := range scripts {
		names = append(names, s.ID, s.Group)
	}
	for _, is := range means {
		found := slices.DeleteFunc(slices.Clone(scripts), func(s *scenarios.Script) bool { return !is(s) })
		if len(found) > 0 {
			return found, nil
		}
	}
	slices.Sort(names)
	return nil, fmt.Errorf("there is no scenario %q. %s", name, scenarios.Instead(name, slices.Compact(names)))
}
