package pipelines_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// sameSpec compares specs without the places where their values stand.
var sameSpec = cmpopts.IgnoreUnexported(pipelines.Spec{})

const small = `competition: digit-recognizer
data: {table: train.csv, test: test.csv, pixels: pixel* 28x28x1}
target: {column: label, metric: accuracy}
split: {stratified_kfold: 5}
models: {cnn: {net: mnist_bn}}
train: [{epochs: 3}]
`

func decode(t *testing.T, src string, sets ...string) *pipelines.Spec {
	t.Helper()
	s, err := pipelines.Decode("dir/my.yaml", []byte(src), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDecodeDefaults(t *testing.T) {
	t.Parallel()
	want := &pipelines.Spec{
		Name: "my", Competition: "digit-recognizer", Seed: 1,
		Data: pipelines.Data{Table: "train.csv", Test: "test.csv", Sample: "sample_submission.csv",
			Pixels: pipelines.Pixels{Columns: "pixel*", H: 28, W: 28, C: 1}},
		Target: pipelines.Target{Column: "label", Metric: "accuracy"},
		Split:  pipelines.Split{Kind: "stratified_kfold", K: 5, Seed: 1},
		Models: []pipelines.Model{{Name: "cnn", Net: "mnist_bn", Copies: 1}},
		Train:  []pipelines.Phase{{Epochs: 3, Batch: 64, Optimizer: "adam", LR: 0.001, Schedule: "constant"}},
		Blend:  pipelines.Blend{How: "mean", Folds: true, Copies: true, Models: true, TTA: 1},
		Submit: pipelines.Submit{Name: "{run} cv={cv:.4f}", Wait: true},
	}
	if d := cmp.Diff(want, decode(t, small), sameSpec); d != "" {
		t.Errorf("decoded spec (-want +got):\n%s", d)
	}
}

// full has every key of the language with a value that is not its default.
const full = `# every key
competition: state-farm-distracted-driver-detection
seed: 7
data: {table: a b.csv, test: dir/t.csv, pixels: "p_?? 32x16x3", id: "the id", sample: s.csv}
target: {column: "p(dog)", metric: logloss}
split: {kfold: 2, seed: 9}
augment: {rotate: 8, shift: [.08, 5e-2], shear: 0.3, zoom: 0.08, elastic: 0.04, flip: both, crop: 0.3, channel: 20, brightness: 0.2, contrast: 0.1, saturation: 0.4, hue: 9, erase: 0.25, mixup: 0.2, cutmix: 1}
models:
  b: {net: mnist_bn, copies: 15}
  a: {net: linear, augment: {zoom: 0.5, flip: true}}
  c: {net: linear, augment: {}}
train:
  - {epochs: 1, batch: 32, optimizer: nesterov, lr: 1e-2, weight_decay: 1.0e-4, momentum: 0.8, clip_norm: 1, schedule: step}
  - {epochs: 2, lr: 0.0000001, schedule: cosine, ema: 0.999, label_smoothing: 0.1}
blend:
  how: geometric
  over: [models, tta 8, copies, folds]
  weights: {b: 2, c: 0, xgb: 0.5, a: 1e-1}
  also: {xgb: {oof: "../o f.csv", test: /t.csv}}
post: [temperature 1.3, prior 0.25 .75, clip auto]
submit: {name: "{pipeline}: {metric}={cv:.2f}, {seed}", wait: false}
`

func TestDecodeEveryKey(t *testing.T) {
	t.Parallel()
	augment := pipelines.Augment{Rotate: 8, ShiftX: 0.08, ShiftY: 0.05, Shear: 0.3, Zoom: 0.08, Elastic: 0.04, FlipX: true, FlipY: true, Crop: 0.3,
		Channel: 20, Brightness: 0.2, Contrast: 0.1, Saturation: 0.4, Hue: 9, Erase: 0.25, MixUp: 0.2, CutMix: 1}
	want := &pipelines.Spec{
		Name: "my", Competition: "state-farm-distracted-driver-detection", Seed: 7,
		Data: pipelines.Data{Table: "a b.csv", Test: "dir/t.csv", Sample: "s.csv", ID: "the id",
			Pixels: pipelines.Pixels{Columns: "p_??", H: 32, W: 16, C: 3}},
		Target:  pipelines.Target{Column: "p(dog)", Metric: "logloss"},
		Split:   pipelines.Split{Kind: "kfold", K: 2, Seed: 9},
		Augment: augment,
		Models: []pipelines.Model{
			{Name: "b", Net: "mnist_bn", Copies: 15, Augment: augment},
			{Name: "a", Net: "linear", Copies: 1, Augment: pipelines.Augment{Zoom: 0.5, FlipX: true}},
			{Name: "c", Net: "linear", Copies: 1},
		},
		Train: []pipelines.Phase{
			{Epochs: 1, Batch: 32, Optimizer: "nesterov", LR: 0.01, WeightDecay: 0.0001, Momentum: 0.8, ClipNorm: 1, Schedule: "step"},
			{Epochs: 2, Batch: 64, Optimizer: "adam", LR: 1e-7, Schedule: "cosine", EMA: 0.999, LabelSmoothing: 0.1},
		},
		Blend: pipelines.Blend{How: "geometric", Folds: true, Copies: true, Models: true, TTA: 8,
			Weights: pipelines.Weights{Given: []pipelines.Weight{{"b", 2}, {"c", 0}, {"xgb", 0.5}, {"a", 0.1}}},
			Also:    []pipelines.Outside{{Name: "xgb", OOF: "../o f.csv", Test: "/t.csv"}}},
		Post: []pipelines.Correction{{Kind: "temperature", Value: []float64{1.3}}, {Kind: "prior", Value: []float64{0.25, 0.75}},
			{Kind: "clip", Auto: true}},
		Submit: pipelines.Submit{Name: "{pipeline}: {metric}={cv:.2f}, {seed}"},
	}
	if d := cmp.Diff(want, decode(t, full), sameSpec); d != "" {
		t.Errorf("decoded spec (-want +got):\n%s", d)
	}
}

// ofPhotos has every key of data that belongs to photos.
const ofPhotos = `
competition: state-farm-distracted-driver-detection
data: {images: "imgs.zip/imgs/train/{label}/{img}", test: "imgs.zip/imgs/{set}/{img}.jpg", id: img, size: 360x640, resize: crop}
target: {column: label, metric: logloss}
split: {stratified_kfold: 5}
models: {cnn: {net: resnet50}}
train: [{epochs: 3}]
`

// ofTransfer has every key that belongs to backbones.
const ofTransfer = `
competition: state-farm-distracted-driver-detection
data: {images: "imgs.zip/imgs/train/{label}/{img}", test: "imgs.zip/imgs/{set}/{img}.jpg", id: img, size: 224}
target: {column: label, metric: logloss}
split: {stratified_kfold: 5}
models:
  lite: {backbone: efficientnet_lite0}
  vgg: {backbone: vgg16_fcbn, weights: ../my weights.pth, cut: last_conv, head: [drop 0.8, dense  256 bn, "pool"], passes: 5, copies: 2, augment: {zoom: 0.1}}
  raw: {backbone: resnet18, weights: imagenet, cut: layer4.0.conv1}
train:
  - {freeze: backbone, epochs: 3, early_stop: {patience: 2, share: 0.2}}
  - {freeze: none, epochs: 8, lr: 0.0001, backbone_lr: x.1, warmup: 0.1, early_stop: {patience: 4, share: 0.2}}
  - {epochs: 1, backbone_lr: x1}
fallback: dogs-vs-cats-scratch
`

func TestDecodeTransfer(t *testing.T) {
	t.Parallel()
	s := decode(t, ofTransfer)
	models := []pipelines.Model{
		{Name: "lite", Backbone: "efficientnet_lite0", Weights: pipelines.Published, Cut: "pool", Passes: 1, Copies: 1},
		{Name: "vgg", Backbone: "vgg16_fcbn", Weights: "../my weights.pth", Cut: "last_conv", Head: []string{"drop 0.8", "dense 256 bn", "pool"},
			Passes: 5, Copies: 2, Augment: pipelines.Augment{Zoom: 0.1}},
		{Name: "raw", Backbone: "resnet18", Weights: pipelines.Published, Cut: "layer4.0.conv1", Passes: 1, Copies: 1},
	}
	if d := cmp.Diff(models, s.Models); d != "" {
		t.Errorf("models (-want +got):\n%s", d)
	}
	phase := pipelines.Phase{Batch: 64, Optimizer: "adam", LR: 0.001, Schedule: "constant"}
	frozen, warm, last := phase, phase, phase
	frozen.Epochs, frozen.Freeze, frozen.Patience, frozen.Share = 3, true, 2, 0.2
	warm.Epochs, warm.LR, warm.BackboneLR, warm.WarmUp, warm.Patience, warm.Share = 8, 0.0001, 0.1, 0.1, 4, 0.2
	last.Epochs = 1
	if d := cmp.Diff([]pipelines.Phase{frozen, warm, last}, s.Train); d != "" {
		t.Errorf("train (-want +got):\n%s", d)
	}
	if s.Fallback != "dogs-vs-cats-scratch" || s.Frozen() != 1 || s.Held() != 0.2 {
		t.Errorf("fallback %q, %d frozen, %v held", s.Fallback, s.Frozen(), s.Held())
	}
	s = decode(t, ofTransfer, "train=[{epochs: 1}]", "models={raw: {backbone: resnet18, weights: none}}")
	if s.Models[0].Weights != pipelines.Fresh || s.Frozen() != 0 || s.Held() != 0 {
		t.Errorf("%+v", s.Models[0])
	}
	s = decode(t, ofTransfer, "train=[{freeze: backbone, epochs: 1, early_stop: {patience: 1}}, {freeze: backbone, epochs: 2}]")
	if s.Frozen() != 2 || s.Held() != 0.1 {
		t.Errorf("%d frozen, %v held", s.Frozen(), s.Held())
	}
}

// What was trained before the language had these words keeps its key: a phase
// without them is the JSON that it was.
func TestPhaseWithoutTransferIsWhatItWas(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(decode(t, small).Train)
	if want := `[{"epochs":3,"batch":64,"optimizer":"adam","lr":0.001,"schedule":"constant"}]`; err != nil || string(b) != want {
		t.Errorf("got %s, %v, want %s", b, err, want)
	}
}

func TestDecodePhotos(t *testing.T) {
	t.Parallel()
	s := decode(t, ofPhotos)
	want := pipelines.Data{
		Images:     pipelines.Photos{Archive: "imgs.zip", Pattern: "imgs/train/{label}/{img}"},
		TestImages: pipelines.Photos{Archive: "imgs.zip", Pattern: "imgs/{set}/{img}.jpg"},
		ID:         "img", H: 360, W: 640, Resize: "crop", Sample: "sample_submission.csv",
	}
	if d := cmp.Diff(want, s.Data); d != "" {
		t.Errorf("data (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"set", "img"}, s.Data.TestImages.Columns()); d != "" {
		t.Errorf("columns (-want +got):\n%s", d)
	}
	if got := s.Data.Shape(); got != [3]int{360, 640, 3} {
		t.Errorf("shape %v", got)
	}
	s = decode(t, ofPhotos, "data={images: 'a.zip/{label}.{n}.jpg', test: 'b.zip/{id}.jpg', size: 64}")
	if d := s.Data; d.ID != "id" || d.Resize != "squash" || d.H != 64 || d.W != 64 {
		t.Errorf("defaults: %+v", d)
	}
}

func TestCanonicalDecodesToTheSameSpec(t *testing.T) {
	t.Parallel()
	many := strings.Replace(small, "{cnn: {net: mnist_bn}}", "{"+strings.Repeat("m%: {net: a}, ", 60)+"}", 1)
	for i := range 60 {
		many = strings.Replace(many, "%", fmt.Sprint(i), 1)
	}
	for name, src := range map[string]string{"small": small, "full": full, "photos": ofPhotos, "transfer": ofTransfer, "more models than lines": many} {
		s := decode(t, src)
		again, err := pipelines.Decode("dir/my.yaml", s.Canonical())
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, s.Canonical())
		}
		if d := cmp.Diff(s, again, sameSpec); d != "" {
			t.Errorf("%s (-first +again):\n%s", name, d)
		}
		asJSON, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if again, err = pipelines.Decode("my.json", asJSON); err != nil { // JSON is YAML
			t.Fatalf("%s: %v\n%s", name, err, asJSON)
		}
		again.Name = s.Name
		if d := cmp.Diff(s, again, sameSpec); d != "" {
			t.Errorf("%s as JSON (-first +again):\n%s", name, d)
		}
	}
}

func TestNumbersWrittenInTwoWaysAreOneSpec(t *testing.T) {
	t.Parallel()
	a := decode(t, strings.Replace(small, "epochs: 3", "epochs: 3, lr: 1e-3", 1))
	b := decode(t, strings.Replace(small, "epochs: 3", "epochs: 3, lr: 0.001", 1))
	if a.Digest() != b.Digest() {
		t.Errorf("1e-3 and 0.001 give different specs:\n%s%s", a.Canonical(), b.Canonical())
	}
}

func TestSeeds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, src   string
		sets        []string
		seed, split uint64
	}{
		{"none", small, nil, 1, 1},
		{"top", "seed: 4\n" + small, nil, 4, 4},
		{"split", strings.Replace(small, "fold: 5", "fold: 5, seed: 6", 1), nil, 6, 6},
		{"both", strings.Replace("seed: 4\n"+small, "fold: 5", "fold: 5, seed: 6", 1), nil, 4, 6},
		{"set over split", strings.Replace(small, "fold: 5", "fold: 5, seed: 6", 1), []string{"seed=2"}, 2, 6},
	} {
		s := decode(t, c.src, c.sets...)
		if s.Seed != c.seed || s.Split.Seed != c.split {
			t.Errorf("%s: got seed %d, split %d, want %d, %d", c.name, s.Seed, s.Split.Seed, c.seed, c.split)
		}
	}
}

