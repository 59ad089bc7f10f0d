package features

import (
	"math"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Augment says how far an image may be changed at random. All that is drawn for
// an image is one map and one change of colours, applied in one pass: nothing is
// resampled twice.
//
// The image is mirrored, bent, zoomed about its centre, sheared, rotated and
// shifted; a part of that is enlarged; then colours are changed, and a rectangle
// is erased. Each amount is uniform in the range that the field gives; a zero
// field does nothing, and so does the zero Augment.
type Augment struct {
	Rotate float64 // degrees: -Rotate..Rotate, counter-clockwise
	ShiftX float64 // fraction of the width: -ShiftX..ShiftX, to the right
	ShiftY float64 // fraction of the height: -ShiftY..ShiftY, down
	Shear  float64 // degrees: the rows slide by tan(-Shear..Shear) of their height
	Zoom   float64 // fraction: each axis is scaled by 1-Zoom..1+Zoom on its own
	FlipX  bool    // every second image is mirrored, left and right
	FlipY  bool    // every second image is mirrored, top and bottom

	// Crop enlarges a part of the image to the whole: of an area of 1-Crop..1, up
	// to a third wider or higher than the image, anywhere in it (as Szegedy et al.
	// 2014, "Going Deeper with Convolutions").
	Crop float64

	// Elastic bends the image: a smooth random field (elastic.go) moves each place
	// by at most this fraction of the sides, along each by 0.28 of it in standard
	// deviation. For digits of 28x28, 0.1 is much.
	Elastic float64

	Channel    float64 // levels of 255: each channel by -Channel..Channel, on its own
	Brightness float64 // fraction: times 1-Brightness..1+Brightness
	Contrast   float64 // fraction: the distance from middle grey, times 1-Contrast..1+Contrast
	Saturation float64 // fraction: the distance from grey of the same luma, times 1-Saturation..1+Saturation
	Hue        float64 // degrees: colours turn by -Hue..Hue, luma stays. Both do nothing to what has not 3 channels

	// Erase is the probability that a rectangle of 2 to 33 % of the area is erased
	// (Zhong et al. 2017, "Random Erasing Data Augmentation"), with what
	// Normalize's mean is.
	Erase float64

	// MixUp and CutMix, where not zero, mix images of a training batch, and their
	// labels: see mix.go. They do not apply to single images, nor when predicting.
	MixUp, CutMix float64
}

// Check tells whether the ranges make sense.
func (a Augment) Check() error {
	for _, f := range []struct {
		name     string
		v, limit float64
	}{
		{"rotate", a.Rotate, 360}, {"shift x", a.ShiftX, 1}, {"shift y", a.ShiftY, 1},
		{"shear", a.Shear, 80}, {"zoom", a.Zoom, 0.9}, {"crop", a.Crop, 0.95}, {"elastic", a.Elastic, 0.5},
		{"channel", a.Channel, 255}, {"brightness", a.Brightness, 1}, {"contrast", a.Contrast, 1}, {"saturation", a.Saturation, 1},
		{"hue", a.Hue, 180}, {"erase", a.Erase, 1}, {"mixup", a.MixUp, 4}, {"cutmix", a.CutMix, 4},
	} {
		if !(f.v >= 0 && f.v <= f.limit) {
			return fault.New(fault.Usage, "rotate, shear and hue are degrees, channel is levels of 255, the others are fractions",
				"augment: want %s in 0..%g, got %g", f.name, f.limit, f.v)
		}
	}
	return nil
}

// Apply draws a change from the stream of the given seed and writes the changed
// and normalised image of src, [h, w, c] bytes, to dst, [h, w, c]. Between pixels
// it is bilinear; outside the image there are zeros, which are changed and
// normalised as every other byte is. The same seed gives the same change for every
// size. dst and src must have h*w*c elements and c at most 16, else it panics. It
// allocates nothing.
func (a Augment) Apply(dst []float32, src []byte, h, w, c int, seed uint64, norm Normalize) {
	s := norm.scales(c)
	a.apply(dst, src, h, w, c, seed, &s)
}

func (a Augment) apply(dst []float32, src []byte, h, w, c int, seed uint64, s *scales) {
	m, r := a.draw(seed, h, w)
	changed := *s
	if a.recolours() {
		changed.tint, changed.tinted = a.tint(seed, c), true
	}
	var field *bend
	if a.Elastic > 0 {
		b := newBend(a.Elastic, h, w, &r)
		field = &b
	}
	switch {
	case field == nil && !changed.tinted && m == (affine{xx: 1, yy: 1}):
		changed.apply(dst, src, c)
	case c == 1:
		m.grey(dst, src, h, w, &changed, field)
	default:
		m.colour(dst, src, h, w, c, &changed, field)
	}
	if a.Erase > 0 {
		a.erase(dst, h, w, c, seed)
	}
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
	m := inverse(angle, shear, zx, zy, dx, dy)
	if a.Crop > 0 || a.FlipX || a.FlipY {
		m = a.frame(m, streamOf(seed, "frame"), h, w)
	}
	return m, r
}

// frame cuts a part out of what m gives and mirrors what it takes.
func (a Augment) frame(m affine, r stream, h, w int) affine {
	if left := r.next()>>63 == 1; a.FlipX && left {
		m.xx, m.xy, m.x0 = -m.xx, -m.xy, -m.x0
	}
	if down := r.next()>>63 == 1; a.FlipY && down {
		m.yx, m.yy, m.y0 = -m.yx, -m.yy, -m.y0
	}
	area := 1 - a.Crop*r.unit()
	wider := math.Exp(math.Log(4./3) / 2 * r.symmetric())
	x, y := r.symmetric(), r.symmetric()
	if a.Crop == 0 {
		return m
	}
	side := math.Sqrt(area)
	cw, ch := min(side*wider, 1), min(side/wider, 1)
	// The part's centre may be off by half of what it leaves free.
	dx, dy := x*(1-cw)/2*float64(w), y*(1-ch)/2*float64(h)
	m.x0 += float64(m.xx*dx) + float64(m.xy*dy)
	m.y0 += float64(m.yx*dx) + float64(m.yy*dy)
	m.xx, m.xy, m.yx, m.yy = m.xx*cw, m.xy*ch, m.yx*cw, m.yy*ch
	return m
}

// erase fills a rectangle of dst with zeros, by chance.
func (a Augment) erase(dst []float32, h, w, c int, seed uint64) {
	r := streamOf(seed, "erase")
	chance := r.unit()
	area := (0.02 + 0.31*r.unit()) * float64(h*w)
	tall := math.Exp(math.Log(10./3) * r.symmetric())
	y, x := r.unit(), r.unit()
	if chance >= a.Erase {
		return
	}
	eh := min(max(int(math.Sqrt(area*tall)+0.5), 1), h)
	ew := min(max(int(math.Sqrt(area/tall)+0.5), 1), w)
	y0, x0 := int(y*float64(h-eh+1)), int(x*float64(w-ew+1))
	for row := y0; row < y0+eh; row++ {
		clear(dst[(row*w+x0)*c : (row*w+x0+ew)*c])
	}
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

// unit is uniform in [0, 1).
func (s *stream) unit() float64 { return float64(s.next()>>11) * (1.0 / (1 << 53)) }

// streamOf is a stream beside the first of an image, so that what is drawn from
// one leaves the other alone.
func streamOf(seed uint64, name string) stream {
	h := uint64(14695981039346656037) // FNV-1a
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	s := stream(seed ^ h)
	return stream(s.next())
}
