package steps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newFeatures lets a backbone's trunk compute what it makes of all photos, once for
// all folds, copies and epochs of the heads on it. Pass 0 is of the photos as they
// are; each other pass is of views augmented anew, and a step of its own, so that
// one more pass leaves those that are there.
func newFeatures(d *Deps, m design, pass int) pipelines.Op {
	params := map[string]any{"input": m.input, "pass": pass}
	if pass > 0 {
		params["augment"] = m.Augment
	}
	return funcOp{
		op: op{name: "features", version: 1, params: d.computed(m.params(params)),
			in:  []pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "weights", Kind: kindWeights}},
			out: []pipelines.Port{{Name: "features", Kind: kindFeatures, File: "features"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			images, err := features.OpenImages(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer images.Close()
			device, release, err := d.engine()
			if err != nil {
				return pipelines.Report{}, err
			}
			defer release()
			trunk, err := train.Trunk(train.Config{Net: m.net, Input: m.input, Weights: in.Path("weights"), Engine: device})
			if err != nil {
				return pipelines.Report{}, err
			}
			batch := predictBatch(m.input)
			x := extraction{trunk: trunk, batch: batch, pass: pass, env: env, start: time.Now(), photos: features.Loader{
				Images: images, Norm: m.norm(), Augment: augmentOf(m.Augment), Batch: batch, Seed: env.Seed}}
			if err := x.run(ctx, env.Path("features")); err != nil {
				return pipelines.Report{}, err
			}
			s := m.features
			return pipelines.Report{Metrics: map[string]float64{"images": float64(images.N())},
				Notes: map[string]string{"features": fmt.Sprintf("%dx%dx%d a photo", s[0], s[1], s[2])}}, nil
		},
	}
}

// extraction writes features shard by shard. A shard that is whole stays in the
// step's work folder until all are: a killed step goes on behind it.
type extraction struct {
	trunk  *train.Extractor
	photos features.Loader // without rows
	batch  int
	pass   int
	env    pipelines.Env
	start  time.Time
	made   int // photos since the start
}

// run leaves the shards in the folder dir, which it makes.
func (x *extraction) run(ctx context.Context, dir string) error {
	n, rows := x.photos.Images.N(), shardRows(x.trunk.Shape())
	var shards []string
	for from := 0; from < n; from += rows {
		name := features.VectorShard(len(shards))
		if err := x.shard(ctx, filepath.Join(x.env.Work, name), from, min(from+rows, n)); err != nil {
			return err
		}
		shards = append(shards, name)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, name := range shards {
		if err := os.Rename(filepath.Join(x.env.Work, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// shardRows is how many photos' features make a shard: what a kill can cost, and
// 64 MiB of memory at most, but for a row that is larger alone.
func shardRows(shape [3]int) int {
	const most, bytes = 1024, 64 << 20
	return min(max(bytes/(4*shape[0]*shape[1]*shape[2]), 1), most)
}

// shard makes the shard of photos [from, to), unless it is there.
func (x *extraction) shard(ctx context.Context, path string, from, to int) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	l := x.photos
	for row := from; row < to; row++ {
		l.Rows = append(l.Rows, row)
	}
	var values []float32
	for b, err := range x.trunk.Features(ctx, (*beside)(nil).handOver(l.Predict(ctx, x.pass)), x.batch) {
		if err != nil {
			return err
		}
		values = append(values, b.X...)
		x.made += b.N
		from += b.N
		x.tell(from)
	}
	return features.WriteVectors(path, x.trunk.Shape(), values)
}

// tell says how many photos are done, and how fast those of this start went.
func (x *extraction) tell(done int) {
	n := x.photos.Images.N()
	x.env.Progress(float64(done)/float64(n), "", map[string]any{"images_per_second": float64(x.made) / time.Since(x.start).Seconds()})
}
