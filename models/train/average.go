package train

import (
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/graph"
)

// average is an exponential moving average of a State over the steps (Polyak and
// Juditsky 1992; with a decay as in Tarvainen and Valpola 2017,
// https://arxiv.org/abs/1703.01780).
//
// It covers every tensor that moves: running statistics of batch normalisation are averaged
// like the weights, so that they belong to the same stretch of training.
//
// A training may have fewer steps than the average's memory 1/(1-decay). The
// decay of step t (from 0) therefore is min(decay, (1+t)/(10+t)), the rule of
// TensorFlow's ExponentialMovingAverage: the first weights are soon forgotten.
type average struct {
	state *graph.State
	steps int // steps averaged so far
	avg   []engine.T
	live  []engine.T
}

// newAverage starts at the values that live has now.
func newAverage(live *graph.State) (*average, error) {
	state, err := live.Clone()
	if err != nil {
		return nil, err
	}
	return &average{state: state}, nil
}

// follow says which tensors of the live State the average is to follow from here on:
// all, or only the head's while the trunk is frozen. What stands still is its own
// average, to the last bit.
func (a *average) follow(live *graph.State, head bool) {
	a.live, a.avg = nil, nil
	for _, p := range partsOf(live, head) {
		a.live = append(a.live, p.value)
		a.avg = append(a.avg, a.state.Get(p.name).Value)
	}
}

// update follows one step of the live State.
func (a *average) update(decay float64) error {
	t := float64(a.steps)
	a.steps++
	return a.state.Engine().EMA(float32(min(decay, (1+t)/(10+t))), a.avg, a.live)
}
