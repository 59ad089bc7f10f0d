package steps

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// lessons are the rows that a net learns from: those of the other folds with their
// labels, and of a student also rows with pseudo-labels. A student's rows are counted
// through: those for training first, those of the test behind them.
type lessons struct {
	rows    []int
	mixture *features.Mixture // of a student, in place of rows
	// targets of a student are of all rows; zeros of those that it must not learn from.
	targets []float32
}

// studentPorts are the inputs of a student beside those of other nets: its images or
// features of the test, and their labels. A nil p is not of a student.
func studentPorts(p *pipelines.Pseudo, kind pipelines.Kind) []pipelines.Port {
	if p == nil {
		return nil
	}
	ports := []pipelines.Port{{Name: "test", Kind: kind, Many: kind == kindFeatures}, {Name: "pseudo_test", Kind: kindPredictions}}
	if p.HeldOut() {
		ports = append(ports, pipelines.Port{Name: "pseudo_oof", Kind: kindPredictions})
	}
	return ports
}

// studentParams adds what decides a student beside its seed and inputs.
func studentParams(p *pipelines.Pseudo, params map[string]any) {
	if p != nil {
		params["shares"] = p.Shares()
	}
}

// readLessons reads what a net of a fold learns from; n is the number of rows of both
// sets.
func readLessons(in pipelines.Inputs, p *pipelines.Pseudo, fold foldRows, n int) (lessons, error) {
	if p == nil {
		return lessons{rows: fold.learn}, nil
	}
	k, train := fold.classes, len(fold.labels)
	l := lessons{targets: make([]float32, n*k)}
	for _, rows := range [][]int{fold.learn, fold.watch} {
		for _, row := range rows {
			l.targets[row*k+fold.labels[row]] = 1
		}
	}
	sources := [][]int{fold.learn}
	for _, s := range []struct {
		port  string
		first int
	}{{"pseudo_test", train}, {"pseudo_oof", 0}}[:len(p.Shares())-1] {
		f, err := readFrame(in.Path(s.port), "row")
		if err != nil {
			return l, err
		}
		if f.classes != k {
			return l, fmt.Errorf("pseudo-labels: want %d classes, got %d", k, f.classes)
		}
		var rows []int
		for i, r := range f.ints[0] {
			row := s.first + int(r)
			if row >= n {
				return l, fmt.Errorf("pseudo-labels: want rows below %d, got %d", n, row)
			}
			copy(l.targets[row*k:(row+1)*k], f.row(i))
			rows = append(rows, row)
		}
		sources = append(sources, rows)
	}
	l.mixture = &features.Mixture{}
	for i, share := range p.Shares() {
		l.mixture.Sources = append(l.mixture.Sources, features.Source{Rows: sources[i], Share: share})
	}
	l.mixture.Rows = l.mixture.Once()
	return l, nil
}

// n is how many rows an epoch has.
func (l lessons) n() int {
	if l.mixture != nil {
		return l.mixture.Rows
	}
	return len(l.rows)
}

// upto are the lessons of epochs of n rows.
func (l lessons) upto(n int) lessons {
	if l.mixture == nil {
		l.rows = l.rows[:n]
		return l
	}
	shorter := *l.mixture
	shorter.Rows = n
	l.mixture = &shorter
	return l
}
