// Liksom is a simulator of Vipps MobilePay payments for a merchant's own
// machine. It is made for testing, moves no money, and has no connection to
// Vipps MobilePay.
package main

import (
	"context"
	"os"

	"liksom/server/command"
)

// version is the release, set by the linker.
var version = "dev"

func main() {
	program := command.Program{Version: version, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(program.Run(context.Background(), os.Args[1:]))
}
