package server_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// room is a package with its duty in one sentence, the packages of this
// module it may import, and whether it does with them and the standard
// library alone.
type room struct {
	duty  string
	may   []string
	plain bool
}

// everything marks the one package that wires.
const everything = "*"

// door is what every room that meets strangers over HTTP may import besides
// its own: who calls, and how a refusal is written.
func door(packages ...string) []string {
	return append(packages, "server/directory", "server/problem")
}

// rooms is who may import whom. Doors and outlets never import each other;
// only control looks inside, that being its duty. If two others seem to need
// each other, what they share belongs in payment or in the log.
var rooms = map[string]room{
	".":             {"Hands the arguments to the command line.", []string{"server/command"}, true},
	"docs":          {"Holds the table of errors and how to provoke each.", []string{"server/epayment"}, true},
	"docs/generate": {"Writes the tables that are made from code.", []string{"docs"}, true},
	"server":        {"Builds all of the others, per world, and starts and stops them in order.", []string{everything}, false},
	"server/client": {"Talks to a simulator, for tests, scripts and the command line; clock is for the age of its token.", []string{"server/directory", "server/clock", "server/playbill"}, true},
	"server/clock":  {"Tells a world's time and waits for it.", nil, true},
	"server/command": {"Turns flags and environment into options, and runs.", []string{
		"server", "server/client", "server/clock", "server/config", "server/directory", "server/problem", "server/webhook",
		"server/webhook/probe", "phoneapp", "phoneapp/bot", "scenarios", "scenarios/catalogue", "scenarios/report", "web",
	}, false},
	"server/config": {"Reads the file that says what a simulator begins with.", []string{"server/problem"}, false},
	"server/control": {"Lets a tester see everything and bend time and outcomes.", door(
		"server/payment", "server/feed", "server/timer", "server/clock", "server/fault", "server/webhook", "server/express", "server/playbill"), false},
	"server/directory": {"Knows a world's sales units and phones.", []string{"server/payment"}, true},
	"server/epayment": {"Translates one imitated API to commands, and refusals to its documents; gateway is for a note in the log of requests.", door(
		"server/payment", "server/fault", "server/gateway", "server/clock"), false},
	"server/demo": {"Is two merchants for show, on the imitated APIs alone; clock is for their polling, the taxi's meter and the time that their pages show.", door(
		"server/merchant", "server/client", "server/clock", "web"), false},
	"server/express": {"Says what can be delivered to an address, asking the merchant the way that webhooks go.", []string{"server/payment", "server/directory", "server/webhook"}, true},
	"server/fault":   {"Says which fault, if any, meets this call, push or delivery; problem is for the nearest right name.", []string{"server/problem"}, true},
	"server/feed":    {"Lets a reader follow the log from a position without ever blocking a writer.", []string{"server/payment"}, true},
	"server/gateway": {"Stands before the imitated APIs: keys, tokens, sales unit, log of requests.", door("server/clock", "server/payment", "server/ident"), false},
	"server/ident":   {"Draws ids, codes and secrets.", nil, true},
	"server/landing": {"Shows the payer the amount, the code and the way home.", door("server/payment", "server/feed", "server/clock", "web"), false},
	"server/orders": {"Translates the imitated Order Management API; gateway is for bodies and notes in the log of requests.", door(
		"server/payment", "server/gateway"), false},
	"server/pages":   {"Shows the console, the start page and the phones.", door("server/payment", "server/clock", "web"), false},
	"server/metrics": {"Counts what a simulator does, and tells it in the text form of Prometheus.", nil, false},
	"server/merchant": {"Is a shop's server as it should be built, with bad habits to switch on, on the imitated APIs alone; webhook is for checking signatures.", []string{
		"server/client", "server/clock", "server/problem", "server/webhook",
	}, true},
	"server/openapi":             {"Describes every API of the simulator, as documents and as pages.", []string{"server/problem", "web"}, false},
	"server/openapi/openapitest": {"Holds what tests send and get against the documents; for tests alone.", []string{"server/openapi"}, false},
	"server/payment":             {"Holds states, rules, events, errors, and the service that applies one command.", nil, true},
	"server/playbill":            {"Says how scenarios and their runs are told: what control writes, client reads.", nil, true},
	"server/problem":             {"Writes problem documents.", nil, true},
	"server/servertest":          {"Starts a whole simulator for a test.", []string{"server", "server/client", "server/clock", "server/directory", "server/payment", "server/webhook"}, false},
	"server/sink":                {"Receives webhooks inside the simulator.", door("server/webhook", "server/payment", "server/clock"), false},
	"server/snapshot":            {"Says how a whole world is written as one document.", []string{"server/store", "server/payment", "server/webhook", "server/problem"}, false},
	"server/store": {"Names all that a world asks of the engine that keeps it.", []string{
		"server/payment", "server/webhook", "server/timer", "server/directory",
	}, true},
	"server/store/memory": {"Keeps everything of a change together, in native maps.", []string{
		"server/store", "server/payment", "server/webhook", "server/timer", "server/directory",
	}, true},
	"server/store/sql": {"Keeps everything of a change together, in a database.", []string{
		"server/store", "server/payment", "server/webhook", "server/timer", "server/directory",
	}, false},
	"server/store/sql/postgrestest": {"Lends tests a PostgreSQL that is thrown away.", nil, false},
	"server/store/storetest": {"Says of every engine what a store promises.", []string{
		"server/store", "server/payment", "server/webhook", "server/timer", "server/directory",
	}, false},
	"server/stripe": {"Imitates the part of Stripe's API through which merchants take Vipps, and Stripe's pages; webhook is for batches and the family of its deliveries.", door(
		"server/payment", "server/webhook", "server/clock", "web"), false},
	"server/timer":    {"Takes due rows in order and hands each to the room that asked for it.", []string{"server/payment", "server/clock"}, true},
	"server/userinfo": {"Shows merchants what payers agreed to share, for as long as they did.", door("server/payment"), false},
	"server/webhook":  {"Plans, signs and tries deliveries, and records every attempt.", []string{"server/payment", "server/fault", "server/clock"}, true},
	"server/webhook/probe": {"Fires good and bad deliveries at a merchant's handler, and judges what it did.", []string{
		"server/webhook", "server/payment", "server/clock",
	}, false},
	"server/webhook/api": {"Translates the imitated Webhooks API to registrations; gateway is for a note in the log of requests.", door(
		"server/webhook", "server/payment", "server/gateway"), false},
	"phoneapp": {"Pushes to phones and takes their answers over one socket; timer is for the type of its rows.", door(
		"server/payment", "server/feed", "server/fault", "server/clock", "server/timer", "server/express"), false},
	"phoneapp/bot": {"Is a phone without a screen.", []string{"phoneapp", "server/client", "server/clock", "server/directory"}, false},
	"qr":           {"Gives codes meaning and pictures, keeps merchants' codes and lets payers check in.", door("server/payment"), false},
	"qr/api":       {"Translates the imitated QR API to codes on the shelf.", door("qr", "server/payment"), false},
	"scenarios": {"Runs a script against a simulator, near or far, through its public doors only; problem is for the nearest names.", []string{
		"server/client", "server/merchant", "server/clock", "server/problem",
	}, false},
	"scenarios/catalogue": {"Ships scenarios.", []string{"scenarios"}, false},
	"scenarios/report":    {"Writes down what came of a run; client is for a timeline's entries.", []string{"scenarios", "server/client"}, true},
	"scenarios/gallery":   {"Shows the catalogue as pages to read.", []string{"scenarios", "scenarios/catalogue", "server/problem", "web"}, false},
	"scenarios/generate":  {"Writes the schema of scenarios for editors.", []string{"scenarios"}, true},
	"web":                 {"Embeds and serves files, renders templates.", nil, true},
	"web/browsertest":     {"Drives a browser for tests.", nil, false},
}

