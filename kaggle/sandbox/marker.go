package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// newMarker fits a marker to a metric, a solution and the columns of a
// submission (header[0] is the id). An error is the organiser's mistake.
func newMarker(m metric.Metric, sol *solution, header []string) (marker, error) {
	columns := header[1:]
	switch {
	case len(columns) == 0:
		return nil, fmt.Errorf("sample submission has no answer column")
	case !m.NeedsProba:
		if len(columns) != 1 || len(sol.columns) != 1 {
			return nil, fmt.Errorf("%s needs one answer column", m.Name)
		}
		return newLabelMarker(sol, columns[0]), nil
	case len(columns) == 1:
		return newProbaMarker(m, sol, columns, []string{"0", "1"})
	}
	return newProbaMarker(m, sol, columns, columns)
}

// labelMarker compares labels as text; where every true label is an integer,
// a submission's must be too, so that "7.0" and "seven" are explained and not
// just counted as wrong.
type labelMarker struct {
	column  string
	integer bool
	classes map[string]int
	truth   []int
	pred    []int
}

func newLabelMarker(sol *solution, column string) *labelMarker {
	m := &labelMarker{column: column, integer: true, classes: map[string]int{}, pred: make([]int, len(sol.ids))}
	for _, a := range sol.answers {
		if _, err := strconv.Atoi(a[0]); err != nil {
			m.integer = false
		}
		class, ok := m.classes[a[0]]
		if !ok {
			class = len(m.classes)
			m.classes[a[0]] = class
		}
		m.truth = append(m.truth, class)
	}
	return m
}

func (m *labelMarker) take(row int, answers []string) error {
	label := strings.TrimSpace(answers[0])
	if m.integer {
		n, err := strconv.Atoi(label)
		if err != nil {
			return fmt.Errorf("column %q: want an integer, got %.60q", m.column, label)
		}
		label = strconv.Itoa(n)
	}
	if label == "" {
		return fmt.Errorf("column %q: want a label, got nothing", m.column)
	}
	class, ok := m.classes[label]
	if !ok {
		class = -1 // a label that no row has: wrong, not an error
	}
	m.pred[row] = class
	return nil
}

func (m *labelMarker) score(rows []int) float64 {
	truth, pred := make([]int, len(rows)), make([]int, len(rows))
	for i, r := range rows {
		truth[i], pred[i] = m.truth[r], m.pred[r]
	}
	return metric.Accuracy(truth, pred)
}

// probaMarker collects probabilities, one a column.
type probaMarker struct {
	metric  metric.Metric
	columns []string
	truth   []int
	proba   []float64 // [row, column]
}

// newProbaMarker takes the true class of each row from one column that names
// it, or from as many columns as classes of which one is 1.
func newProbaMarker(m metric.Metric, sol *solution, columns, classes []string) (*probaMarker, error) {
	p := &probaMarker{metric: m, columns: columns, proba: make([]float64, len(sol.ids)*len(columns))}
	oneHot := len(sol.columns) > 1
	if oneHot && !slices.Equal(sol.columns, columns) {
		return nil, fmt.Errorf("columns of solution and sample submission differ")
	}
	for i, a := range sol.answers {
		class := slices.Index(classes, a[0])
		if oneHot {
			class = slices.Index(a, "1")
		}
		if class < 0 {
			return nil, fmt.Errorf("solution row %d: no class in %s", i+1, list(a))
		}
		p.truth = append(p.truth, class)
	}
	return p, nil
}

func (p *probaMarker) take(row int, answers []string) error {
	for i, a := range answers {
		v, err := number(p.columns[i], a)
		if err != nil {
			return err
		}
		p.proba[row*len(p.columns)+i] = v
	}
	return nil
}

func (p *probaMarker) score(rows []int) float64 {
	n := len(p.columns)
	truth, proba := make([]int, len(rows)), make([]float64, 0, len(rows)*n)
	for i, r := range rows {
		truth[i] = p.truth[r]
		proba = append(proba, p.proba[r*n:(r+1)*n]...)
	}
	return p.metric.Score(truth, proba, n)
}
