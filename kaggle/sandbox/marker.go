package sandbox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// marker reads the answers of a solution and of a submission as the metric
// wants them, and scores a choice of rows.
type marker struct {
	metric      metric.Metric
	columns     []string // of answers
	truth, pred metric.Answers
	take        func(row int, cells []string) error // the answers of one row of a submission

	integer bool              // every true label is an integer
	classes map[string]int    // number of each label
	labels  map[string]string // of the lists of the solution
}

// newMarker reads the solution for submissions with these answer columns. An
// error is the organiser's mistake.
func newMarker(m metric.Metric, sol *solution, columns []string) (*marker, error) {
	k := &marker{metric: m, columns: columns}
	n := len(sol.ids)
	if m.Kind == metric.Probabilities && !m.Binary {
		if len(columns) < 2 {
			return nil, fmt.Errorf("%s needs an answer column for each class, the sample submission has %d", m.Name, len(columns))
		}
		k.pred, k.take = metric.Answers{Values: make([]float64, n*len(columns)), Width: len(columns)}, k.takeNumbers
		return k, k.readTrueColumns(sol)
	}
	if len(columns) != 1 || len(sol.columns) != 1 {
		return nil, fmt.Errorf("%s needs one answer column, the sample submission has %d and the solution %d", m.Name, len(columns), len(sol.columns))
	}
	var truth func(row int, cell string) error
	switch m.Kind {
	case metric.Lists:
		k.truth.Lists, k.pred.Lists, k.labels = make([][]string, n), make([][]string, n), map[string]string{}
		k.take, truth = k.takeList, k.trueList
	case metric.Numbers:
		k.truth.Values, k.pred.Values = make([]float64, n), make([]float64, n)
		k.take, truth = k.takeNumbers, k.trueNumber
	case metric.Probabilities, metric.Scores:
		k.truth.Classes, k.pred.Values = make([]int, n), make([]float64, n)
		k.take, truth = k.takeNumbers, k.trueClass
	default:
		k.truth.Classes, k.pred.Classes, k.classes = make([]int, n), make([]int, n), map[string]int{}
		k.integer = m.Kind == metric.Ratings || allIntegers(sol)
		k.take, truth = k.takeClass, k.trueClass
	}
	for i, a := range sol.answers {
		if err := truth(i, a[0]); err != nil {
			return nil, fmt.Errorf("solution, %s %q: %w", sol.id, sol.ids[i], err)
		}
	}
	return k, nil
}

// score scores the rows of a usage, nil if there are none.
func (k *marker) score(sol *solution, usage string) (*float64, error) {
	rows := sol.rows(usage)
	if len(rows) == 0 {
		return nil, nil
	}
	s, err := k.metric.Score(k.truth.Pick(rows), k.pred.Pick(rows))
	if err != nil {
		return nil, fmt.Errorf("%s score: %w", strings.ToLower(usage), err)
	}
	return &s, nil
}

// readTrueColumns takes the true class of each row from one column that names
// it, or from as many columns as classes of which one is 1.
func (k *marker) readTrueColumns(sol *solution) error {
	oneHot := len(sol.columns) > 1
	if oneHot && !slices.Equal(sol.columns, k.columns) {
		return fmt.Errorf("columns of solution and sample submission differ: %s and %s", list(sol.columns), list(k.columns))
	}
	at := map[string]int{}
	for i, c := range k.columns {
		at[c] = i
	}
	k.truth.Classes = make([]int, len(sol.ids))
	for i, a := range sol.answers {
		class, ok := at[a[0]]
		if oneHot {
			class = slices.Index(a, "1")
			ok = class >= 0 && !slices.Contains(a[class+1:], "1")
		}
		if !ok {
			return fmt.Errorf("solution, %s %q: want one of the classes %s, got %s", sol.id, sol.ids[i], list(k.columns), list(a))
		}
		k.truth.Classes[i] = class
	}
	return nil
}

func (k *marker) trueClass(row int, cell string) (err error) {
	k.truth.Classes[row], err = k.class(cell)
	return err
}

func (k *marker) trueNumber(row int, cell string) (err error) {
	k.truth.Values[row], err = k.number(0, cell)
	return err
}

func (k *marker) trueList(row int, cell string) error {
	for _, l := range strings.Fields(cell) {
		if _, ok := k.labels[l]; !ok {
			k.labels[l] = l
		}
		k.truth.Lists[row] = append(k.truth.Lists[row], k.labels[l])
	}
	return nil
}

func (k *marker) takeClass(row int, cells []string) (err error) {
	if k.pred.Classes[row], err = k.class(strings.TrimSpace(cells[0])); err != nil {
		return fmt.Errorf("column %q: %w", k.columns[0], err)
	}
	return nil
}

func (k *marker) takeNumbers(row int, cells []string) (err error) {
	for i, cell := range cells {
		if k.pred.Values[row*len(cells)+i], err = k.number(i, cell); err != nil {
			return err
		}
	}
	return nil
}

// takeList keeps the labels that count. One that no row has may as well be "".
func (k *marker) takeList(row int, cells []string) error {
	fields := strings.Fields(cells[0])
	if len(fields) == 0 {
		return fmt.Errorf("column %q: want labels separated by spaces, got nothing", k.columns[0])
	}
	for _, l := range fields[:min(len(fields), k.metric.K)] {
		k.pred.Lists[row] = append(k.pred.Lists[row], k.labels[l])
	}
	return nil
}

// maxLabel is the length from which labels are told apart by their digests, so
// that a submission cannot fill the memory with them.
const maxLabel = 64

// class is the number of a label: a rating is its own, so are the 0 and 1 of
// binary metrics, and others count up as they come. Labels compare as text;
// where every true label is an integer, a submission's must be too, so that
// "7.0" and "seven" are explained and not just counted as wrong.
func (k *marker) class(label string) (int, error) {
	if k.metric.Binary {
		if label != "0" && label != "1" {
			return 0, fmt.Errorf("want 0 or 1, got %.60q", label)
		}
		return int(label[0] - '0'), nil
	}
	if k.integer {
		n, err := strconv.Atoi(label)
		if err != nil {
			return 0, fmt.Errorf("want an integer, got %.60q", label)
		}
		if k.metric.Kind == metric.Ratings {
			return n, nil
		}
		label = strconv.Itoa(n)
	}
	if label == "" {
		return 0, fmt.Errorf("want a label, got nothing")
	}
	if len(label) > maxLabel {
		label = digest.Bytes([]byte(label))
	}
	class, ok := k.classes[label]
	if !ok {
		class = len(k.classes)
		k.classes[strings.Clone(label)] = class
	}
	return class, nil
}

func allIntegers(sol *solution) bool {
	return !slices.ContainsFunc(sol.answers, func(a []string) bool {
		_, err := strconv.Atoi(a[0])
		return err != nil
	})
}

// number is a number that the metric can use.
func (k *marker) number(column int, cell string) (float64, error) {
	v, err := number(k.columns[column], cell)
	if err == nil && k.metric.NonNegative && v < 0 {
		err = fmt.Errorf("column %q: %s wants a number of at least 0, got %.60q", k.columns[column], k.metric.Name, cell)
	}
	return v, err
}
