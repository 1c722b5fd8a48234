package scenarios

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"

	"liksom/server/problem"
)

// Parse reads a script and checks all of it. Files that it includes are looked
// for beside it. The error is a [*Mistakes] with everything that is wrong.
func Parse(file string, source []byte) (*Script, error) { return parse(file, source, readFile) }

// ParseAlone is [Parse] for a text from strangers: it cannot include files.
func ParseAlone(file string, source []byte) (*Script, error) {
	return parse(file, source, func(string) ([]byte, error) { return nil, errors.New("files cannot be included here") })
}

// ParseFS is [Parse] for a file of a file system.
func ParseFS(files fs.FS, file string) (*Script, error) {
	read := func(name string) ([]byte, error) { return fs.ReadFile(files, name) }
	source, err := read(file)
	if err != nil {
		return nil, &Mistakes{{File: file, Message: reason(err)}}
	}
	return parse(file, source, read)
}

func parse(file string, source []byte, read func(string) ([]byte, error)) (s *Script, err error) {
	s = &Script{File: file, Source: source, plan: &plan{ready: map[string]*formula{}, texts: map[string][]segment{}}}
	found := &mistakes{file: file, source: source}
	c := &checker{mistakes: found, from: &origin{file, source}, plan: s.plan, known: map[string]bool{}}
	c.open = func(from, include string) (string, []byte, error) {
		name := include
		if !filepath.IsAbs(include) {
			name = path.Join(filepath.ToSlash(filepath.Dir(from)), include)
		}
		text, err := read(name)
		return name, text, err
	}
	if v := c.read(); v != nil {
		c.document(v, s)
	}
	if len(found.found) > 0 {
		return nil, found.sorted()
	}
	return s, nil
}

// Instead says which of the right names was probably meant by a wrong one.
func Instead(name string, right []string) string { return problem.Instead(name, right) }
