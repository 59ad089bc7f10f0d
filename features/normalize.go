package features

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Normalize turns a byte p of channel c into (p/255 - Mean[c]) / Std[c]. Empty
// slices leave p/255 in 0..1.
type Normalize struct{ Mean, Std []float32 }

// Check tells whether n fits images of c channels.
func (n Normalize) Check(c int) error {
	if l := len(n.Mean); l != 0 && l != c || len(n.Std) != l {
		return fault.New(fault.Usage, "give one mean and one standard deviation for each channel",
			"want mean and standard deviation of %d channels, got %d and %d", c, len(n.Mean), len(n.Std))
	}
	for i, s := range n.Std {
		if !(s > 0) || math.IsInf(float64(s), 0) || math.IsNaN(float64(n.Mean[i])) {
			return fault.New(fault.Usage, "", "want a finite mean and a standard deviation above 0 for channel %d, got %g and %g", i, n.Mean[i], s)
		}
	}
	return nil
}

// maxChannels bounds the channels of an image, so that scales need no heap.
const maxChannels = 16

// scales is a Normalize as one multiplication and one addition a byte, and a
// change of colours before it.
type scales struct {
	mul, add [maxChannels]float32
	tint     tint
	tinted   bool
}

func (n Normalize) scales(c int) (s scales) {
	for i := range c {
		mean, std := float32(0), float32(1)
		if len(n.Mean) > 0 {
			mean, std = n.Mean[i], n.Std[i]
		}
		s.mul[i] = float32(1 / (255 * float64(std)))
		s.add[i] = float32(-float64(mean) / float64(std))
	}
	return s
}

// at normalises v, in 0..255. The product is rounded on its own, because a fused
// multiply-add would give other bits on other machines.
func (s *scales) at(c int, v float32) float32 { return float32(v*s.mul[c]) + s.add[c] }

// Apply normalises an image of c channels, at most 16. dst and src have the same
// length.
func (n Normalize) Apply(dst []float32, src []byte, c int) {
	s := n.scales(c)
	s.apply(dst, src, c)
}

func (s *scales) apply(dst []float32, src []byte, c int) {
	dst = dst[:len(src)]
	if c == 1 {
		mul, add := s.mul[0], s.add[0]
		for i, p := range src {
			dst[i] = float32(float32(p)*mul) + add
		}
		return
	}
	for i := 0; i < len(src); i += c {
		for ch := range c {
			dst[i+ch] = s.at(ch, float32(src[i+ch]))
		}
	}
}

// MeanStd is the mean and the standard deviation of each channel over the rows
// (all if nil), of bytes divided by 255. It streams over the map, and the sums
// are exact. A channel of one value gets a standard deviation of 1.
func MeanStd(ctx context.Context, im *Images, rows []int) (Normalize, error) {
	if rows == nil {
		rows = make([]int, im.N())
		for i := range rows {
			rows[i] = i
		}
	}
	if len(rows) == 0 {
		return Normalize{}, fmt.Errorf("mean and standard deviation: want at least one image")
	}
	c := im.C()
	sum, squares := make([]uint64, c), make([]uint64, c)
	for i, row := range rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return Normalize{}, ctx.Err()
		}
		if row < 0 || row >= im.N() {
			return Normalize{}, fmt.Errorf("mean and standard deviation: want rows in 0..%d, got %d", im.N()-1, row)
		}
		p := im.Pixels(row)
		for ch := range c {
			var s, q uint64
			for j := ch; j < len(p); j += c {
				v := uint64(p[j])
				s += v
				q += v * v
			}
			sum[ch] += s
			squares[ch] += q
		}
	}
	n := float64(len(rows)) * float64(im.H()*im.W())
	var out Normalize
	for ch := range c {
		mean := float64(sum[ch]) / n
		std := math.Sqrt(max(float64(squares[ch])/n-float64(mean*mean), 0)) / 255
		if std == 0 {
			std = 1
		}
		out.Mean = append(out.Mean, float32(mean/255))
		out.Std = append(out.Std, float32(std))
	}
	return out, nil
}
