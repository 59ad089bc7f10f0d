package steps

import (
	"iter"

	"github.com/seed-a5aa75a0/podium/features"
	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// boxUnit is what nets are taught boxes in: the photo's sides have 224. So a weight of
// their loss means what it meant to the fast.ai course, whose photos had 224 pixels.
const boxUnit = 224

// boxZero is the box that is zeros to a net, in boxUnit: the middle of the photo. A net
// begins there, and not at an empty box in the corner, from which it takes long to every
// box that there is.
var boxZero = [4]float32{boxUnit / 4, boxUnit / 4, boxUnit / 2, boxUnit / 2}

// beside is what a net is given and taught of rows beside their pixels: their size as
// one-hot, and their box. A nil beside is nothing.
type beside struct {
	width int       // of the one-hot; 0: none
	size  []int     // of each row
	boxes []float32 // [rows, 4] in boxUnit, less boxZero; nil: none
	has   []float32 // [rows] 1 with a box, 0 without

	extra, box, hasBox []float32 // of a batch
}

// of are the values of rows: the second input, the boxes, and which have one.
func (s *beside) of(rows []int) (extra, boxes, has []float32) {
	if s == nil {
		return nil, nil, nil
	}
	if s.width > 0 {
		s.extra = room(s.extra, len(rows)*s.width)
		clear(s.extra)
		for i, row := range rows {
			s.extra[i*s.width+s.size[row]] = 1
		}
	}
	if s.boxes != nil {
		s.box, s.hasBox = room(s.box, 4*len(rows)), room(s.hasBox, len(rows))
		for i, row := range rows {
			s.hasBox[i] = 0
			clear(s.box[4*i : 4*i+4])
			if row < len(s.has) { // rows of the test have none
				s.hasBox[i] = s.has[row]
				copy(s.box[4*i:4*i+4], s.boxes[4*row:])
			}
		}
	}
	return s.extra, s.box, s.hasBox
}

func room(v []float32, n int) []float32 {
	if cap(v) < n {
		return make([]float32, n)
	}
	return v[:n]
}

// handOver passes batches from features to models without copying a pixel, each with
// what its rows have beside them.
func (s *beside) handOver(in iter.Seq2[features.Batch, error]) iter.Seq2[train.Batch, error] {
	return func(yield func(train.Batch, error) bool) {
		for b, err := range in {
			extra, boxes, has := s.of(b.Rows)
			if !yield(train.Batch{X: b.X, Y: b.Y, N: b.N, Extra: extra, Boxes: boxes, HasBox: has}, err) {
				return
			}
		}
	}
}

// sized says that the model's nets are given the photo's size.
func (m design) sized() bool { return len(m.Inputs) > 0 }

// besidePorts are the inputs of a step with a net of the model, beside pixels; test
// says that it sees test photos, too.
func (m design) besidePorts(test bool) (in []pipelines.Port) {
	if m.sized() {
		in = append(in, pipelines.Port{Name: "sizes", Kind: kindSizes})
		if test {
			in = append(in, pipelines.Port{Name: "test_sizes", Kind: kindSizes})
		}
	}
	if m.HasBoxes() {
		in = append(in, pipelines.Port{Name: "boxes", Kind: kindBoxes})
	}
	return in
}

// besideEdges join them.
func (a *assembly) besideEdges(test bool) (in []pipelines.Edge) {
	if a.m.sized() {
		in = append(in, a.data.sizes.To("sizes"))
		if test {
			in = append(in, a.data.testSizes.To("test_sizes"))
		}
	}
	if a.m.HasBoxes() {
		in = append(in, a.data.boxes.To("boxes"))
	}
	return in
}

// besideParams adds what a net takes and gives beside pixels and classes to the
// parameters of a step; nothing for one that does not.
func (m design) besideParams(params map[string]any) {
	if m.sized() {
		params["inputs"], params["other_every"] = m.Inputs, otherEvery
	}
	if m.HasBoxes() {
		params["boxes"], params["box_zero"] = m.Boxes, boxZero
	}
}

// beside is what the model's nets are given of the rows whose sizes are at a port, a
// net that has learnt from the rows learn of the port "sizes".
func (m design) beside(in pipelines.Inputs, port string, learn []int) (*beside, error) {
	if !m.sized() {
		return &beside{}, nil
	}
	own, err := readSizes(in.Path("sizes"))
	if err != nil {
		return nil, err
	}
	sizes, err := readSizes(in.Path(port))
	if err != nil {
		return nil, err
	}
	knows, _ := own.learnt(learn)
	return &beside{width: len(own.names), size: sizes.as(knows)}, nil
}

// lessons is what a net of a fold is given and taught, and a student also of the test
// rows behind the others: their sizes, and the boxes but for those of held rows, of which
// a student may learn what nets predict and no more. c is told.
func (m design) lessons(in pipelines.Inputs, fold foldRows, student bool, c *train.Config) (*beside, error) {
	s := &beside{}
	if m.sized() {
		sizes, err := readSizes(in.Path("sizes"))
		if err != nil {
			return nil, err
		}
		knows, told := sizes.learnt(fold.learn)
		s.width, s.size = len(sizes.names), told
		if student {
			test, err := readSizes(in.Path("test_sizes"))
			if err != nil {
				return nil, err
			}
			s.size = append(s.size, test.as(knows)...)
		}
	}
	c.Extra, c.Boxes = s.width, m.Boxes
	if !m.HasBoxes() {
		return s, nil
	}
	truth, err := readTrueBoxes(in.Path("boxes"))
	if err != nil {
		return nil, err
	}
	s.boxes = []float32{}
	for i, b := range truth.box {
		has := float32(0)
		if truth.has[i] {
			has = 1
		}
		s.has = append(s.has, has)
		for k, v := range [4]float64{b.X, b.Y, b.W, b.H} {
			s.boxes = append(s.boxes, float32(v*boxUnit)-boxZero[k])
		}
	}
	for _, row := range fold.held {
		s.has[row] = 0
		clear(s.boxes[4*row : 4*row+4])
	}
	return s, nil
}
