package steps_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

func decode(t testing.TB, sets ...string) *pipelines.Spec {
	t.Helper()
	src, name, err := pipelines.Load("digit-recognizer")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := pipelines.Decode(name, src, sets...)
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func compile(t testing.TB, sets ...string) *pipelines.Plan {
	t.Helper()
	plan, err := steps.Compile(decode(t, sets...), &steps.Deps{Server: "sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// seeds are the seeds of the steps that draw random numbers.
func seeds(p *pipelines.Plan) map[string]uint64 {
	out := map[string]uint64{}
	for _, n := range p.Nodes() {
		if n.Seed != 0 {
			out[n.ID] = n.Seed
		}
	}
	return out
}

// One more model, fold or copy must not change what the others draw, or nothing
// of an earlier run could be used again.
func TestSeedsStayWhenThePlanGrows(t *testing.T) {
	t.Parallel()
	small := seeds(compile(t, "split.stratified_kfold=2"))
	large := seeds(compile(t, "split.stratified_kfold=3"))
	if len(small) < 5 || len(large) <= len(small) {
		t.Fatalf("%d and %d steps with a seed", len(small), len(large))
	}
	values := map[uint64]string{}
	for id, s := range large {
		if old, ok := small[id]; ok && old != s {
			t.Errorf("%s: seed %d became %d with one more fold", id, old, s)
		}
		if other, ok := values[s]; ok {
			t.Errorf("%s and %s share the seed %d", id, other, s)
		}
		values[s] = id
	}
	if a, b := seeds(compile(t)), seeds(compile(t, "split.seed=2")); a["train.cnn.fold0"] == b["train.cnn.fold0"] {
		t.Error("another seed in the spec trains the same net")
	}
}

// Another precision is another artifact of the steps that compute, and of no
// other; fp32 keeps the keys of versions that knew nothing else.
func TestPrecisionIsPartOfKeys(t *testing.T) {
	t.Parallel()
	params := func(precision string) map[string]string {
		plan, err := steps.Compile(decode(t), &steps.Deps{Server: "sandbox", Precision: precision})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, n := range plan.Nodes() {
			out[n.ID] = fmt.Sprint(n.Op.Params())
		}
		return out
	}
	plain, named, other := params(""), params("fp32"), params("bf16")
	for id, was := range plain {
		if named[id] != was {
			t.Errorf("%s: fp32 has the parameters %s, want %s", id, named[id], was)
		}
		computes := strings.HasPrefix(id, "train.") || strings.HasPrefix(id, "predict.")
		if differs := other[id] != was; differs != computes {
			t.Errorf("%s: bf16 changes the parameters: %v, want %v", id, differs, computes)
		}
	}
}

func TestCompileNamesTheNet(t *testing.T) {
	t.Parallel()
	_, err := steps.Compile(decode(t, "models.cnn.net=mnist_bm"), &steps.Deps{Server: "sandbox"})
	if err == nil || fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), `"mnist_bm"`) ||
		!strings.Contains(fault.HintOf(err), "mnist_bn") {
		t.Errorf("got %v, hint %q", err, fault.HintOf(err))
	}
}

// Photos need no table, and an archive that holds all of them comes once.
func TestCompilePhotos(t *testing.T) {
	t.Parallel()
	for test, want := range map[string]string{
		"test.zip/test/{id}.jpg":      "download.train images.train download.test images.test download.sample folds",
		"train.zip/train/test/{id}.x": "download.train images.train images.test download.sample folds",
	} {
		plan := compile(t, "data={images: 'train.zip/train/{label}.{n}.jpg', test: '"+test+"', size: 64}")
		var got []string
		for _, n := range plan.Nodes() {
			if got = append(got, n.ID); n.ID == "folds" {
				break
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: got %s, want %s", test, s, want)
		}
	}
}

func ExampleCompile() {
	src, name, _ := pipelines.Load("digit-recognizer-linear")
	spec, err := pipelines.Decode(name, src, "split.stratified_kfold=2")
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := steps.Compile(spec, &steps.Deps{Server: "sandbox"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range plan.Nodes() {
		fmt.Println(n.ID)
	}
	// Output:
	// download.train
	// table.train
	// images.train
	// download.test
	// table.test
	// images.test
	// download.sample
	// folds
	// train.linear.fold0
	// predict.linear.fold0
	// train.linear.fold1
	// predict.linear.fold1
	// blend
	// write
	// submit
}
