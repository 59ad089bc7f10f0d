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

func TestMeanByRow(t *testing.T) {
	t.Parallel()
	fold0 := input(t, []int{0, 2}, 2, .9, .1, .2, .8)
	fold1 := input(t, []int{1}, 2, .5, .5)
	copy0 := input(t, []int{2, 0}, 2, .4, .6, .7, .3) // another order
	got, err := meanByRow([]pipelines.Input{fold0, fold1, copy0}, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []float32{.8, .2, .5, .5, .3, .7}
	for i := range want {
		if d := got.proba[i] - want[i]; d < -1e-6 || d > 1e-6 {
			t.Errorf("got %v, want %v", got.proba, want)
			break
		}
	}
	for name, c := range map[string]struct {
		tables []pipelines.Input
		rows   int
		says   string
	}{
		"a row that nobody predicted": {[]pipelines.Input{fold0}, 3, "no net predicted row 1"},
		"a row too many":              {[]pipelines.Input{fold0}, 2, "row 2 is not in 0..1"},
		"other classes":               {[]pipelines.Input{fold0, input(t, []int{1}, 3, 1, 0, 0)}, 3, "want 2 classes, got 3"},
	} {
		if _, err := meanByRow(c.tables, c.rows); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", name, err, c.says)
		}
	}
}

func TestRowsGoByID(t *testing.T) {
	t.Parallel()
	f := frame{proba: []float32{.1, .9, .2, .8, .3, .7}, classes: 2}
	got, err := f.inOrder([]string{"a", "b", "c"}, []string{"c", "a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float32{.3, .7, .1, .9, .2, .8}, got.proba); d != "" || got.rows() != 3 {
		t.Error(d)
	}
	for says, c := range map[string]struct{ own, ids []string }{
		`id "d" of the sample is not`: {[]string{"a", "b", "c"}, []string{"a", "b", "d"}},
		`id "a" is in rows 1 and 3`:   {[]string{"a", "b", "a"}, []string{"a", "b", "c"}},
		"each of 3 rows, got 2":       {[]string{"a", "b"}, []string{"a", "b"}},
	} {
		if _, err := f.inOrder(c.own, c.ids); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}
