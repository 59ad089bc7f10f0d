package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Comparison holds runs against each other, in the order in which they were named.
type Comparison struct {
	Runs []Row `json:"runs"`
	// Comparable is whether their scores are: of one competition, server and metric.
	Comparable bool        `json:"comparable"`
	Figures    []Figure    `json:"figures"`
	Parameters []Parameter `json:"parameters"` // those that differ
	// Folds says of each run after the first in how many folds it is better than
	// the first; empty where the runs were not split alike.
	Folds []FoldWins `json:"folds"`
}

// Figure is a number of each run, nil where it is not known.
type Figure struct {
	Name   string     `json:"name"` // a field of Row, or cv_fold0 and so on
	Values []*float64 `json:"values"`
	Best   []bool     `json:"best"` // of scores that can be compared, and differ
}

// Parameter is a value of each run that is not the same in all: of the spec, by its
// path, or pipeline, competition, server, precision or tool.
type Parameter struct {
	Name   string   `json:"name"`
	Values []string `json:"values"` // "" where the run has none
}

// FoldWins compares a run with the first one, fold by fold.
type FoldWins struct {
	Better int `json:"better"` // folds in which it is
	Folds  int `json:"folds"`
}

// Compare compares runs, whose specs are given by their leaves (nil for one that
// cannot be read).
func Compare(rows []Row, specs []map[string]string) Comparison {
	c := Comparison{Runs: rows, Comparable: true, Figures: []Figure{}, Folds: []FoldWins{}}
	for _, r := range rows[1:] {
		c.Comparable = c.Comparable && r.league() == rows[0].league()
	}
	c.Parameters = parameters(rows, specs)
	c.figure("cv", true, func(r Row) *float64 { return r.CV })
	c.figure("cv_spread", false, func(r Row) *float64 { return r.Spread })
	for i := range mostFolds(rows) {
		c.figure(fmt.Sprintf("cv_fold%d", i), c.sameFolds(), func(r Row) *float64 {
			if i >= len(r.Folds) {
				return nil
			}
			return &r.Folds[i]
		})
	}
	c.figure("public_score", true, func(r Row) *float64 { return r.Public })
	c.figure("private_score", true, func(r Row) *float64 { return r.Private })
	c.figure("gap", false, func(r Row) *float64 { return r.Gap })
	c.figure("percentile", false, func(r Row) *float64 { return r.Percentile })
	c.figure("seconds", false, func(r Row) *float64 { return &r.Seconds })
	c.figure("peak_memory", false, func(r Row) *float64 {
		bytes := float64(r.PeakMemory)
		return &bytes
	})
	if c.Comparable && c.sameFolds() {
		for _, r := range rows[1:] {
			c.Folds = append(c.Folds, wins(rows[0], r))
		}
	}
	return c
}

func mostFolds(rows []Row) int {
	most := 0
	for _, r := range rows {
		most = max(most, len(r.Folds))
	}
	return most
}

// sameFolds reports whether the runs' folds hold the same rows: they were split
// alike.
func (c *Comparison) sameFolds() bool {
	for _, r := range c.Runs {
		if len(r.Folds) == 0 || len(r.Folds) != len(c.Runs[0].Folds) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Parameters, func(p Parameter) bool {
		return p.Name == "seed" || strings.HasPrefix(p.Name, "split.") || strings.HasPrefix(p.Name, "data.")
	})
}

// figure adds a figure that a run has. Of a score the best are marked, unless all
// are equal.
func (c *Comparison) figure(name string, score bool, of func(Row) *float64) {
	f := Figure{Name: name, Best: make([]bool, len(c.Runs))}
	var best *float64
	known, alike := 0, true
	for _, r := range c.Runs {
		v := of(r)
		f.Values = append(f.Values, v)
		if v == nil {
			continue
		}
		if known++; best != nil && *v != *best {
			alike = false
		}
		if r.Better(v, best) || best == nil {
			best = v
		}
	}
	if known == 0 {
		return
	}
	for i, v := range f.Values {
		f.Best[i] = score && c.Comparable && c.Runs[0].Direction != "" && !alike && v != nil && *v == *best
	}
	c.Figures = append(c.Figures, f)
}

// parameters are what differs between the runs: first what is not of their specs.
func parameters(rows []Row, specs []map[string]string) []Parameter {
	all := []Parameter{}
	add := func(name string, of func(i int) string) {
		p := Parameter{Name: name}
		for i := range rows {
			p.Values = append(p.Values, of(i))
		}
		if slices.ContainsFunc(p.Values, func(v string) bool { return v != p.Values[0] }) {
			all = append(all, p)
		}
	}
	for _, x := range []struct {
		name string
		of   func(Row) string
	}{
		{"pipeline", func(r Row) string { return r.Pipeline }}, {"server", func(r Row) string { return r.Server }},
		{"precision", func(r Row) string { return r.Precision }}, {"tool", func(r Row) string { return r.Tool }},
	} {
		add(x.name, func(i int) string { return x.of(rows[i]) })
	}
	keys := map[string]bool{}
	for _, s := range specs {
		for k := range s {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		add(k, func(i int) string { return specs[i][k] })
	}
	return all
}

// wins counts the folds in which r is better than first.
func wins(first, r Row) FoldWins {
	w := FoldWins{Folds: len(r.Folds)}
	for i := range r.Folds {
		if r.Better(&r.Folds[i], &first.Folds[i]) {
			w.Better++
		}
	}
	return w
}

// Leaves are the values of the effective specs of these runs, nil for one that
// cannot be read.
func Leaves(home string, rows []Row) []map[string]string {
	specs := make([]map[string]string, len(rows))
	for i, r := range rows {
		if spec, err := pipelines.ReadSpec(home, r.RunID); err == nil {
			specs[i] = spec.Leaves()
		}
	}
	return specs
}
