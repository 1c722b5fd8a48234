// Command generate writes the tables of this folder that are made from code.
package main

import (
	"fmt"
	"os"

	"liksom/docs"
)

func main() {
	text, err := docs.Errors()
	if err == nil {
		err = os.WriteFile("errors.md", text, 0o644) //nolint:gosec // a document for everybody
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
