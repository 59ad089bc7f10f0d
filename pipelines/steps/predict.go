package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// predictBatch is how many images go through the net at once: as many as have 2
// million values, from 8 to 256. It changes nothing in the result and little in
// the speed.
func predictBatch(input [3]int) int {
	return min(max((2<<20)/(input[0]*input[1]*input[2]), 8), 256)
}

// newPredict lets a net predict the fold that it has not seen (out-of-fold) and
// the test images, as the mean over passes of which the first is plain and the
// others are augmented (test-time augmentation).
func newPredict(d *Deps, spec *pipelines.Spec, m pipelines.Model, fold int) pipelines.Op {
	params := map[string]any{"fold": fold, "tta": spec.Blend.TTA}
	if spec.Blend.TTA > 1 {
		params["augment"] = m.Augment
	}
	return funcOp{
		op: op{name: "predict", version: 1, params: d.computed(params),
			in: []pipelines.Port{{Name: "model", Kind: kindModel}, {Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds},
				{Name: "norm", Kind: kindNorm}, {Name: "test", Kind: kindImages}},
			out: []pipelines.Port{{Name: "oof", Kind: kindPredictions, File: "oof.arrow"},
				{Name: "test", Kind: kindPredictions, File: "test.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			held, images, classes, err := foldData(in, fold, false)
			if err != nil {
				return pipelines.Report{}, err
			}
			defer images.Close()
			testImages, err := features.OpenImages(in.Path("test"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer testImages.Close()
			test := features.Loader{Images: testImages, Rows: count(testImages.N()), Classes: classes, Norm: held.Norm}

			device, release, err := d.engine()
			if err != nil {
				return pipelines.Report{}, err
			}
			defer release()
			model, err := train.Load(in.Path("model"), device)
			if err != nil {
				return pipelines.Report{}, err
			}
			p := passes{model: model, augment: augmentOf(m.Augment), n: max(spec.Blend.TTA, 1),
				total: max(spec.Blend.TTA, 1) * (len(held.Rows) + len(test.Rows)), progress: env.Progress}
			if err := p.write(ctx, held, seed.Derive(env.Seed, "oof"), env.Path("oof")); err != nil {
				return pipelines.Report{}, err
			}
			return pipelines.Report{}, p.write(ctx, test, seed.Derive(env.Seed, "test"), env.Path("test"))
		},
	}
}

// passes runs a model several times over images and averages.
type passes struct {
	model       *train.Model
	augment     *features.Augment
	n           int // passes
	done, total int // images, for progress
	progress    func(float64, string, map[string]any)
}

// write predicts the loader's rows into a table with columns row, p0, p1, ...
func (p *passes) write(ctx context.Context, l features.Loader, s uint64, path string) error {
	batch := predictBatch(p.model.Input)
	l.Batch, l.Seed, l.Augment = batch, s, p.augment
	mean := make([]float32, len(l.Rows)*l.Classes)
	for pass := range p.n {
		proba, err := p.model.Predict(ctx, handOver(l.Predict(ctx, pass)), batch)
		if err != nil {
			return err
		}
		if len(proba) != len(mean) {
			return fmt.Errorf("predict: want %d x %d probabilities, got %d", len(l.Rows), l.Classes, len(proba))
		}
		for i, v := range proba {
			mean[i] += v / float32(p.n)
		}
		p.done += len(l.Rows)
		p.progress(float64(p.done)/float64(p.total), fmt.Sprintf("pass %d of %d", pass+1, p.n), nil)
	}
	return frame{names: []string{"row"}, ints: [][]int64{wide(l.Rows)}, proba: mean, classes: l.Classes}.write(path)
}

func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
