package metric

import "fmt"

// Answers are one answer a row, of the truth or of a prediction. The kind of
// the metric says which field holds them.
type Answers struct {
	// Classes are class numbers, or the ratings themselves: Labels and
	// Ratings, and the truth of Probabilities and Scores.
	Classes []int
	// Values are numbers, or probabilities row-major [rows, Width].
	Values []float64
	Width  int // columns of Values; 0 counts as 1
	// Lists are labels, the likeliest first; of the truth, in any order.
	Lists [][]string
}

func (a Answers) width() int { return max(a.Width, 1) }

func (a Answers) rows() int {
	return max(len(a.Classes), len(a.Values)/a.width(), len(a.Lists))
}

// Pick is the answers of some rows, in that order.
func (a Answers) Pick(rows []int) Answers {
	p := Answers{Width: a.Width}
	for _, r := range rows {
		if a.Classes != nil {
			p.Classes = append(p.Classes, a.Classes[r])
		}
		if a.Values != nil {
			p.Values = append(p.Values, a.Values[r*a.width():(r+1)*a.width()]...)
		}
		if a.Lists != nil {
			p.Lists = append(p.Lists, a.Lists[r])
		}
	}
	return p
}

// FromProba is what a classifier answers for this metric: proba holds the
// probabilities of its classes, row-major [rows, classes]. Labels and Ratings
// take the class with the largest probability, the lowest such class on a tie;
// binary Probabilities and Scores the last column, so that classes may be 1
// (only P(class 1)) or 2. A metric that is not of classes panics.
func (m Metric) FromProba(proba []float64, classes int) Answers {
	switch {
	case m.Kind == Labels || m.Kind == Ratings:
		return Answers{Classes: ArgMax(proba, classes)}
	case m.Kind == Probabilities && !m.Binary:
		return Answers{Values: proba, Width: classes}
	case m.Classifies():
		checkRows(proba, classes)
		last := make([]float64, len(proba)/classes)
		for i := range last {
			last[i] = proba[(i+1)*classes-1]
		}
		return Answers{Values: last}
	}
	panic(fmt.Sprintf("metric: %s is not of classes", m.Name))
}

// ArgMax is the class with the largest probability in each row of proba,
// row-major [rows, classes]; the lowest such class on a tie.
func ArgMax(proba []float64, classes int) []int {
	checkRows(proba, classes)
	best := make([]int, len(proba)/classes)
	for i := range best {
		row := proba[i*classes : (i+1)*classes]
		for c, p := range row {
			if p > row[best[i]] {
				best[i] = c
			}
		}
	}
	return best
}

func checkRows(proba []float64, classes int) {
	if classes <= 0 || len(proba)%classes != 0 {
		panic(fmt.Sprintf("metric: %d probabilities are not rows of %d classes", len(proba), classes))
	}
}
