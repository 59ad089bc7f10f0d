package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/kaggle/sandbox"
	"github.com/seed-a5aa75a0/podium/kaggle/wire"
)

var fishClasses = strings.Fields("ALB BET DOL LAG NoF OTHER SHARK YFT")

// caught is Fisheries in some size.
type caught struct {
	train, test      map[string][]byte
	sample, solution []string
	boxes            map[string]caughtPhoto // by class and file, ALB/img_00001.jpg
	files            map[string][]byte
}

// caughtPhoto is a photo in a file of boxes.
type caughtPhoto struct {
	Class       string
	Filename    string
	Annotations []struct {
		Class               string
		X, Y, Width, Height float64
	}
}

func drawnFish(t *testing.T, size int) caught {
	t.Helper()
	dir := t.TempDir()
	r := newRig(t, dir)
	if err := r.AddGenerated(t.Context(), sandbox.Fisheries, size, false, nil); err != nil {
		t.Fatal(err)
	}
	names := []string{"data/train.zip", "data/test_stg1.zip", "data/sample_submission_stg1.csv", "solution.csv", "leaderboard.csv", "competition.yaml"}
	for _, class := range fishClasses {
		if class != "NoF" {
			names = append(names, "data/annos/"+strings.ToLower(class)+"_labels.json")
		}
	}
	c := caught{files: readFiles(t, filepath.Join(dir, sandbox.Fisheries), names...), boxes: map[string]caughtPhoto{}}
	lines := func(name string) []string { return strings.Split(strings.TrimSpace(string(c.files[name])), "\n") }
	c.sample, c.solution = lines("data/sample_submission_stg1.csv"), lines("solution.csv")
	for zip, to := range map[string]*map[string][]byte{"data/train.zip": &c.train, "data/test_stg1.zip": &c.test} {
		var inside []string
		inside, *to = photosOf(t, c.files[zip])
		if !slices.IsSorted(inside) {
			t.Errorf("%s is not in order of its names, so its order may tell something", zip)
		}
	}
	for _, class := range fishClasses {
		if class == "NoF" {
			continue
		}
		var all []caughtPhoto
		if err := json.Unmarshal(c.files["data/annos/"+strings.ToLower(class)+"_labels.json"], &all); err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			c.boxes[class+"/"+p.Filename] = p
		}
	}
	return c
}

func TestFisheriesLayout(t *testing.T) {
	t.Parallel()
	c := drawnFish(t, 80)
	path := regexp.MustCompile(`^(train/(ALB|BET|DOL|LAG|NoF|OTHER|SHARK|YFT)|test_stg1)/(img_0[0-9]{4}\.jpg)$`)
	seen, count, fish, boxed := map[string]bool{}, map[string]int{}, 0, 0
	for _, set := range []map[string][]byte{c.train, c.test} {
		for name, b := range set {
			m := path.FindStringSubmatch(name)
			if m == nil || seen[m[3]] {
				t.Errorf("%s: not the real layout, or twice", name)
				continue
			}
			seen[m[3]] = true
			count[m[1]]++
			size, err := jpeg.DecodeConfig(bytes.NewReader(b))
			if err != nil || size.Width < 1190 || size.Width > 1740 || size.Height < 670 || size.Height > 980 {
				t.Errorf("%s: %d x %d (%v)", name, size.Width, size.Height, err)
			}
			p, ok := c.boxes[m[2]+"/"+m[3]]
			if m[2] == "" || m[2] == "NoF" {
				if ok {
					t.Errorf("%s has boxes", name)
				}
				continue
			}
			if fish++; ok {
				boxed++
			}
			if ok && (len(p.Annotations) == 0 || p.Class != "image") {
				t.Errorf("%s: %+v", name, p)
			}
			for _, a := range p.Annotations {
				if a.Class != "rect" || a.X < 0 || a.Y < 0 || a.Width < 5 || a.Height < 5 || a.X+a.Width > float64(size.Width)+0.001 || a.Y+a.Height > float64(size.Height)+0.001 {
					t.Errorf("%s of %d x %d: %+v", name, size.Width, size.Height, a)
				}
			}
		}
	}
	if len(c.train) != 80 || count["test_stg1"] != 21 || len(count) != 9 || len(c.boxes) != boxed || boxed < fish*9/10 {
		t.Errorf("%v; boxes of %d, to be found %d of %d", count, len(c.boxes), boxed, fish)
	}
	if count["train/ALB"] < 25 || count["train/YFT"] < count["train/LAG"] {
		t.Errorf("shares of the classes: %v", count)
	}
	if len(c.sample) != 22 || c.sample[0] != "image,"+strings.Join(fishClasses, ",") ||
		!strings.HasSuffix(c.sample[21], ".jpg,0.455123,0.052952,0.030977,0.017739,0.123114,0.079163,0.046598,0.194334") {
		t.Errorf("sample: %q", c.sample)
	}
	for i, l := range c.solution[1:] {
		image, class, _ := strings.Cut(l, ",")
		if !strings.HasPrefix(c.sample[i+1], image+",") || c.test["test_stg1/"+image] == nil || !slices.Contains(fishClasses, class) {
			t.Errorf("solution: %s", l)
		}
	}
	for _, name := range []string{"competition.yaml", "leaderboard.csv"} {
		if !strings.Contains(string(c.files[name]), "synthetic") {
			t.Errorf("%s does not say that it is synthetic: %s", name, c.files[name])
		}
	}
}

