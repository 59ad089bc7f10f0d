package steps

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Bounds of the leak check: photos that are looked at, and photos whose most similar
// one is looked for. So it takes seconds, however many photos there are.
const (
	leakSample  = 6000
	leakQueries = 1000
)

// What counts as a leak: an accuracy that falls by so much, and by so many standard
// errors, where groups are kept apart.
const (
	leakDrop   = 0.05
	leakErrors = 3
)

// leak is what a split shares between training and held-out photos by one kind of group.
type leak struct {
	By     string    `json:"by"` // column, or clusters
	Groups int       `json:"groups"`
	Shared float64   `json:"shared"` // share of photos that are held out while others of their group are trained on
	Folds  []float64 `json:"folds"`  // the same of each fold
	// Declared and Apart are the accuracies of the most similar photo's class: under the
	// split as it is, and under one that keeps the groups apart.
	Declared float64 `json:"declared"`
	Apart    float64 `json:"apart"`
	Leaks    bool    `json:"leaks"`

	k       int // folds of the split that keeps the groups apart
	numbers []int
}

// leakReport is the artifact of the check.
type leakReport struct {
	Photos  int    `json:"photos"`
	Sample  int    `json:"sample"`  // photos that were compared
	Queries int    `json:"queries"` // of them, those whose most similar photo was looked for
	Leaks   []leak `json:"leaks"`
}

