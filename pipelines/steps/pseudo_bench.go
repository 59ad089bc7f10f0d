package steps

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// State Farm's numbers of rows.
const (
	StateFarmTrain = 22_424
	StateFarmTest  = 79_726
)

// PseudoBench measures a round of pseudo-labels at the size of State Farm: the very
// steps of a run, one after another in the order of its plan, on features that nobody's
// photos are behind, and what it takes to make such features of photos.
type PseudoBench struct {
	Dir     string // an empty folder for all that is written, see Bytes
	Train   int    // rows, at least 50
	Test    int    // rows
	Photos  int    // that features are made of, 0: none
	Weights pretrained.Cache
	Deps    *Deps // only OpenEngine and Precision are used
}

// PseudoMeasured is what a PseudoBench took.
type PseudoMeasured struct {
	Seconds   float64 // of the round: labels, students, what they predict
	Rows      int     // that students learnt from and predicted, each time counted
	Anonymous int64   // most bytes of memory in the round, without mapped files; 0: not known

	// Of the features of Photos:
	FeatureSeconds   float64
	FeatureAnonymous int64
	RandomWeights    bool // the published ones are not on this machine
}

// benchSpec is a head on EfficientNet-Lite0's pooled features.
const benchSpec = `
competition: state-farm-distracted-driver-detection
data: {images: "imgs.zip/imgs/train/{label}/{img}", test: "imgs.zip/imgs/test/{img}", size: 224}
target: {column: label, metric: logloss}
split: {kfold: 5}
models: {lite: {backbone: efficientnet_lite0, head: [drop 0.2]}}
train: [{freeze: backbone, epochs: 10, batch: 64, lr: 0.01, schedule: one_cycle}]
pseudo: {rounds: 1, labels: soft, test_share: 0.33}
`

// benchClasses are State Farm's.
const benchClasses = 10

// Bytes is how much is written at most: 1280 values a row, and photos of 640x480 in
// their zip and decoded.
func (p PseudoBench) Bytes() int64 {
	return 5400*int64(p.Train+p.Test) + 400_000*int64(p.Photos)
}

// Steps is how many steps a Run has.
func (p PseudoBench) Steps() int {
	plan, err := p.plan(&PseudoMeasured{})
	if err != nil {
		return 0
	}
	return len(plan.Nodes())
}

// Run makes the data, lets nets learn, and measures the round after them; onEvent is
// told of each step.
func (p PseudoBench) Run(ctx context.Context, onEvent func(pipelines.Event)) (out PseudoMeasured, err error) {
	plan, err := p.plan(&out)
	if err != nil {
		return out, err
	}
	store, err := pipelines.Open(p.Dir)
	if err != nil {
		return out, err
	}
	result, err := (&pipelines.Local{Store: store}).Run(ctx, plan, pipelines.Options{OnEvent: onEvent})
	if err != nil {
		return out, err
	}
	for _, s := range result.Steps {
		m := s.Artifact.Manifest
		switch {
		case strings.HasPrefix(s.ID, roundID(1, "")):
			out.Seconds += m.Seconds
			out.Anonymous = max(out.Anonymous, m.PeakAnonymous)
		case s.ID == "features.photos":
			out.FeatureSeconds, out.FeatureAnonymous = m.Seconds, m.PeakAnonymous
		}
	}
	spec, err := pipelines.Decode("bench", []byte(benchSpec))
	if err != nil {
		return out, err
	}
	folds, learn := spec.Split.K, float64(p.Train)*float64(spec.Split.K-1)/spec.Pseudo.Shares()[0]
	out.Rows = int(learn)*epochsOf(phasesOf(spec.Train)) + p.Train + folds*p.Test
	return out, nil
}