// A small set is part of a large one, and drawn alike every time.
func TestFisheriesNested(t *testing.T) {
	t.Parallel()
	small, large, again := drawnFish(t, 40), drawnFish(t, 60), drawnFish(t, 40)
	for _, sets := range [][3]map[string][]byte{{small.train, large.train, again.train}, {small.test, large.test, again.test}} {
		for name, b := range sets[0] {
			if !bytes.Equal(b, sets[1][name]) || !bytes.Equal(b, sets[2][name]) {
				t.Errorf("%s is another photo in another size, or the second time", name)
			}
		}
	}
	for name, p := range small.boxes {
		if fmt.Sprint(p) != fmt.Sprint(large.boxes[name]) {
			t.Errorf("%s: boxes %v, in the larger set %v", name, p, large.boxes[name])
		}
	}
	for _, l := range small.solution {
		if !slices.Contains(large.solution, l) {
			t.Errorf("%q is not in the larger set", l)
		}
	}
}

// The truth has no loss, and one class for all has what its share says. The
// boxes' folder is listed.
func TestFisheriesGraded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRig(t, dir)
	if err := r.AddGenerated(t.Context(), sandbox.Fisheries, 50, false, nil); err != nil {
		t.Fatal(err)
	}
	truth := "image," + strings.Join(fishClasses, ",") + "\n"
	even := truth
	files := readFiles(t, filepath.Join(dir, sandbox.Fisheries), "solution.csv")
	for _, l := range strings.Split(strings.TrimSpace(string(files["solution.csv"])), "\n")[1:] {
		image, class, _ := strings.Cut(l, ",")
		truth, even = truth+image, even+image+strings.Repeat(",0.125", 8)+"\n"
		for _, other := range fishClasses {
			truth += map[bool]string{true: ",1", false: ",0"}[other == class]
		}
		truth += "\n"
	}
	for submission, want := range map[string]string{truth: "0.00000", even: "2.07944"} {
		if got := r.scored(t, sandbox.DevToken, r.submitTo(t, sandbox.Fisheries, sandbox.DevToken, submission)); got.PublicScore != want || got.PrivateScore != want {
			t.Errorf("%s and %s, want %s", got.PublicScore, got.PrivateScore, want)
		}
	}
	var root, annos wire.DirectoryContent
	r.call(t, sandbox.DevToken, wire.ListDataTreeFiles, wire.ListDataTreeFilesRequest{CompetitionName: sandbox.Fisheries}, &root)
	r.call(t, sandbox.DevToken, wire.ListDataTreeFiles, wire.ListDataTreeFilesRequest{CompetitionName: sandbox.Fisheries, Path: "annos"}, &annos)
	if len(root.Directories) != 1 || root.Directories[0].Name != "annos" || len(root.Files) != 3 || len(annos.Files) != 7 || annos.Files[0].RelativeURL != "annos/alb_labels.json" {
		t.Errorf("%+v\n%+v", root, annos)
	}
}
