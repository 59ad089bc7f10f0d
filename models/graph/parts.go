package graph

import "github.com/seed-a5aa75a0/podium/models/engine"

// partFloats is the most elements of a tensor that are outside its engine at a
// time: 1 MiB. A tensor may be hundreds of times as large, and a second copy of it
// would be the peak of a training's memory.
const partFloats = 1 << 18

// parts calls do for one part of a tensor of n elements after the other: those
// from at on, with room for them outside the engine.
func parts(n int, do func(at int, host []float32) error) error {
	host := make([]float32, min(n, partFloats))
	for at := 0; at < n; at += len(host) {
		if err := do(at, host[:min(len(host), n-at)]); err != nil {
			return err
		}
	}
	return nil
}

// fill overwrites t with what next gives.
func fill(e engine.Engine, t engine.T, next source) error {
	return parts(t.Shape().TotalSize(), func(at int, host []float32) error {
		next(host)
		return e.Upload(e.View(t, at, len(host)), host)
	})
}

// transfer copies t of one engine to the tensor of the same size of another.
func transfer(from engine.Engine, t engine.T, to engine.Engine, dst engine.T) error {
	return parts(t.Shape().TotalSize(), func(at int, host []float32) error {
		if err := from.Download(host, from.View(t, at, len(host))); err != nil {
			return err
		}
		return to.Upload(to.View(dst, at, len(host)), host)
	})
}
