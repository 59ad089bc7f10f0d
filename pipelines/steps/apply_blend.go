package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// canBlend refuses blends that new images have no part in.
func (f *Finished) canBlend() error {
	switch b := f.spec.Blend; {
	case len(b.Also) > 0:
		return fault.New(fault.Usage, "run the pipeline without blend.also: what is there already is used again",
			"run %s blends %s, which was made elsewhere: podium cannot predict with it", f.ID, b.Also[0].Name)
	case b.How == "rank":
		return fault.New(fault.Usage, "run the pipeline with blend.how=mean: what is there already is used again",
			"run %s blends ranks: a rank is a place among the test rows, which new images have not", f.ID)
	}
	return nil
}

// forBlend are the steps whose artifacts blend reads.
func (f *Finished) forBlend() []string {
	ids := []string{"blend"}
	if f.spec.Blend.How == "stack" || len(f.spec.Post) > 0 {
		ids = append(ids, "folds")
	}
	if f.spec.Blend.How == "stack" {
		for _, n := range f.nets() {
			ids = append(ids, n.predict)
		}
	}
	if len(f.spec.Post) > 0 {
		ids = append(ids, "post")
	}
	return ids
}

// blend makes one prediction of those of all nets, as the run did.
func (f *Finished) blend(ctx context.Context, nets []frame) ([]float32, error) {
	var names []string
	for _, n := range f.nets() {
		names = append(names, n.name)
	}
	rows, classes := nets[0].rows(), nets[0].classes
	var proba []float32
	var err error
	if isPlain(f.spec.Blend) {
		var all frame
		all, err = blendFrames(f.spec.Blend.How, names, nets, rows)
		proba = all.proba
	} else {
		proba, err = f.ensemble(ctx, names, nets)
	}
	if err != nil || len(f.spec.Post) == 0 {
		return proba, err
	}
	return f.correct(ctx, proba, classes)
}

// ensemble blends the models, each the mean of its nets, with the weights that the
// run chose. A stack is fitted again to the same out-of-fold predictions, which gives
// the same.
func (f *Finished) ensemble(ctx context.Context, names []string, nets []frame) ([]float32, error) {
	how, within := f.spec.Blend.How, "mean"
	if how == "geometric" {
		within = how
	}
	rows, classes, from := nets[0].rows(), nets[0].classes, 0
	var members []submissions.Candidate
	for _, m := range f.spec.Models {
		to := from + f.spec.Split.K*m.Copies
		all, err := blendFrames(within, names[from:to], nets[from:to], rows)
		if err != nil {
			return nil, err
		}
		members = append(members, submissions.Candidate{Name: m.Name, Nets: m.Copies, Test: all.proba})
		from = to
	}
	if how == "stack" {
		return f.stack(ctx, members, classes)
	}
	var choice submissions.BlendChoice
	if err := readJSON(f.path("blend", "blend.json"), &choice); err != nil {
		return nil, err
	}
	weight := map[string]float64{}
	for _, m := range choice.Members {
		if m.Weight != nil {
			weight[m.Name] = *m.Weight
		}
	}
	var test [][]float32
	var weights []float64
	for _, m := range choice.Members { // by name, as the run added them up
		for _, c := range members {
			if c.Name == m.Name {
				test, weights = append(test, c.Test), append(weights, weight[m.Name])
			}
		}
	}
	return submissions.Combine(how, test, weights, classes)
}

// stack fits the run's stack again and lets it predict.
func (f *Finished) stack(ctx context.Context, members []submissions.Candidate, classes int) ([]float32, error) {
	labels, folds, err := trainRows(f.path("folds", "folds.arrow"))
	if err != nil {
		return nil, err
	}
	how := submissions.Ensemble{How: "stack"}
	if how.Metric, err = metric.ByName(f.spec.Target.Metric); err != nil {
		return nil, err
	}
	from := 0
	var oof []frame
	var names []string
	for _, n := range f.nets() {
		t, err := readFrame(f.path(n.predict, "oof.arrow"), "row")
		if err != nil {
			return nil, err
		}
		oof, names = append(oof, t), append(names, n.name)
	}
	for i, m := range f.spec.Models {
		to := from + f.spec.Split.K*m.Copies
		all, err := blendFrames("mean", names[from:to], oof[from:to], len(labels))
		if err != nil {
			return nil, err
		}
		members[i].OOF, from = all.proba, to
	}
	out, err := how.Fit(ctx, members, submissions.Truth{Labels: labels, Fold: folds, Classes: classes})
	return out.Test, err
}

// leftOut says which correction the run kept and new images have no part in.
func (f *Finished) leftOut() (string, error) {
	if _, _, ok := f.spec.Smooths(); !ok {
		return "", nil
	}
	var report submissions.CalibrationReport
	if err := readJSON(f.path("post", "post.json"), &report); err != nil {
		return "", err
	}
	for _, s := range report.Steps {
		if s.Kept && s.Transductive {
			return fmt.Sprintf("%s %g is left out: the run smoothed over neighbours among the competition's test photos; here each is predicted by itself", s.Kind, s.Value[0]), nil
		}
	}
	return "", nil
}

// correct applies the corrections that the run kept, with the values that it chose,
// but for those of leftOut.
func (f *Finished) correct(ctx context.Context, proba []float32, classes int) ([]float32, error) {
	var report submissions.CalibrationReport
	if err := readJSON(f.path("post", "post.json"), &report); err != nil {
		return nil, err
	}
	var kept []submissions.Correction
	for _, s := range report.Steps {
		if s.Kept && !s.Transductive {
			kept = append(kept, submissions.Correction{Kind: s.Kind, Value: s.Value})
		}
	}
	labels, folds, err := trainRows(f.path("folds", "folds.arrow"))
	if err != nil {
		return nil, err
	}
	oof, err := readFrame(f.path("blend", "oof.arrow"), "row")
	if err != nil {
		return nil, err
	}
	m, err := metric.ByName(f.spec.Target.Metric)
	if err != nil {
		return nil, err
	}
	out, err := submissions.Calibrate(ctx, m, kept, oof.proba, proba, submissions.Truth{Labels: labels, Fold: folds, Classes: classes})
	return out.Test, err
}
