package steps

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// addFolds adds the split, what finds its groups where no column has them, and what
// looks whether it deceives. Groups
// are read when rows are dealt and are no part of the images: another column to split
// by decodes and computes nothing anew.
func addFolds(b *pipelines.Builder, spec *pipelines.Spec, data dataRefs) pipelines.Handle {
	from := []pipelines.Edge{data.train.To("images")}
	switch {
	case spec.Split.By == pipelines.Clusters:
		from = append(from, b.Add("clusters", newClusters(), 0, from...).Out("clusters").To("clusters"))
	case spec.Split.Grouped() && !spec.Data.Photos():
		from = append(from, data.table.To("table"))
	}
	folds := b.Add("folds", newFolds(spec), seed.Derive(spec.Split.Seed, "folds"), from...)
	if spec.Data.Photos() {
		b.Add("leaks", newLeaks(spec), seed.Derive(spec.Split.Seed, "leaks"), data.train.To("images"), folds.Out("folds").To("folds"))
	}
	return folds
}

// groupsOf is the group of each training row: its cluster, or what the column by has, of
// the table of photos beside the images or of the table that the images were made of.
func groupsOf(spec *pipelines.Spec, in pipelines.Inputs) ([]string, error) {
	by := spec.Split.By
	if by == pipelines.Clusters {
		return readClusters(in.Path("clusters"))
	}
	path, of := filepath.Join(in.Path("images"), features.PhotoTable), "photo"
	if !spec.Data.Photos() {
		path, of = in.Path("table"), "row"
	}
	t, err := features.OpenTable(path)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if names := t.Names(); spec.Data.Photos() && !slices.Contains(names, by) {
		return nil, spec.Fault("split.by", "or clusters, for photos that look alike", "the photos have no column %q: they have %s", by, strings.Join(names, ", "))
	}
	groups, err := t.Strings(by)
	if err != nil {
		return nil, err
	}
	if row := slices.Index(groups, ""); row >= 0 {
		where := ""
		if spec.Data.Photos() {
			names, err := t.Strings("name")
			if err != nil {
				return nil, err
			}
			where = " (" + names[row] + ")"
		}
		return nil, fault.New(fault.Failed, "every row needs a group: one of its own where it belongs to none",
			"training %s %d%s: want a value in column %q, which the split keeps together, got none", of, row+1, where, by)
	}
	return groups, nil
}

// groupNumbers is the number of each group, in the order in which they appear.
func groupNumbers(groups []string) []int64 {
	number, out := map[string]int64{}, make([]int64, len(groups))
	for i, g := range groups {
		n, ok := number[g]
		if !ok {
			n = int64(len(number))
			number[g] = n
		}
		out[i] = n
	}
	return out
}
