package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"liksom/server/problem"
)

// Parse reads a script and checks all of it. Files that it includes are looked
// for beside it. The error is a [*Mistakes] with everything that is wrong.
func Parse(file string, source []byte) (*Script, error) { return parse(file, source, os.ReadFile) }

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

// sorted gives what was found in the order of the text.
func (m *mistakes) sorted() *Mistakes {
	slices.SortStableFunc(m.found, func(a, b Mistake) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return &m.found
}

// read makes values of a file's text; nil when it is no YAML or empty.
func (c *checker) read() *value {
	tree, err := tree(c.source)
	if err != nil {
		line, column, message := 1, 1, err.Error()
		var known yaml.Error
		if errors.As(err, &known) {
			message = known.GetMessage()
			if at := known.GetToken(); at != nil && at.Position != nil {
				line, column = at.Position.Line, at.Position.Column
			}
		}
		hint := ""
		if strings.Contains(message, "mapping value is not allowed") {
			hint = "A text in which a colon is followed by a space needs quotes around it."
		}
		c.at(line, column, "This is no YAML: "+message+".", hint)
		return nil
	}
	docs := slices.DeleteFunc(tree.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil })
	if len(docs) == 0 {
		c.at(0, 0, "The file is empty.", "")
		return nil
	}
	r := &reader{mistakes: c.mistakes, anchors: map[string]ast.Node{}}
	if len(docs) > 1 {
		c.at(docs[1].Body.GetToken().Position.Line, 1, "A file holds one script.", "Make a file of its own of this one.")
	}
	return r.read(docs[0].Body, 0)
}

// tree parses YAML. The library is known to panic at some broken texts.
func tree(source []byte) (f *ast.File, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = errors.New("it cannot be read")
		}
	}()
	return parser.ParseBytes(source, 0)
}

// include puts the steps of another file in the place of one step.
func (c *checker) include(a *action) []*action {
	const deepestInclude = 10
	if a.value.kind != isText || a.value.text == "" {
		c.wrong(a.value, "include", "the name of a file", "")
		return nil
	}
	name, source, err := c.open(c.from.name, a.value.text)
	if err != nil {
		c.add(a.value, fmt.Sprintf("%s cannot be read: %s.", a.value.text, reason(err)), "The name is taken from the folder of this file.")
		return nil
	}
	if c.depth >= deepestInclude {
		c.add(a.value, "Files include one another without end.", "")
		return nil
	}
	other := *c
	other.depth++
	other.from = &origin{name, source}
	other.mistakes = &mistakes{file: name, source: source}
	v := other.read()
	var all []*action
	switch {
	case v == nil:
	case v.kind == isList:
		all = other.steps(v, "steps")
	case v.kind == isMap && v.get("steps") != nil:
		all = other.steps(v.get("steps"), "steps")
	default:
		other.add(v, "A file to include is a list of steps, or a script with steps.", "")
	}
	c.found = append(c.found, other.found...)
	return all
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
			source, err := os.ReadFile(file)
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

// Instead says which of the right names was probably meant by a wrong one.
func Instead(name string, right []string) string { return problem.Instead(name, right) }
