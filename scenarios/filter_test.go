package scenarios_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
)

func TestFiltersChooseScripts(t *testing.T) {
	t.Parallel()
	script := &scenarios.Script{ID: "retry-ladder", Title: "The whole ladder", Group: "webhooks", Tags: []string{"time", "webhooks"}}
	for filter, chosen := range map[string]bool{
		`id == "retry-ladder"`:                         true,
		`title contains "ladder" && group != "people"`: true,
		`"time" in tags`:                               true,
		`"money" in tags`:                              false,
		`id startsWith "late"`:                         false,
		`tags[7] == "time"`:                            false,
	} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			chooses, err := scenarios.Filter(filter)
			require.NoError(t, err)
			require.Equal(t, chosen, chooses(script))
		})
	}
}

func TestWrongFiltersAreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	for filter, column := range map[string]int{
		`id == "a" && nme == "b"`: 14,
		`title + 1`:               7,
		`id ==`:                   5,
		`title`:                   0,
		`len(now()) > 1`:          5,
	} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			_, err := scenarios.Filter(filter)
			var wrong *scenarios.Mistakes
			require.True(t, errors.As(err, &wrong))
			require.Len(t, *wrong, 1)
			require.Equal(t, column, (*wrong)[0].Column, (*wrong)[0].Message)
		})
	}
}
