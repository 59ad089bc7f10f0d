package features

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/seed-a5aa75a0/podium/features/ipcmap"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Columns of an image shard, in this order.
const (
	colID = iota
	colLabel
	colGroup
	colHeight
	colWidth
	colPixels
)

// Keys of a shard's metadata: the size of all its images.
const (
	metaHeight   = "podium.height"
	metaWidth    = "podium.width"
	metaChannels = "podium.channels"
)

// shardSchema is {id utf8, label int32, group utf8, height int32, width int32,
// pixels fixed_size_binary[h*w*c]}; label and group may be null.
func shardSchema(h, w, c int) *arrow.Schema {
	meta := arrow.NewMetadata([]string{metaHeight, metaWidth, metaChannels},
		[]string{strconv.Itoa(h), strconv.Itoa(w), strconv.Itoa(c)})
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String},
		{Name: "label", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
		{Name: "group", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "height", Type: arrow.PrimitiveTypes.Int32},
		{Name: "width", Type: arrow.PrimitiveTypes.Int32},
		{Name: "pixels", Type: &arrow.FixedSizeBinaryType{ByteWidth: h * w * c}},
	}, &meta)
}

// Images is an image shard in a memory map, or several that make one: N images of
// one size, uint8, rows of pixels from the top, channels last. It may be read by
// several goroutines at once.
type Images struct {
	files   []*ipcmap.File
	h, w, c int
	records []arrow.Record
	pixels  [][]byte // of each record, back to back
	starts  []int    // first image of each record, and the number of images at the end
}

// shardNames are the shards of a folder.
const shardNames = "images-*.arrow"

// OpenImages maps the shard at path, or the shards images-*.arrow in the folder at
// path, in the order of their names, and those of more paths behind them, whose images
// follow as if they were in one. Close it after the last use of Pixels.
func OpenImages(path string, more ...string) (*Images, error) {
	var paths []string
	for _, path := range append([]string{path}, more...) {
		shards, err := shardsAt(path)
		if err != nil {
			return nil, err
		}
		paths = append(paths, shards...)
	}
	m := &Images{starts: []int{0}}
	for _, p := range paths {
		f, err := ipcmap.Open(p)
		if err != nil {
			m.Close()
			return nil, fault.Wrap(err, fault.Failed, "make it again from its source", "image shard")
		}
		m.files = append(m.files, f)
		if err := m.load(f); err != nil {
			m.Close()
			return nil, fmt.Errorf("open %s: %w", p, err)
		}
	}
	return m, nil
}

// shardsAt are the paths of the shards at path.
func shardsAt(path string) ([]string, error) {
	if st, err := os.Stat(path); err != nil || !st.IsDir() {
		return []string{path}, nil
	}
	names, _ := fs.Glob(os.DirFS(path), shardNames) // the pattern is good, the names are sorted
	if len(names) == 0 {
		return nil, fault.New(fault.Failed, "make it again from its source", "open %s: no image shards %s in the folder", path, shardNames)
	}
	for i, n := range names {
		names[i] = filepath.Join(path, n)
	}
	return names, nil
}

// load adds the images of f.
func (m *Images) load(f *ipcmap.File) error {
	size, err := shapeOf(f.Schema(), "an image shard")
	if err != nil {
		return err
	}
	if len(m.files) == 1 {
		m.h, m.w, m.c = size[0], size[1], size[2]
	} else if size != [3]int{m.h, m.w, m.c} {
		return fmt.Errorf("want images of %dx%dx%d as in the shards before, got %dx%dx%d", m.h, m.w, m.c, size[0], size[1], size[2])
	}
	if want := shardSchema(m.h, m.w, m.c); !f.Schema().Equal(want) {
		return fmt.Errorf("want an image shard, got columns %v", f.Schema().Fields())
	}
	for i := range f.NumRecords() {
		rec, err := f.Record(i)
		if err != nil {
			return err
		}
		m.records = append(m.records, rec)
		n := int(rec.NumRows())
		var pixels []byte
		if n > 0 {
			pixels = rec.Column(colPixels).Data().Buffers()[1].Bytes()[:n*m.h*m.w*m.c]
		}
		m.pixels = append(m.pixels, pixels)
		m.starts = append(m.starts, m.N()+n)
	}
	return nil
}

// Close removes the maps.
func (m *Images) Close() error {
	for _, r := range m.records {
		r.Release()
	}
	var err error
	for _, f := range m.files {
		err = errors.Join(err, f.Close())
	}
	m.records, m.pixels, m.files = nil, nil, nil
	return err
}

// N is the number of images.
func (m *Images) N() int { return m.starts[len(m.starts)-1] }

// H is the height of every image in pixels.
func (m *Images) H() int { return m.h }

// W is the width of every image in pixels.
func (m *Images) W() int { return m.w }

// C is the number of channels: 1 grey, 3 colour.
func (m *Images) C() int { return m.c }

// at is the record that holds image i, and its row there.
func (m *Images) at(i int) (record, row int) {
	r := sort.Search(len(m.records), func(r int) bool { return m.starts[r+1] > i })
	return r, i - m.starts[r]
}

// Pixels is image i, [H, W, C], in the map itself: it must not be written to
// nor used after Close. i outside [0, N) panics.
func (m *Images) Pixels(i int) []byte {
	r, row := m.at(i)
	size := m.h * m.w * m.c
	return m.pixels[r][row*size : (row+1)*size : (row+1)*size]
}

// Label is the class of image i; false if it has none.
func (m *Images) Label(i int) (int, bool) {
	r, row := m.at(i)
	a := m.records[r].Column(colLabel).(*array.Int32)
	if a.IsNull(row) {
		return 0, false
	}
	return int(a.Value(row)), true
}

// Labels is the class of every image, and false if one has none.
func (m *Images) Labels() ([]int, bool) {
	labels := make([]int, m.N())
	for i := range labels {
		l, ok := m.Label(i)
		if !ok {
			return nil, false
		}
		labels[i] = l
	}
	return labels, true
}

// ID is the name of image i, as the submission file wants it.
func (m *Images) ID(i int) string {
	r, row := m.at(i)
	return strings.Clone(m.records[r].Column(colID).(*array.String).Value(row))
}

// Group is what image i must not be parted from in a split; false if nothing.
func (m *Images) Group(i int) (string, bool) {
	r, row := m.at(i)
	a := m.records[r].Column(colGroup).(*array.String)
	if a.IsNull(row) {
		return "", false
	}
	return strings.Clone(a.Value(row)), true
}
