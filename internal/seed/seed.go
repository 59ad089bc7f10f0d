// Package seed derives every random stream of a run from the spec's one seed.
//
// A stream is named by a path, such as seed.Derive(1, "fold", 3, "epoch", 7):
// the same path gives the same numbers whatever ran before, so a resumed run
// draws what an uninterrupted one would have drawn. Nothing uses the global
// generators of math/rand.
package seed

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
)

// Derive is the seed of the stream named by path under root. Path elements are
// told apart by their printed form.
func Derive(root uint64, path ...any) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d", root)
	for _, p := range path {
		fmt.Fprintf(h, "\x00%v", p)
	}
	return mix(h.Sum64())
}

// Rand is a generator for the stream named by path under root.
func Rand(root uint64, path ...any) *rand.Rand {
	s := Derive(root, path...)
	return rand.New(rand.NewPCG(s, mix(s^0x9e3779b97f4a7c15)))
}

// Mix is the seed of member n of the family s, as of a row in an epoch: what
// Derive does, without its cost, for hot loops.
func Mix(s, n uint64) uint64 { return mix(mix(s) ^ n) }

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): FNV alone leaves
// the high bits of short inputs alike.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