// wallClock are the functions of package time that ask or await real time.
var wallClock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}

// onTheWall are the places outside the clock's own package that may use them,
// such as "qr/door.go Now", each with its reason. None needs to so far.
var onTheWall = map[string]string{}

// source is a file of the module that is part of the program.
type source struct {
	pkg  string // folder, from the module's root
	name string // path, from the module's root
	ast  *ast.File
}

// sources reads the program, tests left out.
func sources(t *testing.T) []source {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	require.FileExists(t, filepath.Join(root, "go.mod"))
	var found []source
	files := os.DirFS(root)
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && name != "." && (base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found = append(found, source{path.Dir(name), name, parsed})
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

// imports gives what a file imports, by the name it has there.
func (s *source) imports(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, spec := range s.ast.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		name := path.Base(imported)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "_" || name == "." {
			name += imported // several imports of a file may be named so
		}
		found[name] = imported
	}
	return found
}

func TestEveryPackageImportsOnlyWhatItsDutyNeeds(t *testing.T) {
	t.Parallel()
	const module = "liksom/"
	for _, s := range sources(t) {
		r, known := rooms[s.pkg]
		if !known {
			t.Errorf("%s: the package %s is not in the table of rooms in server/architecture_test.go: add it there with its duty and what it may import", s.name, s.pkg)
			continue
		}
		for _, imported := range s.imports(t) {
			inside, ours := strings.CutPrefix(imported+"/", module)
			inside = strings.TrimSuffix(inside, "/")
			first, _, _ := strings.Cut(imported, "/")
			switch {
			case ours && !slices.Contains(r.may, inside) && !slices.Contains(r.may, everything):
				t.Errorf("%s imports %s, but the duty of %s is %q; it may import %v", s.name, inside, s.pkg, r.duty, r.may)
			case !ours && r.plain && strings.Contains(first, "."):
				t.Errorf("%s imports %s, but %s does with the standard library", s.name, imported, s.pkg)
			}
		}
	}
}

func TestTheTableOfRoomsHasNoCircles(t *testing.T) {
	t.Parallel()
	var visit func(pkg string, way []string)
	visit = func(pkg string, way []string) {
		if slices.Contains(way, pkg) {
			t.Fatalf("%v leads back to %s", way, pkg)
		}
		require.Contains(t, rooms, pkg, "named in the table as something to import")
		require.NotEmpty(t, rooms[pkg].duty, pkg)
		for _, next := range rooms[pkg].may {
			if next != everything {
				visit(next, append(slices.Clip(way), pkg))
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(rooms)) {
		visit(pkg, nil)
	}
}

// Time that a world cannot bend hides in innocent lines: two expiries drift
// apart because one asked the wall. Hence one package asks it, by name.
func TestOnlyTheClockAsksTheWall(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.pkg == "server/clock" || s.pkg == "web/browsertest" {
			continue
		}
		imported := s.imports(t)
		ast.Inspect(s.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains(wallClock, sel.Sel.Name) {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || imported[x.Name] != "time" {
				return true
			}
			place := s.name + " " + sel.Sel.Name
			used[place] = true
			if onTheWall[place] == "" {
				t.Errorf("%s uses time.%s: ask the world's clock, or clock.Wall for what must be real time", s.name, sel.Sel.Name)
			}
			return true
		})
	}
	for place := range onTheWall {
		if !used[place] {
			t.Errorf("%q needs no leave any more: take it off the list", place)
		}
	}
}
