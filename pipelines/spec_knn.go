package pipelines

import (
	"math"
	"slices"
)

// This file holds what smoothing over neighbours asks of a spec.

// mostNeighbours is the largest K of "knn K".
const mostNeighbours = 100

// KNN is the correction that takes the mean over neighbours.
const KNN = "knn"

func areNeighbours(v []float64) bool {
	return len(v) == 1 && v[0] >= 1 && v[0] <= mostNeighbours && v[0] == math.Trunc(v[0])
}

// Smooths is the correction that smooths predictions over neighbours, and the model
// in whose features these are found: the first that looks at whole photos with a
// backbone that knows some. ok is false without such a correction.
func (s *Spec) Smooths() (c Correction, model string, ok bool) {
	i := slices.IndexFunc(s.Post, func(c Correction) bool { return c.Kind == KNN })
	if i < 0 {
		return c, "", false
	}
	for _, m := range s.Models {
		if m.Backbone != "" && m.Weights != Fresh && m.Crop == "" {
			return s.Post[i], m.Name, true
		}
	}
	return s.Post[i], "", true
}

// knn: neighbours are near in what a backbone makes of photos.
func (d *decoder) knn(s *Spec) {
	if _, model, ok := s.Smooths(); ok && model == "" {
		d.add(d.src.at["post"], "post", "leave knn out, or give a model a backbone in place of a net",
			"knn finds neighbours in the features of a backbone with weights, of whole photos, and no model has one")
	}
}
