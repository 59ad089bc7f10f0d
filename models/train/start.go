package train

import (
	"fmt"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// Start gives the net that a training of c begins with: the seed's initial values,
// over them the published Weights, over them the tensors of From. With the file of a
// head in From that is the head joined with its backbone: a whole Model, which
// predicts images. It has From's recipe and history. c needs no phases.
func Start(c Config) (*Model, error) {
	if err := c.checkNet(); err != nil {
		return nil, err
	}
	state, from, err := c.start()
	if err != nil {
		return nil, err
	}
	return c.meta(from.Recipe, from.History).model(state), nil
}

// start is the state that a training begins with, and what From says of itself.
func (c Config) start() (*graph.State, modelMeta, error) {
	state := graph.NewState(c.Engine, c.Seed)
	if c.Weights != "" {
		if err := c.design().loadWeights(c.Weights, state); err != nil {
			return nil, modelMeta{}, fmt.Errorf("train: %w", err)
		}
	}
	if err := c.design().params(state); err != nil {
		return nil, modelMeta{}, err
	}
	if c.From == "" {
		return state, modelMeta{}, nil
	}
	from, err := c.design().loadModel(c.From, state)
	if err != nil {
		return nil, modelMeta{}, fmt.Errorf("train: start from %s: %w", c.From, err)
	}
	return state, from, nil
}

// params makes the net's parameters in state, with their initial values.
func (d design) params(state *graph.State) error {
	net := graph.NewNet(state, graph.Eval, 1)
	if _, err := d.build(net, false); err != nil {
		return err
	}
	return net.Err()
}

// loadWeights makes the trunk's parameters in state, which has none yet, from
// published weights.
func (d design) loadWeights(path string, state *graph.State) error {
	arch, err := d.cut()
	if err != nil {
		return err
	}
	net := graph.NewNet(state, graph.Eval, 1)
	if arch.Trunk(net, net.Input(d.input[0], d.input[1], d.input[2]), d.Cut); net.Err() != nil {
		return net.Err()
	}
	file, err := weight.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = pretrained.Load(file, state, arch.Head...)
	return err
}

// loadModel fills what a model's file has of the net's parameters.
func (d design) loadModel(path string, state *graph.State) (modelMeta, error) {
	file, meta, err := openModel(path)
	if err != nil {
		return meta, err
	}
	defer file.Close()
	switch {
	case !meta.Net.equal(d.Net):
		return meta, fault.New(fault.Usage, "", "want a model of %s, got one of %s", d.Net, meta.Net)
	case meta.Classes != d.classes:
		return meta, fault.New(fault.Usage, "", "want a model of %d classes, got one of %d", d.classes, meta.Classes)
	case meta.Extra != d.extra:
		return meta, fault.New(fault.Usage, "", "want a model with %d extra values, got one with %d", d.extra, meta.Extra)
	case meta.Boxes > 0 != (d.boxes > 0):
		return meta, fault.New(fault.Usage, "", "want a model with boxes: %v, got one with boxes: %v", d.boxes > 0, meta.Boxes > 0)
	}
	return meta, upload(state.Engine(), partsOf(state, meta.Features), file)
}

// fits says whether a file holds just the tensors of the net, before any is made:
// what a damaged file asks for may be more than there is memory.
func (d design) fits(file *weight.Reader) error {
	shapes := graph.NewState(nil, 0)
	if err := d.params(shapes); err != nil {
		return fmt.Errorf("%s: %w", file.Path(), err)
	}
	var want []weight.Sink
	for _, p := range shapes.Params() {
		want = append(want, weight.Sink{Name: p.Name, Shape: p.Shape()})
	}
	return file.Fits(want)
}

// partsOf are the tensors of a state as a model's file names them, or only those of
// its head.
func partsOf(s *graph.State, head bool) []named {
	var all []named
	for _, p := range s.Params() {
		if !head || strings.HasPrefix(p.Name, headLayers+".") {
			all = append(all, named{p.Name, p.Value})
		}
	}
	return all
}
