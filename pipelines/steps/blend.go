package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// newBlend averages the predictions of all nets. Each training row is predicted
// only by nets that have not seen it; their mean over copies and models is the
// out-of-fold prediction, and its score is the CV.
func newBlend(spec *pipelines.Spec) pipelines.Op {
	return funcOp{
		op: op{name: "blend", version: 1,
			params: map[string]any{"how": spec.Blend.How, "metric": spec.Target.Metric},
			in: []pipelines.Port{{Name: "oof", Kind: kindPredictions, Many: true}, {Name: "test", Kind: kindPredictions, Many: true},
				{Name: "folds", Kind: kindFolds}},
			out: []pipelines.Port{{Name: "oof", Kind: kindPredictions, File: "oof.arrow"},
				{Name: "test", Kind: kindPredictions, File: "test.arrow"}, {Name: "cv", Kind: kindScore, File: "cv.json"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			m, err := metric.ByName(spec.Target.Metric)
			if err != nil {
				return pipelines.Report{}, err
			}
			labels, folds, err := trainRows(in.Path("folds"))
			if err != nil {
				return pipelines.Report{}, err
			}
			oof, err := meanByRow(in.All("oof"), len(labels))
			if err != nil {
				return pipelines.Report{}, err
			}
			oof.names, oof.ints = append(oof.names, "label", "fold"), append(oof.ints, wide(labels), wide(folds))
			if err := oof.write(env.Path("oof")); err != nil {
				return pipelines.Report{}, err
			}
			test, err := meanByRow(in.All("test"), 0)
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := test.write(env.Path("test")); err != nil {
				return pipelines.Report{}, err
			}
			cv, err := submissions.CrossValidate(m, labels, oof.proba, oof.classes, folds)
			if err != nil {
				return pipelines.Report{}, err
			}
			report := pipelines.Report{Metrics: map[string]float64{"cv": cv.Score, "cv_spread": cv.Spread}}
			for _, f := range cv.Folds {
				report.Metrics[fmt.Sprintf("cv_fold%d", f.Fold)] = f.Score
			}
			return report, writeJSON(env.Path("cv"), cv)
		},
	}
}

// meanByRow averages predictions row by row; each row must be in at least one
// of them. rows 0 means as many as the first table has.
func meanByRow(tables []pipelines.Input, rows int) (frame, error) {
	var sum []float64
	var times []int
	var classes int
	for _, t := range tables {
		f, err := readFrame(t.Path, "row")
		if err != nil {
			return frame{}, err
		}
		if sum == nil {
			classes = f.classes
			if rows == 0 {
				rows = f.rows()
			}
			sum, times = make([]float64, rows*classes), make([]int, rows)
		}
		if f.classes != classes {
			return frame{}, fmt.Errorf("blend %s: want %d classes, got %d", t.Step, classes, f.classes)
		}
		for i, row := range f.ints[0] {
			if row < 0 || int(row) >= rows {
				return frame{}, fmt.Errorf("blend %s: row %d is not in 0..%d", t.Step, row, rows-1)
			}
			times[row]++
			for c := range classes {
				sum[int(row)*classes+c] += float64(f.proba[i*classes+c])
			}
		}
	}
	out := frame{names: []string{"row"}, ints: [][]int64{wide(count(rows))}, proba: make([]float32, rows*classes), classes: classes}
	for row, n := range times {
		if n == 0 {
			return frame{}, fmt.Errorf("blend: no net predicted row %d", row)
		}
		for c := range classes {
			out.proba[row*classes+c] = float32(sum[row*classes+c] / float64(n))
		}
	}
	return out, nil
}
