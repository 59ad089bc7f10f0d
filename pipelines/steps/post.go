package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// newPost corrects the blend's probabilities by what its out-of-fold predictions
// tell.
func newPost(spec *pipelines.Spec) pipelines.Op {
	var words []string
	for _, c := range spec.Post {
		words = append(words, c.String())
	}
	in := []pipelines.Port{{Name: "oof", Kind: kindPredictions}, {Name: "test", Kind: kindPredictions}}
	if _, _, ok := spec.Smooths(); ok {
		in = append(in, pipelines.Port{Name: "near_oof", Kind: kindNearest}, pipelines.Port{Name: "near_test", Kind: kindNearest})
	}
	return funcOp{
		op: op{name: "post", version: 1,
			params: map[string]any{"metric": spec.Target.Metric, "corrections": words},
			in:     in,
			out:    append(blendOutputs(), pipelines.Port{Name: "choice", Kind: kindScore, File: "post.json"})},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			m, err := metric.ByName(spec.Target.Metric)
			if err != nil {
				return pipelines.Report{}, err
			}
			oof, err := readFrame(in.Path("oof"), "label", "fold")
			if err != nil {
				return pipelines.Report{}, err
			}
			test, err := readFrame(in.Path("test"), "row")
			if err != nil {
				return pipelines.Report{}, err
			}
			corrections, err := correctionsOf(spec, in)
			if err != nil {
				return pipelines.Report{}, err
			}
			labels, folds, k := narrow(oof.ints[0]), narrow(oof.ints[1]), oof.classes
			out, err := submissions.Calibrate(ctx, m, corrections, oof.proba, test.proba, submissions.Truth{Labels: labels, Fold: folds, Classes: k})
			if err != nil {
				return pipelines.Report{}, err
			}
			report, err := writeScored(env, spec, labels, folds, rowsOf(out.OOF, k), rowsOf(out.Test, k))
			if err != nil {
				return pipelines.Report{}, err
			}
			report.Metrics["cv_before"] = out.Report.Before
			for _, s := range out.Report.Steps {
				report.Notes[s.Kind] = s.String()
				if s.Kept && len(s.Value) == 1 {
					report.Metrics[s.Kind] = s.Value[0]
				}
				if s.Kept && s.Transductive {
					report.Notes[noteOfFile] = fmt.Sprintf("transductive: each prediction is the mean over the photo and its %g nearest test photos", s.Value[0])
				}
			}
			return report, writeJSON(env.Path("choice"), out.Report)
		},
	}
}

// noteOfFile is the name of a step's note that goes into the ledger, with what is
// submitted.
const noteOfFile = "note"

// correctionsOf are the corrections of the spec with what they need of the inputs.
func correctionsOf(spec *pipelines.Spec, in pipelines.Inputs) ([]submissions.Correction, error) {
	var out []submissions.Correction
	for _, c := range spec.Post {
		to := submissions.Correction{Kind: c.Kind, Auto: c.Auto, Value: c.Value}
		if c.Kind == pipelines.KNN {
			var err error
			if to.OOF, err = readNearest(in.Path("near_oof"), neighboursOf(c)); err != nil {
				return nil, err
			}
			if to.Test, err = readNearest(in.Path("near_test"), neighboursOf(c)); err != nil {
				return nil, err
			}
		}
		out = append(out, to)
	}
	return out, nil
}
