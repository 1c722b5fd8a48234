package problem

import "strings"

// Instead says which of the right names was probably meant by a wrong one, or
// all of them: a sentence for the end of a refusal.
func Instead(name string, right []string) string {
	if len(right) == 0 {
		return "Leave it out."
	}
	if best := Nearest(name, right); best != "" {
		return "Did you mean " + best + "?"
	}
	return "Possible are " + strings.Join(right, ", ") + "."
}

// Nearest is the right name that was probably meant by a wrong one; "" when
// none is near.
func Nearest(name string, right []string) string {
	const longest = 64 // of a name that could be meant
	if len(name) > longest {
		return ""
	}
	best, distance := "", max(2, len(name)/3)+1
	for _, r := range right {
		if d := edits(strings.ToLower(name), strings.ToLower(r)); d < distance {
			best, distance = r, d
		}
	}
	return best
}

// edits counts the single letters to change, add or leave out that lie
// between two words.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
