package steps

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// newWrite makes the submission file in the form of the competition's sample, and
// checks it against the sample before anybody can upload it. With an id column
// it also takes the test images, which know their ids.
func newWrite(d *Deps, spec *pipelines.Spec) pipelines.Op {
	in := []pipelines.Port{{Name: "test", Kind: kindPredictions}, {Name: "sample", Kind: kindFile}}
	if spec.Data.ID != "" {
		in = append(in, pipelines.Port{Name: "images", Kind: kindImages})
	}
	photos := spec.Data.Photos()
	if photos {
		in = append(in, pipelines.Port{Name: "classes", Kind: kindClasses})
	}
	return funcOp{
		op: op{name: "write", version: 1,
			params: map[string]any{"metric": spec.Target.Metric},
			in:     in,
			out:    []pipelines.Port{{Name: "submission", Kind: kindSubmission, File: "submission.csv"}}},
		run: func(_ context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			test, err := readFrame(in.Path("test"), "row")
			if err != nil {
				return pipelines.Report{}, err
			}
			var ids, classes []string
			if photos {
				if err := readJSON(in.Path("classes"), &classes); err != nil {
					return pipelines.Report{}, err
				}
			}
			if spec.Data.ID != "" {
				if ids, err = imageIDs(in.Path("images")); err != nil {
					return pipelines.Report{}, err
				}
			}
			path := env.Path("submission")
			if err := writeSubmission(path, in.Path("sample"), test, ids, classes, spec); err != nil {
				return pipelines.Report{}, err
			}
			check := submissions.Check{Sample: in.Path("sample")}
			if m, err := metric.ByName(spec.Target.Metric); err == nil && classes == nil {
				check.Values = submissions.ValuesOf(m) // a sample of zeros would say labels
			}
			if _, err := check.File(path); err != nil {
				return pipelines.Report{}, fmt.Errorf("the submission that was just written is not valid: %w", err)
			}
			sum, err := digest.File(path)
			if err != nil {
				return pipelines.Report{}, err
			}
			// The ledger remembers what the bytes descend from, wherever the
			// file is copied to and whatever it is called then.
			return pipelines.Report{Notes: map[string]string{"sha256": sum}}, Ledger(d.Home).Append(submissions.Record{
				Event: submissions.Made, Time: time.Now(), Competition: spec.Competition, Digest: sum,
				Origins: originsOf(in), RunID: env.RunID, Note: in.One("test").Artifact.Manifest.Notes[noteOfFile],
			})
		},
	}
}

// imageIDs are the ids of all images of a shard.
func imageIDs(path string) ([]string, error) {
	images, err := features.OpenImages(path)
	if err != nil {
		return nil, err
	}
	defer images.Close()
	ids := make([]string, images.N())
	for i := range ids {
		ids[i] = images.ID(i)
	}
	return ids, nil
}

// writeSubmission writes one row a test image, in the order of the sample's ids.
// own are the ids of the test rows; nil: the rows are in the sample's order.
// classes are the names of the classes; nil: they are 0, 1, 2, ...
func writeSubmission(path, samplePath string, test frame, own, classes []string, spec *pipelines.Spec) error {
	sample, err := submissions.ReadSample(samplePath)
	if err != nil {
		return err
	}
	ids, err := submissions.IDs(samplePath)
	if err != nil {
		return err
	}
	if len(ids) != test.rows() {
		return fault.New(fault.Failed, "are the test table and the sample of the same competition?",
			"%s has %d rows, the test table %d", spec.Data.Sample, len(ids), test.rows())
	}
	if own != nil {
		if test, err = test.inOrder(own, ids); err != nil {
			return fmt.Errorf("%s and %s: %w", spec.Data.Test, spec.Data.Sample, err)
		}
	}
	header := sample.Header
	m, err := metric.ByName(spec.Target.Metric)
	if err != nil {
		return err
	}
	if m.Kind == metric.Labels || m.Kind == metric.Ratings {
		labels := submissions.ArgMax(test.proba, test.classes)
		return submissions.WriteLabels(path, header, submissions.LabelRows(ids, labels, classes))
	}
	proba, columns := test.proba, test.classes
	if m.Binary {
		proba, columns = lastColumn(test.proba, test.classes), 1
	}
	if len(header)-1 != columns {
		return fault.New(fault.Failed, "", "%s has %d columns of answers, %s of the nets' %d classes has %d",
			spec.Data.Sample, len(header)-1, m.Name, test.classes, columns)
	}
	if classes != nil && !m.Binary {
		if proba, err = inColumns(proba, classes, header[1:]); err != nil {
			return fmt.Errorf("%s: %w", spec.Data.Sample, err)
		}
	}
	return submissions.WriteProba(path, header, submissions.ProbaRows(ids, proba, columns))
}

// inColumns puts the probabilities of the named classes into the order of columns,
// which have the same names.
func inColumns(proba []float32, classes, columns []string) ([]float32, error) {
	from := make([]int, len(columns))
	for i, name := range columns {
		if from[i] = slices.Index(classes, name); from[i] < 0 {
			return nil, fault.New(fault.Failed, "the folders or names of the training photos are the classes",
				"column %q: want one of the classes %s", name, strings.Join(classes, ", "))
		}
	}
	out := make([]float32, 0, len(proba))
	for at := 0; at < len(proba); at += len(classes) {
		for _, c := range from {
			out = append(out, proba[at+c])
		}
	}
	return out, nil
}

// lastColumn is the probability of the last class in each row: that of class 1
// of two.
func lastColumn(proba []float32, classes int) []float32 {
	var last []float32
	for i := classes - 1; i < len(proba); i += classes {
		last = append(last, proba[i])
	}
	return last
}

// originsOf is every origin that a step's inputs descend from.
func originsOf(in pipelines.Inputs) []string {
	seen := map[string]bool{}
	var out []string
	for _, many := range in {
		for _, i := range many {
			for _, o := range i.Artifact.Manifest.Origins {
				if !seen[o] {
					seen[o], out = true, append(out, o)
				}
			}
		}
	}
	return out
}
