package graph

import "github.com/seed-a5aa75a0/podium/models/engine"

// partFloats is the most elements of a tensor that are outside its engine at a
// time: 256 KiB. A tensor may be a thousand times as large, and a second copy of it
// would be the peak of a training's memory.
const partFloats = 1 << 16

// parts calls do for one part of a tensor of n elements after the other: those
// from at on, with room for them outside the engine.
func parts(n int, room *[]float32, do func(at int, host []float32) error) error {
	if *room == nil {
		*room = make([]float32, partFloats)
	}
	for at := 0; at < n; at += partFloats {
		if err := do(at, (*room)[:min(partFloats, n-at)]); err != nil {
			return err
		}
	}
	return nil
}

// fill overwrites t with what next gives.
func fill(e engine.Engine, t engine.T, room *[]float32, next source) error {
	return parts(t.Shape().TotalSize(), room, func(at int, host []float32) error {
		next(host)
		return e.Upload(e.View(t, at, len(host)), host)
	})
}
