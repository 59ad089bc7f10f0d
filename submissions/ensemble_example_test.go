package submissions_test

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// sixRows are three members' predictions of six training rows and one test row.
func sixRows() ([]submissions.Candidate, submissions.Truth) {
	of := func(p ...float32) (out []float32) {
		for _, q := range p {
			out = append(out, 1-q, q)
		}
		return out
	}
	truth := submissions.Truth{Labels: []int{0, 1, 0, 1, 0, 1}, Fold: []int{0, 0, 1, 1, 2, 2}, Classes: 2}
	return []submissions.Candidate{
		{Name: "a", OOF: of(.1, .7, .6, .9, .1, .4), Test: of(.9)},
		{Name: "b", OOF: of(.5, .9, .1, .3, .4, .9), Test: of(.7)},
		{Name: "noise", OOF: of(.6, .5, .4, .4, .6, .5), Test: of(.5)},
	}, truth
}

func ExampleEnsemble_Fit() {
	members, truth := sixRows()
	m, _ := metric.ByName("logloss_binary")
	out, err := submissions.Ensemble{How: "mean", Auto: true, Metric: m}.Fit(context.Background(), members, truth)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.Choice)
	fmt.Printf("%.4f\n", out.Test)
	// Output:
	// auto: a 0.5673, b 0.4327, noise 0; logloss_binary 0.40253, equal weights 0.48674
	// [0.1865 0.8135]
}

func ExampleCalibrate() {
	members, truth := sixRows()
	m, _ := metric.ByName("logloss_binary")
	corrections := []submissions.Correction{{Kind: submissions.Temperature, Auto: true}, {Kind: submissions.Clip, Value: []float64{0.02}}}
	out, err := submissions.Calibrate(context.Background(), m, corrections, members[0].OOF, members[0].Test, truth)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range out.Report.Steps {
		fmt.Println(s.Kind, s)
	}
	fmt.Printf("%.4f\n", out.Test)
	// Output:
	// temperature off: does not better logloss_binary (0.7322: 0.41756 -> 0.45306)
	// clip 0.02: 0.41756 -> 0.41756
	// [0.1000 0.9000]
}
