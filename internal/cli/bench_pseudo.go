package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/seed-a5aa75a0/podium/internal/disk"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// pseudoPhotos is of how many photos state-farm-pseudo makes features at full size.
const pseudoPhotos = 2000

// measurePseudo is a round of pseudo-labels at State Farm's size, or smaller in
// proportion to the test rows that --rows names, and the features of some photos, from
// which those of all are extrapolated. It takes as long as it takes: once.
func measurePseudo(ctx context.Context, m *machine, told func(done, of int)) (rows []benchRow, err error) {
	dir, err := os.MkdirTemp("", "podium-bench-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	test := steps.StateFarmTest
	if m.rows > 0 {
		test = m.rows
	}
	b := steps.PseudoBench{Dir: dir, Test: test, Train: max(test*steps.StateFarmTrain/steps.StateFarmTest, 50),
		Photos: max(test*pseudoPhotos/steps.StateFarmTest, 1), Weights: pretrained.Cache{Dir: m.weights},
		Deps: &steps.Deps{Precision: m.engine.Precision().String(), OpenEngine: func() (engine.Engine, error) { return m.engine, nil }}}
	if free, ok := disk.Free(dir); ok && free < b.Bytes() {
		return nil, fault.New(fault.Failed, "TMPDIR names another disk; --rows 8000 takes a tenth",
			"%d MB are free in %s, want %d MB for features and photos", free/1e6, os.TempDir(), b.Bytes()/1e6)
	}
	done := 0
	got, err := b.Run(ctx, func(e pipelines.Event) {
		if e.Event == pipelines.EventStepDone {
			done++
			told(done, b.Steps())
		}
	})
	if err != nil {
		return nil, err
	}
	stage := m.row("state-farm-pseudo", got.Seconds, got.Rows, got.Anonymous)
	stage.Note = fmt.Sprintf("a round on %d + %d generated rows of features (labels, 5 students, predictions) in %.1f s; %d rows went through nets, %.0f a second%s",
		b.Train, b.Test, got.Seconds, got.Rows, *stage.ImagesPS, ownMemory(got.Anonymous))
	photos := m.row("state-farm-features", got.FeatureSeconds, b.Photos, got.FeatureAnonymous)
	weights := "its published weights"
	if got.RandomWeights {
		weights = "random weights, as the published ones are not on this machine"
	}
	const full = steps.StateFarmTrain + steps.StateFarmTest
	all := got.FeatureSeconds * full / float64(b.Photos)
	photos.Extrapolated = &all
	photos.Note = fmt.Sprintf("EfficientNet-Lite0, %s, on %d generated photos in %.1f s%s; extrapolated, not measured: %d photos in %.0f s",
		weights, b.Photos, got.FeatureSeconds, ownMemory(got.FeatureAnonymous), full, all)
	return []benchRow{stage, photos}, nil
}

// ownMemory words a peak of anonymous memory, if the system says it.
func ownMemory(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf(", with at most %.0f MB of memory beside mapped files", float64(bytes)/1e6)
}

// row is a figure that was measured once.
func (m *machine) row(name string, seconds float64, rows int, anonymous int64) benchRow {
	ms, rate := 1e3*seconds, float64(rows)/seconds
	row := benchRow{Case: name, MsMin: &ms, MsMedian: &ms, ImagesPS: &rate,
		Device: "cpu-" + m.engine.Level().String(), Precision: m.engine.Precision().String(), Threads: m.engine.Threads()}
	if anonymous > 0 {
		mb := float64(anonymous) / 1e6
		row.PeakAnonMB = &mb
	}
	return row
}
