package steps

import (
	"context"
	"fmt"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// newFound is the boxes that a model's nets predict, shares of the photo's sides: of
// training rows by nets that have not seen them, of test rows the mean of all nets. It
// compares the first with the true boxes.
func newFound() pipelines.Op {
	return funcOp{
		op: op{name: "found", version: 1,
			in: []pipelines.Port{{Name: "oof", Kind: kindPredictions, Many: true}, {Name: "test", Kind: kindPredictions, Many: true},
				{Name: "folds", Kind: kindFolds}, {Name: "boxes", Kind: kindBoxes}},
			out: []pipelines.Port{{Name: "oof", Kind: kindBoxes, File: "oof.arrow"}, {Name: "test", Kind: kindBoxes, File: "test.arrow"}}},
		run: func(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
			labels, folds, err := trainRows(in.Path("folds"))
			if err != nil {
				return pipelines.Report{}, err
			}
			truth, err := readTrueBoxes(in.Path("boxes"))
			if err != nil {
				return pipelines.Report{}, err
			}
			oof, err := meanBoxes(in.All("oof"), len(labels))
			if err != nil {
				return pipelines.Report{}, err
			}
			test, err := meanBoxes(in.All("test"), 0)
			if err != nil {
				return pipelines.Report{}, err
			}
			report := pipelines.Report{Metrics: map[string]float64{}}
			mean, n := truth.meanIoU(oof)
			report.Metrics["photos_with_box"] = float64(n)
			if n > 0 {
				report.Metrics["iou"] = mean
				report.Metrics["iou_mean_box"], _ = truth.meanIoU(truth.meanBox(oof))
			}
			for fold, f := range byFold(oof, folds) {
				if mean, n := truth.meanIoU(f); n > 0 {
					report.Metrics[fmt.Sprintf("iou_fold%d", fold)] = mean
				}
			}
			if err := oof.write(env.Path("oof")); err != nil {
				return report, err
			}
			return report, test.write(env.Path("test"))
		},
	}
}

// meanBoxes is the mean of the boxes that several nets predict of the rows 0, 1, ...:
// each net of some or of all. rows 0 means as many as the first table has.
func meanBoxes(tables []pipelines.Input, rows int) (frame, error) {
	var m boxMean
	for _, t := range tables {
		f, err := readFrame(t.Path, "row")
		if err != nil {
			return frame{}, err
		}
		if rows == 0 {
			rows = f.rows()
		}
		if err := m.add(t.Step, f, rows); err != nil {
			return frame{}, err
		}
	}
	return m.frame()
}

// boxMean adds up boxes of the same rows.
type boxMean struct {
	sums []float64 // [rows, 4]
	nets []int     // [rows]
}

// add adds what the net called name has predicted of some of so many rows.
func (m *boxMean) add(name string, f frame, rows int) error {
	if f.boxes == nil {
		return fmt.Errorf("%s predicts no boxes", name)
	}
	if m.sums == nil {
		m.sums, m.nets = make([]float64, 4*rows), make([]int, rows)
	}
	for i, row := range f.ints[0] {
		if int(row) >= len(m.nets) {
			return fmt.Errorf("%s: want rows below %d, got %d", name, len(m.nets), row)
		}
		m.nets[row]++
		for k, v := range f.boxes[4*i : 4*i+4] {
			m.sums[4*int(row)+k] += float64(v)
		}
	}
	return nil
}

// frame is the mean of each row. A row without a box is a fault.
func (m *boxMean) frame() (frame, error) {
	rows := len(m.nets)
	out := frame{names: []string{"row"}, ints: [][]int64{wide(count(rows))}, boxes: make([]float32, 4*rows)}
	for row, n := range m.nets {
		if n == 0 {
			return frame{}, fault.New(fault.Failed, "", "no net has predicted a box of row %d", row)
		}
		for k := range 4 {
			out.boxes[4*row+k] = float32(m.sums[4*row+k] / float64(n))
		}
	}
	return out, nil
}

// byFold are the rows of each fold.
func byFold(f frame, folds []int) map[int]frame {
	out := map[int]frame{}
	for i, row := range f.ints[0] {
		part, ok := out[folds[row]]
		if !ok {
			part = frame{names: f.names, ints: [][]int64{nil}}
		}
		part.ints[0] = append(part.ints[0], row)
		part.boxes = append(part.boxes, f.boxes[4*i:4*i+4]...)
		out[folds[row]] = part
	}
	return out
}

// within is a predicted box cut at the photo's edges, in shares of its sides: a net may
// say anything.
func within(b features.Box) features.Box {
	in := func(v float64) float64 {
		if !(v > 0) { // or not a number
			return 0
		}
		return min(v, 1)
	}
	x, y := in(b.X), in(b.Y)
	return features.Box{X: x, Y: y, W: in(b.X+b.W) - x, H: in(b.Y+b.H) - y}
}
