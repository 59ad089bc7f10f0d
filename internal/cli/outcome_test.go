package cli

import (
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// What was chosen is told where a run ends.
func TestOutcomeSaysWhatWasChosen(t *testing.T) {
	t.Parallel()
	weights, cv, spread, kept := []float64{0.75, 0.25}, 0.0341, 0.001, true
	var out strings.Builder
	err := printOutcome(&out, steps.Outcome{RunID: "r", Metric: "logloss", CV: &cv, CVSpread: &spread, Dir: "d",
		Blend: &submissions.BlendChoice{How: "mean", Weights: "auto", Metric: "logloss", CV: 0.0352, CVEqual: 0.0361, Kept: &kept,
			Members: []submissions.MemberShare{{Name: "cnn", Weight: &weights[0]}, {Name: "vgg", Weight: &weights[1]}}},
		Post: &submissions.CalibrationReport{Metric: "logloss", Steps: []submissions.Corrected{
			{Kind: "temperature", Auto: true, Kept: true, Value: []float64{1.32}, Before: 0.0352, After: 0.0341},
			{Kind: "clip", Auto: true, Value: []float64{0.001}, Before: 0.0341, After: 0.0343, Why: "does not better logloss"}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `run         r
CV          0.03410 logloss (spread over folds 0.00100)
blend       auto: cnn 0.75, vgg 0.25; logloss 0.03520, equal weights 0.03610
temperature 1.32: 0.03520 -> 0.03410
clip        off: does not better logloss (0.001: 0.03410 -> 0.03430)
files       d
took        0 s
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
