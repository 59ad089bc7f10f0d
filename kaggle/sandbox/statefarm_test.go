package sandbox_test

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
)

// driving is State Farm in some size: its photos by path and its tables' lines.
type driving struct {
	photos                    map[string][]byte
	drivers, sample, solution []string
	files                     map[string][]byte
}

func drawnDriving(t *testing.T, size int) driving {
	t.Helper()
	dir := t.TempDir()
	r := newRig(t, dir)
	if err := r.AddGenerated(t.Context(), sandbox.StateFarm, size, false, nil); err != nil {
		t.Fatal(err)
	}
	files := readFiles(t, filepath.Join(dir, sandbox.StateFarm), "data/imgs.zip", "data/driver_imgs_list.csv", "data/sample_submission.csv",
		"solution.csv", "leaderboard.csv", "competition.yaml")
	lines := func(name string) []string { return strings.Split(strings.TrimSpace(string(files[name])), "\n") }
	names, content := photosOf(t, files["data/imgs.zip"])
	if !slices.IsSorted(names) {
		t.Error("the zip is not in order of its names, so its order may tell something")
	}
	return driving{content, lines("data/driver_imgs_list.csv"), lines("data/sample_submission.csv"), lines("solution.csv"), files}
}

func TestStateFarmLayout(t *testing.T) {
	t.Parallel()
	d := drawnDriving(t, 44)
	path := regexp.MustCompile(`^imgs/(test|train/c[0-9])/(img_[1-9][0-9]{0,5}\.jpg)$`)
	seen, train, test := map[string]bool{}, map[string]int{}, 0
	for name, b := range d.photos {
		m := path.FindStringSubmatch(name)
		if m == nil || seen[m[2]] {
			t.Errorf("%s: not the real layout, or twice in train and test", name)
			continue
		}
		seen[m[2]] = true
		if m[1] == "test" {
			test++
		} else {
			train[strings.TrimPrefix(m[1], "train/")]++
			if row := "," + strings.TrimPrefix(m[1], "train/") + "," + m[2]; !slices.ContainsFunc(d.drivers, func(l string) bool { return strings.HasSuffix(l, row) }) {
				t.Errorf("driver_imgs_list.csv has no row for %s", name)
			}
		}
		if c, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || c.Width != 640 || c.Height != 480 {
			t.Errorf("%s: %d x %d (%v)", name, c.Width, c.Height, err)
		}
	}
	if test != 66 || fmt.Sprint(train) != "map[c0:5 c1:5 c2:5 c3:5 c4:4 c5:4 c6:4 c7:4 c8:4 c9:4]" {
		t.Errorf("%d test photos, to learn from %v", test, train)
	}
	if len(d.drivers) != 45 || d.drivers[0] != "subject,classname,img" || !strings.HasPrefix(d.drivers[1], "p0") {
		t.Errorf("driver_imgs_list.csv: %q", d.drivers)
	}
	if len(d.sample) != 67 || d.sample[0] != "img,c0,c1,c2,c3,c4,c5,c6,c7,c8,c9" || !strings.HasSuffix(d.sample[66], ".jpg"+strings.Repeat(",0.1", 10)) {
		t.Errorf("sample_submission.csv: %q", d.sample)
	}
	for i, l := range d.solution[1:] {
		if cell := strings.Split(l, ","); cell[0] != strings.Split(d.sample[i+1], ",")[0] || !seen[cell[0]] {
			t.Errorf("solution: %s", l)
		}
	}
	for _, name := range []string{"competition.yaml", "leaderboard.csv"} {
		if !strings.Contains(string(d.files[name]), "synthetic") {
			t.Errorf("%s does not say that it is synthetic: %s", name, d.files[name])
		}
	}
}

// A small set is part of a large one, and drawn alike every time.
func TestStateFarmNested(t *testing.T) {
	t.Parallel()
	small, large, again := drawnDriving(t, 20), drawnDriving(t, 40), drawnDriving(t, 20)
	for name, b := range small.photos {
		if !bytes.Equal(b, large.photos[name]) || !bytes.Equal(b, again.photos[name]) {
			t.Errorf("%s is another photo in another size, or the second time", name)
		}
	}
	for _, rows := range [][2][]string{{small.drivers, large.drivers}, {small.sample, large.sample}, {small.solution, large.solution}} {
		for _, l := range rows[0] {
			if !slices.Contains(rows[1], l) {
				t.Errorf("%q is not in the larger set", l)
			}
		}
	}
}

// What counts, and for which score: a guess that is right for each row that
// counts has no loss, whatever it says of fillers.
func TestStateFarmSolution(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, dir)
	if err := r.AddGenerated(t.Context(), sandbox.StateFarm, 120, false, nil); err != nil {
		t.Fatal(err)
	}
	files := readFiles(t, filepath.Join(dir, sandbox.StateFarm), "data/sample_submission.csv", "solution.csv")
	usage := map[string]int{}
	best := strings.SplitAfterN(string(files["data/sample_submission.csv"]), "\n", 2)[0]
	for _, l := range strings.Split(strings.TrimSpace(string(files["solution.csv"])), "\n")[1:] {
		cell := strings.Split(l, ",")
		usage[cell[2]]++
		sure := make([]string, 10)
		for i := range sure {
			sure[i] = "0"
		}
		class := cell[1][1] - '0'
		if cell[2] == "Ignored" {
			class = (class + 1) % 10
		}
		sure[class] = "1"
		best += cell[0] + "," + strings.Join(sure, ",") + "\n"
	}
	if n := usage["Ignored"]; n < 6 || n > 35 || usage["Public"] < 25 || usage["Private"] < 80 || len(usage) != 3 {
		t.Errorf("usage of the rows: %v", usage)
	}
	for submission, want := range map[string]string{string(files["data/sample_submission.csv"]): "2.30259", best: "0.00000"} {
		ref := r.submitTo(t, sandbox.StateFarm, sandbox.DevToken, submission)
		if got := r.scored(t, sandbox.DevToken, ref); got.PublicScore != want || got.PrivateScore != want {
			t.Errorf("%s and %s, want %s", got.PublicScore, got.PrivateScore, want)
		}
	}
}
