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

	skin, hair, top, other, cup photos.Color
	style                       int // of the hair: short, long, bald, tied
	hat, glasses, beard, belt   bool
	sleeve                      float64 // where it ends: 0.4 above the elbow, 1 at the hand
	pattern                     int
	sit                         pt      // shift of the whole body
	stout                       float64 // half width of arms; torso goes with it
	headSize                    float64
	quality                     int
}

var (
	dull = [2]float64{0, 0.22}
	any  = [2]float64{0, 1}
)

func newLook(r *rand.Rand) *look {
	d := photos.Dice{Rand: r}
	l := &look{noise: photos.NewNoise(r)}
	zoom := d.About(1.04, 0.12)
	l.camera = photos.Place(pt{X: -160, Y: -120}, 0, 1, 1).Then(photos.Place(pt{X: 160 + d.About(0, 16), Y: 120 + d.About(0, 12)}, d.About(0, 0.014), zoom, zoom))
	l.light, l.depth = photos.Turn(d.Between(0.45, 1.05)), d.Whole(20, 70)
	l.car(d)
	l.person(d)
	l.finish = photos.Finish{
		Lift: d.Whole(-8, 14), Across: d.Whole(-70, 90), Down: d.Whole(-70, 30), Vignette: d.Whole(0, 50), Grain: d.Whole(3, 12), Soft: d.Chance(0.15),
	}
	bright := d.About(262, 60)
	for i := range l.finish.Gain {
		l.finish.Gain[i] = int(bright + d.About(0, 26))
	}
	l.quality = d.Whole(60, 76)
	return l
}

func (l *look) car(d photos.Dice) {
	shade := d.Between(0.1, 0.62)
	part := func(more float64) photos.Color {
		v := min(max(shade+more+d.About(0, 0.1), 0.05), 0.85)
		return d.Color([2]float64{0.04, 0.14}, dull, [2]float64{v, v})
	}
	l.lining, l.pillar, l.door, l.dash, l.seat = part(0.2), part(0.12), part(-0.02), part(-0.08), part(0)
	if d.Chance(0.3) {
		l.seat = d.Color(any, [2]float64{0.1, 0.5}, [2]float64{0.15, 0.7})
	}
	l.wheel = d.Color(any, [2]float64{0, 0.1}, [2]float64{0.06, 0.3})
	l.lap = d.Color([2]float64{0.05, 0.7}, [2]float64{0, 0.5}, [2]float64{0.1, 0.65})
	l.sky = d.Color([2]float64{0.5, 0.65}, [2]float64{0, 0.25}, [2]float64{0.8, 1})
	l.ground = d.Color([2]float64{0.05, 0.3}, [2]float64{0.05, 0.4}, [2]float64{0.35, 0.8})
	l.leaves = d.Color([2]float64{0.12, 0.4}, [2]float64{0.1, 0.6}, [2]float64{0.15, 0.7})
	l.leafy, l.rear, l.knobs = d.Whole(20, 170), d.Chance(0.6), d.Whole(3, 8)
	l.rest = pt{X: d.About(0, 8), Y: d.About(0, 8)}
	l.wheelAt, l.wheelTilt = pt{X: 250 + d.About(0, 9), Y: 150 + d.About(0, 9)}, d.About(0.03, 0.03)
}

func (l *look) person(d photos.Dice) {
	pale := d.Between(0.2, 1)
	l.skin = photos.HSV(d.Between(0.035, 0.085), photos.Mix(0.62, 0.3, pale)+d.About(0, 0.08), photos.Mix(0.32, 0.95, pale))
	l.hair = d.Color([2]float64{0.03, 0.12}, [2]float64{0.1, 0.7}, [2]float64{0.05, 0.3})
	if d.Chance(0.3) {
		l.hair = d.Color([2]float64{0.07, 0.13}, [2]float64{0.1, 0.6}, [2]float64{0.4, 0.9})
	}
	l.top = d.Color(any, [2]float64{0.05, 0.9}, [2]float64{0.12, 0.95})
	l.other = d.Color(any, [2]float64{0, 0.6}, [2]float64{0.1, 1})
	l.cup = d.Color(any, [2]float64{0, 0.9}, [2]float64{0.2, 1})
	l.style = d.Pick(5, 4, 1, 2)
	l.hat, l.glasses, l.beard, l.belt = d.Chance(0.12), d.Chance(0.35), d.Chance(0.2), d.Chance(0.7)
	if l.style == longHair {
		l.beard = false
	}
	l.sleeve = 1
	if d.Chance(0.55) {
		l.sleeve = d.Between(0.35, 0.55)
	}
	l.pattern = d.Pick(5, 2, 1, 1)
	l.sit = pt{X: d.About(0, 9), Y: d.About(0, 10)}
	l.stout, l.headSize = d.Between(9, 13), d.Between(25, 29)
}

// weave is the color of the clothes at a place.
func (l *look) weave(u, v int) photos.Color {
	fold := l.noise.At(u/20, v/24) - 128
	c := l.top
	switch l.pattern {
	case 1: // stripes
		if (v/(6*photos.Unit))&1 == 0 {
			c = l.other
		}
	case 2: // checks
		c = c.Blend(l.other, 100*((u/(7*photos.Unit))&1)+100*((v/(7*photos.Unit))&1))
	case 3: // spots
		if l.noise.At(u/9, v/9) > 165 {
			c = l.other
		}
	}
	return c.Lit(256 + fold/2)
}
