package steps

import (
	"context"
	"fmt"
	"iter"

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

// predictOutputs are the ports of both kinds of prediction.
func predictOutputs() []pipelines.Port {
	return []pipelines.Port{{Name: "oof", Kind: kindPredictions, File: "oof.arrow"}, {Name: "test", Kind: kindPredictions, File: "test.arrow"}}
}

// newPredict lets a net predict the fold that it has not seen (out-of-fold) and
// the test images, as the mean over passes of which the first is plain and the
// others are augmented (test-time augmentation).
func newPredict(d *Deps, spec *pipelines.Spec, m design, fold int) pipelines.Op {
	params := map[string]any{"fold": fold, "tta": spec.Blend.TTA}
	if spec.Blend.TTA > 1 {
		params["augment"] = m.Augment
	}
	in := []pipelines.Port{{Name: "model", Kind: kindModel}, {Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds}}
	if m.Backbone == "" {
		in = append(in, pipelines.Port{Name: "norm", Kind: kindNorm})
	} else {
		params["norm"] = m.norm()
	}
	return funcOp{
		op: op{name: "predict", version: 1, params: d.computed(params),
			in: append(in, pipelines.Port{Name: "test", Kind: kindImages}), out: predictOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			rows, err := readFold(in.Path("folds"), fold, nil)
			if err != nil {
				return pipelines.Report{}, err
			}
			held, err := m.photos(in, 0, "images")
			if err != nil {
				return pipelines.Report{}, err
			}
			defer held.Images.Close()
			test, err := m.photos(in, 0, "test")
			if err != nil {
				return pipelines.Report{}, err
			}
			defer test.Images.Close()
			held.Rows, held.Seed = rows.held, seed.Derive(env.Seed, "oof")
			test.Rows, test.Seed = count(test.Images.N()), seed.Derive(env.Seed, "test")
			for _, l := range []*features.Loader{&held, &test} {
				l.Batch, l.Augment = predictBatch(m.input), augmentOf(m.Augment)
			}
			return d.predict(ctx, env, in.Path("model"), rows.classes, max(spec.Blend.TTA, 1),
				seen{&held, held.Rows, "oof"}, seen{&test, test.Rows, "test"})
		},
	}
}

// newPredictHead is newPredict of a head on features, whose passes are those of the
// port "features" for the fold and of "test" for the test photos.
func newPredictHead(d *Deps, m design, fold int) pipelines.Op {
	return funcOp{
		op: op{name: "predict", version: 1, params: d.computed(map[string]any{"fold": fold}),
			in: []pipelines.Port{{Name: "model", Kind: kindModel}, {Name: "features", Kind: kindFeatures, Many: true},
				{Name: "folds", Kind: kindFolds}, {Name: "test", Kind: kindFeatures, Many: true}},
			out: predictOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			rows, err := readFold(in.Path("folds"), fold, nil)
			if err != nil {
				return pipelines.Report{}, err
			}
			own, err := openPasses(in.All("features"), nil)
			if err != nil {
				return pipelines.Report{}, err
			}
			defer own.close()
			others, err := openPasses(in.All("test"), nil)
			if err != nil {
				return pipelines.Report{}, err
			}
			defer others.close()
			batch := predictBatch(m.features)
			held := features.VectorLoader{Passes: own, Rows: rows.held, Batch: batch}
			test := features.VectorLoader{Passes: others, Rows: count(others[0].N()), Batch: batch}
			return d.predict(ctx, env, in.Path("model"), rows.classes, len(own), seen{&held, held.Rows, "oof"}, seen{&test, test.Rows, "test"})
		},
	}
}

// views gives the batches of each pass over some rows.
type views interface {
	Predict(ctx context.Context, pass int) iter.Seq2[features.Batch, error]
}

// seen is what a net is to predict, and for which port.
type seen struct {
	views
	rows []int
	port string
}

// predict lets the model at path see all of what, in so many passes.
func (d *Deps) predict(ctx context.Context, env pipelines.Env, path string, classes, n int, what ...seen) (pipelines.Report, error) {
	device, release, err := d.engine()
	if err != nil {
		return pipelines.Report{}, err
	}
	defer release()
	model, err := train.Load(path, device)
	if err != nil {
		return pipelines.Report{}, err
	}
	p := passes{model: model, classes: classes, n: n, progress: env.Progress}
	for _, w := range what {
		p.total += n * len(w.rows)
	}
	for _, w := range what {
		if err := p.write(ctx, w, env.Path(w.port)); err != nil {
			return pipelines.Report{}, err
		}
	}
	return pipelines.Report{}, nil
}

// passes runs a model several times over images and averages.
type passes struct {
	model       *train.Model
	classes     int
	n           int // passes
	done, total int // images, for progress
	progress    func(float64, string, map[string]any)
}

// mean is what the model predicts of so many rows, [rows, classes].
func (p *passes) mean(ctx context.Context, v views, rows int) ([]float32, error) {
	mean := make([]float32, rows*p.classes)
	for pass := range p.n {
		proba, err := p.model.Predict(ctx, handOver(v.Predict(ctx, pass)), predictBatch(p.model.Input))
		if err != nil {
			return nil, err
		}
		if len(proba) != len(mean) {
			return nil, fmt.Errorf("predict: want %d x %d probabilities, got %d", rows, p.classes, len(proba))
		}
		for i, v := range proba {
			mean[i] += v / float32(p.n)
		}
		p.done += rows
		p.progress(float64(p.done)/float64(p.total), fmt.Sprintf("pass %d of %d", pass+1, p.n), nil)
	}
	return mean, nil
}

// write predicts rows into a table with columns row, p0, p1, ...
func (p *passes) write(ctx context.Context, w seen, path string) error {
	mean, err := p.mean(ctx, w, len(w.rows))
	if err != nil {
		return err
	}
	return frame{names: []string{"row"}, ints: [][]int64{wide(w.rows)}, proba: mean, classes: p.classes}.write(path)
}

func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
