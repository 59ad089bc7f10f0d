package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newPseudo makes labels of what the nets of one fold predict, each counting alike:
// of the test rows and, where students learn from them, of the rows of that fold.
// None of these nets has seen a label of the fold, so no label of the fold is in what
// it makes. Rows of which the nets are not sure enough are left out.
func newPseudo(p pipelines.Pseudo, fold int) pipelines.Op {
	in := []pipelines.Port{{Name: "test", Kind: kindPredictions, Many: true}}
	out := []pipelines.Port{{Name: "test", Kind: kindPredictions, File: "test.arrow"}}
	if p.HeldOut() {
		in = append(in, pipelines.Port{Name: "oof", Kind: kindPredictions, Many: true})
		out = append(out, pipelines.Port{Name: "oof", Kind: kindPredictions, File: "oof.arrow"})
	}
	return funcOp{
		op: op{name: "pseudo", version: 1, in: in, out: out,
			params: map[string]any{"labels": p.Labels, "confidence": p.Confidence, "held_out": p.HeldOut()}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			report := pipelines.Report{Metrics: map[string]float64{}, Notes: map[string]string{}}
			var counts []string
			for _, port := range out {
				taught, err := teach(in.All(port.Name))
				if err != nil {
					return report, err
				}
				of := map[string]string{"test": "test", "oof": "held-out"}[port.Name]
				kept := taught.sure(p.Confidence)
				if kept.rows() == 0 {
					return report, fault.New(fault.Failed, fmt.Sprintf("such as --set pseudo.confidence=%.2g", 0.95*taught.surest()),
						"pseudo-labels of fold %d: no %s row is left: pseudo.confidence is %v, and of %d rows the surest has %.4g",
						fold, of, p.Confidence, taught.rows(), taught.surest())
				}
				if p.Labels == "hard" {
					kept.harden()
				}
				report.Metrics[port.Name+"_rows"] = float64(taught.rows())
				report.Metrics[port.Name+"_kept"] = float64(kept.rows())
				counts = append(counts, fmt.Sprintf("%d of %d %s rows", kept.rows(), taught.rows(), of))
				if err := kept.write(env.Path(port.Name)); err != nil {
					return report, err
				}
			}
			report.Notes["kept"] = strings.Join(counts, ", ")
			return report, nil
		},
	}
}

// teach is the mean of predictions of the same rows.
func teach(tables []pipelines.Input) (frame, error) {
	var mean frame
	var sum []float64
	for i, t := range tables {
		f, err := readFrame(t.Path, "row")
		if err != nil {
			return frame{}, err
		}
		if i == 0 {
			mean, sum = f, make([]float64, len(f.proba))
		}
		if f.classes != mean.classes || !slices.Equal(f.ints[0], mean.ints[0]) {
			return frame{}, fmt.Errorf("pseudo-labels: %s predicts other rows or classes than %s", t.Step, tables[0].Step)
		}
		for j, p := range f.proba {
			sum[j] += float64(p)
		}
	}
	for j, s := range sum {
		mean.proba[j] = float32(s / float64(len(tables)))
	}
	return mean, nil
}

// row is the probabilities of row i.
func (f frame) row(i int) []float32 { return f.proba[i*f.classes : (i+1)*f.classes] }

// sure are the rows whose likeliest class has at least that probability.
func (f frame) sure(confidence float64) frame {
	if confidence == 0 {
		return f
	}
	out := frame{names: f.names, ints: [][]int64{nil}, classes: f.classes}
	for i, row := range f.ints[0] {
		if slices.Max(f.row(i)) >= float32(confidence) {
			out.ints[0], out.proba = append(out.ints[0], row), append(out.proba, f.row(i)...)
		}
	}
	return out
}

// surest is the largest of all probabilities.
func (f frame) surest() float32 {
	if len(f.proba) == 0 {
		return 0
	}
	return slices.Max(f.proba)
}

// harden makes the likeliest class, the first of equals, certain.
func (f frame) harden() {
	for i := range f.rows() {
		p := f.row(i)
		best := slices.Index(p, slices.Max(p))
		clear(p)
		p[best] = 1
	}
}
