package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// newBlend averages the predictions of all nets, each net counting alike, so that
// a model of two copies weighs twice. Each training row is predicted only by
// nets that have not seen it; their mean is the out-of-fold prediction, and its
// score is the CV. What a spec asks for beyond that is newEnsemble's.
func newBlend(spec *pipelines.Spec) pipelines.Op {
	return funcOp{
		op: op{name: "blend", version: 1,
			params: map[string]any{"how": spec.Blend.How, "metric": spec.Target.Metric},
			in: []pipelines.Port{{Name: "oof", Kind: kindPredictions, Many: true}, {Name: "test", Kind: kindPredictions, Many: true},
				{Name: "folds", Kind: kindFolds}},
			out: blendOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			labels, folds, err := trainRows(in.Path("folds"))
			if err != nil {
				return pipelines.Report{}, err
			}
			oof, err := blendTables(spec.Blend.How, in.All("oof"), len(labels))
			if err != nil {
				return pipelines.Report{}, err
			}
			test, err := blendTables(spec.Blend.How, in.All("test"), 0)
			if err != nil {
				return pipelines.Report{}, err
			}
			return writeScored(env, spec, labels, folds, oof, test)
		},
	}
}

// blendOutputs are the ports of writeScored.
func blendOutputs() []pipelines.Port {
	return []pipelines.Port{{Name: "oof", Kind: kindPredictions, File: "oof.arrow"},
		{Name: "test", Kind: kindPredictions, File: "test.arrow"}, {Name: "cv", Kind: kindScore, File: "cv.json"}}
}

// writeScored writes predictions of the training rows, by nets that have not seen
// them, and of the test rows, and the CV of the first.
func writeScored(env pipelines.Env, spec *pipelines.Spec, labels, folds []int, oof, test frame) (pipelines.Report, error) {
	m, err := metric.ByName(spec.Target.Metric)
	if err != nil {
		return pipelines.Report{}, err
	}
	cv, err := submissions.CrossValidate(m, labels, oof.proba, oof.classes, folds)
	if err != nil {
		return pipelines.Report{}, err
	}
	oof.names, oof.ints = append(oof.names, "label", "fold"), append(oof.ints, wide(labels), wide(folds))
	if err := oof.write(env.Path("oof")); err != nil {
		return pipelines.Report{}, err
	}
	if err := test.write(env.Path("test")); err != nil {
		return pipelines.Report{}, err
	}
	report := pipelines.Report{Metrics: map[string]float64{"cv": cv.Score, "cv_spread": cv.Spread}, Notes: map[string]string{}}
	for _, f := range cv.Folds {
		report.Metrics[fmt.Sprintf("cv_fold%d", f.Fold)] = f.Score
	}
	return report, writeJSON(env.Path("cv"), cv)
}

// blendTables blends predictions row by row. rows 0 means as many as the first
// table has.
func blendTables(how string, tables []pipelines.Input, rows int) (frame, error) {
	var all []frame
	var names []string
	for _, t := range tables {
		f, err := readFrame(t.Path, "row")
		if err != nil {
			return frame{}, err
		}
		all, names = append(all, f), append(names, t.Step)
	}
	return blendFrames(how, names, all, rows)
}

// blendFrames is blendTables of tables that are read.
func blendFrames(how string, names []string, all []frame, rows int) (frame, error) {
	var members []submissions.Member
	classes := 0
	for i, f := range all {
		if i == 0 {
			classes = f.classes
			if rows == 0 {
				rows = f.rows()
			}
		}
		if f.classes != classes {
			return frame{}, fmt.Errorf("blend %s: want %d classes, got %d", names[i], classes, f.classes)
		}
		members = append(members, submissions.Member{Name: names[i], Rows: narrow(f.ints[0]), Proba: f.proba})
	}
	proba, err := submissions.Blend(how, members, rows, classes)
	return rowsOf(proba, classes), err
}

// rowsOf is a table of probabilities of the rows 0, 1, 2, ...
func rowsOf(proba []float32, classes int) frame {
	return frame{names: []string{"row"}, ints: [][]int64{wide(count(len(proba) / max(classes, 1)))}, proba: proba, classes: classes}
}
