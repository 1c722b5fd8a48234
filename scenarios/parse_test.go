package scenarios_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
)

var update = flag.Bool("update", false, "write the golden files")

// TestAllMistakesAreToldAtOnceWithTheirPlaces reads each broken script of
// testdata and holds what is said of it against the file beside it.
func TestAllMistakesAreToldAtOnceWithTheirPlaces(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mistakes/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			_, err = scenarios.Parse(filepath.Base(file), source)
			var found *scenarios.Mistakes
			require.ErrorAs(t, err, &found)
			golden := strings.TrimSuffix(file, ".yaml") + ".txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(err.Error()+"\n"), 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), found.Error()+"\n")
		})
	}
}

func TestAScriptSaysWhatItIs(t *testing.T) {
	t.Parallel()
	s, err := scenarios.Parse("x.yaml", []byte(`
id: lost-push
title: The push never shows
about: "One. Two."
tags: [people, push]
fails-with: [trusts-webhooks-alone]
steps:
  - create: {flow: PUSH_MESSAGE, phone: "4712345678"}
  - name: it waits
    wait: {phone: {}}
finally:
  - note: done
`))
	require.NoError(t, err)
	require.Equal(t, "lost-push", s.ID)
	require.Equal(t, "The push never shows", s.Title)
	require.Equal(t, "One. Two.", s.About)
	require.Equal(t, []string{"people", "push"}, s.Tags)
	require.Equal(t, []string{"trusts-webhooks-alone"}, s.FailsWith)
	require.Equal(t, []scenarios.Step{{Name: "create PUSH_MESSAGE", Line: 8, Verb: "create"}, {Name: "it waits", Line: 10, Verb: "wait"}}, s.Steps)
	require.Equal(t, []scenarios.Step{{Name: "note done", Line: 12, Verb: "note"}}, s.Finally)
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestAFolderGivesItsScriptsAndPassesOverWhatIsThereToBeIncluded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "a.yaml", head+"  - include: parts.yaml\n")
	write(t, dir, "b.yml", strings.Replace(head, "a-test", "b-test", 1)+"  - create\n")
	write(t, dir, "parts.yaml", "- create\n- approve\n")
	all, err := scenarios.Load(dir)
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "approve", all[0].Steps[1].Verb)
	require.Equal(t, "b-test", all[1].ID)
}

func TestTheMistakesOfAllFilesAreToldTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := write(t, dir, "a.yaml", head+"  - aprove\n"), write(t, dir, "b.yaml", "title: none\nsteps: []\n")
	_, err := scenarios.Load(first, second, filepath.Join(dir, "c.yaml"))
	var found *scenarios.Mistakes
	require.ErrorAs(t, err, &found)
	require.Len(t, *found, 4)
	require.Equal(t, []string{first, second, second, filepath.Join(dir, "c.yaml")}, []string{(*found)[0].File, (*found)[1].File, (*found)[2].File, (*found)[3].File})
	require.Contains(t, (*found)[0].Hint, "approve")
}

func TestFilesThatIncludeEachOtherAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml")
	write(t, dir, "a.yaml", head+"  - include: b.yaml\n  - include: b.yaml\n")
	write(t, dir, "b.yaml", "- include: a.yaml\n")
	_, err := scenarios.Load(first)
	var found *scenarios.Mistakes
	require.ErrorAs(t, err, &found)
	require.Len(t, *found, 1, "b.yaml is as wrong as if it were included once")
	require.Equal(t, second, (*found)[0].File)
	require.Contains(t, (*found)[0].Message, first+" › "+second+" › "+first)
}

func TestATextFromStrangersReadsNoFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "parts.yaml", "- create\n")
	_, err := scenarios.ParseAlone("x.yaml", []byte(head+"  - include: "+path+"\n"))
	require.ErrorContains(t, err, "files cannot be included here")
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/mistakes/*.yaml", "catalogue/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(source)
		}
	}
	f.Add([]byte("a: &a [*a, *a]\nb: {<<: *a}"))
	f.Add([]byte("- - - ? ? ${${"))
	f.Fuzz(func(t *testing.T, source []byte) {
		s, err := scenarios.ParseAlone("fuzz.yaml", source)
		if err == nil {
			require.NotEmpty(t, s.ID)
			return
		}
		var found *scenarios.Mistakes
		require.True(t, errors.As(err, &found))
		require.NotEmpty(t, *found)
		for _, m := range *found {
			require.NotEmpty(t, m.Message)
		}
	})
}
