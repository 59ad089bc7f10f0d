package steps

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// camera is a little State Farm: photos of drivers in a zip, and the list of who drives.
type camera struct {
	photos map[string][]byte // by the name in the zip
	list   string
}

// shoot takes frames photos of each driver in each of two postures, each driver in
// colours of one's own.
func shoot(t testing.TB, drivers, frames int) camera {
	t.Helper()
	c := camera{map[string][]byte{}, "subject,classname,img\n"}
	n := 0
	for driver := range drivers {
		for posture := range 2 {
			for range frames {
				m := image.NewRGBA(image.Rect(0, 0, 48, 32))
				for i := range 48 * 32 {
					x, y := i%48, i/48
					look := seed.Derive(uint64(driver), "block", x/8, y/8) // the car and the clothes
					at := color.RGBA{uint8(look), uint8(look >> 8), uint8(3 * (n % frames)), 255}
					if x/24 == posture && y > 20 {
						at.R ^= 0x80
					}
					m.SetRGBA(x, y, at)
				}
				var b bytes.Buffer
				if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
					t.Fatal(err)
				}
				c.photos[fmt.Sprintf("imgs/train/c%d/img_%d.jpg", posture, n)] = b.Bytes()
				c.list += fmt.Sprintf("p%03d,c%d,img_%d.jpg\n", 2+driver, posture, n)
				n++
			}
		}
	}
	return c
}

