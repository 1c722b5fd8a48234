package server_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// served finds tests that start a simulator or part of one, or call one.
var served = regexp.MustCompile(`\bserver\.New\(|servertest\.Start\(|httptest\.NewServer\(|\.ServeHTTP\(|http\.(Get|Post)\(|http\.DefaultClient`)

// undescribed are the files of tests whose exchanges no document is held
// against, with the reason. Whatever is not here names the checker.
var undescribed = map[string]string{
	"phoneapp/bench_test.go":             "a benchmark",
	"phoneapp/session_test.go":           "a phone's socket",
	"qr/door_test.go":                    "pictures and codes, which are for cameras and browsers",
	"scenarios/gallery/gallery_test.go":  "pages",
	"scenarios/hostile_test.go":          "a server of somebody else",
	"scenarios/ownshop_test.go":          "a merchant's server, and the simulator of kit_test.go",
	"scenarios/run_test.go":              "the simulator of kit_test.go",
	"server/bench_test.go":               "benchmarks",
	"server/command/run_test.go":         "a program of its own",
	"server/command/runshop_test.go":     "a program of its own",
	"server/command/runinput_test.go":    "a program of its own",
	"server/config_test.go":              "a simulator that cannot start",
	"server/consolepages_test.go":        "the simulator of journey_kit_test.go",
	"server/epayment/bench_test.go":      "a benchmark",
	"server/epayment/fuzz_test.go":       "the handler of world_test.go",
	"server/example_test.go":             "printed in the documentation as it is",
	"server/express/express_test.go":     "a merchant's server",
	"server/fuzz_test.go":                "a fuzz target, whose requests come by the million; else the simulator of story_kit_test.go",
	"server/gateway/gateway_test.go":     "a route made up for the test, in front of which the gateway stands",
	"server/gateway/world_test.go":       "the helper that asks what it is given",
	"server/journey_test.go":             "a shop, and the simulator of journey_kit_test.go",
	"server/ladderbench_test.go":         "a benchmark",
	"server/landing/world_test.go":       "pages",
	"server/merchant/habit_test.go":      "a shop's own page; the simulator is that of world_test.go",
	"server/merchant/sound_test.go":      "the simulator of world_test.go",
	"server/openapi/door_test.go":        "pages, and the documents themselves",
	"server/origin_test.go":              "the simulator of journey_kit_test.go",
	"server/pages/console_test.go":       "the server of world_test.go",
	"server/pages/door_test.go":          "the server of world_test.go",
	"server/pages/print_test.go":         "the server of world_test.go",
	"server/pages/wall_test.go":          "the server of world_test.go",
	"server/phonedevice_test.go":         "the simulator of journey_kit_test.go, and a cable to it",
	"server/servertest/example_test.go":  "printed in the README as it is; TestTheExampleIsAsDescribed does the same",
	"server/sink/sink_test.go":           "a receiver, which takes whatever comes",
	"server/sixtydays_test.go":           "a benchmark; else the simulator of story_kit_test.go",
	"server/webhook/api/note_test.go":    "a handler made up for the test",
	"server/webhook/house_test.go":       "a merchant's server",
	"server/webhook/probe/probe_test.go": "a merchant's server",
	"server/webhooks_test.go":            "merchants' servers, and simulators that cannot start",
	"server/worldbench_test.go":          "a benchmark",
	"server/worlds_test.go":              "a simulator that never starts",
	"web/browser_test.go":                "pages",
	"web/console_test.go":                "files for browsers",
	"server/landing/ground_test.go":      "pages",
	"server/lostpages_test.go":           "pages, and paths that no document has",
	"server/consoletools_test.go":        "the simulator of journey_kit_test.go",
	"server/webhook/reach_test.go":       "a merchant's server",
	"server/stripe/config_test.go":       "simulators that cannot start",
	"server/stripe/kit_test.go":          "an API that has documents of its own elsewhere, spoken by its own client, and pages",
}

// Each exchange of a test is held against our documents, or it is written down
// here why not.
func TestEveryTestThatSpeaksHTTPIsHeldAgainstTheDocuments(t *testing.T) {
	t.Parallel()
	excused := map[string]bool{}
	root := os.DirFS("..")
	require.NoError(t, fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") || path == "server/described_test.go" {
			return nil
		}
		text, err := fs.ReadFile(root, path)
		if err != nil || !served.Match(text) {
			return err
		}
		if strings.Contains(string(text), "openapitest.New(") {
			return nil
		}
		require.NotEmpty(t, undescribed[path], "%s: hold its traffic against the documents by openapitest, or say in server/described_test.go why not", path)
		excused[path] = true
		return nil
	}))
	for path := range undescribed {
		require.True(t, excused[path], "%s needs no excuse", path)
	}
}