// plan is a run's but for its data, which are generated.
func (p PseudoBench) plan(out *PseudoMeasured) (*pipelines.Plan, error) {
	spec, err := pipelines.Decode("bench", []byte(benchSpec))
	if err != nil {
		return nil, err
	}
	m, err := newDesign(spec, spec.Models[0])
	if err != nil {
		return nil, err
	}
	b := pipelines.NewBuilder("state-farm-pseudo")
	a := &assembly{b: b, d: p.Deps, spec: spec, m: m,
		folds: b.Add("folds", generated(kindFolds, p.Train, func(path string) error { return drawFolds(path, p.Train, spec.Split.K) }), 0),
		train: []pipelines.Handle{b.Add("features.train", generated(kindFeatures, p.Train, drawFeatures(m.features, p.Train, 1)), 1)},
		test:  []pipelines.Handle{b.Add("features.test", generated(kindFeatures, p.Test, drawFeatures(m.features, p.Test, 2)), 2)},
	}
	addRound(b, []*assembly{a}, 1, a.addNets(0, nil))
	if p.Photos > 0 {
		p.addPhotos(b, m, out) // behind the round, whose memory it would add to
	}
	return b.Build()
}

// addPhotos adds the steps from generated photos to their features.
func (p PseudoBench) addPhotos(b *pipelines.Builder, m design, out *PseudoMeasured) {
	photos := b.Add("photos", generated(kindFile, p.Photos, func(path string) error {
		return atomicfile.Write(path, 0o600, func(w io.Writer) error { return features.WritePhotoZip(w, p.Photos, 640, 480) })
	}), 0)
	data := pipelines.Data{H: m.input[0], W: m.input[1], Resize: "squash"}
	decoded := b.Add("images.photos", newPhotos(&pipelines.Spec{Data: data}, pipelines.Photos{Pattern: "train/{label}.{n}.jpg"}, "label"), 0, photos.Out("out").To("file"))
	out.RandomWeights = !p.Weights.Has(m.known)
	weights := pipelines.Op(newWeights(&Deps{Weights: p.Weights, Offline: true}, m.Model, m.known))
	if out.RandomWeights {
		weights = generated(kindWeights, 0, func(path string) error { return pretrainedtest.Random(path, m.arch.Name, 1) })
	}
	port := weights.Outputs()[0].Name
	b.Add("features.photos", newFeatures(p.Deps, m, 0), 0, decoded.Out("images").To("images"), b.Add("weights", weights, 0).Out(port).To("weights"))
}

// generated is a step that brings data that are drawn.
func generated(kind pipelines.Kind, rows int, draw func(path string) error) pipelines.Op {
	return funcOp{
		op: op{name: "generated", version: 1, params: map[string]any{"kind": kind, "rows": rows}, out: []pipelines.Port{{Name: outOf(kind), Kind: kind}}},
		run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, draw(env.Path(outOf(kind)))
		},
	}
}

// outOf is the port at which the steps of a run have a kind of data.
func outOf(kind pipelines.Kind) string {
	if kind == kindFile {
		return "out"
	}
	return string(kind)
}

// drawFolds deals rows and their classes in turn.
func drawFolds(path string, rows, folds int) error {
	label, fold := make([]int64, rows), make([]int64, rows)
	for i := range rows {
		label[i], fold[i] = int64(i%benchClasses), int64(i/benchClasses%folds)
	}
	return frame{names: []string{"label", "fold"}, ints: [][]int64{label, fold}}.write(path)
}

// drawFeatures writes shards of features: row i is of class i mod 10, a tenth of its
// values is larger for that.
func drawFeatures(shape [3]int, rows int, root uint64) func(dir string) error {
	return func(dir string) error {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		size, each := shape[0]*shape[1]*shape[2], shardRows(shape)
		x := make([]float32, 0, each*size)
		for at := 0; at < rows; at += each {
			x = x[:0]
			r := seed.Rand(root, "rows", at)
			for row := at; row < min(at+each, rows); row++ {
				for j := range size {
					v := r.Float32()
					if j%benchClasses == row%benchClasses {
						v += 0.1
					}
					x = append(x, v)
				}
			}
			if err := features.WriteVectors(filepath.Join(dir, features.VectorShard(at/each)), shape, x); err != nil {
				return fmt.Errorf("generate features: %w", err)
			}
		}
		return nil
	}
}
