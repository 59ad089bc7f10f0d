package fish

import "github.com/seed-a5aa75a0/podium/kaggle/sandbox/photos"

// marks are the patterns of a skin.
type marks int

const (
	none marks = iota
	spots
	bands
)

// tail is the form of a tail.
type tail int

const (
	crescent tail = iota
	forked
	uneven // a shark's: the upper half is longer
	fan
	whip
)

// animal is one fish, seen from its side, the nose to the left, the back above.
// It is about four units long.
type animal struct {
	profile photos.Path // of the body
	fins    []photos.Path
	arm     photos.Path // the fin on its side
	tail    photos.Path
	gills   bool
	bill    bool
	eye     pt
	eyeSize float64
	deep    float64 // half of its height

	back, belly, fin, mark photos.Color
	marks                  marks
	freq                   int
	bend                   float64
	noise                  *photos.Noise
	shift                  int
}

// long is the length of the figure, with the tail.
const long = 4.8

// newAnimal draws one of a class on a boat.
func newAnimal(class Class, b *Boat, d photos.Dice) *animal {
	a := &animal{noise: b.noise, bend: d.About(0, 0.25), shift: d.Whole(0, 9999), freq: d.Whole(500, 800)}
	a.back = b.back.Blend(d.Color([2]float64{0.5, 0.68}, [2]float64{0.05, 0.5}, [2]float64{0.15, 0.5}), 128)
	a.belly = d.Color([2]float64{0, 1}, [2]float64{0, 0.12}, [2]float64{0.7, 1})
	a.fin = a.back.Lit(200)
	switch class {
	case Albacore:
		a.tuna(d.Between(0.92, 1.06), 0.22)
		a.side(d.Between(1.9, 2.2), 0.1)
		a.eyeSize = 0.09
	case Bigeye:
		a.tuna(d.Between(1.35, 1.55), 0.34)
		a.side(d.Between(0.9, 1.15), 0.12)
		a.eyeSize = d.Between(0.17, 0.2)
	case Yellowfin:
		a.tuna(d.Between(0.95, 1.12), d.Between(0.95, 1.2))
		a.side(d.Between(0.8, 1), 0.12)
		a.eyeSize = 0.09
		a.fin = a.fin.Blend(d.Color([2]float64{0.12, 0.16}, [2]float64{0.5, 0.9}, [2]float64{0.6, 0.95}), d.Whole(110, 256))
	case Dolphinfish:
		a.dolphinfish(d)
	case Opah:
		a.opah(d)
	case Shark:
		a.shark(d)
	case Other:
		a.other(d)
	}
	return a
}

// tuna is a spindle with a tail like a crescent; sickle is the height of the
// second fins on back and belly.
func (a *animal) tuna(k, sickle float64) {
	a.spindle(k)
	a.tail = tailOf(crescent)
	up := -float64(0.5 * k)
	a.fins = append(a.fins,
		photos.Path{{X: -0.75, Y: up + 0.05}, {X: -0.6, Y: up - 0.28}, {X: -0.2, Y: up - 0.1}, {X: 0.15, Y: up + 0.1}},
		photos.Smooth(pt{X: 0.2, Y: up + 0.12}, pt{X: 0.45, Y: up - float64(0.5*sickle)}, pt{X: 0.95, Y: up - sickle}, pt{X: 0.75, Y: up - float64(0.4*sickle)}, pt{X: 0.7, Y: up + 0.2}),
		photos.Smooth(pt{X: 0.3, Y: -up - 0.12}, pt{X: 0.55, Y: -up + float64(0.5*sickle)}, pt{X: 1.05, Y: -up + sickle}, pt{X: 0.85, Y: -up + float64(0.4*sickle)}, pt{X: 0.8, Y: -up - 0.2}))
	for i := range 5 { // finlets
		x := 0.95 + float64(0.2*float64(i))
		y := photos.Mix(float64(0.3*k), 0.07, float64(i)/4)
		for _, side := range [...]float64{-1, 1} {
			a.fins = append(a.fins, photos.Path{{X: x, Y: float64(side * (y - 0.04))}, {X: x + 0.17, Y: float64(side * (y + 0.11))}, {X: x + 0.13, Y: float64(side * (y - 0.06))}})
		}
	}
}

// spindle is a body of half-height 0.5 k.
func (a *animal) spindle(k float64) {
	a.deep = float64(0.5 * k)
	a.profile = photos.Smooth(pt{X: -2, Y: 0.03}, pt{X: -1.5, Y: float64(-0.3 * k)}, pt{X: -0.6, Y: float64(-0.5 * k)}, pt{X: 0.4, Y: float64(-0.42 * k)}, pt{X: 1.4, Y: float64(-0.16 * k)}, pt{X: 2.05, Y: -0.05},
		pt{X: 2.05, Y: 0.05}, pt{X: 1.4, Y: float64(0.17 * k)}, pt{X: 0.4, Y: float64(0.44 * k)}, pt{X: -0.6, Y: float64(0.52 * k)}, pt{X: -1.5, Y: float64(0.34 * k)})
	a.eye = pt{X: -1.62, Y: float64(-0.08 * k)}
}

