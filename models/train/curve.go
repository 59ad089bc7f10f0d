package train

import (
	"fmt"
	"math"
	"strconv"
)

// Curve is how the loss took a rising learning rate, and which rate that speaks for.
type Curve struct {
	Points []Point // in the order of the steps, the rates of which rise

	// Steepest is where the smoothed loss falls fastest for each power of the rate,
	// and Tenth a tenth of the rate at which it is least: the two rules of the field
	// for the largest rate of a schedule. Both are 0 if the loss falls no
	// further than its noise.
	Steepest, Tenth float64
	// LR is the proposal, the larger of both, to two digits: of three nets with three
	// optimizers on digits, each one-cycle over two epochs, the larger scored better
	// every time.
	LR  float64
	Why string // a sentence
}

// Point is a step.
type Point struct {
	LR, Loss float64
	// Smoothed is the loss without its noise: an exponential average over the steps,
	// forwards and then backwards, so that nothing moves to other rates. A loss counts
	// as at most one and a half times what it was at the beginning.
	Smoothed float64
}

// newCurve smooths the points and proposes a rate.
func newCurve(points []Point) Curve {
	c := Curve{Points: points}
	before := smoothLosses(points)
	least := 0
	for i, p := range points {
		if p.Smoothed < points[least].Smoothed {
			least = i
		}
	}
	noise := 0.0
	for _, p := range points[:least+1] {
		noise += (p.Loss - p.Smoothed) * (p.Loss - p.Smoothed) / float64(least+1)
	}
	fall := before - points[least].Smoothed
	if fall <= math.Sqrt(noise) {
		c.Why = "the loss does not fall clearly at any learning rate of the sweep"
		return c
	}
	steepest, slope := least, 0.0
	for i := least - 1; i > 0 && points[i].Smoothed < before-fall/10; i-- { // above that it is noise that falls
		a, b := points[i-1], points[i+1]
		if s := (b.Smoothed - a.Smoothed) / math.Log(b.LR/a.LR); s < slope {
			steepest, slope = i, s
		}
	}
	c.Steepest, c.Tenth = points[steepest].LR, points[least].LR/10
	c.LR = twoDigits(max(c.Steepest, c.Tenth))
	c.Why = fmt.Sprintf("the loss falls fastest at %.2g and is least at %.2g, a tenth of which is %.2g; the larger is proposed", c.Steepest, points[least].LR, c.Tenth)
	return c
}

// smoothLosses sets the smoothed losses of the points and gives the mean loss before
// the sweep does anything, that of its first tenth.
func smoothLosses(points []Point) (before float64) {
	tenth := (len(points) + 9) / 10
	for _, p := range points[:tenth] {
		before += p.Loss / float64(tenth)
	}
	const past = 0.8
	sum, weight := 0.0, 0.0
	mean := func(loss float64) float64 {
		sum, weight = past*sum+loss, past*weight+1
		return sum / weight
	}
	for i, p := range points {
		points[i].Smoothed = mean(min(p.Loss, 1.5*before))
	}
	sum, weight = 0, 0
	for i := len(points) - 1; i >= 0; i-- {
		points[i].Smoothed = mean(points[i].Smoothed)
	}
	return before
}

// twoDigits is x to two significant digits.
func twoDigits(x float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64) // it reads what it wrote
	return short
}