// zip is the photos as a competition has them.
func (c camera) zip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(c.photos)) {
		e, err := w.Create(name)
		if err == nil {
			_, err = e.Write(c.photos[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fileOf is a step that brings a file.
func fileOf(name string, content []byte) pipelines.Op {
	return funcOp{
		op: op{name: "file", version: 1, params: digest.Bytes(content), out: []pipelines.Port{{Name: "file", Kind: kindFile, File: name}}},
		run: func(_ context.Context, env pipelines.Env, _ pipelines.Inputs) (pipelines.Report, error) {
			return pipelines.Report{}, os.WriteFile(env.Path("file"), content, 0o600)
		},
	}
}

// splitOf is a spec over a camera's photos.
func splitOf(t testing.TB, split string) *pipelines.Spec {
	t.Helper()
	spec, err := pipelines.Decode("drivers.yaml", []byte(`
competition: drivers
data: {images: "imgs.zip/imgs/train/{label}/{img}", test: "imgs.zip/imgs/test/{img}", join: drivers.csv, size: 16}
target: {column: label, metric: logloss}
split: `+split+`
models: {cnn: {net: small_cnn}}
train: [{epochs: 1}]
`))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// develop runs what a plan does with training photos before it trains, in the store
// at home.
func (c camera) develop(t testing.TB, home string, spec *pipelines.Spec) (plan *pipelines.Plan, result pipelines.Result, err error) {
	t.Helper()
	b := pipelines.NewBuilder("drivers")
	photos := b.Add("imgs", fileOf("imgs.zip", c.zip(t)), 0)
	list := b.Add("list", fileOf("drivers.csv", []byte(c.list)), 0)
	made := b.Add("images.train", newPhotos(spec, spec.Data.Images, spec.Target.Column), 0, photos.Out("file").To("file"), list.Out("file").To("join"))
	addFolds(b, spec, dataRefs{train: made.Out("images"), classes: made.Out("classes")})
	if plan, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	store, err := pipelines.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	result, err = (&pipelines.Local{Store: store}).Run(t.Context(), plan, pipelines.Options{})
	return plan, result, err
}

// No group is in two folds, the folds know the groups, and another split decodes no
// photo again.
func TestGroupSplits(t *testing.T) {
	t.Parallel()
	c, home := shoot(t, 6, 2), t.TempDir()
	for i, split := range []string{"{group_kfold: 3, by: subject}", "{stratified_group_kfold: 2, by: subject}", "{group_kfold: 2, by: classname}", "{group_kfold: 3, by: clusters}"} {
		spec := splitOf(t, split)
		_, result, err := c.develop(t, home, spec)
		if err != nil {
			t.Fatal(err)
		}
		if s, _ := result.Step("images.train"); (s.State == pipelines.Cached) != (i > 0) {
			t.Errorf("%s: photos are %s", split, s.State)
		}
		folds, _ := result.Step("folds")
		f, err := readFrame(filepath.Join(folds.Artifact.Dir, "folds.arrow"), "label", "fold", "group")
		if err != nil {
			t.Fatal(err)
		}
		foldOf, perFold := map[int64]int64{}, make([]int, spec.Split.K)
		for row, g := range f.ints[2] {
			if at, ok := foldOf[g]; ok && at != f.ints[1][row] {
				t.Errorf("%s: group %d is in folds %d and %d", split, g, at, f.ints[1][row])
			}
			foldOf[g] = f.ints[1][row]
			perFold[f.ints[1][row]]++
		}
		groups := map[string]int{"subject": 6, "classname": 2, "clusters": 6}[spec.Split.By]
		if len(foldOf) != groups || folds.Artifact.Manifest.Metrics["groups"] != float64(groups) {
			t.Errorf("%s: %d groups, want %d", split, len(foldOf), groups)
		}
		for _, n := range perFold {
			if n != 24/spec.Split.K {
				t.Errorf("%s: %v rows a fold", split, perFold)
				break
			}
		}
	}
}

func TestGroupErrors(t *testing.T) {
	t.Parallel()
	fine := shoot(t, 3, 2)
	for _, c := range []struct{ name, split, list, want string }{
		{"no such column", "{group_kfold: 3, by: driver}", fine.list, `drivers.yaml:5:29: split.by: the photos have no column "driver": they have row, name, label, img, subject, classname, width, height`},
		{"a photo without a group", "{group_kfold: 3, by: subject}", strings.Replace(fine.list, "p003,c1,img_6.jpg", ",c1,img_6.jpg", 1),
			`training photo 11 (imgs/train/c1/img_6.jpg): want a value in column "subject", which the split keeps together, got none`},
		{"too few groups", "{group_kfold: 5, by: subject}", fine.list, "want at least 5 groups for 5 folds, got 3"},
		{"a photo that the list lacks", "{group_kfold: 3, by: subject}", strings.Replace(fine.list, "p003,c1,img_6.jpg\n", "", 1),
			`photo "imgs/train/c1/img_6.jpg": want a row with img "img_6.jpg"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := camera{fine.photos, c.list}.develop(t, t.TempDir(), splitOf(t, c.split))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// A row of the list without a photo is told.
func TestAbsentRowsAreTold(t *testing.T) {
	t.Parallel()
	c := shoot(t, 2, 2)
	c.list += "p099,c0,img_77.jpg\n"
	_, result, err := c.develop(t, t.TempDir(), splitOf(t, "{group_kfold: 2, by: subject}"))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := result.Step("images.train")
	if got, want := s.Artifact.Manifest.Notes[pipelines.NoteTold], `1 of 9 rows of drivers.csv are of no photo, the first with img "img_77.jpg"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A table of pixels may have a column of groups.
func TestGroupsOfTable(t *testing.T) {
	t.Parallel()
	spec, err := pipelines.Decode("writers.yaml", []byte(`
competition: digits
data: {table: train.csv, test: test.csv, pixels: pixel* 1x2x1}
target: {column: label, metric: accuracy}
split: {group_kfold: 2, by: writer}
models: {cnn: {net: small_cnn}}
train: [{epochs: 1}]
`))
	if err != nil {
		t.Fatal(err)
	}
	b := pipelines.NewBuilder("writers")
	csv := b.Add("csv", fileOf("train.csv", []byte("label,writer,pixel0,pixel1\n0,ann,1,2\n1,bob,3,4\n1,ann,5,6\n0,bob,7,8\n")), 0)
	table := b.Add("table.train", newTable(spec), 0, csv.Out("file").To("file")).Out("table")
	images := b.Add("images.train", newImages(spec, "label"), 0, table.To("table")).Out("images")
	addFolds(b, spec, dataRefs{train: images, table: table})
	plan, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	store, err := pipelines.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	result, err := (&pipelines.Local{Store: store}).Run(t.Context(), plan, pipelines.Options{})
	if err != nil {
		t.Fatal(err)
	}
	folds, _ := result.Step("folds")
	f, err := readFrame(filepath.Join(folds.Artifact.Dir, "folds.arrow"), "label", "fold", "group")
	if err != nil {
		t.Fatal(err)
	}
	if fold := f.ints[1]; fold[0] != fold[2] || fold[1] != fold[3] || fold[0] == fold[1] {
		t.Errorf("folds %v", fold)
	}
}

// What early stop watches is of groups that nothing is learned from.
func TestWatchedGroups(t *testing.T) {
	t.Parallel()
	spec := splitOf(t, "{group_kfold: 3, by: subject}")
	spec.Train[0].Patience, spec.Train[0].Share = 1, 0.25
	_, result, err := shoot(t, 9, 2).develop(t, t.TempDir(), spec)
	if err != nil {
		t.Fatal(err)
	}
	step, _ := result.Step("folds")
	path := filepath.Join(step.Artifact.Dir, "folds.arrow")
	f, err := readFrame(path, "group")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readFold(path, 1, watchedOf(spec, 1))
	if err != nil {
		t.Fatal(err)
	}
	known := map[int64]bool{}
	for _, row := range rows.learn {
		known[f.ints[0][row]] = true
	}
	for _, row := range slices.Concat(rows.watch, rows.held) {
		if known[f.ints[0][row]] {
			t.Errorf("row %d is of a group that is learned from", row)
		}
	}
	if len(rows.watch) == 0 || len(rows.learn) == 0 || len(rows.watch)+len(rows.learn)+len(rows.held) != 36 {
		t.Errorf("%d learned, %d watched, %d held", len(rows.learn), len(rows.watch), len(rows.held))
	}
}