// side is a fin on the side of the body, so long.
func (a *animal) side(length, wide float64) {
	a.arm = photos.Limb([]pt{{X: -1.05, Y: 0.02}, {X: -1.05 + float64(0.5*length), Y: 0.16}, {X: -1.05 + length, Y: 0.1}}, []float64{wide, float64(wide * 0.8), 0.01})
}

func tailOf(t tail) photos.Path {
	switch t {
	case crescent:
		return photos.Smooth(pt{X: 1.95, Y: -0.07}, pt{X: 2.25, Y: -0.4}, pt{X: 2.62, Y: -0.72}, pt{X: 2.42, Y: -0.3}, pt{X: 2.3}, pt{X: 2.42, Y: 0.3}, pt{X: 2.62, Y: 0.72}, pt{X: 2.25, Y: 0.4}, pt{X: 1.95, Y: 0.07})
	case forked:
		return photos.Path{{X: 1.9, Y: -0.1}, {X: 2.8, Y: -0.75}, {X: 2.2}, {X: 2.8, Y: 0.75}, {X: 1.9, Y: 0.1}}
	case uneven:
		return photos.Path{{X: 1.85, Y: -0.1}, {X: 2.35, Y: -0.45}, {X: 3.05, Y: -0.95}, {X: 2.65, Y: -0.3}, {X: 2.35, Y: 0.02}, {X: 2.5, Y: 0.42}, {X: 2.1, Y: 0.2}, {X: 1.85, Y: 0.1}}
	case fan:
		return photos.Smooth(pt{X: 1.85, Y: -0.12}, pt{X: 2.4, Y: -0.4}, pt{X: 2.6}, pt{X: 2.4, Y: 0.4}, pt{X: 1.85, Y: 0.12})
	default:
		return photos.Limb([]pt{{X: 1.2}, {X: 2, Y: 0.1}, {X: 2.9, Y: -0.15}}, []float64{0.1, 0.05, 0.015})
	}
}

// dolphinfish has a steep forehead and one fin all along its back.
func (a *animal) dolphinfish(d photos.Dice) {
	k := d.Between(0.9, 1.15)
	a.deep, a.tail = float64(0.55*k), tailOf(forked)
	a.profile = photos.Smooth(pt{X: -1.95, Y: 0.18}, pt{X: -2, Y: float64(-0.3 * k)}, pt{X: -1.75, Y: float64(-0.62 * k)}, pt{X: -1.2, Y: float64(-0.66 * k)}, pt{X: 0.3, Y: float64(-0.36 * k)}, pt{X: 2, Y: -0.07},
		pt{X: 2, Y: 0.07}, pt{X: 0.3, Y: float64(0.3 * k)}, pt{X: -1, Y: float64(0.46 * k)}, pt{X: -1.7, Y: float64(0.42 * k)})
	high := d.Between(0.3, 0.42)
	a.fins = []photos.Path{
		{{X: -1.75, Y: float64(-0.55 * k)}, {X: -1.4, Y: float64(-0.64*k) - high}, {X: 0.2, Y: float64(-0.38*k) - float64(0.8*high)}, {X: 1.75, Y: -0.3}, {X: 1.8, Y: -0.02}},
		{{X: 0.1, Y: 0.2}, {X: 0.25, Y: float64(0.34*k) + 0.2}, {X: 1.7, Y: 0.24}, {X: 1.8, Y: 0.02}},
	}
	a.side(0.7, 0.12)
	a.eye, a.eyeSize = pt{X: -1.68, Y: -0.02}, 0.09
	tint := d.Color([2]float64{0.13, 0.4}, [2]float64{0.3, 0.8}, [2]float64{0.4, 0.85})
	a.back, a.belly = a.back.Blend(tint, d.Whole(40, 200)), a.belly.Blend(tint, d.Whole(20, 170))
	a.marks, a.mark, a.freq = spots, a.back.Lit(150), a.freq*2
}

