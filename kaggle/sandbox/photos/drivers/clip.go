package drivers

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// thing is what a hand holds.
type thing int

const (
	nothing thing = iota
	phone
	cup
	brush
)

// arm is one: where its hand is, how far the elbow lies off the straight way
// from the shoulder, and what the hand holds, turned by so much.
type arm struct {
	hand  pt
	bend  float64
	holds thing
	turn  float64
}

// pose is how a driver sits at one moment.
type pose struct {
	right, left arm
	yaw         float64 // of the head: 0 ahead, which is to the right, 1 to the camera
	pitch       float64 // in turns, positive down
	head        pt      // shift
	lean        float64 // of the shoulders, to the back
	mouth       float64 // open, 0 to 1
}

// rim is a place on the wheel, turns from its right end.
func (l *look) rim(turns float64) pt {
	t := photos.Turn(turns)
	return l.wheelAt.Plus(pt{X: float64(24 * t.X), Y: float64(52 * t.Y)})
}

// steering is a hand on the wheel or, now and then, below it.
func (l *look) steering(d photos.Dice, right bool) arm {
	idle := d.Chance(0.15)
	switch {
	case right && idle:
		return arm{hand: pt{X: 205 + d.About(0, 14), Y: 212 + d.About(0, 8)}, bend: 8}
	case right:
		return arm{hand: l.rim(d.Between(0.28, 0.58)), bend: d.Between(14, 30)}
	case idle:
		return arm{hand: pt{X: 215 + d.About(0, 10), Y: 196 + d.About(0, 8)}, bend: 8}
	default:
		return arm{hand: l.rim(d.Between(0.64, 0.86)), bend: d.Between(8, 24)}
	}
}

// spread is a place near another, the same way in all photos of a clip.
func spread(d photos.Dice, x, y, dx, dy float64) pt {
	return pt{X: x + d.About(0, dx), Y: y + d.About(0, dy)}
}

// pose draws how a driver takes a posture.
func (l *look) pose(p Posture, d photos.Dice) pose {
	o := pose{right: l.steering(d, true), left: l.steering(d, false), yaw: d.About(0.05, 0.18), pitch: d.About(0, 0.015), head: spread(d, 0, 0, 4, 3)}
	hand := func(at pt, bend float64, holds thing) arm {
		return arm{hand: at.Plus(l.sit), bend: bend, holds: holds, turn: d.About(0, 0.1)}
	}
	switch p {
	case TextingRight:
		o.right = hand(spread(d, 200, 164, 18, 22), d.Between(10, 26), phone)
		o.pitch, o.yaw, o.head = d.About(0.11, 0.04), d.About(0.25, 0.25), spread(d, 5, 4, 4, 3)
	case TextingLeft:
		o.left = hand(spread(d, 208, 148, 14, 20), d.Between(4, 20), phone)
		o.pitch, o.yaw, o.head = d.About(0.09, 0.04), d.About(0.05, 0.2), spread(d, 5, 4, 4, 3)
	case PhoneRight:
		o.right = hand(spread(d, 147, 72, 9, 12), d.Between(26, 42), phone)
		o.yaw = d.About(0.15, 0.25)
	case PhoneLeft:
		o.left = hand(spread(d, 181, 74, 6, 9), d.Between(16, 30), phone)
		o.yaw = d.About(0.15, 0.25)
	case Radio:
		o.right = hand(spread(d, 268, 192, 26, 20), d.Between(-4, 14), nothing)
		o.yaw, o.pitch, o.lean, o.head = d.About(0.35, 0.3), d.About(0.04, 0.04), d.About(-6, 4), spread(d, 6, 2, 4, 3)
	case Drinking:
		sip := hand(spread(d, 192, 88, 8, 8), d.Between(18, 36), cup)
		o.pitch, o.yaw = d.About(-0.065, 0.03), d.About(0.12, 0.22)
		if d.Chance(0.25) {
			o.left = sip
		} else {
			o.right = sip
		}
	case Reaching:
		o.right = hand(spread(d, 48, 158, 30, 40), d.Between(-20, 10), nothing)
		o.yaw, o.lean, o.head = d.About(0.7, 0.5), d.Between(8, 20), spread(d, -8, 3, 6, 4)
	case Hair:
		tool := nothing
		if d.Chance(0.3) {
			tool = brush
		}
		groom := hand(spread(d, 154, 40, 18, 12), d.Between(26, 44), tool)
		o.yaw, o.pitch = d.About(0.4, 0.35), d.About(-0.03, 0.03)
		switch d.Pick(4, 2, 4) {
		case 0:
			o.right = groom
		case 1:
			o.left = groom
		default: // both, or at the lashes
			o.right = groom
			o.left = hand(spread(d, 178, 60, 10, 10), 20, nothing)
		}
	case Talking:
		o.yaw, o.mouth = d.About(0.92, 0.32), d.Between(0, 1)
		if d.Chance(0.3) {
			o.right = hand(spread(d, 215, 160, 20, 24), d.Between(8, 24), nothing)
		}
	}
	return o
}

// swing is a slow motion between -1 and 1 in a clip.
type swing struct{ rate, phase, rate2, phase2 float64 }

func newSwing(d photos.Dice) swing {
	return swing{d.Between(0.6, 1.8), d.Float64(), d.Between(2.5, 6), d.Float64()}
}

func (s swing) at(time float64) float64 {
	a, b := photos.Turn(float64(s.rate*time)+s.phase), photos.Turn(float64(s.rate2*time)+s.phase2)
	return float64(0.65*a.Y) + float64(0.35*b.Y)
}

// moved is the pose at a time of its clip, 0 to 1.
func (o pose) moved(d photos.Dice, time float64) pose {
	by := func(size float64) float64 { return float64(size * newSwing(d).at(time)) }
	for _, a := range []*arm{&o.right, &o.left} {
		reach := 2.0
		if a.holds != nothing || a.bend < 0 {
			reach = 5
		}
		a.hand = a.hand.Plus(pt{X: by(reach), Y: by(reach)})
		a.bend += by(2)
		a.turn += by(0.02)
	}
	o.yaw += by(0.18)
	o.pitch += by(0.015)
	o.head = o.head.Plus(pt{X: by(2), Y: by(1.5)})
	o.mouth = min(max(o.mouth+by(0.5), 0), 1)
	return o
}
