package steps

import (
	"context"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// isPlain reports whether a blend is a mean of the nets alike.
func isPlain(b pipelines.Blend) bool {
	return (b.How == "mean" || b.How == "geometric") && !b.Weights.Auto && b.Weights.Given == nil && len(b.Also) == 0
}

// newEnsemble blends members that are not all alike: a model's nets, folds and
// copies, are averaged to a member first, and what was made elsewhere is read
// from its files.
func newEnsemble(spec *pipelines.Spec) pipelines.Op {
	b := spec.Blend
	how := submissions.Ensemble{How: b.How, Auto: b.Weights.Auto}
	params := map[string]any{"how": b.How, "metric": spec.Target.Metric, "auto": b.Weights.Auto, "nets": netsOf(spec)}
	if b.Weights.Given != nil {
		how.Weights = map[string]float64{}
		for _, w := range b.Weights.Given {
			how.Weights[w.Name] = w.Value
		}
		params["weights"] = how.Weights
	}
	in := []pipelines.Port{{Name: "oof", Kind: kindPredictions, Many: true}, {Name: "test", Kind: kindPredictions, Many: true},
		{Name: "folds", Kind: kindFolds}}
	if len(b.Also) > 0 {
		var names []string
		for _, o := range b.Also {
			names = append(names, o.Name)
		}
		params["also"] = names
		in = append(in, pipelines.Port{Name: "also_oof", Kind: kindFile, Many: true}, pipelines.Port{Name: "also_test", Kind: kindFile, Many: true},
			pipelines.Port{Name: "sample", Kind: kindFile})
		if spec.Data.ID != "" {
			in = append(in, pipelines.Port{Name: "test_images", Kind: kindImages}, pipelines.Port{Name: "images", Kind: kindImages})
		}
		if spec.Data.Photos() {
			in = append(in, pipelines.Port{Name: "classes", Kind: kindClasses})
		}
	}
	return funcOp{
		op: op{name: "blend", version: 1, params: params, in: in,
			out: append(blendOutputs(), pipelines.Port{Name: "choice", Kind: kindScore, File: "blend.json"})},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			labels, folds, err := trainRows(in.Path("folds"))
			if err != nil {
				return pipelines.Report{}, err
			}
			how := how
			if how.Metric, err = metric.ByName(spec.Target.Metric); err != nil {
				return pipelines.Report{}, err
			}
			members, classes, err := modelMembers(spec, in, len(labels))
			if err != nil {
				return pipelines.Report{}, err
			}
			others, err := outsideMembers(spec, in, len(labels), classes)
			if err != nil {
				return pipelines.Report{}, err
			}
			out, err := how.Fit(ctx, append(members, others...), submissions.Truth{Labels: labels, Fold: folds, Classes: classes})
			if err != nil {
				return pipelines.Report{}, err
			}
			report, err := writeScored(env, spec, labels, folds, rowsOf(out.OOF, classes), rowsOf(out.Test, classes))
			if err != nil {
				return pipelines.Report{}, err
			}
			for _, m := range out.Choice.Members {
				report.Metrics["cv."+m.Name] = m.CV
				if m.Weight != nil {
					report.Metrics["weight."+m.Name] = *m.Weight
				}
			}
			report.Notes["chose"] = out.Choice.String()
			return report, writeJSON(env.Path("choice"), out.Choice)
		},
	}
}

// netsOf are how many nets each model has, in the order of the spec, which is
// that of the step's inputs.
func netsOf(spec *pipelines.Spec) map[string]int {
	nets := map[string]int{}
	for _, m := range spec.Models {
		nets[m.Name] = spec.Split.K * m.Copies
	}
	return nets
}

// modelMembers are the models as members, rows training rows each.
func modelMembers(spec *pipelines.Spec, in pipelines.Inputs, rows int) (members []submissions.Candidate, classes int, err error) {
	within := "mean" // of a model's nets
	if spec.Blend.How == "geometric" {
		within = "geometric"
	}
	from := 0
	for _, m := range spec.Models {
		to := from + spec.Split.K*m.Copies
		oof, err := blendTables(within, in.All("oof")[from:to], rows)
		if err != nil {
			return nil, 0, err
		}
		test, err := blendTables(within, in.All("test")[from:to], 0)
		if err != nil {
			return nil, 0, err
		}
		members = append(members, submissions.Candidate{Name: m.Name, Nets: m.Copies, OOF: oof.proba, Test: test.proba})
		classes, from = oof.classes, to
	}
	return members, classes, nil
}

// outsideMembers are the members that were made elsewhere, rows training rows
// each.
func outsideMembers(spec *pipelines.Spec, in pipelines.Inputs, rows, classes int) (members []submissions.Candidate, err error) {
	if len(spec.Blend.Also) == 0 {
		return nil, nil
	}
	trainIDs, testIDs, err := memberIDs(spec, in, rows)
	if err != nil {
		return nil, err
	}
	names := numbered(classes)
	whose, whoseTest := spec.Data.Table, spec.Data.Test
	if spec.Data.Photos() {
		whose, whoseTest = spec.Data.Images.Archive, spec.Data.TestImages.Archive
		if err := readJSON(in.Path("classes"), &names); err != nil {
			return nil, err
		}
	}
	for i, o := range spec.Blend.Also {
		m := submissions.Candidate{Name: o.Name, Nets: 1}
		oof, err := readMember(in.All("also_oof")[i].Path, o.OOF, trainIDs, whose, names)
		if err != nil {
			return nil, err
		}
		test, err := readMember(in.All("also_test")[i].Path, o.Test, testIDs, whoseTest, names)
		if err != nil {
			return nil, err
		}
		m.OOF, m.Test = oof, test
		members = append(members, m)
	}
	return members, nil
}

// memberIDs are how a file calls the training and the test rows: by the id column
// or, without one, photos for training by their path in the archive, rows of a
// table by their number from 1, and test rows as the sample does.
func memberIDs(spec *pipelines.Spec, in pipelines.Inputs, rows int) (train, test []string, err error) {
	if spec.Data.ID != "" {
		if train, err = imageIDs(in.Path("images")); err != nil {
			return nil, nil, err
		}
	} else {
		for r := range rows {
			train = append(train, strconv.Itoa(r+1))
		}
	}
	if spec.Data.ID != "" {
		test, err = imageIDs(in.Path("test_images"))
	} else {
		test, err = submissions.IDs(in.Path("sample"))
	}
	return train, test, err
}

// readMember reads a file that is called name in errors.
func readMember(path, name string, ids []string, whose string, classes []string) ([]float32, error) {
	a, err := submissions.ReadAnswers(path)
	if err != nil {
		return nil, calledAs(err, path, name)
	}
	a.Path = name
	return a.Proba(ids, whose, classes)
}

// calledAs words an error about the copy of a file as one about the file.
func calledAs(err error, path, name string) error {
	return fault.New(fault.KindOf(err), fault.HintOf(err), "%s", strings.ReplaceAll(err.Error(), path, name))
}
