package seed_test

import (
	"fmt"
	"math/bits"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

func TestDeriveTellsPathsApart(t *testing.T) {
	t.Parallel()
	seen := map[uint64]string{}
	for root := range uint64(4) {
		for _, path := range [][]any{{}, {"a"}, {"ab"}, {"a", "b"}, {"a", 1}, {"a", "11"}, {"a", 1, 1}, {""}} {
			s := seed.Derive(root, path...)
			name := fmt.Sprintf("%d %q", root, path)
			if other, ok := seen[s]; ok {
				t.Errorf("%s and %s share the seed %d", name, other, s)
			}
			seen[s] = name
		}
	}
}

// Neighbouring streams must not look alike: a bit of the path flips about half
// of the bits of the seed.
func TestDeriveAvalanche(t *testing.T) {
	t.Parallel()
	sum := 0
	for i := range 1000 {
		sum += bits.OnesCount64(seed.Derive(1, "epoch", i) ^ seed.Derive(1, "epoch", i+1))
	}
	if mean := float64(sum) / 1000; mean < 30 || mean > 34 {
		t.Errorf("%.1f bits differ on average, want about 32", mean)
	}
}

func ExampleRand() {
	a, b := seed.Rand(1, "fold", 3), seed.Rand(1, "fold", 3)
	fmt.Println(a.IntN(1000) == b.IntN(1000))
	// Output: true
}
