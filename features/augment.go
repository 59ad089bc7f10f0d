package features

import (
	"math"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Augment says how far an image may be moved at random. All that is drawn for an
// image is one map, applied in one pass: nothing is resampled twice.
//
// The image is bent, zoomed about its centre, sheared, rotated, then shifted. Each
// amount is uniform in the range that the field gives; a zero field does
// nothing, and so does the zero Augment.
type Augment struct {
	Rotate float64 // degrees: -Rotate..Rotate, counter-clockwise
	ShiftX float64 // fraction of the width: -ShiftX..ShiftX, to the right
	ShiftY float64 // fraction of the height: -ShiftY..ShiftY, down
	Shear  float64 // degrees: the rows slide by tan(-Shear..Shear) of their height
	Zoom   float64 // fraction: each axis is scaled by 1-Zoom..1+Zoom on its own

	// Elastic bends the image: a smooth random field (elastic.go) moves each place
	// by at most this fraction of the sides, along each by 0.28 of it in standard
	// deviation. For digits of 28x28, 0.1 is much.
	Elastic float64
}

// Check tells whether the ranges make sense.
func (a Augment) Check() error {
	for _, f := range []struct {
		name     string
		v, limit float64
	}{
		{"rotate", a.Rotate, 360}, {"shift x", a.ShiftX, 1}, {"shift y", a.ShiftY, 1},
		{"shear", a.Shear, 80}, {"zoom", a.Zoom, 0.9}, {"elastic", a.Elastic, 0.5},
	} {
		if !(f.v >= 0 && f.v <= f.limit) {
			return fault.New(fault.Usage, "rotate and shear are degrees, shift, zoom and elastic are fractions",
				"augment: want %s in 0..%g, got %g", f.name, f.limit, f.v)
		}
	}
	return nil
}

// Apply draws a map from the stream of the given seed and writes the moved and
// normalised image of src, [h, w, c] bytes, to dst, [h, w, c]. Between pixels it
// is bilinear; outside the image there are zeros, which are normalised as every
// other byte is. The same seed gives the same map for every size. dst and src
// must have h*w*c elements and c at most 16, else it panics. It allocates
// nothing.
func (a Augment) Apply(dst []float32, src []byte, h, w, c int, seed uint64, norm Normalize) {
	s := norm.scales(c)
	a.apply(dst, src, h, w, c, seed, &s)
}

func (a Augment) apply(dst []float32, src []byte, h, w, c int, seed uint64, s *scales) {
	m, r := a.draw(seed, h, w)
	var field *bend
	switch {
	case a.Elastic > 0:
		b := newBend(a.Elastic, h, w, &r)
		field = &b
	case m == (affine{xx: 1, yy: 1}):
		s.apply(dst, src, c)
		return
	}
	if c == 1 {
		m.grey(dst, src, h, w, s, field)
		return
	}
	m.colour(dst, src, h, w, c, s, field)
}

// draw is the affine map from output to input for one image, and the stream
// behind it. Every field takes its draw, so that changing one leaves the others
// alone.
func (a Augment) draw(seed uint64, h, w int) (affine, stream) {
	r := stream(seed)
	angle := a.Rotate * r.symmetric() * math.Pi / 180
	dx := a.ShiftX * r.symmetric() * float64(w)
	dy := a.ShiftY * r.symmetric() * float64(h)
	shear := math.Tan(a.Shear * r.symmetric() * math.Pi / 180)
	zx := 1 + a.Zoom*r.symmetric()
	zy := 1 + a.Zoom*r.symmetric()
	return inverse(angle, shear, zx, zy, dx, dy), r
}

// stream is SplitMix64 (Steele, Lea, Flood 2014): a generator that is one word,
// so that every image can have its own for nothing.
type stream uint64

func (s *stream) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// symmetric is uniform in [-1, 1).
func (s *stream) symmetric() float64 { return float64(s.next()>>11)*(1.0/(1<<52)) - 1 }