// newLeaks looks, before anything is trained, whether the split deceives: whether held-out
// photos have near copies, or others of their subject, among those that are learned from.
func newLeaks(spec *pipelines.Spec) pipelines.Op {
	return funcOp{
		op: op{name: "leaks", version: 1,
			params: map[string]any{"split": spec.Split.String(), "target": spec.Target.Column, "sample": leakSample, "queries": leakQueries},
			in:     []pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds}},
			out:    []pipelines.Port{{Name: "leaks", Kind: kindLeaks, File: "leaks.json"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			images, err := features.OpenImages(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer images.Close()
			c := &leakCheck{spec: spec, images: images}
			if c.labels, c.folds, err = trainRows(in.Path("folds")); err != nil {
				return pipelines.Report{}, err
			}
			if err := c.columns(filepath.Join(in.Path("images"), features.PhotoTable)); err != nil {
				return pipelines.Report{}, err
			}
			if err := c.measure(ctx, env.Seed); err != nil {
				return pipelines.Report{}, err
			}
			report := pipelines.Report{Metrics: map[string]float64{}, Notes: map[string]string{}}
			if worst := c.worst(); worst != nil {
				report.Metrics["shared"], report.Metrics["declared"], report.Metrics["apart"] = worst.Shared, worst.Declared, worst.Apart
				report.Notes[pipelines.NoteWarning] = c.warning(*worst)
			}
			return report, writeJSON(env.Path("leaks"), c.report)
		},
	}
}

// leakCheck is the check at work.
type leakCheck struct {
	spec          *pipelines.Spec
	images        *features.Images
	labels, folds []int // of all photos
	report        leakReport
}

// columns finds those that may hold groups: neither each photo's own nor the classes
// again.
func (c *leakCheck) columns(path string) error {
	t, err := features.OpenTable(path)
	if err != nil {
		return err
	}
	defer t.Close()
	for _, name := range t.Names() {
		if slices.Contains([]string{"row", "name", "width", "height", c.spec.Target.Column}, name) {
			continue
		}
		values, err := t.Strings(name)
		if err != nil {
			return err
		}
		numbers := narrow(groupNumbers(values))
		groups := slices.Max(numbers) + 1
		if groups < 2 || 2*groups > len(values) || slices.Contains(values, "") || slices.Equal(numbers, narrow(groupNumbers(words(c.labels)))) {
			continue
		}
		c.report.Leaks = append(c.report.Leaks, newLeak(name, groups, numbers, c.folds, c.spec.Split.K))
	}
	return nil
}

func newLeak(by string, groups int, numbers, folds []int, k int) leak {
	l := leak{By: by, Groups: groups, numbers: numbers, k: min(k, groups), Folds: features.Shared(numbers, folds, k)}
	for _, f := range folds {
		l.Shared += l.Folds[f]
	}
	l.Shared /= float64(len(folds))
	return l
}

// measure compares a sample of the photos, and finds their clusters.
func (c *leakCheck) measure(ctx context.Context, root uint64) error {
	rows := draw(len(c.labels), leakSample, root, "sample")
	thumbs, err := features.NewThumbs(ctx, c.images, rows)
	if err != nil {
		return err
	}
	clusters, err := thumbs.Cluster(ctx, nil)
	if err != nil {
		return err
	}
	queries := draw(len(rows), leakQueries, root, "queries")
	c.report.Photos, c.report.Sample, c.report.Queries = len(c.labels), len(rows), len(queries)
	folds, labels := pick(c.folds, rows), pick(c.labels, rows)
	if n := len(clusters.Sizes); n > 1 && n < len(rows) {
		c.report.Leaks = append(c.report.Leaks, newLeak(pipelines.Clusters, n, clusters.Of, folds, c.spec.Split.K))
	}
	splits := [][]int{folds}
	for i := range c.report.Leaks {
		l := &c.report.Leaks[i]
		if l.By != pipelines.Clusters {
			l.numbers = pick(l.numbers, rows)
		}
		apart, err := features.GroupKFold(words(l.numbers), l.k, seed.Derive(root, "apart"))
		if err != nil { // the sample has fewer groups than folds
			apart = l.numbers
		}
		splits = append(splits, apart)
	}
	near, err := thumbs.Nearest(ctx, queries, splits...)
	if err != nil {
		return err
	}
	accuracy := func(split int) float64 {
		right := 0
		for k, q := range queries {
			if n := near[split][k]; n >= 0 && labels[n] == labels[q] {
				right++
			}
		}
		return float64(right) / float64(len(queries))
	}
	for i := range c.report.Leaks {
		l := &c.report.Leaks[i]
		l.Declared, l.Apart = accuracy(0), accuracy(i+1)
		spread := math.Sqrt((l.Declared*(1-l.Declared) + l.Apart*(1-l.Apart)) / float64(len(queries)))
		l.Leaks = l.Declared-l.Apart >= max(leakDrop, leakErrors*spread)
	}
	return nil
}

// worst is the leak to tell of: the column whose groups matter most, else clusters; nil
// if there is none.
func (c *leakCheck) worst() *leak {
	var worst *leak
	for i := range c.report.Leaks {
		l := &c.report.Leaks[i]
		if l.Leaks && (worst == nil || l.By != pipelines.Clusters && l.Apart < worst.Apart) {
			worst = l
		}
	}
	return worst
}

// warning says what is shared, how much, what difference it makes and what mends it.
func (c *leakCheck) warning(l leak) string {
	other := fmt.Sprintf("have others of the same %s", l.By)
	if l.By == pipelines.Clusters {
		other = "have photos that look much the same"
	}
	better := pipelines.Split{Kind: "group_kfold", K: l.k, By: l.By, Seed: c.spec.Split.Seed}
	return fmt.Sprintf("the split %s leaks: %.1f %% of held-out photos %s (%d groups) among those that a fold's nets learn from. "+
		"Of %d photos the most similar one in training tells the class of %.1f %%, and of %.1f %% where such groups are kept apart; if the photos to predict show other "+
		"groups, CV will be far too good. Write instead:  split: %s",
		c.spec.Split, 100*l.Shared, other, l.Groups, c.report.Queries, 100*l.Declared, 100*l.Apart, better)
}

// draw is at most most of n rows, in their order.
func draw(n, most int, root uint64, what string) []int {
	rows := seed.Rand(root, "leaks", what).Perm(n)
	rows = rows[:min(n, most)]
	slices.Sort(rows)
	return rows
}

func pick(values, rows []int) []int {
	out := make([]int, len(rows))
	for i, row := range rows {
		out[i] = values[row]
	}
	return out
}

// words are numbers as text.
func words(numbers []int) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = fmt.Sprint(n)
	}
	return out
}
