package photo

import "math"

// Filter is how pixels are weighed when a photo is resized; each widens with the
// shrinking, so that nothing is left out. As in PIL.
type Filter int

// The filters.
const (
	Bilinear Filter = iota // a triangle
	Bicubic                // Keys' cubic with a = -0.5, a little sharper
	Lanczos                // a windowed sinc of 3 lobes, the sharpest
	Area                   // the plain mean of what a pixel covers
)

func (f Filter) support() float64 { return [...]float64{1, 2, 3, 0.5}[f] }

// at is the weight at distance x from the centre, in units of the wider of an
// input's and an output's pixel.
func (f Filter) at(x float64) float64 {
	switch f {
	case Area:
		if x > -0.5 && x <= 0.5 {
			return 1
		}
		return 0
	case Bicubic:
		return cubic(math.Abs(x))
	case Lanczos:
		if x <= -3 || x >= 3 {
			return 0
		}
		return sinc(x) * sinc(x/3)
	}
	return max(1-math.Abs(x), 0)
}

func cubic(x float64) float64 {
	const a = -0.5
	x2 := float64(x * x)
	switch {
	case x < 1:
		return float64((float64((a+2)*x)-(a+3))*x2) + 1
	case x < 2:
		return a * (float64((float64((x-5)*x)+8)*x) - 4)
	}
	return 0
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
