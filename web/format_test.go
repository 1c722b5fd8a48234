package web_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/web"
)

// formats is the table that the formats in Go and those in the browser are
// both held to.
func formats(t *testing.T) map[string][][]any {
	t.Helper()
	body, err := os.ReadFile("testdata/formats.json")
	require.NoError(t, err)
	var table map[string][][]any
	require.NoError(t, json.Unmarshal(body, &table))
	return table
}

func TestFormats_write_what_the_table_says(t *testing.T) {
	t.Parallel()
	number := func(v any) int64 { return int64(v.(float64)) }
	text := func(v any) string { return v.(string) }
	functions := map[string]func(args []any) string{
		"amount":    func(a []any) string { return web.Amount(text(a[0]), text(a[1]), number(a[2])) },
		"number":    func(a []any) string { return web.Number(text(a[0]), number(a[1])) },
		"phone":     func(a []any) string { return web.Phone(text(a[0])) },
		"remaining": func(a []any) string { return web.Remaining(text(a[0]), time.Duration(number(a[1]))*time.Millisecond) },
		"initials":  func(a []any) string { return web.Initials(text(a[0])) },
		"tint":      func(a []any) string { return web.Tint(text(a[0])) },
	}
	for name, rows := range formats(t) {
		for _, row := range rows {
			args, want := row[:len(row)-1], row[len(row)-1]
			require.Equal(t, want, functions[name](args), "%s%v", name, args)
		}
	}
}

func TestAmount_writes_the_largest_numbers(t *testing.T) {
	t.Parallel()
	require.Equal(t, "NOK\u00a092,233,720,368,547,758.07", web.Amount("en", "NOK", 1<<63-1))
	require.Equal(t, "\u2212NOK\u00a092,233,720,368,547,758.08", web.Amount("en", "NOK", -1<<63))
}

func TestTimeOfDay_has_points_in_Danish_and_Finnish(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 14, 32, 7, 0, time.UTC)
	for lang, want := range map[string]string{"en": "14:32:07", "nb": "14:32:07", "sv": "14:32:07", "da": "14.32.07", "fi": "14.32.07"} {
		require.Equal(t, want, web.TimeOfDay(lang, at, true))
	}
	require.Equal(t, "14.32", web.TimeOfDay("da", at, false))
}

func TestAge_grows_from_seconds_to_a_date(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 14, 32, 7, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		-time.Second: "0\u00a0s", 24 * time.Second: "24\u00a0s", 4 * time.Minute: "4\u00a0min", 2 * time.Hour: "2\u00a0h", 48 * time.Hour: "2026-11-19",
	} {
		require.Equal(t, want, web.Age(now, now.Add(-ago)))
	}
}

func TestShortened_keeps_both_ends_of_a_long_reference(t *testing.T) {
	t.Parallel()
	require.Equal(t, "24ab7cd6…992", web.Shortened("24ab7cd6ef658155992"))
	require.Equal(t, "exactly-18-letters", web.Shortened("exactly-18-letters"))
}

func ExampleAmount() {
	fmt.Println(web.Amount("en", "EUR", 2990))
	// Output: €29.90
}
