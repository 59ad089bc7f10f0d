package steps

import (
	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// foldRows are the training rows as the nets of one fold see them.
type foldRows struct {
	labels  []int // of all rows
	classes int
	held    []int // of the fold: predicted, never learnt from
	learn   []int // of the others
	watch   []int // of the others, what early stop watches in place of learning from them
}

// watched says which of the rows outside a fold early stop watches: the same in all
// phases, or the net would know them already. It is part of the keys of the steps
// that train.
type watched struct {
	Share  float64 `json:"share"`
	Seed   uint64  `json:"seed"`
	Metric string  `json:"metric"` // by which epochs are compared
	// Groups: whole groups, where the split keeps groups together, or what is watched
	// would be known from what is learned.
	Groups bool `json:"groups,omitempty"`
}

// watchedOf is nil where no phase stops early.
func watchedOf(spec *pipelines.Spec, fold int) *watched {
	share := spec.Held()
	if share == 0 {
		return nil
	}
	return &watched{share, seed.Derive(spec.Split.Seed, "watch", fold), spec.Target.Metric, spec.Split.Grouped()}
}

// readFold reads the labels and folds at path. w may be nil.
func readFold(path string, fold int, w *watched) (foldRows, error) {
	labels, folds, err := trainRows(path)
	if err != nil {
		return foldRows{}, err
	}
	r := foldRows{labels: labels, classes: classesOf(labels)}
	var others []int
	for row, f := range folds {
		if f == fold {
			r.held = append(r.held, row)
		} else {
			others = append(others, row)
		}
	}
	if w == nil {
		r.learn = others
		return r, nil
	}
	aside, err := w.hold(path, labels, others)
	if err != nil {
		return foldRows{}, err
	}
	for i, out := range aside {
		if out {
			r.watch = append(r.watch, others[i])
		} else {
			r.learn = append(r.learn, others[i])
		}
	}
	return r, nil
}

// hold says which of the rows are watched.
func (w *watched) hold(path string, labels, rows []int) ([]bool, error) {
	if !w.Groups {
		return features.Hold(pick(labels, rows), w.Share, w.Seed), nil
	}
	f, err := readFrame(path, "group")
	if err != nil {
		return nil, err
	}
	return features.HoldGroups(pick(narrow(f.ints[0]), rows), w.Share, w.Seed), nil
}
