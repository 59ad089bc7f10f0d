package steps

import (
	"context"
	"iter"
	"math"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// augmentOf is the spec's augmentation in the words of features, nil for none.
func augmentOf(a pipelines.Augment) *features.Augment {
	if a == (pipelines.Augment{}) {
		return nil
	}
	degrees := math.Atan(a.Shear) * 180 / math.Pi // a spec's shear is sideways per height
	return &features.Augment{
		Rotate: a.Rotate, ShiftX: a.ShiftX, ShiftY: a.ShiftY, Shear: degrees, Zoom: a.Zoom, FlipX: a.FlipX, FlipY: a.FlipY, Crop: a.Crop, Elastic: a.Elastic,
		Channel: a.Channel, Brightness: a.Brightness, Contrast: a.Contrast, Saturation: a.Saturation, Hue: a.Hue, Erase: a.Erase, MixUp: a.MixUp, CutMix: a.CutMix,
	}
}

// epochs gives the batches of each epoch, from any batch on.
type epochs interface {
	EpochFrom(ctx context.Context, epoch, first int) iter.Seq2[features.Batch, error]
}

// dataset gives train.Fit the batches of loaders, a loader a phase since phases may
// differ in batch size.
type dataset struct {
	rows    int
	loaders []epochs // of each epoch
	with    *beside
}

// newDataset is of lessons with what their rows have beside pixels, by a loader that load makes for each phase.
func newDataset(all lessons, with *beside, phases []pipelines.Phase, load func(l lessons, batch int) epochs) *dataset {
	all = all.upto(trainable(all.n(), phases))
	d := &dataset{rows: all.n(), with: with}
	for _, p := range phases {
		l := load(all, p.Batch)
		for range p.Epochs {
			d.loaders = append(d.loaders, l)
		}
	}
	return d
}

// trainable is how many of n rows to train on: all, unless the last batch of a
// phase would be a single image, which batch normalisation cannot normalise.
func trainable(n int, phases []pipelines.Phase) int {
	for _, p := range phases {
		if p.Batch > 1 && n%p.Batch == 1 && n > p.Batch {
			return trainable(n-1, phases)
		}
	}
	return n
}

func (d *dataset) Len() int { return d.rows }

func (d *dataset) Epoch(ctx context.Context, epoch int) iter.Seq2[train.Batch, error] {
	return d.EpochFrom(ctx, epoch, 0)
}

func (d *dataset) EpochFrom(ctx context.Context, epoch, batch int) iter.Seq2[train.Batch, error] {
	return d.with.handOver(d.loaders[epoch].EpochFrom(ctx, epoch, batch))
}

// oneEpoch gives rows with their targets, the same in every epoch.
type oneEpoch struct {
	rows int
	from epochs
	with *beside
}

func (o oneEpoch) Len() int { return o.rows }

func (o oneEpoch) Epoch(ctx context.Context, _ int) iter.Seq2[train.Batch, error] {
	return o.with.handOver(o.from.EpochFrom(ctx, 0, 0))
}
