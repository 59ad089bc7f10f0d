package train

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/models/pretrained/pretrainedtest"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// TestExport: a net that began with weights in PyTorch's names and layout, those of a
// convolution, of batch normalisation and of dense layers on a flattened image, has
// them again in the file that it is exported to, beside its own head.
func TestExport(t *testing.T) {
	t.Parallel()
	for _, net := range []Net{{Arch: "resnet18", Cut: "pool", Head: []string{"drop 0.2", "dense 6 bn"}}, {Arch: "efficientnet_lite0", Cut: "last_conv", Head: []string{"dense 5"}}} {
		published := filepath.Join(t.TempDir(), "published.safetensors")
		if err := pretrainedtest.Random(published, net.Arch, 3); err != nil {
			t.Fatal(err)
		}
		m, err := Start(Config{Net: net, Input: [3]int{32, 64, 3}, Classes: 3, Seed: 5, Weights: published, Engine: newEngine(t)})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "out.safetensors")
		if err := m.Export(path, map[string]string{"run": "r"}); err != nil {
			t.Fatal(err)
		}
		want, err := weight.Load(published)
		if err != nil {
			t.Fatal(err)
		}
		got, err := weight.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		tensors := map[string]weight.Tensor{}
		for _, x := range got.Tensors {
			tensors[x.Name] = x
		}
		same := 0
		for _, w := range want.Tensors {
			if g, ok := tensors[w.Name]; ok {
				same++
				if !slices.Equal(g.Shape, w.Shape) || !slices.Equal(g.Data, w.Data) {
					t.Errorf("%s: %s has other values or shape %v, want %v", net, w.Name, g.Shape, w.Shape)
				}
			}
		}
		if same < 50 || len(got.Tensors) <= same {
			t.Errorf("%s: %d of %d tensors are the published ones", net, same, len(got.Tensors))
		}
		if net.Cut == "last_conv" { // 1x2x1280 is flattened channel by channel
			if x := tensors["head.fc1.weight"]; !slices.Equal(x.Shape, []int{5, 2560}) {
				t.Errorf("%s: head.fc1.weight is %v", net, x.Shape)
			}
		}
		if meta := got.Meta; meta["format"] != "pt" || meta["architecture"] != net.Arch || meta["input"] != "32x64x3" || meta["classes"] != "3" || meta["run"] != "r" {
			t.Errorf("%s: metadata %v", net, meta)
		}
	}
}

// TestExportBoxes: the layers of the second input and output are there, and said.
func TestExportBoxes(t *testing.T) {
	t.Parallel()
	m, err := Start(boxesConfig(newEngine(t)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "out.safetensors")
	if err := m.Export(path, nil); err != nil {
		t.Fatal(err)
	}
	got, err := weight.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, shape := range map[string][]int{"head.box.weight": {4, 12}, "head.fc.weight": {3, 12}, "head.extra.running_var": {4}} {
		if w, ok := got.Find(name); !ok || !slices.Equal(w.Shape, shape) {
			t.Errorf("%s is %v, want %v", name, w.Shape, shape)
		}
	}
	if got.Meta["extra"] != "4" || got.Meta["boxes"] != "x, y, width, height" {
		t.Errorf("metadata %v", got.Meta)
	}
}
