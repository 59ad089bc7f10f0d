package train

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// Export writes the model's tensors to a safetensors file in PyTorch's names and
// layout, for torch's load_state_dict. Nets of the zoo that torchvision has are called
// as there; the layers of a head are called as zoo.Head.Build says, the last is head.fc. Counts of batches
// (num_batches_tracked) are left out: nothing is computed from them. The file's
// metadata is meta and what the model is: its architecture, cut, head, input (height,
// width, channels), number of classes, width of its second input and what its boxes
// are.
func (m *Model) Export(path string, meta map[string]string) error {
	about := maps.Clone(meta)
	if about == nil {
		about = map[string]string{}
	}
	head, err := json.Marshal(m.Net.Head)
	if err != nil {
		return fmt.Errorf("export model: %w", err)
	}
	about["format"], about["architecture"], about["classes"] = "pt", m.Net.Arch, fmt.Sprint(m.Classes)
	about["input"] = fmt.Sprintf("%dx%dx%d", m.Input[0], m.Input[1], m.Input[2])
	if m.Net.Cut != "" {
		about["cut"], about["head"] = m.Net.Cut, string(head)
	}
	if m.Extra > 0 {
		about["extra"] = fmt.Sprint(m.Extra)
	}
	if m.Boxes > 0 {
		about["boxes"] = "x, y, width, height"
	}
	var out []weight.Source
	for _, p := range m.state.Params() {
		out = append(out, asTorch(m.state.Engine(), p))
	}
	return weight.SaveFrom(path, out, about)
}

// asTorch is a parameter in PyTorch's layout. It is fetched and turned when its first
// values are asked for, and let go with its last: one tensor is in memory at a time.
func asTorch(e engine.Engine, p *graph.Param) weight.Source {
	var values []float32
	return weight.Source{Name: p.Name, Shape: p.TorchShape(), Read: func(at int, dst []float32) error {
		if values == nil {
			own := make([]float32, p.Size())
			if err := e.Download(own, p.Value); err != nil {
				return err
			}
			var err error
			if values, err = p.ToTorch(own); err != nil {
				return err
			}
		}
		copy(dst, values[at:])
		if at+len(dst) == len(values) {
			values = nil
		}
		return nil
	}}
}
