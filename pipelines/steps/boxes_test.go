package steps

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/features/photo"
)

func TestCropOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		box   features.Box
		w, h  int
		ratio float64
		want  photo.Part
	}{
		"a square with a margin":    {features.Box{X: 0.25, Y: 0.25, W: 0.5, H: 0.5}, 1000, 1000, 1, photo.Part{X0: 150, Y0: 150, X1: 850, Y1: 850}},
		"widened to a square":       {features.Box{X: 0.4, Y: 0.4, W: 0.2, H: 0.1}, 1000, 1000, 1, photo.Part{X0: 360, Y0: 310, X1: 640, Y1: 590}},
		"widened to 16:9":           {features.Box{X: 0.45, Y: 0.4, W: 0.1, H: 0.2}, 900, 900, 16. / 9, photo.Part{X0: 226, Y0: 324, X1: 674, Y1: 576}},
		"moved away from the edge":  {features.Box{X: 0, Y: 0.8, W: 0.2, H: 0.2}, 1000, 1000, 1, photo.Part{X0: 0, Y0: 720, X1: 280, Y1: 1000}},
		"not larger than the photo": {features.Box{X: 0, Y: 0, W: 1, H: 1}, 640, 480, 1, photo.Part{X0: 0, Y0: 0, X1: 640, Y1: 480}},
		"a box that is none":        {features.Box{X: 0.5, Y: 0.5}, 1000, 500, 1, photo.Part{X0: 450, Y0: 200, X1: 550, Y1: 300}},
	} {
		got := cropOf(c.box, c.w, c.h, c.ratio)
		for i, d := range []float64{got.X0 - c.want.X0, got.Y0 - c.want.Y0, got.X1 - c.want.X1, got.Y1 - c.want.Y1} {
			if math.Abs(d) > 1e-6 {
				t.Errorf("%s: want %v, got %v (%d)", name, c.want, got, i)
			}
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want features.Box }{
		{features.Box{X: 0.25, Y: 0.5, W: 0.5, H: 0.25}, features.Box{X: 0.25, Y: 0.5, W: 0.5, H: 0.25}},
		{features.Box{X: -0.25, Y: 0.5, W: 0.5, H: 4}, features.Box{X: 0, Y: 0.5, W: 0.25, H: 0.5}},
		{features.Box{X: 0.5, Y: math.NaN(), W: -1, H: math.Inf(1)}, features.Box{X: 0.5, W: -0.5}},
	} {
		if got := within(c.in); got != c.want {
			t.Errorf("%v: want %v, got %v", c.in, c.want, got)
		}
	}
}

func TestHeatCentre(t *testing.T) {
	t.Parallel()
	m := heatMap{3, 5, []float32{
		9, 2, 2, 2, 8,
		2, 2, 2, 2, 8,
		2, 2, 2, 2, 10,
	}}
	m.stretch()
	x, y := m.centre() // the corner on the left is as hot, but not beside the hottest place
	if want := 4.5 / 5; math.Abs(x-want) > 1e-6 || y < 0.5 || y > 0.6 {
		t.Errorf("want the centre at the right edge, below the middle, got %v, %v", x, y)
	}
	flat := heatMap{2, 2, []float32{3, 3, 3, 3}}
	flat.stretch()
	if x, y := flat.centre(); x != 0.25 || y != 0.25 || flat.values[3] != 0 {
		t.Errorf("a flat map: %v %v %v", x, y, flat.values)
	}
	if got := mapOf([]float32{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2, 1).values; !slices.Equal(got, []float32{2, 4, 6, 8}) {
		t.Errorf("map of class 1: %v", got)
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	of := func(sides ...int) (out []features.SizedPhoto) {
		for i := 0; i < len(sides); i += 2 {
			out = append(out, features.SizedPhoto{Width: sides[i], Height: sides[i+1]})
		}
		return out
	}
	names := sizesOf(of(9, 5, 1280, 720, 8, 5, 1280, 720))
	if want := []string{"1280x720", "8x5", "9x5", "other"}; !slices.Equal(names, want) {
		t.Errorf("want %v, got %v", want, names)
	}
	if got := sizeNumbers(of(9, 5, 720, 1280, 1280, 720), names); !slices.Equal(got, []int{2, 3, 0}) {
		t.Errorf("got %v", got)
	}
}

// A row of training has its box, one of the test has none, and each has its size.
func TestBeside(t *testing.T) {
	t.Parallel()
	s := &beside{width: 3, size: []int{0, 2, 1}, boxes: []float32{1, 2, 3, 4, 5, 6, 7, 8}, has: []float32{1, 0}}
	for range 2 { // in the same memory
		extra, boxes, has := s.of([]int{2, 0, 1})
		if !slices.Equal(extra, []float32{0, 1, 0, 1, 0, 0, 0, 0, 1}) || !slices.Equal(has, []float32{0, 1, 0}) ||
			!slices.Equal(boxes, []float32{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}) {
			t.Errorf("got %v, %v, %v", extra, boxes, has)
		}
	}
}

func TestMeanIoU(t *testing.T) {
	t.Parallel()
	a := features.Box{X: 0.1, Y: 0.1, W: 0.4, H: 0.4}
	truth := trueBoxes{has: []bool{true, false, true}, box: []features.Box{a, {}, a}}
	f := frame{names: []string{"row"}, ints: [][]int64{{2, 1, 0}}, boxes: []float32{0.1, 0.1, 0.4, 0.4, 0, 0, 1, 1, 0.1, 0.1, 0.4, 0.2}}
	if mean, n := truth.meanIoU(f); n != 2 || math.Abs(mean-0.75) > 1e-6 {
		t.Errorf("want 0.75 over 2 photos, got %v over %d", mean, n)
	}
}

func TestFrameWithBoxes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f.arrow")
	f := frame{names: []string{"row"}, ints: [][]int64{{3, 4}}, proba: []float32{0.25, 0.75, 1, 0}, classes: 2, boxes: []float32{1, 2, 3, 4, 5, 6, 7, 8}}
	if err := f.write(path); err != nil {
		t.Fatal(err)
	}
	got, err := readFrame(path, "row")
	if err != nil || !slices.Equal(got.boxes, f.boxes) || !slices.Equal(got.proba, f.proba) {
		t.Errorf("got %+v, %v", got, err)
	}
	f.boxes = f.boxes[:4]
	if err := f.write(path); err == nil {
		t.Error("a box too few: want an error")
	}
}

// A net is told the sizes that it has seen often; all others are other to it, and so is
// every eighth photo that it learns from.
func TestLearntSizes(t *testing.T) {
	t.Parallel()
	s := photoSizes{names: []string{"a", "b", "other"}}
	var rows []int
	for i := range 24 {
		s.rows = append(s.rows, i%2) // a, b, a, b, ...
		if i != 1 && i < 17 {        // 9 of a, 7 of b
			rows = append(rows, i)
		}
	}
	s.rows[20] = 2
	knows, told := s.learnt(rows)
	if !slices.Equal(knows, []bool{true, false, false}) {
		t.Errorf("want a alone known, got %v", knows)
	}
	for i, want := range map[int]int{0: 2, 2: 0, 14: 0, 16: 2, 18: 0, 20: 2, 3: 2, 23: 2} {
		if told[i] != want {
			t.Errorf("row %d: want size %d, got %d", i, want, told[i])
		}
	}
	if got := (photoSizes{s.names, []int{1, 0, 2}}).as(knows); !slices.Equal(got, []int{2, 0, 2}) {
		t.Errorf("others: got %v", got)
	}
}
