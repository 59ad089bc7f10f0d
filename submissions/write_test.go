package submissions_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/submissions"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	labels := filepath.Join(dir, "labels.csv")
	if err := submissions.WriteLabels(labels, []string{"ImageId", "Label"}, submissions.LabelRows([]string{"1", "2"}, []int{7, 0}, nil)); err != nil {
		t.Fatal(err)
	}
	wantFile(t, labels, "ImageId,Label\n1,7\n2,0\n")

	proba := filepath.Join(dir, "proba.csv")
	rows := submissions.ProbaRows([]string{"a,b.jpg", "img_2.jpg"}, []float32{0, 1, 0.1, 1e-7}, 2)
	if err := submissions.WriteProba(proba, []string{"img", "c0", "c1"}, rows); err != nil {
		t.Fatal(err)
	}
	wantFile(t, proba, "img,c0,c1\n\"a,b.jpg\",0,1\nimg_2.jpg,0.1,1e-07\n")
}

func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	two := []string{"id", "p"}
	nan := float32(math.NaN())
	proba := func(path string, header []string, v ...float32) error {
		return submissions.WriteProba(path, header, submissions.ProbaRows([]string{"x"}, v, len(v)))
	}
	for name, c := range map[string]struct {
		do   func(path string) error
		want string
	}{
		"NaN":             {func(p string) error { return proba(p, two, nan) }, `id "x", column "p": want a probability in [0, 1], got NaN`},
		"above one":       {func(p string) error { return proba(p, two, 1.5) }, `got 1.5`},
		"below zero":      {func(p string) error { return proba(p, two, -0.5) }, `got -0.5`},
		"too many":        {func(p string) error { return proba(p, two, 0, 1) }, `want 1 probabilities, got 2`},
		"no value column": {func(p string) error { return proba(p, two[:1], 0) }, `at least 2 columns`},
		"label header": {func(p string) error {
			return submissions.WriteLabels(p, []string{"a", "b", "c"}, submissions.LabelRows(nil, nil, nil))
		}, `the header has 3`},
		"empty id": {func(p string) error {
			return submissions.WriteLabels(p, two, submissions.LabelRows([]string{"1", ""}, []int{1, 2}, nil))
		}, `a row has an empty id`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "out.csv")
			if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
				t.Fatal(err)
			}
			wantError(t, c.do(path), c.want, path)
			wantFile(t, path, "before")
			if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
				t.Errorf("files left behind: %v", left)
			}
		})
	}
}

func TestRowsPanic(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]func(){
		"labels": func() { submissions.LabelRows([]string{"1"}, nil, nil) },
		"proba":  func() { submissions.ProbaRows([]string{"1"}, []float32{1}, 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: want a panic", name)
				}
			}()
			f()
		}()
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds\n%s\nwant\n%s", filepath.Base(path), got, want)
	}
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q lacks %q", err, p)
		}
	}
}

func ExampleWriteLabels() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	sample := filepath.Join(dir, "sample_submission.csv")
	file := filepath.Join(dir, "submission.csv")
	if err := os.WriteFile(sample, []byte("ImageId,Label\n1,0\n2,0\n3,0\n"), 0o644); err != nil {
		panic(err)
	}
	ids, err := submissions.IDs(sample)
	if err != nil {
		panic(err)
	}
	err = submissions.WriteLabels(file, []string{"ImageId", "Label"}, submissions.LabelRows(ids, []int{2, 0, 9}, nil))
	if err != nil {
		panic(err)
	}
	fmt.Println(submissions.Validate(file, sample))
	// Output: <nil>
}
