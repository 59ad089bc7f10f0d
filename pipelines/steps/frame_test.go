package steps

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// input is a predictions table on disk, as a step would get it.
func input(t *testing.T, rows []int, classes int, proba ...float32) pipelines.Input {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.arrow")
	f := frame{names: []string{"row"}, ints: [][]int64{wide(rows)}, proba: proba, classes: classes}
	if err := f.write(path); err != nil {
		t.Fatal(err)
	}
	return pipelines.Input{Step: "predict", Path: path}
}

// More than ten classes, since "p10" sorts before "p2".
func TestFrameRoundTrip(t *testing.T) {
	t.Parallel()
	const classes = 12
	var proba []float32
	for i := range 2 * classes {
		proba = append(proba, float32(i))
	}
	got, err := readFrame(input(t, []int{7, 3}, classes, proba...).Path, "row")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]int64{{7, 3}}, got.ints); d != "" || got.classes != classes {
		t.Errorf("%d classes, rows %s", got.classes, d)
	}
	if d := cmp.Diff(proba, got.proba); d != "" {
		t.Error(d)
	}
}

func TestBlendTables(t *testing.T) {
	t.Parallel()
	fold0 := input(t, []int{0, 2}, 2, .9, .1, .2, .8)
	fold1 := input(t, []int{1}, 2, .5, .5)
	got, err := blendTables("mean", []pipelines.Input{fold0, fold1}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float32{.9, .1, .5, .5, .2, .8}, got.proba); d != "" {
		t.Error(d)
	}
	for name, c := range map[string]struct {
		tables []pipelines.Input
		rows   int
		says   string
	}{
		"a row that nobody predicted": {[]pipelines.Input{fold0}, 3, "no member predicts row 1"},
		"a row too many":              {[]pipelines.Input{fold0}, 2, "row 2 is not in 0..1"},
		"other classes":               {[]pipelines.Input{fold0, input(t, []int{1}, 3, 1, 0, 0)}, 3, "want 2 classes, got 3"},
	} {
		if _, err := blendTables("mean", c.tables, c.rows); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", name, err, c.says)
		}
	}
}
