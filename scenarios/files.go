package scenarios

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// biggest is how large a file may be, in bytes: some three thousand steps.
const biggest = 128 << 10

// readFile reads a file, and of one that is too large, or has no end, no more
// than shows that it is.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, biggest+1))
}

func reason(err error) string {
	var known *fs.PathError
	if errors.As(err, &known) {
		return known.Err.Error()
	}
	return err.Error()
}

// Load reads files and folders of scripts (*.yaml, *.yml); a folder's files
// that have no id are there to be included and are passed over. The error is a
// [*Mistakes] with everything that is wrong in any of them.
func Load(paths ...string) ([]*Script, error) {
	var all []*Script
	var wrong Mistakes
	for _, p := range paths {
		files, err := filesOf(p)
		if err != nil {
			wrong = append(wrong, Mistake{File: p, Message: reason(err) + "."})
			continue
		}
		for _, file := range files {
			source, err := readFile(file)
			if err != nil {
				wrong = append(wrong, Mistake{File: file, Message: reason(err) + "."})
				continue
			}
			if file != p && Fragment(source) {
				continue
			}
			s, err := Parse(file, source)
			var found *Mistakes
			if errors.As(err, &found) {
				wrong = append(wrong, *found...)
				continue
			}
			all = append(all, s)
		}
	}
	if len(wrong) > 0 {
		return nil, &wrong
	}
	return all, nil
}

func filesOf(p string) ([]string, error) {
	info, err := os.Stat(p)
	if err != nil || !info.IsDir() {
		return []string{p}, err
	}
	var all []string
	err = filepath.WalkDir(p, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")) {
			all = append(all, name)
		}
		return err
	})
	if err == nil && len(all) == 0 {
		return nil, errors.New("there is no *.yaml in this folder")
	}
	return all, err
}

// Fragment tells a file that is there to be included: a bare list of steps.
func Fragment(source []byte) bool {
	f, err := tree(source)
	if err != nil || len(f.Docs) != 1 {
		return false
	}
	_, is := f.Docs[0].Body.(*ast.SequenceNode)
	return is
}
