// Command generate writes the schema of scenarios for editors.
package main

import (
	"fmt"
	"os"

	"liksom/scenarios"
)

func main() {
	text, err := scenarios.Schema(".")
	if err == nil {
		err = os.WriteFile("schema.json", text, 0o644) //nolint:gosec // a document for everybody
	}
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
