// Package fish draws the decks of fishing boats, and what was caught, for the
// sandbox's generated edition of The Nature Conservancy Fisheries Monitoring:
// drawings, not photos, that are hard for a program in the ways the photos are.
//
// A Boat has one camera, deck and light in all its photos, and its own odds of
// what it catches; a Haul is a few frames in a row that hardly differ. So who
// knows the boat can guess the class, and who validates on frames of boats that
// were learned from is deceived. What holds on every boat is the shape of the
// fish: profile, fins and tail, eye, and marks, in colours that the classes
// nearly share.
package fish

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// Class is what a photo shows.
type Class int

// The classes, in the order of a submission's columns.
const (
	Albacore Class = iota
	Bigeye
	Dolphinfish
	Opah
	NoFish
	Other
	Shark
	Yellowfin

	Classes = 8 // how many there are
)

// String is the class's word in files.
func (c Class) String() string {
	return [Classes]string{"ALB", "BET", "DOL", "LAG", "NoF", "OTHER", "SHARK", "YFT"}[c]
}

// Box is what a fish takes of a photo, in its pixels: X and Y are the left upper
// corner.
type Box struct{ X, Y, Width, Height float64 }

type pt = photos.Point
