package steps

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// TestWriteByMetric: what the nets' probabilities become is the metric's choice.
func TestWriteByMetric(t *testing.T) {
	t.Parallel()
	test := frame{ints: [][]int64{{0, 1}}, proba: []float32{.25, .75, .5, .5}, classes: 2}
	for _, c := range []struct{ metric, sample, want string }{
		{"accuracy", "id,y\n7,0\n3,0\n", "id,y\n7,1\n3,0\n"},
		{"quadratic_kappa", "id,y\n7,0\n3,0\n", "id,y\n7,1\n3,0\n"},
		{"logloss", "id,a,b\n7,0,0\n3,0,0\n", "id,a,b\n7,0.25,0.75\n3,0.5,0.5\n"},
		{"logloss_binary", "id,y\n7,0\n3,0\n", "id,y\n7,0.75\n3,0.5\n"},
		{"auc", "id,y\n7,0\n3,0\n", "id,y\n7,0.75\n3,0.5\n"},
		{"auc", "id,a,b\n7,0,0\n3,0,0\n", "error: sample.csv has 2 columns of answers, auc of the nets' 2 classes has 1"},
		{"logloss", "id,y\n7,0\n3,0\n", "error: sample.csv has 1 columns of answers, logloss of the nets' 2 classes has 2"},
	} {
		dir := t.TempDir()
		sample, path := filepath.Join(dir, "sample.csv"), filepath.Join(dir, "out.csv")
		if err := os.WriteFile(sample, []byte(c.sample), 0o644); err != nil {
			t.Fatal(err)
		}
		spec := &pipelines.Spec{Data: pipelines.Data{Sample: "sample.csv"}, Target: pipelines.Target{Metric: c.metric}}
		err := writeSubmission(path, sample, test, nil, nil, spec)
		got, _ := os.ReadFile(path)
		if err != nil {
			got = []byte("error: " + err.Error())
		}
		if !strings.HasPrefix(string(got), c.want) {
			t.Errorf("%s: %q, want %q", c.metric, got, c.want)
		}
	}
}

// Photos have classes with names: columns go by them, whatever their order.
func TestWriteNamedClasses(t *testing.T) {
	t.Parallel()
	test := frame{ints: [][]int64{{0, 1}}, proba: []float32{.25, .75, .5, .5}, classes: 2}
	for _, c := range []struct{ metric, sample, want string }{
		{"logloss", "id,dog,cat\n7,0,0\n3,0,0\n", "id,dog,cat\n7,0.75,0.25\n3,0.5,0.5\n"},
		{"logloss_binary", "id,label\n7,0.5\n3,0.5\n", "id,label\n7,0.75\n3,0.5\n"},
		{"accuracy", "id,label\n7,cat\n3,cat\n", "id,label\n7,dog\n3,cat\n"},
		{"logloss", "id,dog,cow\n7,0,0\n3,0,0\n", `error: sample.csv: column "cow": want one of the classes cat, dog`},
	} {
		dir := t.TempDir()
		sample, path := filepath.Join(dir, "sample.csv"), filepath.Join(dir, "out.csv")
		if err := os.WriteFile(sample, []byte(c.sample), 0o644); err != nil {
			t.Fatal(err)
		}
		spec := &pipelines.Spec{Data: pipelines.Data{Sample: "sample.csv"}, Target: pipelines.Target{Metric: c.metric}}
		err := writeSubmission(path, sample, test, nil, []string{"cat", "dog"}, spec)
		got, _ := os.ReadFile(path)
		if err != nil {
			got = []byte("error: " + err.Error())
		}
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", c.metric, got, c.want)
		}
	}
}
