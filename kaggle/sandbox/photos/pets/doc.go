// Package pets draws cats and dogs for the sandbox's generated edition of Dogs
// vs. Cats: cartoons, not photos, that are as hard for a program as photos are
// in one respect. What tells the two apart is in shapes and how they lie to
// each other: ears, skull, muzzle, eyes, tail, marks of the coat and posture,
// each only mostly as its kind has it. Colours, backgrounds, light, place,
// size and angle are drawn alike for both, so counting colours, or comparing
// pixels, says next to nothing.
package pets

// Kind is what a photo shows.
type Kind int

// The kinds. Their numbers are the labels of the competition.
const (
	Cat Kind = 0
	Dog Kind = 1
)

// String is the kind's word in the names of files.
func (k Kind) String() string { return [...]string{"cat", "dog"}[k] }
