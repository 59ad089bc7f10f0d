package steps_test

import (
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// boxed is a pipeline of a finder of boxes, crops to what it finds, and heat maps.
const boxed = `
competition: dogs-vs-cats-redux-kernels-edition
data: {images: "train.zip/train/{label}.{n}.jpg", test: "test.zip/test/{id}.jpg", size: 64, boxes: "BOXES"}
target: {column: label, metric: logloss_binary}
split: {stratified_kfold: 2}
augment: {brightness: 0.1}
models:
  find:  {backbone: efficientnet_lite0, head: [dense 8], inputs: [size], boxes: 0.001, weights: WEIGHTS}
  crops: {backbone: efficientnet_lite0, head: [drop 0.1], crop: find, weights: WEIGHTS}
  maps:  {backbone: efficientnet_lite0, cut: last_conv, head: [conv 8 bn, heat], weights: WEIGHTS}
train: [{freeze: backbone, epochs: 20, batch: 8, lr: 0.02}]
blend: {over: [folds, copies, models, tta 2]}
`

// writeBoxes makes a file of boxes of the first n of the box's photos of each class: one
// in the middle, and for cats a smaller one beside it.
func writeBoxes(t *testing.T, n int) string {
	t.Helper()
	var entries []string
	for i := range n {
		entries = append(entries,
			fmt.Sprintf(`{"class": "image", "filename": "train/cat.%d.jpg", "annotations": [{"class": "rect", "x": 1, "y": 2, "width": 20, "height": 5}, {"class": "rect", "x": 20, "y": 20, "width": 40, "height": 30}]}`, i),
			fmt.Sprintf(`{"class": "image", "filename": "dog.%d.jpg", "annotations": [{"class": "rect", "x": 20, "y": 20, "width": 40, "height": 30}]}`, i))
	}
	entries = append(entries, `{"filename": "gone.jpg", "annotations": []}`)
	path := filepath.Join(t.TempDir(), "labels.json")
	if err := os.WriteFile(path, []byte("[\n"+strings.Join(entries, ",\n")+"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func decodeBoxed(t *testing.T, boxes, weights string, sets ...string) *pipelines.Spec {
	t.Helper()
	spec, err := pipelines.Decode("boxed.yaml", []byte(strings.NewReplacer("BOXES", boxes, "WEIGHTS", weights).Replace(boxed)), sets...)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// The whole way with boxes, sizes, crops and heat maps; what is made of each; and new
// photos, which are predicted as the test photos were.
func TestRunBoxes(t *testing.T) {
	t.Parallel()
	p := newPhotoBox(t)
	spec := decodeBoxed(t, writeBoxes(t, 15), p.weights)
	made := map[string]pipelines.Event{}
	out, err := p.runSpec(t, t.Context(), func(e pipelines.Event) {
		if e.Event == pipelines.EventStepDone {
			made[e.Step] = e
		}
	}, spec)
	if err != nil {
		t.Fatal(err)
	}
	if m := made["boxes"].Metrics; m["boxes"] != 45 || m["photos_with_box"] != 30 || m["photos_without_box"] != 10 || m["unknown_photos"] != 1 {
		t.Errorf("boxes: %v", m)
	}
	if told := made["boxes"].Notes[pipelines.NoteTold]; !strings.Contains(told, "1 annotated photos are not among the training photos, such as gone.jpg") {
		t.Errorf("boxes tell %q", told)
	}
	if len(out.Boxes) != 1 || out.Boxes[0].Model != "find" || out.Boxes[0].Photos != 30 || !(out.Boxes[0].IoU > 0) || !(out.Boxes[0].Mean > 0) || out.Boxes[0].IoU != made["found.find"].Metrics["iou"] {
		t.Errorf("found boxes: %+v, %v", out.Boxes, made["found.find"].Metrics)
	}
	if len(out.Heat) != 1 || out.Heat[0].Inside == nil || out.Heat[0].Middle == nil || out.Heat[0].Photos != 30 {
		t.Fatalf("heat maps: %+v", out.Heat)
	}
	if f, err := os.Open(out.Heat[0].File); err != nil {
		t.Error(err)
	} else if c, err := png.DecodeConfig(f); err != nil || c.Width < 4*128 {
		t.Errorf("sheet of heat maps: %+v, %v", c, err)
	}
	compareApplied(t, p, out)
}

// compareApplied lets the run predict its own test photos anew.
func compareApplied(t *testing.T, p photoBox, out steps.Outcome) {
	t.Helper()
	run, err := steps.OpenRun(p.home, out.RunID)
	if err != nil {
		t.Fatal(err)
	}
	zip := filepath.Join(p.home, "data", "sandbox", "dogs-vs-cats-redux-kernels-edition", "test.zip")
	got, err := run.Apply(t.Context(), zip, func() (engine.Engine, error) { return cpu.New(cpu.Options{Threads: 2}) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	blended := testPredictions(t, p.home, out.RunID)
	if len(got.Proba) != len(blended) {
		t.Fatalf("want %d probabilities, got %d", len(blended), len(got.Proba))
	}
	for i, v := range got.Proba {
		if math.Abs(float64(v)-blended[i]) > 1e-6 {
			t.Fatalf("probability %d: the run has %v, predict says %v", i, blended[i], v)
		}
	}
}

// testPredictions are what the run's blend says of the test rows, by row and class.
func testPredictions(t *testing.T, home, id string) (out []float64) {
	t.Helper()
	run, err := pipelines.LoadRun(home, id)
	if err != nil {
		t.Fatal(err)
	}
	store, err := pipelines.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range run.Steps {
		if s.ID != "blend" {
			continue
		}
		a, err := store.Lookup(s.Key)
		if err != nil {
			t.Fatal(err)
		}
		table, err := features.OpenTable(filepath.Join(a.Dir, "test.arrow"))
		if err != nil {
			t.Fatal(err)
		}
		defer table.Close()
		p0, err := table.Floats("p0")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range p0 {
			out = append(out, v, 1-v)
		}
	}
	return out
}

func TestCompileBoxes(t *testing.T) {
	t.Parallel()
	plan, err := steps.Compile(decodeBoxed(t, "annos/*.json", "x.pth"), &steps.Deps{Server: "sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	const want = "weights.find weights.crops weights.maps sizes.train sizes.test " +
		"features.find.train features.find.train.pass1 features.find.test features.find.test.pass1 head.find.fold0 predict.find.fold0 head.find.fold1 predict.find.fold1 found.find " +
		"crops.crops.train crops.crops.test features.crops.train features.crops.train.pass1 features.crops.test features.crops.test.pass1 " +
		"head.crops.fold0 predict.crops.fold0 head.crops.fold1 predict.crops.fold1 " +
		"features.maps.train features.maps.train.pass1 features.maps.test features.maps.test.pass1 " +
		"head.maps.fold0 predict.maps.fold0 head.maps.fold1 predict.maps.fold1 heat.maps"
	if got := ids(plan); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for id, wanted := range map[string]string{ // what a step reads
		"head.find.fold0":      "features.find.train/features folds/folds sizes.train/sizes boxes/boxes",
		"predict.find.fold1":   "head.find.fold1/model features.find.train/features features.find.train.pass1/features folds/folds features.find.test/features features.find.test.pass1/features sizes.train/sizes sizes.test/sizes boxes/boxes",
		"crops.crops.train":    "download.train/file images.train/images found.find/oof",
		"crops.crops.test":     "download.test/file images.test/images found.find/test",
		"features.crops.train": "crops.crops.train/images weights.crops/weights",
		"predict.crops.fold0":  "head.crops.fold0/model features.crops.train/features features.crops.train.pass1/features folds/folds features.crops.test/features features.crops.test.pass1/features",
		"heat.maps":            "images.train/images folds/folds images.train/classes features.maps.train/features boxes/boxes boxes/all head.maps.fold0/model predict.maps.fold0/oof head.maps.fold1/model predict.maps.fold1/oof",
	} {
		n, _ := plan.Node(id)
		var got []string
		for _, e := range n.Inputs {
			got = append(got, e.From.String())
		}
		if strings.Join(got, " ") != wanted {
			t.Errorf("%s reads %v\nwant %s", id, strings.Join(got, " "), wanted)
		}
	}
}

// What a head that ends in heat cannot do is told where it stands.
func TestBoxesErrors(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]string{
		"models.find.head=[heat]":   "boxed.yaml:8:81: models.find.boxes: a head that ends in heat has no features to predict boxes from",
		"models.maps.inputs=[size]": "--set models.maps.inputs=[size]: models.maps.inputs: a head that ends in heat has no features to join the photo's size to",
		"models.maps.cut=pool":      "--set models.maps.cut=pool: models.maps.cut: the head [conv 8 bn, heat] wants an image, and the cut at pool gives one place",
	} {
		sets := []string{set}
		if strings.HasPrefix(set, "models.find") {
			sets = append(sets, "models.find.cut=last_conv")
		}
		_, err := steps.Compile(decodeBoxed(t, "annos/*.json", "x.pth", sets...), &steps.Deps{Server: "sandbox"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", set, err, want)
		}
	}
}

// Files of boxes that are not there are told before anything is trained, and what is
// wrong with one as well.
func TestBoxFilesErrors(t *testing.T) {
	t.Parallel()
	p := drawnBox(t, 10)
	corrupt := filepath.Join(t.TempDir(), "corrupt.json")
	if err := os.WriteFile(corrupt, []byte("[\n{\"filename\": \"cat.0.jpg\""), 0o600); err != nil {
		t.Fatal(err)
	}
	for boxes, want := range map[string]string{
		"annos/*.json":        "data.boxes: no file of the competition dogs-vs-cats-redux-kernels-edition matches \"annos/*.json\"",
		"./nowhere/*.json":    "data.boxes: no file matches ./nowhere/*.json",
		corrupt:               "boxes in corrupt.json, line 2, byte ",
		filepath.Dir(corrupt): "it is no file",
		"./[z-a.js":           "data.boxes: bad glob",
	} {
		spec := decodeBoxed(t, boxes, "x.pth", "models={cnn: {net: small_cnn}}", "train=[{epochs: 1}]")
		if _, err := p.runSpec(t, t.Context(), nil, spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", boxes, err, want)
		}
	}
}
