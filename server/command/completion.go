package command

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/alecthomas/kong"
)

//go:embed completion/*.tmpl
var completions embed.FS

// completionCmd writes what a shell needs to complete our commands.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: ${enum}."`
}

// offered is a command as shells are told of it.
type offered struct {
	// Path are the names that lead to it, "clock advance"; "" for the program
	// itself.
	Path, Help string
	// Commands are the names that may follow, Flags what may be given.
	Commands []offeredName
	Flags    []offeredName
}

type offeredName struct {
	Name, Help string
	// Values are all that a flag takes; none for any.
	Values []string
	Takes  bool // a value
}

// Run prints the script of one shell.
func (c *completionCmd) Run(p *Program, chosen *kong.Context) error {
	return writeCompletion(p.Out, c.Shell, offers(chosen.Model.Node, nil))
}

func writeCompletion(out io.Writer, shell string, all []offered) error {
	name := "completion/" + shell + ".tmpl"
	t, err := template.New(shell+".tmpl").Funcs(template.FuncMap{
		"join":   strings.Join,
		"quoted": func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" },
		"ident":  func(path string) string { return strings.NewReplacer(" ", "_", "-", "_").Replace(path) },
	}).ParseFS(completions, name)
	if err != nil {
		return fmt.Errorf("the completion of %s: %w", shell, err)
	}
	return t.Execute(out, all)
}

// offers lists a command and all below it.
func offers(node *kong.Node, path []string) []offered {
	this := offered{Path: strings.Join(path, " "), Help: node.Help}
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			this.Flags = append(this.Flags, flagOf(flag))
		}
	}
	slices.SortFunc(this.Flags, func(a, b offeredName) int { return strings.Compare(a.Name, b.Name) })
	all := []offered{}
	for _, child := range node.Children {
		if child.Hidden {
			continue
		}
		this.Commands = append(this.Commands, offeredName{Name: child.Name, Help: child.Help})
		all = append(all, offers(child, append(slices.Clone(path), child.Name))...)
	}
	for _, positional := range node.Positional {
		for _, value := range positional.EnumSlice() {
			this.Commands = append(this.Commands, offeredName{Name: value, Help: node.Help})
		}
	}
	return append([]offered{this}, all...)
}

func flagOf(flag *kong.Flag) offeredName {
	o := offeredName{Name: "--" + flag.Name, Help: flag.Help, Takes: !flag.IsBool()}
	for _, value := range flag.EnumSlice() {
		if value != "" {
			o.Values = append(o.Values, value)
		}
	}
	return o
}
