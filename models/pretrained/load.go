// Package pretrained knows the published weights of the nets of models/zoo: where
// they are, what images they want, and how they get into a net.
//
// Start at Load.
package pretrained

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// Report says what became of each tensor when weights were loaded into a net.
type Report struct {
	Loaded []string // parameters that now have the file's values
	Fresh  []string // parameters that keep their initial values: the head's, if the file has none that fit
	Unused []string // tensors of the file that the net has no parameter for
}

func (r Report) String() string {
	s := fmt.Sprintf("%d tensors loaded", len(r.Loaded))
	if len(r.Fresh) > 0 {
		s += "; initial values kept: " + few(r.Fresh)
	}
	if len(r.Unused) > 0 {
		s += "; not used: " + few(r.Unused)
	}
	return s
}

// Load writes the file's tensors to the parameters of the same names in s, from
// PyTorch's layout. Parameters of the layers whose names (or their beginnings up
// to a dot) head lists may be missing in the file or have another shape there, for
// classes of one's own: they keep their initial values, and the report says so.
// Anything else that is missing or does not fit is an error, and nothing is
// written. Counts of batches (num_batches_tracked) are passed over.
func Load(r *weight.Reader, s *graph.State, head ...string) (Report, error) {
	report, err := match(r, s, head)
	if err != nil {
		return report, err
	}
	var values []float32
	for _, name := range report.Loaded {
		p := s.Get(name)
		values = slices.Grow(values[:0], p.Size())[:p.Size()]
		if err := r.Read(name, values); err != nil {
			return report, err
		}
		ours, err := p.FromTorch(values)
		if err != nil {
			return report, err
		}
		if err := s.Engine().Upload(p.Value, ours); err != nil {
			return report, fmt.Errorf("load %s: parameter %q: %w", r.Path(), name, err)
		}
	}
	return report, nil
}

// match decides about every tensor.
func match(r *weight.Reader, s *graph.State, head []string) (Report, error) {
	var out Report
	var missing []string
	for _, p := range s.Params() {
		info, ok := r.Lookup(p.Name)
		fits := ok && slices.Equal(info.Shape, p.TorchShape())
		switch {
		case fits:
			out.Loaded = append(out.Loaded, p.Name)
		case of(p.Name, head):
			out.Fresh = append(out.Fresh, p.Name)
		case !ok:
			missing = append(missing, p.Name)
		default:
			return Report{}, fault.New(fault.Failed, "weights fit the architecture and image size that they were made for; podium models inspect "+r.Path()+" lists them",
				"load %s: tensor %q: want shape %v, got %v", r.Path(), p.Name, p.TorchShape(), info.Shape)
		}
	}
	if len(missing) > 0 {
		return Report{}, fault.New(fault.Failed, "are these weights of another architecture? podium models inspect "+r.Path()+" lists them",
			"load %s: it has no tensors %s", r.Path(), few(missing))
	}
	for _, info := range r.Infos() {
		if s.Get(info.Name) == nil && !strings.HasSuffix(info.Name, "num_batches_tracked") {
			out.Unused = append(out.Unused, info.Name)
		}
	}
	return out, nil
}

// of says whether a parameter belongs to one of the layers.
func of(param string, layers []string) bool {
	return slices.ContainsFunc(layers, func(layer string) bool { return strings.HasPrefix(param, layer+".") })
}

// few are some names and the number of the others.
func few(names []string) string {
	const most = 4
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
