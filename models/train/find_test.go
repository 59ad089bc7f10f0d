package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// TestFindLR: the proposal trains better than a rate far below it and one far above,
// and the sweep ends where the loss diverges.
func TestFindLR(t *testing.T) {
	t.Parallel()
	c := barsConfig(newEngine(t))
	c.Net.Arch = "mnist_bn"
	c.Phases = []Phase{{Epochs: 2, Batch: 16, Optimizer: "sgd", LR: 1}}
	data := bars(96, 16, 1)
	var told []Progress
	c.Progress = func(p Progress) { told = append(told, p) }
	curve, err := FindLR(t.Context(), c, data, FindOptions{From: 1e-5, To: 1e3})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d points: %s", len(curve.Points), curve.Why)
	if n := len(curve.Points); n >= 100 || n < 40 || math.Abs(curve.Points[0].LR-1e-5) > 1e-12 {
		t.Errorf("%d points from %v", n, curve.Points[0].LR)
	}
	if want := twoDigits(max(curve.Steepest, curve.Tenth)); curve.LR != want || curve.LR == 0 {
		t.Errorf("proposed %v of %v and %v", curve.LR, curve.Steepest, curve.Tenth)
	}
	for i, p := range curve.Points[1:] {
		if r := p.LR / curve.Points[i].LR; math.Abs(r-math.Pow(1e8, 1./99)) > 1e-9 {
			t.Fatalf("the rate rises by %v after point %d", r, i)
		}
	}
	if last := told[len(told)-1]; last.Step != len(curve.Points) || last.Steps != 100 || !last.EpochEnd {
		t.Errorf("told %+v at the end", last)
	}
	c.Progress = nil
	loss := func(lr float64) float64 {
		c.Phases[0].LR = lr
		m, err := Fit(t.Context(), c, data)
		if err != nil {
			return math.Inf(1) // diverged
		}
		return m.History[1].Loss
	}
	at, below, above := loss(curve.LR), loss(curve.LR/100), loss(curve.LR*1e4)
	if !(at < below && at < above) {
		t.Errorf("loss %v at the proposal %v, %v far below, %v far above", at, curve.LR, below, above)
	}
}

// TestFindLRChangesNothing: files, the dataset and a training afterwards are as if it
// had not been.
func TestFindLRChangesNothing(t *testing.T) {
	t.Parallel()
	c := patient(newEngine(t), 0.9)
	data := bars(40, 16, 1)
	m, want := mustFit(t, c, data)
	c.Checkpoint = t.TempDir()
	file := filepath.Join(t.TempDir(), "from")
	if err := m.Save(file); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	from := c
	from.From = file
	for range 2 {
		if _, err := FindLR(t.Context(), from, data, FindOptions{Steps: 20}); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := os.ReadDir(c.Checkpoint); err != nil || len(entries) != 0 {
		t.Errorf("files %v in the checkpoint's folder, %v", entries, err)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) || !bytes.Equal(before, modelBytes(t, m)) {
		t.Errorf("the model that the sweep started from has changed; %v", err)
	}
	if c.Phases[0].LR != 0.05 || c.Phases[0].Patience != 1 {
		t.Errorf("the phase has changed: %+v", c.Phases[0])
	}
	if _, got := mustFit(t, c, data); !bytes.Equal(got, want) {
		t.Error("a training afterwards gives another model")
	}
}

// TestCurve: the rules on a curve that is known: it falls fastest at 0.01, and is least
// at about 0.14.
func TestCurve(t *testing.T) {
	t.Parallel()
	curve := func(loss func(x float64) float64) Curve {
		var points []Point
		o := FindOptions{From: 1e-7, To: 10, Steps: 100}
		for i := range 90 {
			lr := o.LR(i)
			points = append(points, Point{LR: lr, Loss: loss(math.Log10(lr))})
		}
		return newCurve(points)
	}
	noise := 0
	ripple := func() float64 {
		noise++
		return 0.1 * math.Sin(float64(noise*noise))
	}
	got := curve(func(x float64) float64 {
		return 2 - 1.5/(1+math.Exp(-4*(x+2))) + math.Exp(8*(x+0.2)) + ripple()
	})
	if math.Abs(math.Log10(got.Steepest)+2) > 0.2 || math.Abs(math.Log10(got.Tenth*10)+0.85) > 0.3 || got.LR != twoDigits(max(got.Steepest, got.Tenth)) {
		t.Errorf("%+v: %s", []float64{got.Steepest, got.Tenth, got.LR}, got.Why)
	}
	if !strings.Contains(got.Why, "the loss falls fastest at 0.0") {
		t.Errorf("why: %s", got.Why)
	}
	if flat := curve(func(x float64) float64 { return 1 + math.Exp(x) }); flat.LR != 0 || flat.Why != "the loss does not fall clearly at any learning rate of the sweep" {
		t.Errorf("%v: %s", flat.LR, flat.Why)
	}
	noise = 0
	if flat := curve(func(float64) float64 { return 1 + ripple() }); flat.LR != 0 {
		t.Errorf("noise: %v: %s", flat.LR, flat.Why)
	}
	for x, want := range map[float64]float64{0.012345: 0.012, 123.4: 120, 9.99e-5: 1e-4} {
		if got := twoDigits(x); got != want {
			t.Errorf("twoDigits(%v) = %v", x, got)
		}
	}
}

func TestFindLRErrors(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	data := bars(40, 16, 1)
	for want, o := range map[string]FindOptions{
		"want a range above 0 that rises, got 1 to 0.5":    {From: 1, To: 0.5},
		"want a range above 0 that rises, got -1 to 10":    {From: -1},
		"want a range above 0 that rises, got 1e-07 to +I": {To: math.Inf(1)},
		"want at least 10 steps, got 9":                    {Steps: 9},
	} {
		if _, err := FindLR(t.Context(), barsConfig(e), data, o); err == nil || fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	c := barsConfig(e)
	c.Phases = nil
	if _, err := FindLR(t.Context(), c, data, FindOptions{}); fault.KindOf(err) != fault.Usage {
		t.Errorf("no phases: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stop := altered{data, func(int, int, *Batch) error { cancel(); return nil }}
	if _, err := FindLR(ctx, barsConfig(e), stop, FindOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	broken := errors.New("broken")
	bad := altered{data, func(_, batch int, _ *Batch) error {
		if batch == 1 {
			return broken
		}
		return nil
	}}
	if _, err := FindLR(t.Context(), barsConfig(e), bad, FindOptions{}); !errors.Is(err, broken) || !strings.Contains(err.Error(), "step 2") {
		t.Errorf("got %v", err)
	}
}
