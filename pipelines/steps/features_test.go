package steps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// given is a step that has its output from the test.
func given(kind pipelines.Kind, write func(path string) error) pipelines.Op {
	return funcOp{
		op: op{name: "given", version: 1, params: string(kind), out: []pipelines.Port{{Name: "it", Kind: kind}}},
		run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, write(env.Path("it"))
		},
	}
}

// extract makes the features of more images than a shard has, in the store at home.
func extract(ctx context.Context, home string, see func(pipelines.Event)) (dir string, err error) {
	const images = 1100
	spec, err := pipelines.Decode("my.yaml", []byte(`
competition: some
data: {images: "a.zip/{label}.{n}.jpg", test: "b.zip/{id}.jpg", size: 32}
target: {column: label, metric: logloss}
split: {kfold: 2}
augment: {flip: true, rotate: 10}
models: {lite: {backbone: efficientnet_lite0, cut: _blocks.0, passes: 2}}
train: [{freeze: backbone, epochs: 1}]
`))
	if err != nil {
		return "", err
	}
	m, err := newDesign(spec, spec.Models[0])
	if err != nil {
		return "", err
	}
	d := &Deps{OpenEngine: func() (engine.Engine, error) { return cpu.New(cpu.Options{Threads: 2}) }}
	defer d.Close()
	b := pipelines.NewBuilder("features")
	weights := b.Add("weights", given(kindWeights, func(path string) error { return pretrainedtest.Random(path, "efficientnet_lite0", 3) }), 0)
	shard := b.Add("images", given(kindImages, func(path string) error { return features.WriteImages(ctx, path, 32, 32, 3, noise(images, 32), nil) }), 0)
	b.Add("features", newFeatures(d, m, 1), 7, shard.Out("it").To("images"), weights.Out("it").To("weights"))
	plan, err := b.Build()
	if err != nil {
		return "", err
	}
	store, err := pipelines.Open(home)
	if err != nil {
		return "", err
	}
	result, err := (&pipelines.Local{Store: store}).Run(ctx, plan, pipelines.Options{OnEvent: see})
	if err != nil {
		return "", err
	}
	made, _ := result.Step("features")
	return filepath.Join(made.Artifact.Dir, "features"), nil
}

// Stopped behind the first shard, a step keeps it, makes the rest, and ends with the
// bytes of a step that nobody stopped.
func TestFeaturesGoOnBehindTheLastShard(t *testing.T) {
	t.Parallel()
	whole, err := extract(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	kept := func() []string {
		found, _ := filepath.Glob(filepath.Join(home, "work", "*", "vectors-*.arrow"))
		return found
	}
	ctx, stop := context.WithCancel(t.Context())
	if _, err := extract(ctx, home, func(e pipelines.Event) {
		if e.Step == "features" && e.Event == pipelines.EventStepProgress && len(kept()) == 1 {
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("want a run that was stopped, got %v", err)
	}
	shards := kept()
	if len(shards) != 1 {
		t.Fatalf("kept %v", shards)
	}
	first, err := os.Stat(shards[0])
	if err != nil {
		t.Fatal(err)
	}
	dir, err := extract(t.Context(), home, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		name := features.VectorShard(i)
		a, errA := os.ReadFile(filepath.Join(whole, name))
		b, errB := os.ReadFile(filepath.Join(dir, name))
		if err := errors.Join(errA, errB); err != nil || string(a) != string(b) {
			t.Errorf("%s: %d and %d bytes that differ, %v", name, len(a), len(b), err)
		}
	}
	again, err := os.Stat(filepath.Join(dir, features.VectorShard(0)))
	if err != nil || !os.SameFile(first, again) {
		t.Errorf("the first shard was made again, %v", err)
	}
	if extra, _ := filepath.Glob(filepath.Join(dir, "*")); len(extra) != 2 {
		t.Errorf("want 2 shards, got %v", extra)
	}
}
