// Package nearest finds the word that somebody probably meant: "did you mean".
package nearest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Word is the word of words that got was probably meant to be, "" when none is
// near: about a third of the letters may differ, or got is the beginning of only
// one word. Case does not count, and "-" is "_".
func Word(got string, words []string) string {
	got = plain(got)
	best, least := "", max(1, (len(got)+1)/3)+1
	var starts []string
	for _, w := range words {
		p := plain(w)
		if d := levenshtein.ComputeDistance(got, p); d < least {
			best, least = w, d
		}
		if len(got) >= 2 && strings.HasPrefix(p, got) {
			starts = append(starts, w)
		}
	}
	if best == "" && len(starts) == 1 {
		return starts[0]
	}
	return best
}

func plain(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "_")) }