func TestUse(t *testing.T) {
	t.Parallel()
	s := decode(t, "use: digit-recognizer-linear\nsplit: {kfold: 3}\nseed: 5\n")
	if s.Split.K != 3 || s.Split.Kind != "kfold" || s.Seed != 5 || s.Models[0].Net != "linear" || s.Name != "my" {
		t.Errorf("got %+v", s)
	}
	// top-level keys are replaced whole, never merged
	_, err := pipelines.Decode("my.yaml", []byte("use: digit-recognizer-linear\ndata: {table: x.csv}\n"))
	if want := `bad spec: my.yaml:2:7: data: key "test" is missing`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBuiltins(t *testing.T) {
	t.Parallel()
	list := pipelines.Builtins()
	if len(list) < 2 {
		t.Fatalf("got %v", list)
	}
	for _, b := range list {
		src, name, err := pipelines.Load(b.Name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := pipelines.Decode(name, src)
		if err != nil {
			t.Fatalf("%s: %v", b.Name, err)
		}
		if s.Name != b.Name || len(b.Doc) < 20 {
			t.Errorf("%s decodes as %q, described as %q", b.Name, s.Name, b.Doc)
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "my.yaml")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	src, name, err := pipelines.Load(path)
	if err != nil || name != path || string(src) != small {
		t.Errorf("got %q, %q, %v", src, name, err)
	}
	const all = "built-ins: digit-recognizer, digit-recognizer-linear, digit-recognizer-long, dogs-vs-cats, dogs-vs-cats-ensemble, " +
		"dogs-vs-cats-linear, dogs-vs-cats-scratch, dogs-vs-cats-vgg16, " +
		"fisheries, fisheries-bbox, fisheries-fcn, fisheries-inception, fisheries-scratch, " +
		"state-farm, state-farm-pseudo, state-farm-scratch, state-farm-vgg16"
	for _, c := range []struct{ arg, msg, hint string }{
		{"digit-recogniser", `no pipeline called "digit-recogniser", did you mean "digit-recognizer"?`,
			all + "; a file is given by its path, such as ./my.yaml"},
		{"mine", `no pipeline called "mine"`, all + "; a file is given by its path, such as ./my.yaml"},
		{"no/such.yml", "read spec no/such.yml: there is no such file", all},
		{"digit-recognizer.yaml", "read spec digit-recognizer.yaml: there is no such file", "without .yaml it is a built-in: digit-recognizer"},
		{dir + "/", "read spec: read " + dir + "/: is a directory", ""},
	} {
		_, _, err := pipelines.Load(c.arg)
		if err == nil || err.Error() != c.msg || fault.HintOf(err) != c.hint || fault.KindOf(err) != fault.Usage {
			t.Errorf("Load(%q): got %v; hint %q\nwant %s; hint %q", c.arg, err, fault.HintOf(err), c.msg, c.hint)
		}
	}
}

func TestFaultNamesThePlace(t *testing.T) {
	t.Parallel()
	s := decode(t, small, "models.cnn.copies=2")
	for _, c := range []struct{ path, want string }{
		{"models.cnn.net", "bad spec: dir/my.yaml:5:21: models.cnn.net: no net x"},
		{"models.cnn.copies", "bad spec: --set models.cnn.copies=2: models.cnn.copies: no net x"},
		{"train.0.batch", "bad spec: dir/my.yaml:6:9: train.0.batch: no net x"},
		{"augment", "bad spec: dir/my.yaml: augment: no net x"},
	} {
		err := s.Fault(c.path, "look", "no net %s", "x")
		if err.Error() != c.want || fault.KindOf(err) != fault.Usage || fault.HintOf(err) != "look" {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestSpecErrorHoldsEachProblem(t *testing.T) {
	t.Parallel()
	_, err := pipelines.Decode("my.yaml", []byte(strings.Replace(small, "{net: mnist_bn}", "{nett: a, copies: 0}", 1)))
	var se *pipelines.SpecError
	if !errors.As(err, &se) {
		t.Fatalf("got %T: %v", err, err)
	}
	want := []pipelines.Problem{
		{File: "my.yaml", Line: 5, Column: 16, Path: "models.cnn", Msg: `unknown key "nett", did you mean "net"?`, Hint: "keys of models.cnn: net, backbone, weights, cut, head, passes, inputs, boxes, crop, copies, augment"},
		{File: "my.yaml", Line: 5, Column: 33, Path: "models.cnn.copies", Msg: "want an integer from 1 to 100, got 0"},
	}
	if d := cmp.Diff(want, se.Problems); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAugmentString(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]pipelines.Augment{
		"none":                   {},
		"rotate: 10, shift: 0.1": {Rotate: 10, ShiftX: .1, ShiftY: .1},
		"shift: [0.1, 0], zoom: 0.2, flip: horizontal, mixup: 0.4": {ShiftX: .1, Zoom: .2, FlipX: true, MixUp: .4},
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
