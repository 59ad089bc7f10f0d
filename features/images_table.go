package features

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// PixelOptions says which columns of a table are what of an image.
type PixelOptions struct {
	Columns string // glob of the pixel columns, in header order: row by row, channels last. Default "pixel*"
	H, W, C int    // size; C defaults to 1, H and W to a square
	Label   string // column of classes, integers from 0; "" if there are no labels
	ID      string // column of ids; "" counts the rows from 1, as Kaggle's ImageId does
	Group   string // column of groups; "" if there are none
	Mem     memory.Allocator
}

// TableToImages writes the pixel columns of t as an image shard at path. Pixels
// are integers in 0..255; what is not is an error with file, line and column.
func TableToImages(ctx context.Context, t *Table, o PixelOptions, path string) error {
	if o.Columns == "" {
		o.Columns = "pixel*"
	}
	names, err := t.Match(o.Columns)
	if err != nil {
		return err
	}
	if err := o.size(len(names)); err != nil {
		return fmt.Errorf("images of %s: %w", t.source(), err)
	}
	p := &pixelRows{t: t, names: names, o: o}
	if p.ids, p.labels, p.groups, err = o.columns(t); err != nil {
		return err
	}
	for _, n := range names {
		i, err := t.field(n)
		if err != nil {
			return err
		}
		p.fields = append(p.fields, i)
	}
	return WriteImages(ctx, path, o.H, o.W, o.C, p.images(), o.Mem)
}

// size fills in what was left out and checks it against the number of columns.
func (o *PixelOptions) size(n int) error {
	if o.C == 0 {
		o.C = 1
	}
	if o.H == 0 && o.W == 0 {
		o.H = int(math.Round(math.Sqrt(float64(n) / float64(o.C))))
		o.W = o.H
	}
	if o.H < 1 || o.W < 1 || o.C < 1 || o.H*o.W*o.C != n {
		return fault.New(fault.Usage, "give height, width and channels whose product is the number of pixel columns",
			"want %d columns %q for %dx%dx%d pixels, got %d", o.H*o.W*o.C, o.Columns, o.H, o.W, o.C, n)
	}
	return nil
}

// columns reads the columns beside the pixels.
func (o *PixelOptions) columns(t *Table) (ids []string, labels []int64, groups []string, err error) {
	if o.ID != "" {
		if ids, err = t.Strings(o.ID); err != nil {
			return
		}
	}
	if o.Group != "" {
		if groups, err = t.Strings(o.Group); err != nil {
			return
		}
	}
	if o.Label == "" {
		return
	}
	if labels, err = t.Ints(o.Label); err != nil {
		return
	}
	for i, l := range labels {
		if l < 0 || l > math.MaxInt32 {
			return nil, nil, nil, t.bad(int64(i), o.Label, "a class from 0", strconv.FormatInt(l, 10))
		}
	}
	return
}

// pixelRows turns columns of pixels into rows.
type pixelRows struct {
	t      *Table
	o      PixelOptions
	names  []string
	fields []int
	ids    []string
	labels []int64
	groups []string
}

func (p *pixelRows) images() iter.Seq2[Image, error] {
	return func(yield func(Image, error) bool) {
		var rows []byte
		start, n := int64(0), len(p.fields)
		for rec, err := range p.t.Records() {
			if err == nil {
				rows, err = p.transpose(rec, start, rows)
			}
			if err != nil {
				yield(Image{}, err)
				return
			}
			for r := range int(rec.NumRows()) {
				if !yield(p.image(int(start)+r, rows[r*n:(r+1)*n]), nil) {
					return
				}
			}
			start += rec.NumRows()
		}
	}
}

func (p *pixelRows) image(row int, pixels []byte) Image {
	im := Image{ID: strconv.Itoa(row + 1), Pixels: pixels}
	if p.ids != nil {
		im.ID = p.ids[row]
	}
	if p.labels != nil {
		im.Label, im.HasLabel = int(p.labels[row]), true
	}
	if p.groups != nil {
		im.Group = p.groups[row]
	}
	return im
}

// transpose writes the record's pixels row by row into buf, which grows.
func (p *pixelRows) transpose(rec arrow.Record, start int64, buf []byte) ([]byte, error) {
	rows, n := int(rec.NumRows()), len(p.fields)
	if cap(buf) < rows*n {
		buf = make([]byte, rows*n)
	}
	buf = buf[:rows*n]
	cols := make([][]uint8, n)
	var wrong *badPixel
	for j, f := range p.fields {
		if a, ok := rec.Column(f).(*array.Uint8); ok && a.NullN() == 0 {
			cols[j] = a.Uint8Values()
			continue
		}
		col, bad, err := p.bytes(rec.Column(f), j)
		if err != nil {
			return nil, err
		}
		if bad != nil && (wrong == nil || bad.row < wrong.row) {
			wrong = bad
		}
		cols[j] = col
	}
	if wrong != nil {
		return nil, p.t.bad(start+wrong.row, p.names[wrong.col], "an integer in 0..255", wrong.got)
	}
	const tile = 64 // rows of a tile stay in the cache while all columns pass
	for r0 := 0; r0 < rows; r0 += tile {
		r1 := min(r0+tile, rows)
		for j, col := range cols {
			at := r0*n + j
			for _, v := range col[r0:r1] {
				buf[at] = v
				at += n
			}
		}
	}
	return buf, nil
}

// badPixel is a value that is none; the first row of a record counts.
type badPixel struct {
	row int64
	col int
	got string
}

// bytes reads column j of another type than uint8 value by value: it holds
// pixels if the values do.
func (p *pixelRows) bytes(a arrow.Array, j int) ([]uint8, *badPixel, error) {
	get := intGetter(a)
	text, err := p.t.text(a, p.names[j])
	if err != nil {
		return nil, nil, err
	}
	out := make([]uint8, a.Len())
	for i := range out {
		if a.IsNull(i) {
			return nil, &badPixel{int64(i), j, "nothing"}, nil
		}
		v := int64(-1)
		if get != nil {
			v = get(i)
		} else if n, ok := integer(text(i)); ok {
			v = n
		}
		if v < 0 || v > 255 {
			return nil, &badPixel{int64(i), j, shown(text(i))}, nil
		}
		out[i] = uint8(v)
	}
	return out, nil, nil
}
