package pipelines_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// What a spec says of pseudo-labels comes through its canonical form, and can be taken
// back by --set.
func TestPseudo(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]pipelines.Pseudo{
		"pseudo={}":  {Rounds: 1, Labels: "soft", TestShare: 0.33},
		"pseudo=off": {},
		"pseudo={rounds: 3, labels: hard, test_share: 0.5, confidence: 0.9}": {Rounds: 3, Labels: "hard", TestShare: 0.5, Confidence: 0.9},
		"pseudo={mix: [44, 16]}":                   {Rounds: 1, Labels: "soft", Mix: []int{44, 16}},
		"pseudo={mix: [44, 16, 4], confidence: 0}": {Rounds: 1, Labels: "soft", Mix: []int{44, 16, 4}},
	} {
		s := decode(t, small, set)
		if d := cmp.Diff(want, s.Pseudo); d != "" {
			t.Errorf("%s (-want +got):\n%s", set, d)
		}
		again := decode(t, string(s.Canonical()))
		if d := cmp.Diff(s.Pseudo, again.Pseudo); d != "" || s.Digest() != again.Digest() {
			t.Errorf("%s: canonical form (-was +is):\n%s", set, d)
		}
		if off := decode(t, string(s.Canonical()), "pseudo=off"); off.Digest() != decode(t, small).Digest() {
			t.Errorf("%s, then off: another spec than without", set)
		}
	}
}

func ExamplePseudo_Shares() {
	fmt.Println(pipelines.Pseudo{TestShare: 0.25}.Shares())
	fmt.Println(pipelines.Pseudo{Mix: []int{4, 2, 2}}.Shares())
	// Output:
	// [0.75 0.25]
	// [0.5 0.25 0.25]
}
