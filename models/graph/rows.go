package graph

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// Rows are the examples of a batch. What the net does not have need not be there.
type Rows struct {
	N      int
	Images []float32 // [N, h, w, c], see Net.Input
	Vector []float32 // [N, width], see Net.Vector
	Target []float32 // [N, classes] probabilities that sum to 1 (one-hot or soft)
	Values []float32 // [N, k] that the net is to give, see Net.Regress
	Known  []float32 // [N]: 1 where Values count, else 0; those are then not looked at
}

// feed is a value that a run uploads before its first operation.
type feed struct {
	name  string // of its node
	value int
	width int // elements a row
}

// feedsOf are the feeds of the nodes that a program is fed.
func feedsOf(p *program, fed G.Nodes) []feed {
	out := make([]feed, len(fed))
	for i, node := range fed {
		out[i] = feed{node.Name(), p.ids[node][0], node.Shape().TotalSize() / node.Shape()[0]}
	}
	return out
}

// of is the part of r that the feed uploads.
func (f *feed) of(r *Rows) []float32 {
	switch f.name {
	case "vector":
		return r.Vector
	case "target":
		return r.Target
	case "values":
		return r.Values
	case "known":
		return r.Known
	}
	return r.Images
}

// check says whether r has as many numbers as the feed wants.
func (f *feed) check(r *Rows) error {
	got, want := len(f.of(r)), r.N*f.width
	if got == want {
		return nil
	}
	switch f.name {
	case "vector":
		return fmt.Errorf("want %d vector values (%d vectors of %d), got %d", want, r.N, f.width, got)
	case "target":
		return fmt.Errorf("want %d class values (%d rows of %d), got %d", want, r.N, f.width, got)
	case "values":
		return fmt.Errorf("want %d target values (%d rows of %d), got %d", want, r.N, f.width, got)
	case "known":
		return fmt.Errorf("want a mask of %d values, one a row, got %d", want, got)
	}
	return fmt.Errorf("want %d input values (%d images of %d), got %d", want, r.N, f.width, got)
}
