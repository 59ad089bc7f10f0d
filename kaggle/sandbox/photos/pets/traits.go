package pets

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// ears are the forms of ears.
type ears int

const (
	pointed ears = iota // upright triangles
	hanging             // beside the head
	folded              // upright, with the tips bent down
)

// marks are the patterns of a coat.
type marks int

const (
	plain marks = iota
	striped
	patched
)

// pose is how the animal stands before the camera.
type pose int

const (
	portrait pose = iota
	sitting
	standing
	lying
)

// traits are what an animal looks like. Numbers from 0 to 1 say how much it is
// like a dog (0) or like a cat (1) in one respect.
type traits struct {
	ears     ears
	marks    marks
	pose     pose
	skull    float64 // long with jowls, or wide with cheeks
	muzzle   float64 // large, or small
	nose     float64 // a large oval, or a small triangle
	eyes     float64 // small and round, or large with slits
	tail     float64 // short and pointed, or long and even
	build    float64 // chest and legs, or a soft body
	whiskers bool
	tongue   bool
	collar   bool
	closed   bool    // eyes
	turn     float64 // of the head: -1 far left, 1 far right
	earSize  float64
}

// draw draws the traits of an animal of a kind.
func (k Kind) draw(d photos.Dice) traits {
	cat := k == Cat
	odds := func(ifCat, ifDog []float64) int {
		if cat {
			return d.Pick(ifCat...)
		}
		return d.Pick(ifDog...)
	}
	chance := func(ifCat, ifDog float64) bool { return d.Chance(map[bool]float64{true: ifCat, false: ifDog}[cat]) }
	like := func() float64 {
		g := d.About(0.12, 0.4)
		if cat {
			g = 1 - g
		}
		return min(max(g, 0), 1)
	}
	return traits{
		ears:  ears(odds([]float64{0.94, 0.01, 0.05}, []float64{0.08, 0.72, 0.20})),
		marks: marks(odds([]float64{0.27, 0.69, 0.04}, []float64{0.28, 0.02, 0.70})),
		pose:  pose(odds([]float64{0.50, 0.28, 0.07, 0.15}, []float64{0.48, 0.26, 0.17, 0.09})),
		skull: like(), muzzle: like(), nose: like(), eyes: like(), tail: like(), build: like(),
		whiskers: chance(0.85, 0.15), tongue: chance(0.03, 0.4), collar: d.Chance(0.3), closed: d.Chance(0.06),
		turn: d.About(0, 0.9), earSize: d.Between(0.85, 1.2),
	}
}
