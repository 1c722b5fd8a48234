package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// read makes values of a file's text; nil when it is no YAML or empty.
func (c *checker) read() *value {
	if len(c.source) > biggest {
		c.at(0, 0, fmt.Sprintf("The file is larger than %d KiB.", biggest>>10), "Make several of it, or say what repeats with each or repeat.")
		return nil
	}
	if line := tangled(c.source); line > 0 {
		c.at(line, 1, fmt.Sprintf("This is nested too deeply: %d levels are read.", deepest), "")
		return nil
	}
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
		c.at(line, column, "This is no YAML: "+message+".", yamlHint(message))
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
	v := r.read(docs[0].Body, 0)
	if r.full {
		return nil // what is missing would be told as so many mistakes
	}
	return v
}

// tangled finds the line in which more brackets are open, or more lists begin,
// than any script has; 0 for none. The library's time grows with their square.
// Brackets in texts count too, since only the library knows what is a text.
func tangled(source []byte) (line int) {
	const most = 4 * deepest
	open := 0
	for i, text := range bytes.Split(source, []byte("\n")) {
		open += bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")) - bytes.Count(text, []byte("]")) - bytes.Count(text, []byte("}"))
		open = max(0, open)
		if open > most || bytes.HasPrefix(bytes.ReplaceAll(text, []byte(" "), nil), bytes.Repeat([]byte("-"), most)) && bytes.Contains(text, []byte("- -")) {
			return i + 1
		}
	}
	return 0
}

// yamlHint says how to mend what is no YAML, where the usual cause is known.
func yamlHint(message string) string {
	switch {
	case strings.Contains(message, "mapping value is not allowed"):
		return "A text in which a colon is followed by a space needs quotes around it."
	case strings.Contains(message, `'	'`):
		return "Lines are indented by blanks, not by tabs."
	}
	return ""
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
