package live

import (
	"math"
	"slices"
)

// curvePoints is how many points a curve keeps at most.
const curvePoints = 256

// Curve is a line of numbers of any length in little room: when it is full, every two
// points become their mean, and from then on twice as many numbers make one.
type Curve struct {
	points []float64
	stride int     // numbers a point
	sum    float64 // of those that are no point yet
	n      int
	last   float64
	some   bool
}

// Add adds a number; what is not finite is left out.
func (c *Curve) Add(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return
	}
	c.last, c.some = x, true
	c.sum, c.n = c.sum+x, c.n+1
	if c.n < max(c.stride, 1) {
		return
	}
	c.points = append(c.points, c.sum/float64(c.n))
	c.sum, c.n = 0, 0
	if len(c.points) == curvePoints {
		for i := range curvePoints / 2 {
			c.points[i] = (c.points[2*i] + c.points[2*i+1]) / 2
		}
		c.points, c.stride = c.points[:curvePoints/2], 2*max(c.stride, 1)
	}
}

// Last is the number that was added last; false: there is none.
func (c *Curve) Last() (float64, bool) { return c.last, c.some }

// Levels draws the curve with n places or fewer, each in [0, 1] between the least and
// the largest number: by their logarithms where all are positive, since a loss falls by
// factors. A flat line lies in the middle. A curve of one point says nothing and is nil.
func (c *Curve) Levels(n int) []float64 {
	if len(c.points) < 2 || n < 2 {
		return nil
	}
	n = min(n, len(c.points))
	out := make([]float64, n)
	for i := range out {
		from, to := i*len(c.points)/n, (i+1)*len(c.points)/n
		for _, x := range c.points[from:to] {
			out[i] += x / float64(to-from)
		}
	}
	if slices.Min(out) > 0 {
		for i, x := range out {
			out[i] = math.Log(x)
		}
	}
	low, high := slices.Min(out), slices.Max(out)
	for i := range out {
		if high > low {
			out[i] = (out[i] - low) / (high - low)
		} else {
			out[i] = 0.5
		}
	}
	return out
}
