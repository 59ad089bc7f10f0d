package steps

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newBoxes finds the boxes of each training photo: the largest, which nets learn, and
// all of them. Both tables are in pixels of the original photo.
func newBoxes() pipelines.Op {
	return funcOp{
		op: op{name: "boxes", version: 1,
			in: []pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "files", Kind: kindBoxFiles}},
			out: []pipelines.Port{{Name: "boxes", Kind: kindBoxes, File: "boxes.arrow"},
				{Name: "all", Kind: kindBoxes, File: "all.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			photos, err := sizedPhotos(in.Path("images"))
			if err != nil {
				return pipelines.Report{}, err
			}
			files, err := readBoxFiles(in.Path("files"))
			if err != nil {
				return pipelines.Report{}, err
			}
			boxes, report, err := features.AlignBoxes(photos, files)
			if err != nil {
				return pipelines.Report{}, err
			}
			if err := largestBoxes(photos, boxes).write(env.Path("boxes")); err != nil {
				return pipelines.Report{}, err
			}
			return toldOfBoxes(report), allBoxes(boxes).write(env.Path("all"))
		},
	}
}

// toldOfBoxes counts what became of the boxes, and tells what is out of the ordinary.
func toldOfBoxes(r features.BoxReport) pipelines.Report {
	out := pipelines.Report{Notes: map[string]string{}, Metrics: map[string]float64{"boxes": float64(r.Boxes), "photos_with_box": float64(r.Photos),
		"photos_without_box": float64(r.Without), "clipped": float64(r.Clipped), "annotated_twice": float64(r.Twice),
		"unknown_photos": float64(r.Unknown), "other_annotations": float64(r.Others)}}
	told := []string{fmt.Sprintf("%d boxes in %d photos, %d without", r.Boxes, r.Photos, r.Without)}
	for _, w := range []struct {
		n    int
		what string
	}{{r.Clipped, "boxes cut at the photo's edge"}, {r.Twice, "photos annotated again: all their boxes count"},
		{r.Others, "annotations left out, which are no rectangles"}} {
		if w.n > 0 {
			told = append(told, fmt.Sprintf("%d %s", w.n, w.what))
		}
	}
	if r.Unknown > 0 {
		told = append(told, fmt.Sprintf("%d annotated photos are not among the training photos, such as %s", r.Unknown, r.Examples[0]))
	}
	out.Notes[pipelines.NoteTold] = strings.Join(told, "; ")
	return out
}

// sizedPhotos reads the names and sizes of the photos beside image shards.
func sizedPhotos(images string) ([]features.SizedPhoto, error) {
	t, err := features.OpenTable(filepath.Join(images, features.PhotoTable))
	if err != nil {
		return nil, err
	}
	defer t.Close()
	names, err := t.Strings("name")
	if err != nil {
		return nil, err
	}
	widths, err := t.Ints("width")
	if err != nil {
		return nil, err
	}
	heights, err := t.Ints("height")
	if err != nil {
		return nil, err
	}
	out := make([]features.SizedPhoto, len(names))
	for i := range out {
		out[i] = features.SizedPhoto{Name: names[i], Width: int(widths[i]), Height: int(heights[i])}
	}
	return out, nil
}

// readBoxFiles reads all files below dir, by name.
func readBoxFiles(dir string) (files []features.BoxFile, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f := features.BoxFile{Name: filepath.ToSlash(rel)}
		f.Photos, err = features.ReadBoxes(path, f.Name)
		files = append(files, f)
		return err
	})
	return files, err
}

// largestBoxes has a row a photo; photos without a box have 0 in has.
func largestBoxes(photos []features.SizedPhoto, boxes [][]features.Box) frame {
	f := frame{names: []string{"row", "has", "width", "height"}, ints: [][]int64{wide(count(len(photos))), nil, nil, nil}, boxes: []float32{}}
	for i, p := range photos {
		var b features.Box
		has := int64(0)
		if len(boxes[i]) > 0 {
			b, has = boxes[i][0], 1
		}
		f.ints[1], f.ints[2], f.ints[3] = append(f.ints[1], has), append(f.ints[2], int64(p.Width)), append(f.ints[3], int64(p.Height))
		f.boxes = appendBox(f.boxes, b)
	}
	return f
}

// allBoxes has a row a box.
func allBoxes(boxes [][]features.Box) frame {
	f := frame{names: []string{"row"}, ints: [][]int64{{}}, boxes: []float32{}}
	for row, of := range boxes {
		for _, b := range of {
			f.ints[0] = append(f.ints[0], int64(row))
			f.boxes = appendBox(f.boxes, b)
		}
	}
	return f
}

func appendBox(to []float32, b features.Box) []float32 {
	return append(to, float32(b.X), float32(b.Y), float32(b.W), float32(b.H))
}

// box is the box of row i.
func (f frame) box(i int) features.Box {
	b := f.boxes[4*i : 4*i+4]
	return features.Box{X: float64(b[0]), Y: float64(b[1]), W: float64(b[2]), H: float64(b[3])}
}

// trueBoxes are the boxes of the training rows as shares of the photo's sides.
type trueBoxes struct {
	has []bool
	box []features.Box
}

// readTrueBoxes reads the largest boxes, which newBoxes wrote.
func readTrueBoxes(path string) (trueBoxes, error) {
	f, err := readFrame(path, "has", "width", "height")
	if err != nil {
		return trueBoxes{}, err
	}
	if len(f.boxes) != 4*f.rows() {
		return trueBoxes{}, fmt.Errorf("read %s: want a box a row", path)
	}
	var t trueBoxes
	for i := range f.rows() {
		b, w, h := f.box(i), float64(f.ints[1][i]), float64(f.ints[2][i])
		t.has = append(t.has, f.ints[0][i] != 0)
		t.box = append(t.box, features.Box{X: b.X / w, Y: b.Y / h, W: b.W / w, H: b.H / h})
	}
	return t, nil
}

// meanIoU compares the boxes of f, shares of the sides, with the true ones of their
// rows: the mean over the rows that have one, and how many there are.
func (t trueBoxes) meanIoU(f frame) (mean float64, n int) {
	for i, row := range f.ints[0] {
		if t.has[row] {
			mean += t.box[row].IoU(f.box(i))
			n++
		}
	}
	return mean / float64(max(n, 1)), n
}

// meanBox is the mean of the true boxes, for each row of f: what who does not look at
// the photo would say.
func (t trueBoxes) meanBox(f frame) frame {
	var sum [4]float64
	n := 0.0
	for i, b := range t.box {
		if t.has[i] {
			n++
			for k, v := range [4]float64{b.X, b.Y, b.W, b.H} {
				sum[k] += v
			}
		}
	}
	out := frame{names: f.names, ints: f.ints}
	for range f.rows() {
		for _, v := range sum {
			out.boxes = append(out.boxes, float32(v/max(n, 1)))
		}
	}
	return out
}
