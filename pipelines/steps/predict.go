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
	m.besideParams(params)
	in = append(append(in, pipelines.Port{Name: "test", Kind: kindImages}), m.besidePorts(true)...)
	return funcOp{
		op: op{name: "predict", version: 1, params: d.computed(params), in: in, out: predictOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			rows, err := readFold(in.Path("folds"), fold, watchedOf(spec, fold))
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
			return d.predict(ctx, env, m, in, rows, max(spec.Blend.TTA, 1), seen{views: &held, rows: held.Rows}, seen{views: &test, rows: test.Rows})
		},
	}
}

// newPredictHead is newPredict of a head on features, whose passes are those of the
// port "features" for the fold and of "test" for the test photos.
func newPredictHead(d *Deps, spec *pipelines.Spec, m design, fold int) pipelines.Op {
	params := map[string]any{"fold": fold}
	m.besideParams(params)
	in := append([]pipelines.Port{{Name: "model", Kind: kindModel}, {Name: "features", Kind: kindFeatures, Many: true},
		{Name: "folds", Kind: kindFolds}, {Name: "test", Kind: kindFeatures, Many: true}}, m.besidePorts(true)...)
	return funcOp{
		op: op{name: "predict", version: 1, params: d.computed(params), in: in, out: predictOutputs()},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			rows, err := readFold(in.Path("folds"), fold, watchedOf(spec, fold))
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
			return d.predict(ctx, env, m, in, rows, len(own), seen{views: &held, rows: held.Rows}, seen{views: &test, rows: test.Rows})
		},
	}
}

// views gives the batches of each pass over some rows.
type views interface {
	Predict(ctx context.Context, pass int) iter.Seq2[features.Batch, error]
}

// seen is what a net is to predict.
type seen struct {
	views
	rows []int
	with *beside
}

// predict lets the model at port "model" see the rows of a fold and those of the test,
// in so many passes. Boxes of the first are compared with the true ones.
func (d *Deps) predict(ctx context.Context, env pipelines.Env, m design, in pipelines.Inputs, rows foldRows, n int, held, test seen) (report pipelines.Report, err error) {
	device, release, err := d.engine()
	if err != nil {
		return report, err
	}
	defer release()
	model, err := train.Load(in.Path("model"), device)
	if err != nil {
		return report, err
	}
	if held.with, err = m.beside(in, "sizes", rows.learn); err != nil {
		return report, err
	}
	if test.with, err = m.beside(in, "test_sizes", rows.learn); err != nil {
		return report, err
	}
	p := passes{model: model, classes: rows.classes, n: n, total: n * (len(held.rows) + len(test.rows)), progress: env.Progress}
	oof, err := p.mean(ctx, held)
	if err != nil {
		return report, err
	}
	if err := oof.write(env.Path("oof")); err != nil {
		return report, err
	}
	if m.HasBoxes() {
		truth, err := readTrueBoxes(in.Path("boxes"))
		if err != nil {
			return report, err
		}
		if mean, n := truth.meanIoU(oof); n > 0 {
			report.Metrics = map[string]float64{"iou": mean}
		}
	}
	all, err := p.mean(ctx, test)
	if err != nil {
		return report, err
	}
	return report, all.write(env.Path("test"))
}

// passes runs a model several times over images and averages.
type passes struct {
	model       *train.Model
	classes     int
	n           int // passes
	done, total int // images, for progress
	progress    func(float64, string, map[string]any)
}

// mean is what the model predicts of rows: a table with the columns row, p0, p1, ...
// and, of a model with boxes, x, y, w and h in shares of the photo's sides.
func (p *passes) mean(ctx context.Context, s seen) (frame, error) {
	rows := len(s.rows)
	f := frame{names: []string{"row"}, ints: [][]int64{wide(s.rows)}, proba: make([]float32, rows*p.classes), classes: p.classes}
	if p.model.Boxes > 0 {
		f.boxes = make([]float32, 4*rows)
	}
	for pass := range p.n {
		proba, boxes, err := p.one(ctx, s, pass)
		if err != nil {
			return frame{}, err
		}
		if len(proba) != len(f.proba) || len(boxes) != len(f.boxes) {
			return frame{}, fmt.Errorf("predict: want %d x %d probabilities and %d values of boxes, got %d and %d", rows, p.classes, len(f.boxes), len(proba), len(boxes))
		}
		for i, v := range proba {
			f.proba[i] += v / float32(p.n)
		}
		for i, v := range boxes {
			f.boxes[i] += (v + boxZero[i%4]) / float32(boxUnit*p.n)
		}
		p.done += rows
		p.progress(float64(p.done)/float64(p.total), fmt.Sprintf("pass %d of %d", pass+1, p.n), nil)
	}
	for i := 0; i < len(f.boxes); i += 4 {
		appendBox(f.boxes[:i], within(f.box(i/4)))
	}
	return f, nil
}

// one is what the model predicts in a pass.
func (p *passes) one(ctx context.Context, s seen, pass int) (proba, boxes []float32, err error) {
	in, batch := s.with.handOver(s.Predict(ctx, pass)), predictBatch(p.model.Input)
	if p.model.Boxes > 0 {
		return p.model.PredictBoxes(ctx, in, batch)
	}
	proba, err = p.model.Predict(ctx, in, batch)
	return proba, nil, err
}

func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
