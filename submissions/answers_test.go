package submissions_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/submissions"
)

// proba reads a file of these contents, called a.csv.
func proba(t *testing.T, text string, ids, classes []string) ([]float32, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := submissions.ReadAnswers(path)
	if err != nil {
		return nil, err
	}
	return a.Proba(ids, "train.csv", classes)
}

func TestProbaOfFiles(t *testing.T) {
	t.Parallel()
	ids, two, three := []string{"x", "y"}, []string{"cat", "dog"}, []string{"ant", "bee", "cat"}
	for name, c := range map[string]struct {
		text    string
		classes []string
		want    []float32
		says    string
	}{
		"names in any order":     {"id,cat,ant,bee\ny,1,0,0\nx,.25,.5,.25\n", three, []float32{.5, .25, .25, 0, 0, 1}, ""},
		"numbers":                {"id,2,0,1\ny,1,0,0\nx,.25,.5,.25\n", three, []float32{.5, .25, .25, 0, 0, 1}, ""},
		"p and numbers":          {"id,p0,p1,p2\nx,1,0,0\ny,0,1,0\n", three, []float32{1, 0, 0, 0, 1, 0}, ""},
		"one column of two":      {"id,label\nx,.25\ny,1\n", two, []float32{.75, .25, 0, 1}, ""},
		"rounded":                {"id,cat,dog\nx,.333,.666\ny,0,.995\n", two, []float32{.333 / .999, .666 / .999, 0, 1}, ""},
		"one column of three":    {"id,label\nx,.25\ny,1\n", three, nil, "line 1: want a column for each of 3 classes, got id,label"},
		"a class is missing":     {"id,ant,cat\nx,1,0\ny,1,0\n", three, nil, "want a column for each of 3 classes"},
		"a column too many":      {"id,cat,dog,fold\nx,1,0,1\ny,1,0,2\n", two, nil, `line 1: the column "fold" is not in train.csv`},
		"out of range":           {"id,cat,dog\nx,1.5,-.5\ny,1,0\n", two, nil, `line 2, column "cat": want a probability in [0, 1], got 1.5`},
		"no sum of one":          {"id,cat,dog\nx,1,0\ny,.5,.4\n", two, nil, "line 3: the probabilities sum to 0.9"},
		"no number":              {"id,cat,dog\nx,1,0\ny,.5,a\n", two, nil, `line 3, column "dog": want a finite number`},
		"an id is missing":       {"id,cat,dog\nx,1,0\n", two, nil, `no row has the id "y" of train.csv`},
		"an id that is not ours": {"id,cat,dog\nx,1,0\nz,1,0\ny,1,0\n", two, nil, `line 3: the id "z" is not in train.csv`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := proba(t, c.text, ids, c.classes)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want %s", err, c.says)
				}
				return
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("got %v, %v, want %v", got, err, c.want)
			}
		})
	}
}
