package pretrained_test

import (
	"math"
	"os"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/models/weight"
	"github.com/seed-a5aa75a0/podium/models/zoo"
)

// TestRealWeights compares EfficientNet-Lite0 with what testdata/lite0.py says
// that its publishers' own net makes of two images.
func TestRealWeights(t *testing.T) {
	path := os.Getenv("PODIUM_LITE0")
	if path == "" {
		t.Skip("needs PODIUM_LITE0, the path of efficientnet-lite0-57934424.pth: podium models pull efficientnet_lite0 fetches it")
	}
	golden, err := weight.Load("testdata/lite0.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	want, _ := golden.Find("logits")
	r, err := weight.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	arch, err := zoo.Lookup("efficientnet_lite0")
	if err != nil {
		t.Fatal(err)
	}
	e, err := cpu.New(cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	n := graph.NewNet(graph.NewState(e, 1), graph.Eval, 2)
	x, err := n.Features(arch.Build(n, n.Input(224, 224, 3), 1000))
	if err != nil {
		t.Fatal(err)
	}
	report, err := pretrained.Load(r, n.State())
	if err != nil || report.Fresh != nil || report.Unused != nil {
		t.Fatalf("%+v, %v", report, err)
	}
	got := make([]float32, 2*1000)
	if err := x.Predict(2, pretrainedtest.Waves(), got); err != nil {
		t.Fatal(err)
	}
	largest := float64(slices.Max(want.Data))
	for i, w := range want.Data {
		if d := math.Abs(float64(got[i] - w)); !(d <= 1e-4*largest) {
			t.Fatalf("image %d, class %d: logit %v, want %v", i/1000, i%1000, got[i], w)
		}
	}
}
