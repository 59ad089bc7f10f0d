package steps

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Kinds of ports. Only ports of the same kind can be joined.
const (
	kindFile        pipelines.Kind = "file"        // a file as the competition gives it
	kindTable       pipelines.Kind = "table"       // Arrow IPC
	kindImages      pipelines.Kind = "images"      // Arrow IPC shard of uint8 NHWC rows
	kindBoxFiles    pipelines.Kind = "box files"   // folder of files of boxes
	kindBoxes       pipelines.Kind = "boxes"       // Arrow IPC: a box of each training row
	kindSizes       pipelines.Kind = "sizes"       // folder: the sizes of photos as JSON, and which of them each row has
	kindClasses     pipelines.Kind = "classes"     // JSON: the name of each class
	kindNorm        pipelines.Kind = "norm"        // JSON: mean and standard deviation per channel
	kindFolds       pipelines.Kind = "folds"       // Arrow IPC: label, fold and, of a split by groups, group of each training row
	kindClusters    pipelines.Kind = "clusters"    // Arrow IPC: cluster of each training row
	kindSheet       pipelines.Kind = "sheet"       // PNG for people
	kindLeaks       pipelines.Kind = "leaks"       // JSON: what the split shares between training and held-out rows
	kindWeights     pipelines.Kind = "weights"     // safetensors, or a state dict of PyTorch's
	kindFeatures    pipelines.Kind = "features"    // Arrow IPC shards of what a trunk makes of images
	kindNearest     pipelines.Kind = "neighbours"  // Arrow IPC: the nearest rows of each row
	kindModel       pipelines.Kind = "model"       // safetensors
	kindPredictions pipelines.Kind = "predictions" // Arrow IPC: row and a probability per class
	kindSubmission  pipelines.Kind = "submission"  // CSV as the competition wants it
	kindScore       pipelines.Kind = "score"       // JSON: Placed
)

// Deps is what steps use of the world and what, but for Precision, must not change
// their outputs.
type Deps struct {
	Client *kaggle.Client // downloads and uploads
	Server string         // "kaggle" or "sandbox": which server Client talks to

	Home string // folder of state, see DataDir and Ledger

	Weights pretrained.Cache // of published weights
	Offline bool             // no weights are fetched into the cache

	// Precision is that of the device's products, "" for "fp32". Another one is part
	// of the keys of the steps that compute, so that nothing of one precision goes
	// on with something of the other.
	Precision string

	// OpenEngine makes the device; it is called at most once, by the first step
	// that computes.
	OpenEngine func() (engine.Engine, error)

	// instead, if not nil, is given what was to be trained, and fit does no more: a
	// sweep of the learning rate. Its error is fit's.
	instead func(ctx context.Context, c train.Config, data train.Dataset) error

	mu     sync.Mutex
	opened engine.Engine
}

// DataDir is the folder in home of the files downloaded from a competition of a
// server (submissions.Kaggle or submissions.Sandbox), kept between runs.
func DataDir(home, server, competition string) string {
	return filepath.Join(home, "data", server, competition)
}

// Ledger is the record in home of everything that was submitted.
func Ledger(home string) *submissions.Ledger {
	return &submissions.Ledger{Path: filepath.Join(home, "ledger.jsonl")}
}

// engine is the device, opened on first use. Only one step may compute at a
// time: release gives it back.
func (d *Deps) engine() (e engine.Engine, release func(), err error) {
	d.mu.Lock()
	if d.opened == nil {
		if d.opened, err = d.OpenEngine(); err != nil {
			d.mu.Unlock()
			return nil, nil, err
		}
	}
	return d.opened, d.mu.Unlock, nil
}

// computed is the parameters of a step that computes.
func (d *Deps) computed(params map[string]any) map[string]any {
	if d.Precision != "" && d.Precision != "fp32" {
		params["precision"] = d.Precision
	}
	return params
}

// Close frees the device if one was opened.
func (d *Deps) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.opened == nil {
		return nil
	}
	err := d.opened.Close()
	d.opened = nil
	return err
}

// op holds what all steps share; each step embeds it and adds Run.
type op struct {
	name    string
	version int
	params  any
	in, out []pipelines.Port
}

func (o op) Name() string              { return o.name }
func (o op) Version() int              { return o.version }
func (o op) Params() any               { return o.params }
func (o op) Inputs() []pipelines.Port  { return o.in }
func (o op) Outputs() []pipelines.Port { return o.out }

// runFunc makes an Op of a description and a function.
type runFunc func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error)

type funcOp struct {
	op
	run runFunc
}

func (o funcOp) Run(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
	return o.run(ctx, env, in)
}
