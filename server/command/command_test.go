package command_test

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"liksom/server/command"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"liksom": func() {
			program := command.Program{Version: "v0.0.0-test", In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
			os.Exit(program.Run(context.Background(), os.Args[1:]))
		},
	})
}

// The command line, told as what a person would type.
func TestTheCommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
