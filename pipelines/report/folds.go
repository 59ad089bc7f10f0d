package report

import (
	"context"
	"slices"
	"strconv"

	"github.com/seed-a5aa75a0/podium/submissions"
)

// foldsData is the CV, fold by fold.
type foldsData struct {
	Metric  string
	Columns []string // what was scored
	Rows    []foldRow
	Whole   foldRow  // over all rows at once
	Models  []member // of a blend that scored its models
	Chart   *chart
}

type foldRow struct {
	Fold   int
	Rows   int
	Scores []float64 // of each column
}

// member is a model of a blend.
type member struct {
	Name   string
	CV     float64
	Weight *float64
}

// folds is left out without a CV.
func folds(_ context.Context, m *maker) (any, error) {
	d := foldsData{Metric: m.metric.Name}
	var lines []line
	before, beforePost := m.t.Before()
	for _, step := range []struct{ id, name string }{
		{before, "blend before pseudo-labels"}, {beforePost, "corrected, before pseudo-labels"}, {"blend", "blend"}, {"post", "corrected"},
	} {
		var cv submissions.CV
		if !m.t.JSON(step.id, "cv", &cv) {
			continue
		}
		d.Columns = append(d.Columns, step.name)
		d.Whole.Rows, d.Whole.Scores = cv.Rows, append(d.Whole.Scores, cv.Score)
		of := line{Name: step.name, Dots: true}
		for i, f := range cv.Folds {
			if i == len(d.Rows) {
				d.Rows = append(d.Rows, foldRow{Fold: f.Fold, Rows: f.Rows})
			}
			d.Rows[i].Scores = append(d.Rows[i].Scores, f.Score)
			of.Values = append(of.Values, f.Score)
		}
		lines = append(lines, of)
	}
	if len(d.Columns) == 0 {
		return nil, nil
	}
	var blend submissions.BlendChoice
	if m.t.JSON("blend", "choice", &blend) {
		for _, c := range blend.Members {
			d.Models = append(d.Models, member{c.Name, c.CV, c.Weight})
		}
	}
	var labels []string
	for _, r := range d.Rows {
		labels = append(labels, strconv.Itoa(r.Fold))
	}
	lines = slices.DeleteFunc(lines, func(l line) bool { return len(l.Values) != len(labels) })
	if len(labels) > 1 && len(lines) > 0 {
		c, err := drawLines(axes{title: m.metric.Name + " of each fold", x: "fold", labels: labels}, lines)
		if err != nil {
			return nil, err
		}
		d.Chart = &c
	}
	return d, nil
}
