package drivers

import (
	"math/rand/v2"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// look is what is in all photos of a driver.
type look struct {
	camera photos.Affine // from the car to pixels
	finish photos.Finish
	noise  *photos.Noise
	light  pt
	depth  int

	lining, pillar, door, dash, seat, wheel, lap photos.Color
	sky, ground, leaves                          photos.Color
	leafy                                        int  // how much of the view is leaves, 0 to 255
	rear                                         bool // a window behind the seat is seen
	knobs                                        int  // of the console
	rest                                         pt   // shift of seat and headrest
	wheelAt                                      pt
	wheelTilt                                    float64

	skin, hair, top, cap, cup photos.Color
	style                     int // of the hair: short, long, bald, tied
	hat, glasses, beard, belt bool
	sleeve                    float64 // where it ends: 0.4 above the elbow, 1 at the hand
	striped                   bool
	sit                       pt      // shift of the whole body
	stout                     float64 // half width of arms; torso goes with it
	headSize                  float64
	quality                   int
}

var (
	dull = [2]float64{0, 0.22}
	any  = [2]float64{0, 1}
)

func newLook(r *rand.Rand) *look {
	d := photos.Dice{Rand: r}
	l := &look{noise: photos.NewNoise(r)}
	zoom := d.About(1.2, 0.09)
	l.camera = photos.Place(pt{X: -168, Y: -124}, 0, 1, 1).Then(photos.Place(pt{X: 160 + d.About(0, 14), Y: 120 + d.About(0, 10)}, d.About(0, 0.014), zoom, zoom))
	l.light, l.depth = photos.Turn(d.Between(0.45, 1.05)), d.Whole(20, 70)
	l.car(d)
	l.person(d)
	l.finish = photos.Finish{
		Lift: d.Whole(-6, 12), Across: d.Whole(-50, 60), Down: d.Whole(-50, 30), Vignette: d.Whole(0, 40), Grain: d.Whole(2, 7), Soft: d.Chance(0.15),
	}
	bright := d.About(266, 50)
	for i := range l.finish.Gain {
		l.finish.Gain[i] = int(bright + d.About(0, 26))
	}
	l.quality = d.Whole(60, 76)
	return l
}

func (l *look) car(d photos.Dice) {
	shade := d.Between(0.22, 0.6)
	part := func(more float64) photos.Color {
		v := min(max(shade+more+d.About(0, 0.1), 0.05), 0.85)
		return d.Color([2]float64{0.04, 0.14}, dull, [2]float64{v, v})
	}
	l.lining, l.pillar, l.door, l.dash, l.seat = part(0.2), part(0.12), part(-0.02), part(-0.08), part(0)
	if d.Chance(0.3) {
		l.seat = d.Color(any, [2]float64{0.05, 0.25}, [2]float64{0.15, 0.65})
	}
	l.wheel = d.Color(any, [2]float64{0, 0.1}, [2]float64{0.06, 0.3})
	l.lap = d.Color([2]float64{0.05, 0.7}, [2]float64{0, 0.5}, [2]float64{0.1, 0.65})
	l.sky = d.Color([2]float64{0.5, 0.65}, [2]float64{0, 0.25}, [2]float64{0.8, 1})
	l.ground = d.Color([2]float64{0.05, 0.3}, [2]float64{0.05, 0.4}, [2]float64{0.35, 0.8})
	l.leaves = d.Color([2]float64{0.12, 0.4}, [2]float64{0.1, 0.45}, [2]float64{0.35, 0.8})
	l.leafy, l.rear, l.knobs = d.Whole(20, 140), d.Chance(0.6), d.Whole(3, 8)
	l.rest = pt{X: d.About(0, 8), Y: d.About(0, 8)}
	l.wheelAt, l.wheelTilt = pt{X: 250 + d.About(0, 9), Y: 150 + d.About(0, 9)}, d.About(0.03, 0.03)
}

func (l *look) person(d photos.Dice) {
	pale := d.Between(0.3, 1)
	l.skin = photos.HSV(d.Between(0.035, 0.085), photos.Mix(0.62, 0.3, pale)+d.About(0, 0.08), photos.Mix(0.32, 0.95, pale))
	l.hair = d.Color([2]float64{0.03, 0.12}, [2]float64{0.1, 0.7}, [2]float64{0.05, 0.3})
	if d.Chance(0.3) {
		l.hair = d.Color([2]float64{0.07, 0.13}, [2]float64{0.1, 0.6}, [2]float64{0.4, 0.9})
	}
	for l.top = clothes(d); distance(l.top, l.seat) < 100 || distance(l.top, l.door) < 100; {
		l.top = clothes(d)
	}
	l.cap = d.Color(any, [2]float64{0, 0.5}, [2]float64{0.15, 0.75})
	l.cup = d.Color(any, [2]float64{0, 0.9}, [2]float64{0.2, 1})
	l.style = d.Pick(5, 4, 1, 1)
	l.hat, l.glasses, l.beard, l.belt = d.Chance(0.15), d.Chance(0.35), d.Chance(0.25), d.Chance(0.7)
	if l.style == longHair {
		l.beard = false
	}
	l.sleeve = 1
	if d.Chance(0.55) {
		l.sleeve = d.Between(0.35, 0.55)
	}
	l.striped = d.Chance(0.25)
	l.sit = pt{X: d.About(0, 9), Y: d.About(0, 10)}
	l.stout, l.headSize = d.Between(10.5, 14), d.Between(28, 32)
}

// clothes is a color that they may have.
func clothes(d photos.Dice) photos.Color {
	return d.Color(any, [2]float64{0.05, 0.65}, [2]float64{0.12, 0.95})
}

// distance is how unlike two colours are, 0 to 765.
func distance(a, b photos.Color) int {
	apart := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return apart(a.R, b.R) + apart(a.G, b.G) + apart(a.B, b.B)
}

// weave is the color of the clothes at a place.
func (l *look) weave(u, v int) photos.Color {
	fold := l.noise.At(u/20, v/24) - 128
	c := l.top
	if l.striped && (v/(6*photos.Unit))&1 == 0 {
		c = c.Lit(208)
	}
	return c.Lit(256 + fold/2)
}
