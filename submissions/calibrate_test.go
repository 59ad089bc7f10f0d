package submissions

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestCalibrateKeepsWhatHelps(t *testing.T) {
	t.Parallel()
	members, truth := drawMembers(4, 600, 300, 3, 0)
	oof := apply(members[0].OOF, 3, rowCorrection(Temperature, 0.4)) // far too sure
	test := apply(members[0].Test, 3, rowCorrection(Temperature, 0.4))
	all := []Correction{{Kind: Temperature, Auto: true}, {Kind: Prior, Auto: true}, {Kind: Clip, Auto: true}}
	out, err := Calibrate(t.Context(), logloss(t), all, oof, test, truth)
	if err != nil {
		t.Fatal(err)
	}
	wantProba(t, out.OOF, 3)
	wantProba(t, out.Test, 3)
	steps := out.Report.Steps
	if len(steps) != 3 || !steps[0].Kept || steps[0].Value[0] < 1.5 || out.Report.CV >= out.Report.Before-0.1 {
		t.Errorf("%+v", out.Report)
	}
	if steps[1].Kept || steps[1].Why == "" { // the test rows have the same frequencies
		t.Errorf("prior %+v", steps[1])
	}
	again, err := truth.score(logloss(t), out.OOF)
	if err != nil || again != out.Report.CV {
		t.Errorf("the out-of-fold rows score %v, the report says %v", again, out.Report.CV)
	}
	// What is right already is left alone, bit for bit.
	out, err = Calibrate(t.Context(), named(t, "accuracy"), all[:1], oof, test, truth)
	if err != nil || out.Report.Steps[0].Kept || !slices.Equal(out.Test, test) || !slices.Equal(out.OOF, oof) {
		t.Errorf("accuracy: %+v, %v", out.Report, err)
	}
}

// The rows of the test are of class 0 four times in five, those of training one
// in two.
func TestPriorFollowsTheTestRows(t *testing.T) {
	t.Parallel()
	members, truth := drawMembers(6, 600, 600, 2, 0)
	var rows []int
	for i := range 600 {
		if i%2 == 0 || i%8 == 1 {
			rows = append(rows, i)
		}
	}
	test := pick(members[0].Test, rows, 2)
	for _, m := range []string{"logloss", "accuracy"} {
		out, err := Calibrate(t.Context(), named(t, m), []Correction{{Kind: Temperature, Auto: true}, {Kind: Prior, Auto: true}}, members[0].OOF, test, truth)
		if err != nil {
			t.Fatal(err)
		}
		s := out.Report.Steps[1]
		if !s.Kept || math.Abs(s.Value[0]-0.8) > 0.05 || !named(t, m).Better(s.After, s.Before) {
			t.Errorf("%s: %+v", m, s)
		}
	}
	given, err := Calibrate(t.Context(), logloss(t), []Correction{{Kind: Prior, Value: []float64{.8, .2}}}, members[0].OOF, test, truth)
	if err != nil || !given.Report.Steps[0].Kept || slices.Equal(given.Test, test) || !slices.Equal(given.OOF, members[0].OOF) {
		t.Errorf("given: %+v, %v", given.Report, err)
	}
	wantProba(t, given.Test, 2)
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind  string
		v     float64
		x     []float32
		want  []float64
		width int
	}{
		{Clip, 0.01, []float32{1, 0, 0.005, 0.995, 0.4, 0.6}, []float64{.99, .01, .01, .99, .4, .6}, 2},
		{Clip, 0.1, []float32{1, 0, 0}, []float64{.8, .1, .1}, 3},
		{Clip, 0, []float32{1, 0}, []float64{1, 0}, 2},
		{Temperature, 2, []float32{.8, .2, 1, 0, 0, 0}, []float64{2. / 3, 1. / 3, 1, 0, .5, .5}, 2},
		{Temperature, 0.5, []float32{.8, .2}, []float64{16. / 17, 1. / 17}, 2},
	} {
		near(t, c.kind, widen(apply(c.x, c.width, rowCorrection(c.kind, c.v))), c.want, 1e-6)
	}
}

func TestCalibrateRefuses(t *testing.T) {
	t.Parallel()
	members, truth := someMembers(1, 30, 4, 2)
	bad := slices.Clone(members[0].OOF)
	bad[3] = float32(math.NaN())
	for want, c := range map[string]struct {
		step Correction
		oof  []float32
	}{
		"value 3: want a probability":   {Correction{Kind: Clip, Auto: true}, bad},
		"30 training rows":              {Correction{Kind: Clip, Auto: true}, bad[:4]},
		"number above 0, got 0":         {Correction{Kind: Temperature, Value: []float64{0}}, members[0].OOF},
		"below 1/2, got 0.5":            {Correction{Kind: Clip, Value: []float64{.5}}, members[0].OOF},
		"want 2 frequencies, one":       {Correction{Kind: Prior, Value: []float64{1}}, members[0].OOF},
		"that sum to 1, got 0.3":        {Correction{Kind: Prior, Value: []float64{.1, .2}}, members[0].OOF},
		"frequencies above 0":           {Correction{Kind: Prior, Value: []float64{1, 0}}, members[0].OOF},
		"one of temperature, prior, cl": {Correction{Kind: "platt"}, members[0].OOF},
	} {
		_, err := Calibrate(t.Context(), logloss(t), []Correction{c.step}, c.oof, members[0].Test, truth)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
