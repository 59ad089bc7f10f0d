package report

import (
	"context"
	"fmt"
	"math"

	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// bins is how many classes of confidence a reliability diagram has.
const bins = 10

// calibrationData says whether probabilities can be believed.
type calibrationData struct {
	Chart *chart
	Of    []believed
	Why   string // why there is nothing more
}

// believed is how the confidence of one set of predictions agrees with its accuracy.
type believed struct {
	Name                 string
	Rows                 int
	Accuracy, Confidence float64
	// ECE is the expected calibration error: the mean distance between confidence and
	// accuracy over bins of equal width, weighted by rows (Guo et al. 2017,
	// arXiv:1706.04599).
	ECE  float64
	Bins []bin
}

// bin are the rows whose likeliest class has a probability in [From, To).
type bin struct {
	From, To             float64
	Rows                 int
	Accuracy, Confidence float64 // 0 without rows
}

// calibration is left out without out-of-fold predictions.
func calibration(_ context.Context, m *maker) (any, error) {
	var d calibrationData
	for _, step := range []struct{ id, name string }{{"blend", "blend"}, {"post", "corrected"}} {
		h, err := m.oof(step.id)
		if err != nil {
			return nil, err
		}
		if h == nil {
			continue
		}
		if !probabilities(h) {
			d.Why = "the " + step.name + "'s values are not probabilities that add up to 1: ranks were blended"
			continue
		}
		b := reliability(h)
		b.Name = step.name
		d.Of = append(d.Of, b)
	}
	if d.Of == nil {
		if d.Why != "" {
			return d, nil
		}
		return nil, nil
	}
	c, err := drawReliability(d.Of)
	d.Chart = &c
	return d, err
}

// probabilities reports whether each row adds up to 1.
func probabilities(h *steps.Held) bool {
	for at := 0; at < len(h.Proba); at += h.Classes {
		sum := float32(0)
		for _, p := range h.Proba[at : at+h.Classes] {
			sum += p
		}
		if math.Abs(float64(sum-1)) > 0.01 {
			return false
		}
	}
	return true
}

// reliability puts held-out rows into bins by the probability of their likeliest class.
func reliability(h *steps.Held) believed {
	b := believed{Bins: make([]bin, bins)}
	right, confidence := make([]int, bins), make([]float64, bins)
	for i, guess := range submissions.ArgMax(h.Proba, h.Classes) {
		if h.Folds[i] < 0 {
			continue
		}
		p := float64(h.Proba[i*h.Classes+guess])
		at := min(int(p*bins), bins-1)
		b.Bins[at].Rows++
		confidence[at] += p
		if guess == h.Labels[i] {
			right[at]++
		}
	}
	all := 0
	for i := range b.Bins {
		n := &b.Bins[i]
		n.From, n.To = float64(i)/bins, float64(i+1)/bins
		b.Rows += n.Rows
		all += right[i]
		b.Confidence += confidence[i]
		if n.Rows > 0 {
			n.Accuracy, n.Confidence = share(right[i], n.Rows), confidence[i]/float64(n.Rows)
			b.ECE += float64(n.Rows) * math.Abs(n.Accuracy-n.Confidence)
		}
	}
	b.Accuracy = share(all, b.Rows)
	b.Confidence /= float64(max(b.Rows, 1))
	b.ECE /= float64(max(b.Rows, 1))
	return b
}

// drawReliability draws the accuracy of each bin beside the line where it is what the
// confidence says. A bin of few rows says little and is left out.
func drawReliability(of []believed) (chart, error) {
	labels, perfect := make([]string, bins), make([]float64, bins)
	for i := range bins {
		labels[i] = fmt.Sprintf("%.2f", (float64(i)+0.5)/bins)
		perfect[i] = (float64(i) + 0.5) / bins
	}
	lines := []line{{Name: "confidence = accuracy", Values: perfect}}
	for _, b := range of {
		l := line{Name: b.Name, Values: make([]float64, bins)}
		for i, n := range b.Bins {
			l.Values[i] = n.Accuracy
			if n.Rows < leastRows {
				l.Values[i] = math.NaN()
			}
		}
		lines = append(lines, l)
	}
	zero, one := 0.0, 1.0
	return drawLines(axes{title: "accuracy of rows by the probability of their likeliest class", x: "confidence", labels: labels, from: &zero, to: &one}, lines)
}

// leastRows is how many rows a bin has on the drawing.
const leastRows = 5
