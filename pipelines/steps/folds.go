package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newFolds splits the training images into folds and measures their pixels. The
// mean and standard deviation are of all training images: no label goes into
// them. Where groups are kept together the folds have a third column, the number of
// each row's group.
func newFolds(spec *pipelines.Spec) pipelines.Op {
	params := map[string]any{"kind": spec.Split.Kind, "k": spec.Split.K}
	inputs := []pipelines.Port{{Name: "images", Kind: kindImages}}
	if spec.Split.Grouped() {
		params["by"] = spec.Split.By
		switch {
		case spec.Split.By == pipelines.Clusters:
			inputs = append(inputs, pipelines.Port{Name: "clusters", Kind: kindClusters})
		case !spec.Data.Photos():
			inputs = append(inputs, pipelines.Port{Name: "table", Kind: kindTable})
		}
	}
	return funcOp{
		op: op{name: "folds", version: 1,
			params: params, in: inputs,
			out: []pipelines.Port{{Name: "folds", Kind: kindFolds, File: "folds.arrow"},
				{Name: "norm", Kind: kindNorm, File: "norm.json"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			images, err := features.OpenImages(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			defer images.Close()
			labels, err := allLabels(images)
			if err != nil {
				return pipelines.Report{}, err
			}
			var groups []string
			if spec.Split.Grouped() {
				if groups, err = groupsOf(spec, in); err != nil {
					return pipelines.Report{}, err
				}
			}
			names, err := classNames(spec, in, classesOf(labels))
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := checkRare(spec.Split, labels, names); err != nil {
				return pipelines.Report{}, err
			}
			fold, err := split(spec.Split, labels, groups, env.Seed)
			if err != nil {
				return pipelines.Report{}, err
			}
			norm, err := features.MeanStd(ctx, images, nil)
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := writeJSON(env.Path("norm"), norm); err != nil {
				return pipelines.Report{}, err
			}
			f := frame{names: []string{"label", "fold"}, ints: [][]int64{wide(labels), wide(fold)}}
			out := pipelines.Report{Metrics: map[string]float64{"classes": float64(classesOf(labels))}}
			if text := unlearned(spec.Split, labels, fold, groups, names); text != "" {
				out.Notes = map[string]string{pipelines.NoteWarning: text}
			}
			if groups != nil {
				numbers := groupNumbers(groups)
				f.names, f.ints = append(f.names, "group"), append(f.ints, numbers)
				out.Metrics["groups"] = float64(slices.Max(numbers) + 1)
			}
			return out, f.write(env.Path("folds"))
		},
	}
}

// split deals rows to folds; groups is nil unless the split keeps them together.
func split(s pipelines.Split, labels []int, groups []string, root uint64) ([]int, error) {
	switch s.Kind {
	case "stratified_kfold":
		return features.StratifiedKFold(labels, s.K, root)
	case "kfold":
		return features.KFold(len(labels), s.K, root)
	case "group_kfold":
		return features.GroupKFold(groups, s.K, root)
	case "stratified_group_kfold":
		return features.StratifiedGroupKFold(labels, groups, s.K, root)
	}
	return nil, fmt.Errorf("unknown split %q", s.Kind)
}

// allLabels are the classes of all images, which must be 0, 1, 2, ...: a net has
// an output for each class up to the largest.
func allLabels(images *features.Images) ([]int, error) {
	labels := make([]int, images.N())
	for i := range labels {
		l, ok := images.Label(i)
		if !ok || l < 0 {
			return nil, fault.New(fault.Failed, "remove the row or give it a label",
				"training row %d: want a class 0, 1, 2, ..., got none", i+1)
		}
		labels[i] = l
	}
	seen := map[int]bool{}
	for _, l := range labels {
		seen[l] = true
	}
	for c := range len(seen) {
		if !seen[c] {
			return nil, fault.New(fault.Failed, "number the classes 0, 1, 2, ... without gaps",
				"%d classes in the training rows, the largest is %d, but no row is of class %d", len(seen), classesOf(labels)-1, c)
		}
	}
	return labels, nil
}

func classesOf(labels []int) int {
	most := 0
	for _, l := range labels {
		most = max(most, l)
	}
	return most + 1
}

// trainRows reads a folds artifact: the label and fold of each training row.
func trainRows(path string) (labels, fold []int, err error) {
	f, err := readFrame(path, "label", "fold")
	if err != nil {
		return nil, nil, err
	}
	return narrow(f.ints[0]), narrow(f.ints[1]), nil
}

func wide(x []int) []int64 {
	out := make([]int64, len(x))
	for i, v := range x {
		out[i] = int64(v)
	}
	return out
}

func narrow(x []int64) []int {
	out := make([]int, len(x))
	for i, v := range x {
		out[i] = int(v)
	}
	return out
}

func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

func readJSON(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