// opah is round and flat.
func (a *animal) opah(d photos.Dice) {
	k := d.Between(1, 1.2)
	a.deep, a.tail = float64(1.1*k), tailOf(fan)
	a.profile = photos.Smooth(pt{X: -1.75, Y: 0.05}, pt{X: -1.3, Y: float64(-0.75 * k)}, pt{X: -0.3, Y: float64(-1.15 * k)}, pt{X: 0.8, Y: float64(-0.85 * k)}, pt{X: 1.5, Y: float64(-0.3 * k)}, pt{X: 2, Y: -0.12},
		pt{X: 2, Y: 0.12}, pt{X: 1.5, Y: float64(0.3 * k)}, pt{X: 0.8, Y: float64(0.88 * k)}, pt{X: -0.3, Y: float64(1.12 * k)}, pt{X: -1.3, Y: float64(0.75 * k)})
	a.fins = []photos.Path{
		photos.Smooth(pt{X: -0.5, Y: float64(-1 * k)}, pt{X: 0.1, Y: float64(-1.6 * k)}, pt{X: 0.4, Y: float64(-1.1 * k)}, pt{X: 1.4, Y: float64(-0.5 * k)}, pt{X: 1, Y: float64(-0.4 * k)}),
		photos.Smooth(pt{X: 0.3, Y: float64(0.9 * k)}, pt{X: 0.7, Y: float64(1.25 * k)}, pt{X: 1.4, Y: float64(0.5 * k)}, pt{X: 1, Y: float64(0.4 * k)}),
	}
	a.side(1, 0.14)
	a.eye, a.eyeSize = pt{X: -1.25, Y: -0.15}, 0.17
	red := d.Color([2]float64{0.97, 1.05}, [2]float64{0.4, 0.8}, [2]float64{0.5, 0.9})
	a.fin, a.belly = a.fin.Blend(red, d.Whole(60, 256)), a.belly.Blend(red, d.Whole(0, 140))
	a.marks, a.mark, a.freq = spots, photos.Color{R: 235, G: 235, B: 235}, a.freq*2
}

// shark is slim, with stiff fins and a tail that is longer above.
func (a *animal) shark(d photos.Dice) {
	a.spindle(d.Between(0.68, 0.85))
	a.profile[0].X -= 0.15
	a.tail, a.gills = tailOf(uneven), true
	up := -float64(0.8 * a.deep)
	a.fins = []photos.Path{
		{{X: -0.5, Y: up}, {X: 0.05, Y: up - d.Between(0.5, 0.7)}, {X: 0.15, Y: up}},
		{{X: -0.95, Y: 0.15}, {X: -0.15, Y: d.Between(0.95, 1.2)}, {X: -0.35, Y: 0.2}},
		{{X: 0.7, Y: 0.1}, {X: 1.1, Y: 0.5}, {X: 1.15, Y: 0.1}},
		{{X: 1.2, Y: -0.08}, {X: 1.5, Y: -0.32}, {X: 1.5, Y: -0.08}},
	}
	a.eye, a.eyeSize = pt{X: -1.6, Y: -0.06}, 0.05
	if d.Chance(0.5) {
		a.back = a.back.Blend(d.Color([2]float64{0.05, 0.15}, [2]float64{0.05, 0.4}, [2]float64{0.25, 0.55}), d.Whole(60, 220))
	}
	a.fin = a.back.Lit(220)
}

// other is a billfish, a lancetfish, a wahoo or a ray.
func (a *animal) other(d photos.Dice) {
	switch d.Pick(3, 3, 3, 2) {
	case 0: // a billfish: its nose is a spear
		a.spindle(d.Between(0.75, 0.9))
		a.tail, a.bill = tailOf(crescent), true
		high := d.Between(0.4, 0.8)
		a.fins = []photos.Path{photos.Smooth(pt{X: -1.3, Y: -0.25}, pt{X: -1.1, Y: -0.3 - high}, pt{X: -0.2, Y: -0.3 - float64(0.8*high)}, pt{X: 0.9, Y: -0.3}, pt{X: 0.2, Y: -0.1})}
		a.side(0.8, 0.08)
		a.eyeSize = 0.1
	case 1: // a lancetfish: thin, with a sail
		a.spindle(d.Between(0.4, 0.52))
		a.tail = tailOf(forked)
		high := d.Between(0.35, 0.55)
		a.fins = []photos.Path{photos.Smooth(pt{X: -1.3, Y: -0.1}, pt{X: -1, Y: -0.15 - high}, pt{X: 0.5, Y: -0.15 - high}, pt{X: 1.3, Y: -0.1}, pt{X: 0, Y: 0})}
		a.eyeSize = 0.08
	case 2: // a wahoo: thin, with bands
		a.spindle(d.Between(0.55, 0.68))
		a.tail = tailOf(crescent)
		a.marks, a.mark, a.freq = bands, a.back.Lit(140), d.Whole(300, 480)
		a.eyeSize = 0.07
		a.fins = []photos.Path{{{X: -1.2, Y: -0.2}, {X: -1.1, Y: -0.45}, {X: 0.3, Y: -0.36}, {X: 0.3, Y: -0.15}}}
	default: // a ray, from above
		a.deep = 1.3
		a.profile = photos.Smooth(pt{X: -1.6}, pt{X: -0.9, Y: -0.55}, pt{X: -0.2, Y: -1.35}, pt{X: 0.5, Y: -0.7}, pt{X: 1.3, Y: -0.1}, pt{X: 1.3, Y: 0.1}, pt{X: 0.5, Y: 0.7}, pt{X: -0.2, Y: 1.35}, pt{X: -0.9, Y: 0.55})
		a.tail, a.belly = tailOf(whip), a.back.Lit(300)
		a.eye, a.eyeSize = pt{X: -1.1, Y: -0.2}, 0.07
	}
}
