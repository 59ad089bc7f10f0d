package steps

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// newHeat draws where nets see the class that they predict, in photos that they were
// not trained on, and counts how often that is in a box. There is one net a fold, and
// what it predicts of the fold. head says that the nets are heads on features.
func newHeat(d *Deps, spec *pipelines.Spec, m design, head bool) pipelines.Op {
	params := map[string]any{}
	in := []pipelines.Port{{Name: "images", Kind: kindImages}, {Name: "folds", Kind: kindFolds}, {Name: "classes", Kind: kindClasses},
		{Name: "models", Kind: kindModel, Many: true}, {Name: "oof", Kind: kindPredictions, Many: true}}
	if head {
		in = append(in, pipelines.Port{Name: "features", Kind: kindFeatures})
	} else {
		params["norm"] = m.norm()
	}
	boxes := spec.Data.Boxes != "" && m.Crop == ""
	if boxes {
		in = append(in, pipelines.Port{Name: "boxes", Kind: kindBoxes}, pipelines.Port{Name: "all", Kind: kindBoxes})
	}
	return funcOp{
		op: op{name: "heat", version: 1, params: d.computed(params), in: in,
			out: []pipelines.Port{{Name: "sheet", Kind: "picture", File: "heat.png"}, {Name: "places", Kind: kindTable, File: "heat.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			h := &heating{spec: spec, m: m, head: head, in: in, env: env}
			if err := h.open(boxes); err != nil {
				return pipelines.Report{}, err
			}
			defer h.close()
			device, release, err := d.engine()
			if err != nil {
				return pipelines.Report{}, err
			}
			defer release()
			for i, model := range in.All("models") {
				model, err := train.Load(model.Path, device)
				if err != nil {
					return pipelines.Report{}, err
				}
				predicted, err := readFrame(in.All("oof")[i].Path, "row")
				if err != nil {
					return pipelines.Report{}, err
				}
				if err := h.fold(ctx, model, predicted); err != nil {
					return pipelines.Report{}, err
				}
			}
			return h.finish()
		},
	}
}

// heating is the step at work. Of all photos only where they are hot is in memory.
type heating struct {
	spec *pipelines.Spec
	m    design
	head bool
	in   pipelines.Inputs
	env  pipelines.Env

	images *features.Images
	passes passList
	labels []int
	names  []string
	boxes  [][]features.Box // of each row, shares of the sides; nil without data.boxes
	shown  map[int]bool     // rows on the sheet
	drawn  map[int]features.HeatPhoto
	out    frame // row, predicted class, whether the heat is in a box
	done   int
	had    int // photos with a box,
	hit    int // whose heat lies in one,
	mid    int // in which the middle of the photo does
}

// open reads what the maps are compared with.
func (h *heating) open(boxes bool) (err error) {
	in := h.in
	if h.labels, _, err = trainRows(in.Path("folds")); err != nil {
		return err
	}
	if err = readJSON(in.Path("classes"), &h.names); err != nil {
		return err
	}
	if boxes {
		if err = h.readBoxes(); err != nil {
			return err
		}
	}
	h.drawn, h.shown = map[int]features.HeatPhoto{}, map[int]bool{}
	for _, row := range heatRows(h.spec.Seed, h.labels) {
		h.shown[row] = true
	}
	h.out = frame{names: []string{"row", "class", "inside"}, ints: make([][]int64, 3)}
	if h.images, err = features.OpenImages(in.Path("images")); err != nil {
		return err
	}
	if h.head {
		h.passes, err = openPasses(in.All("features"), nil)
	}
	return err
}

func (h *heating) close() {
	h.images.Close()
	h.passes.close()
}

// readBoxes reads all boxes of the photos.
func (h *heating) readBoxes() error {
	sizes, err := readFrame(h.in.Path("boxes"), "width", "height")
	if err != nil {
		return err
	}
	all, err := readFrame(h.in.Path("all"), "row")
	if err != nil {
		return err
	}
	h.boxes = make([][]features.Box, sizes.rows())
	for i, row := range all.ints[0] {
		b, pw, ph := all.box(i), float64(sizes.ints[0][row]), float64(sizes.ints[1][row])
		h.boxes[row] = append(h.boxes[row], features.Box{X: b.X / pw, Y: b.Y / ph, W: b.W / pw, H: b.H / ph})
	}
	return nil
}

const (
	heatPhotos     = 24 // about, on the sheet: as many of each class
	heatOfOneClass = 8  // at most
)

// heatRows draws the photos of the sheet: the first of each class, then the second.
func heatRows(root uint64, labels []int) (rows []int) {
	classes := classesOf(labels)
	of := make([][]int, classes)
	for _, row := range seed.Rand(root, "heat").Perm(len(labels)) {
		of[labels[row]] = append(of[labels[row]], row)
	}
	for n := range heatOfOneClass {
		for _, all := range of {
			if n < len(all) && len(rows) < max(heatPhotos, classes) {
				rows = append(rows, all[n])
			}
		}
	}
	return rows
}

// fold makes the maps of the photos that the model predicted.
func (h *heating) fold(ctx context.Context, model *train.Model, predicted frame) error {
	heat, err := model.Heat()
	if err != nil {
		return err
	}
	rows, classes := narrow(predicted.ints[0]), submissions.ArgMax(predicted.proba, predicted.classes)
	batch := predictBatch(model.Input)
	var see views = &features.Loader{Images: h.images, Rows: rows, Norm: h.m.norm(), Batch: batch}
	if h.head {
		see = &features.VectorLoader{Passes: h.passes, Rows: rows, Batch: batch}
	}
	s, at := heat.Shape(), 0
	for b, err := range heat.Maps(ctx, (*beside)(nil).handOver(see.Predict(ctx, 0)), batch) {
		if err != nil {
			return err
		}
		size := s[0] * s[1] * s[2]
		for i := range b.N {
			h.photo(rows[at], classes[at], b.X[i*size:(i+1)*size], s)
			at++
		}
		h.done += b.N
		h.env.Progress(float64(h.done)/float64(len(h.labels)), fmt.Sprintf("photo %d of %d", h.done, len(h.labels)), nil)
	}
	return nil
}

// photo takes the map of a photo's class out of all, [h, w, classes] as s says.
func (h *heating) photo(row, class int, maps []float32, s [3]int) {
	m := mapOf(maps, s[0], s[1], s[2], class)
	m.stretch()
	x, y := m.centre()
	inside := int64(-1) // no box
	if h.boxes != nil && len(h.boxes[row]) > 0 {
		inside = 0
		h.had++
		in := func(x, y float64) bool {
			return slices.ContainsFunc(h.boxes[row], func(b features.Box) bool { return b.Has(x, y) })
		}
		if in(x, y) {
			inside = 1
			h.hit++
		}
		if in(0.5, 0.5) {
			h.mid++
		}
	}
	for i, v := range []int64{int64(row), int64(class), inside} {
		h.out.ints[i] = append(h.out.ints[i], v)
	}
	h.out.boxes = appendBox(h.out.boxes, features.Box{X: x, Y: y})
	if h.shown[row] {
		p := features.HeatPhoto{Images: h.images, Row: row, H: m.h, W: m.w, Map: m.values, X: x, Y: y,
			Caption: fmt.Sprintf("%s, seen as %s", h.names[h.labels[row]], h.names[class])}
		if h.boxes != nil {
			p.Boxes = h.boxes[row]
		}
		h.drawn[row] = p
	}
}

// finish writes the sheet and the places.
func (h *heating) finish() (pipelines.Report, error) {
	report := pipelines.Report{Metrics: map[string]float64{}}
	heading := fmt.Sprintf("%s: where the nets see the class that they predict, in photos that they have not learnt from", h.m.Name)
	if h.had > 0 {
		share := float64(h.hit) / float64(h.had)
		report.Metrics["heat_inside"], report.Metrics["photos_with_box"] = share, float64(h.had)
		report.Metrics["middle_inside"] = float64(h.mid) / float64(h.had)
		heading += fmt.Sprintf(" - in a box in %.1f %% of %d, the photo's middle in %.1f %%", 100*share, h.had, 100*report.Metrics["middle_inside"])
	}
	var photos []features.HeatPhoto
	for _, row := range heatRows(h.spec.Seed, h.labels) {
		if p, ok := h.drawn[row]; ok {
			photos = append(photos, p)
		}
	}
	if err := h.out.write(h.env.Path("places")); err != nil {
		return report, err
	}
	return report, atomicfile.Write(h.env.Path("sheet"), 0o644, func(w io.Writer) error { return features.WriteHeatSheet(w, heading, photos) })
}
