package steps_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// photoBox is a home folder with a sandbox of a few drawn photos, and the pipeline
// transfer in it.
type photoBox struct {
	home    string
	weights string // a file that fits
}

func newPhotoBox(t *testing.T) photoBox {
	t.Helper()
	p := drawnBox(t, 40)
	p.weights = filepath.Join(t.TempDir(), "random.safetensors")
	if err := pretrainedtest.Random(p.weights, "efficientnet_lite0", 1); err != nil {
		t.Fatal(err)
	}
	return p
}

// drawnBox has so many photos to learn from, and no weights.
func drawnBox(t *testing.T, photos int) photoBox {
	t.Helper()
	p := photoBox{home: t.TempDir()}
	box, err := sandbox.Open(filepath.Join(p.home, "sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	if err := box.AddGenerated(t.Context(), sandbox.DogsVsCats, photos, false, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// run runs the pipeline transfer in the box, where nothing may be fetched.
func (p photoBox) run(t *testing.T, ctx context.Context, see func(pipelines.Event), sets ...string) (steps.Outcome, error) {
	t.Helper()
	if p.weights != "" {
		sets = append([]string{"models.lite.weights=" + p.weights}, sets...)
	}
	return p.runSpec(t, ctx, see, decodeTransfer(t, sets...))
}

// serve starts the box's sandbox and gives a client of it, until stop.
func (p photoBox) serve(t *testing.T) (client *kaggle.Client, stop func()) {
	t.Helper()
	box, err := sandbox.Open(filepath.Join(p.home, "sandbox"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := box.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err = kaggle.New(kaggle.WithBaseURL(server.URL()), kaggle.WithCredentials(kaggle.NewToken(server.Token())))
	if err != nil {
		t.Fatal(err)
	}
	return client, func() { server.Close(); box.Close() }
}

// runSpec runs any pipeline in the box.
func (p photoBox) runSpec(t *testing.T, ctx context.Context, see func(pipelines.Event), spec *pipelines.Spec) (steps.Outcome, error) {
	t.Helper()
	client, stop := p.serve(t)
	defer stop()
	return steps.Run(ctx, spec, steps.Settings{
		Home: p.home, Client: client, Server: submissions.Sandbox, Submit: true, OnEvent: see, Offline: true,
		Weights:    pretrained.Cache{Dir: filepath.Join(p.home, "models")},
		OpenEngine: func() (engine.Engine, error) { return cpu.New(cpu.Options{Threads: 2}) },
	})
}

// The whole way: features once for all folds, heads on them, a place; and again
// without work. Then another head, which needs no photo to be looked at again.
func TestRunTransfer(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	ended := map[string]string{}
	see := func(e pipelines.Event) {
		if e.Event == pipelines.EventStepDone || e.Event == pipelines.EventStepCached {
			ended[e.Step] = e.Event
		}
	}
	first, err := p.run(t, t.Context(), see)
	if err != nil {
		t.Fatal(err)
	}
	if first.CV == nil || first.Rank == nil || ended["features.lite.test.pass2"] != pipelines.EventStepDone {
		t.Fatalf("%+v, %v", first, ended)
	}
	again, err := p.run(t, t.Context(), see)
	if err != nil || *again.CV != *first.CV {
		t.Fatalf("CV %v, then %v, %v", *first.CV, again.CV, err)
	}
	for id, how := range ended {
		if how != pipelines.EventStepCached {
			t.Errorf("again: %s is %s", id, how)
		}
	}
	if _, err := p.run(t, t.Context(), see, "models.lite.head=[dense 8 bn, drop 0.2]"); err != nil {
		t.Fatal(err)
	}
	if ended["features.lite.train"] != pipelines.EventStepCached || ended["head.lite.fold0"] != pipelines.EventStepDone {
		t.Errorf("another head: %v", ended)
	}
}

// A head that early stop watches, and the whole net after it, on other weights than
// the seed's: the second part goes on from the first.
func TestRunTransferOfWholeNets(t *testing.T) {
	if testing.Short() {
		t.Skip("trains two nets of 16 blocks")
	}
	t.Parallel()
	p := newPhotoBox(t)
	notes := map[string]map[string]float64{}
	out, err := p.run(t, t.Context(), func(e pipelines.Event) {
		if e.Event == pipelines.EventStepDone {
			notes[e.Step] = e.Metrics
		}
	}, "train=[{freeze: backbone, epochs: 6, batch: 8, early_stop: {patience: 1, share: 0.2}}, {epochs: 1, batch: 8, lr: 1e-7, backbone_lr: x0.1}]",
		"blend.over=[folds, models]", "models.lite.passes=1")
	if err != nil {
		t.Fatal(err)
	}
	head, whole := notes["head.lite.fold0"]["loss"], notes["train.lite.fold0"]["loss"]
	if out.CV == nil || head == 0 || whole == 0 {
		t.Fatalf("%+v: %v", out, notes)
	}
	// At a rate of next to nothing the whole net stays what the head made of it;
	// its batch normalisation is that of batches of 8.
	if whole > head+1 {
		t.Errorf("the head ends with a loss of %v, the net on it begins with %v", head, whole)
	}
}

// Killed in the middle of the features, a run goes on with the shards that it has
// and ends with the same bytes.
func TestStopInFeatures(t *testing.T) {
	t.Parallel()
	whole, box := newPhotoBox(t), newPhotoBox(t)
	want, err := whole.run(t, t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err = box.run(t, ctx, func(e pipelines.Event) {
		if e.Step == "features.lite.test.pass1" && e.Event == pipelines.EventStepProgress {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	cached := map[string]bool{}
	got, err := box.run(t, t.Context(), func(e pipelines.Event) {
		if e.Event == pipelines.EventStepCached {
			cached[e.Step] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !cached["features.lite.train.pass1"] || cached["features.lite.test.pass1"] {
		t.Errorf("cached: %v", cached)
	}
	if a, b := read(t, *want.Submission), read(t, *got.Submission); !bytes.Equal(a, b) {
		t.Error("the submissions differ")
	}
}

// Weights that do not fit are named by tensor, those that are not there by file,
// and nothing is fetched where nothing may be.
func TestRunRefusesWeights(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	other := filepath.Join(t.TempDir(), "other.safetensors")
	if err := pretrainedtest.Random(other, "resnet18", 1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		weights, msg, hint string
		kind               fault.Kind
	}{
		{other, "it has no tensors _conv_stem.weight", "podium models inspect", fault.Failed},
		{"no/such.pth", "weights: there is no file no/such.pth", "paths of weights start from", fault.Usage},
		{"", "the weights of efficientnet_lite0 are not on this machine", "podium models pull efficientnet_lite0", fault.Failed},
	} {
		p.weights = c.weights
		_, err := p.run(t, t.Context(), nil)
		if err == nil || !strings.Contains(err.Error(), c.msg) || !strings.Contains(fault.HintOf(err), c.hint) || fault.KindOf(err) != c.kind {
			t.Errorf("%q: got %v, hint %q, kind %v", c.weights, err, fault.HintOf(err), fault.KindOf(err))
		}
	}
}

// Early stop must not see the fold that the CV is made of, and training must not see
// what early stop watches.
func TestWatchedRowsAreNobodyElses(t *testing.T) {
	t.Parallel()
	plan := compileTransfer(t, "train=[{freeze: backbone, epochs: 1, early_stop: {patience: 1}}, {epochs: 1}]")
	watched := map[string]string{}
	for _, n := range plan.Nodes() {
		b, err := json.Marshal(n.Op.Params())
		if err != nil {
			t.Fatal(err)
		}
		var params struct{ Watch json.RawMessage }
		if json.Unmarshal(b, &params) == nil && params.Watch != nil {
			watched[n.ID] = string(params.Watch)
		}
	}
	if len(watched) != 4 || watched["head.lite.fold0"] != watched["train.lite.fold0"] || watched["head.lite.fold0"] == watched["head.lite.fold1"] {
		t.Errorf("steps that leave rows out: %v", watched)
	}
	for id, key := range keys(compileTransfer(t)) {
		if strings.Contains(key, "watch") {
			t.Errorf("without early stop, %s leaves rows out: %s", id, key)
		}
	}
}

// With weights that know ImageNet, the built-in tells cats from dogs after 150 drawn
// photos; not to know costs 0.693.
func TestRealTransfer(t *testing.T) {
	path := os.Getenv("PODIUM_LITE0")
	if path == "" {
		t.Skip("needs PODIUM_LITE0, the path of efficientnet-lite0-57934424.pth: podium models pull efficientnet_lite0 fetches it")
	}
	p := drawnBox(t, 150)
	src, name, err := pipelines.Load("dogs-vs-cats")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := pipelines.Decode(name, src, "models.lite.weights="+path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.runSpec(t, t.Context(), nil, spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("CV %.4f, before calibration %.4f, public %.4f, private %.4f in %.0f s", *out.CV, out.Post.Before, *out.Public, *out.Private, out.Seconds)
	if !(*out.CV < 0.35) || !(*out.Private < 0.35) {
		t.Errorf("CV %v, private %v: want below 0.35", *out.CV, *out.Private)
	}
}
