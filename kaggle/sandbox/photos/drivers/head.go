package drivers

import (
	"math"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"
)

// The styles of hair.
const (
	shortHair = iota
	longHair
	bald
	tied
)

// face is a head in its own measure, of which it is about one wide and high to
// either side.
type face struct {
	*pen
	l   *look
	o   pose
	yaw float64 // turns from the camera: 0 frontal, a quarter ahead
}

// head draws the head of a pose.
func (l *look) head(p *pen, o pose) {
	size := l.headSize
	at := pt{X: 150 - float64(0.6*o.lean), Y: 70}.Plus(l.sit).Plus(o.head)
	yaw := float64(0.25 * (1 - min(max(o.yaw, -0.3), 1.2)))
	nod := float64(o.pitch * photos.Turn(yaw).Y)
	f := face{p.moved(photos.Place(at, nod, float64(0.92*size), float64(1.08*size))), l, o, yaw}
	f.back()
	f.skin()
	f.features()
	f.front()
}

// on is the place on the head, turns to the left of the nose (of the viewer: to
// the right), y down; near says how much it faces the camera, 1 to -1.
func (f face) on(turns, y float64) (at pt, near float64) {
	t := photos.Turn(f.yaw + turns)
	wide := math.Sqrt(max(1-float64(0.8*y*y), 0.05))
	down := float64(2.2 * f.o.pitch * photos.Turn(f.yaw).X)
	return pt{X: float64(0.86 * wide * t.Y), Y: y + down}, t.X
}

// ahead is how much the nose points to the right, 0 to 1.
func (f face) ahead() float64 { return photos.Turn(f.yaw).Y }

func (f face) back() {
	a := f.ahead()
	x := float64(-0.3 * a)
	switch f.l.style {
	case longHair:
		f.solid(f.l.hair, round(x-0.75, -0.8, x, -1.18, x+0.8, -0.7, x+0.75, 0.3, x+0.55, 1.5, x-0.2, 1.75, x-0.95, 1.5, x-1, 0.2))
	case tied:
		f.solid(f.l.hair, photos.Ellipse(pt{X: x - float64(0.9*a), Y: -0.25}, 0.42, 0.5))
		f.solid(f.l.hair, photos.Ellipse(pt{X: x, Y: -0.2}, 0.92, 0.98))
	case shortHair:
		f.solid(f.l.hair, photos.Ellipse(pt{X: x, Y: -0.2}, 0.92, 0.98))
	}
}

func (f face) skin() {
	a := f.ahead()
	f.solid(f.l.skin, round(-0.78+float64(0.1*a), -0.3, -0.4, -0.95, 0.3, -1, 0.8, -0.5, 0.84, 0.1, 0.62+float64(0.12*a), 0.8, 0.2+float64(0.35*a), 1.06,
		-0.25+float64(0.3*a), 0.98, -0.62+float64(0.2*a), 0.5))
	if f.l.beard {
		f.solid(f.l.hair.Blend(f.l.skin, 60), round(-0.6+float64(0.3*a), 0.35, 0.1+float64(0.4*a), 0.55, 0.72, 0.3, 0.66+float64(0.12*a), 0.85, 0.2+float64(0.35*a), 1.12, -0.3+float64(0.35*a), 0.98))
	}
}

func (f face) features() {
	ink := f.l.hair.Lit(120)
	for _, side := range []float64{-1, 1} {
		if at, near := f.on(float64(side*0.08), -0.08); near > 0.05 {
			w := 0.05 + float64(0.13*near)
			f.flat(photos.Color{R: 235, G: 235, B: 230}, photos.Ellipse(at, w, 0.09))
			f.flat(photos.Color{R: 30, G: 22, B: 20}, photos.Ellipse(at.Plus(pt{X: float64(0.03 * f.ahead())}), float64(0.5*w), 0.075))
			f.flat(ink, line(0.035, at.Plus(pt{X: -w, Y: -0.2}), at.Plus(pt{Y: -0.25}), at.Plus(pt{X: w, Y: -0.2})))
			if f.l.glasses {
				ring := photos.Ellipse(at, w+0.1, 0.2).Edge(0.035)
				f.flat(photos.Color{R: 25, G: 25, B: 30}, ring[0], ring[1])
			}
		}
		if at, near := f.on(float64(side*0.25), 0); near > -0.35 { // an ear
			w := 0.08 + float64(0.1*max(near, 0))
			if f.l.style != longHair {
				f.solid(f.l.skin.Lit(225), photos.Ellipse(at, w, 0.22))
			}
			if f.l.glasses {
				eye, _ := f.on(float64(side*0.1), -0.1)
				f.flat(photos.Color{R: 25, G: 25, B: 30}, line(0.03, at.Plus(pt{Y: -0.1}), at.Toward(eye, 0.5).Plus(pt{Y: -0.08}), eye))
			}
		}
	}
	nose, _ := f.on(0, 0.2)
	tip := nose.Plus(pt{X: float64(0.16 * f.ahead())})
	f.solid(f.l.skin.Lit(236), round(nose.X-0.1, nose.Y-0.3, nose.X+0.08, nose.Y-0.28, tip.X+0.06, tip.Y+0.04, tip.X, tip.Y+0.13, nose.X-0.12, nose.Y+0.1))
	left, _ := f.on(-0.07, 0.58)
	right, _ := f.on(0.07, 0.58)
	mid, _ := f.on(0, 0.6)
	open := 0.03 + float64(0.16*f.o.mouth)
	f.flat(photos.Color{R: 120, G: 45, B: 45}.Blend(f.l.skin, 60), photos.Smooth(left, mid.Plus(pt{Y: -0.03}), right, mid.Plus(pt{Y: open})))
}

// front draws what lies over the face: hair above it, or a cap.
func (f face) front() {
	a := f.ahead()
	if f.l.style != bald {
		brow := -0.42
		f.solid(f.l.hair, round(-0.95+float64(0.05*a), -0.2, -0.75, -0.85, -0.1, -1.2, 0.55, -1.05, 0.82, brow-0.15, 0.4, brow-0.25, -0.1-float64(0.25*a), brow, -0.5-float64(0.2*a), 0.15, -0.85, 0.3))
	}
	if f.l.hat {
		f.solid(f.l.cap, round(-0.95, -0.35, -0.8, -1.05, 0, -1.35, 0.7, -1.05, 0.9, -0.5, 0, -0.55))
		f.solid(f.l.cap.Lit(190), round(-0.3+float64(0.6*a), -0.62, 0.5+float64(0.6*a), -0.66, 0.8+float64(0.75*a), -0.48, 0.1+float64(0.6*a), -0.45))
	}
}
