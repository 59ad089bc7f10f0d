package train

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// torchFile writes a state as PyTorch would: its names, shapes and order.
func torchFile(t *testing.T, s *graph.State) string {
	t.Helper()
	var tensors []weight.Tensor
	for _, p := range s.Params() {
		ours := values(t, s.Engine(), p.Value)
		numbers := make([]float32, len(ours))
		for i := range numbers {
			numbers[i] = float32(i)
		}
		from, err := p.FromTorch(numbers) // from[i] is the place in PyTorch's order of our i
		if err != nil {
			t.Fatal(err)
		}
		w := weight.Tensor{Name: p.Name, Shape: p.TorchShape(), Data: make([]float32, len(ours))}
		for i, at := range from {
			w.Data[int(at)] = ours[i]
		}
		tensors = append(tensors, w)
	}
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	if err := weight.Save(path, tensors, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFits: what a head wants of an image is known before there is one.
func TestFits(t *testing.T) {
	t.Parallel()
	n := Net{Arch: "efficientnet_lite0", Cut: "last_conv", Head: []string{"conv 8", "maxpool 4x2", "heat"}}
	if err := n.Fits([3]int{4, 2, 1280}); err != nil {
		t.Error(err)
	}
	for want, features := range map[string][3]int{
		"the head [conv 8, maxpool 4x2, heat] on 3x5x1280: graph: maxpool": {3, 5, 1280},
		"wants an image": {1, 1, 1280},
	} {
		if err := n.Fits(features); err == nil || fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error of usage with %q, got %v", want, err)
		}
	}
}

// TestFeaturesShape: the shape of features is known without weights or an engine.
func TestFeaturesShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		arch, cut string
		h, w      int
		want      [3]int
	}{
		{"efficientnet_lite0", "pool", 224, 224, [3]int{1, 1, 1280}},
		{"efficientnet_lite0", "last_conv", 160, 160, [3]int{5, 5, 1280}},
		{"resnet50", "pool", 224, 224, [3]int{1, 1, 2048}},
		{"vgg16_fcbn", "last_conv", 224, 224, [3]int{14, 14, 512}},
		{"vgg16_fcbn", "pool", 224, 224, [3]int{7, 7, 512}},
		{"vgg16", "classifier.3", 224, 224, [3]int{1, 1, 4096}},
		{"inception_v3", "pool", 299, 299, [3]int{1, 1, 2048}},
		// The course's photos, at strides of 16 and of 32.
		{"vgg16", "last_conv", 360, 640, [3]int{22, 40, 512}},
		{"vgg16", "pool", 360, 640, [3]int{11, 20, 512}},
		{"efficientnet_lite0", "_blocks.10", 360, 640, [3]int{23, 40, 112}},
		{"efficientnet_lite0", "last_conv", 360, 640, [3]int{12, 20, 1280}},
	} {
		if got, err := (Net{Arch: c.arch, Cut: c.cut}).Features([3]int{c.h, c.w, 3}); err != nil || got != c.want {
			t.Errorf("%s at %s: %v, %v; want %v", c.arch, c.cut, got, err, c.want)
		}
	}
	for want, c := range map[string]struct {
		net   Net
		input [3]int
		hint  string
	}{
		`the net has no layer "poool" to cut at`:            {Net{Arch: "resnet18", Cut: "poool"}, [3]int{64, 64, 3}, "did you mean pool?"},
		"train: the net resnet18 cannot be cut at fc":       {Net{Arch: "resnet18", Cut: "fc"}, [3]int{64, 64, 3}, `cut it at "pool"`},
		"train: the net resnet18 is whole":                  {Net{Arch: "resnet18"}, [3]int{64, 64, 3}, `cut it at "pool"`},
		`architecture "resnet"`:                             {Net{Arch: "resnet", Cut: "pool"}, [3]int{64, 64, 3}, "did you mean resnet18?"},
		"train: want a positive height":                     {Net{Arch: "resnet18", Cut: "pool"}, [3]int{0, 64, 3}, ""},
		"inception_v3 on images of 20x20x3: graph: maxpool": {Net{Arch: "inception_v3", Cut: "pool"}, [3]int{20, 20, 3}, ""},
	} {
		_, err := c.net.Features(c.input)
		if err == nil || fault.KindOf(err) != fault.Usage || fault.HintOf(err) != c.hint || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v (hint %q), want %s (hint %q)", err, fault.HintOf(err), want, c.hint)
		}
	}
}
