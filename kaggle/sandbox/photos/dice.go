package photos

import (
	"math"
	"math/rand/v2"
)

// Dice draws what a scene is made of, alike on every machine.
type Dice struct{ *rand.Rand }

// Between is a number in [lo, hi), all alike likely.
func (d Dice) Between(lo, hi float64) float64 { return Mix(lo, hi, d.Float64()) }

// About is a number near mid: the sum of three draws, at most spread away,
// mostly less than half of that.
func (d Dice) About(mid, spread float64) float64 {
	return mid + float64((float64(d.Float64())+float64(d.Float64())+float64(d.Float64())-1.5)*(spread/1.5))
}

// Chance is true with the probability p.
func (d Dice) Chance(p float64) bool { return d.Float64() < p }

// Pick is an index, drawn with the odds given.
func (d Dice) Pick(odds ...float64) int {
	sum := 0.0
	for _, o := range odds {
		sum += o
	}
	at := float64(d.Float64() * sum)
	for i, o := range odds {
		if at -= o; at < 0 {
			return i
		}
	}
	return len(odds) - 1
}

// Whole is a whole number from lo to hi, both possible.
func (d Dice) Whole(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// Color is one of a hue (in turns, from red over green and blue), between grey
// (0) and pure (1), and between black (0) and bright (1).
func (d Dice) Color(hue, pure, bright [2]float64) Color {
	return HSV(d.Between(hue[0], hue[1]), d.Between(pure[0], pure[1]), d.Between(bright[0], bright[1]))
}

// HSV is a color by hue (turns), saturation and value (0 to 1).
func HSV(hue, saturation, value float64) Color {
	hue -= math.Floor(hue)
	level := func(shift float64) uint8 {
		k := float64(hue*6) + shift
		k -= float64(math.Floor(k/6) * 6)
		f := max(0, min(k, 4-k, 1))
		return uint8(math.Floor(float64((value-float64(float64(value*saturation)*f))*255) + 0.5))
	}
	return Color{level(5), level(3), level(1)}
}
