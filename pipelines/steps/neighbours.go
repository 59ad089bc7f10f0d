package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/knn"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// addNearest adds the steps that find neighbours for knn, for the model in whose
// features they are found, and gives what post is to read. Those of the test photos do
// not depend on the folds.
func (a *assembly) addNearest() []pipelines.Edge {
	c, model, ok := a.spec.Smooths()
	if !ok || model != a.m.Name {
		return nil
	}
	oof := a.b.Add("neighbours.train", newNearest(a.d, neighboursOf(c), true), 0,
		a.plain("train").Out("features").To("features"), a.folds.Out("folds").To("folds"))
	test := a.b.Add("neighbours.test", newNearest(a.d, neighboursOf(c), false), 0, a.plain("test").Out("features").To("features"))
	return []pipelines.Edge{oof.Out("neighbours").To("near_oof"), test.Out("neighbours").To("near_test")}
}

// neighboursOf is how many neighbours must be found: so many that the usual numbers
// need no other search.
func neighboursOf(c pipelines.Correction) int {
	if c.Auto {
		return submissions.AutoNeighbours
	}
	return max(submissions.AutoNeighbours, int(c.Value[0]))
}

// newNearest finds the nearest photos of each photo in the features of a trunk; with
// grouped, among those of its fold.
func newNearest(d *Deps, k int, grouped bool) pipelines.Op {
	in := []pipelines.Port{{Name: "features", Kind: kindFeatures}}
	if grouped {
		in = append(in, pipelines.Port{Name: "folds", Kind: kindFolds})
	}
	return funcOp{
		op: op{name: "neighbours", version: 1, params: d.computed(map[string]any{"k": k}), in: in,
			out: []pipelines.Port{{Name: "neighbours", Kind: kindNearest, File: "neighbours.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			seen, err := features.OpenVectors(in.Path("features"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer seen.Close()
			device, release, err := d.engine()
			if err != nil {
				return pipelines.Report{}, err
			}
			defer release()
			s := knn.Search{K: k, Engine: device, Progress: func(done float64) { env.Progress(done, "", nil) }}
			if grouped {
				if _, s.Groups, err = trainRows(in.Path("folds")); err != nil {
					return pipelines.Report{}, err
				}
			}
			found, err := s.Nearest(ctx, knn.Rows{N: seen.N(), Size: seen.Size(), Row: seen.Row})
			if err != nil {
				return pipelines.Report{}, err
			}
			return pipelines.Report{Metrics: map[string]float64{"images": float64(seen.N())}}, nearFrame(found, k).write(env.Path("neighbours"))
		},
	}
}

// nearFrame has a column for the nearest row of each row, one for the next, and so on.
func nearFrame(found []int32, k int) frame {
	f := frame{names: nearColumns(k), ints: make([][]int64, k)}
	for j := range k {
		f.ints[j] = make([]int64, len(found)/k)
		for i := range f.ints[j] {
			f.ints[j][i] = int64(found[i*k+j])
		}
	}
	return f
}

// readNearest reads what nearFrame holds.
func readNearest(path string, k int) (submissions.Neighbours, error) {
	f, err := readFrame(path, nearColumns(k)...)
	n := submissions.Neighbours{K: k}
	if err != nil {
		return n, err
	}
	n.Of = make([]int32, f.rows()*k)
	for j, column := range f.ints {
		for i, row := range column {
			n.Of[i*k+j] = int32(row)
		}
	}
	return n, nil
}

func nearColumns(k int) []string {
	names := make([]string, k)
	for j := range names {
		names[j] = fmt.Sprintf("near%d", j+1)
	}
	return names
}
