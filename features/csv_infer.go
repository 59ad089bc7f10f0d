package features

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/seed-a5aa75a0/podium/features/csvblock"
)

// Keys of the schema's metadata, by which later errors can point at the CSV.
const (
	metaSource = "podium.source"     // name of the CSV file
	metaLine   = "podium.first_line" // line of row 0, if row i is line first+i throughout
)

// Bounds of a dictionary: values, and bytes over all columns.
const (
	maxWords     = 1 << 16
	maxWordBytes = 16 << 20
)

// csvPlan is what the first pass found out.
type csvPlan struct {
	rows   int64
	schema *arrow.Schema
	types  []Type
	nulls  []bool        // the column has nulls
	dicts  []*dictionary // of a Text column that is dictionary-encoded
}

// inferTypes is the first pass over the file.
func inferTypes(ctx context.Context, src *csvSource, o CSVOptions) (*csvPlan, error) {
	forced := make([]Type, len(src.header))
	for i, name := range src.header {
		t, err := wantedType(o.Types, name)
		if err != nil {
			return nil, err
		}
		forced[i] = t
	}
	in := &inferrer{
		src: src, reader: newCellReader(o.NA), rows: newRowReader(src, forced, o.MaxLine), forced: forced,
		many: make([]atomic.Bool, len(forced)), wordBytes: min(max(maxWordBytes/len(forced), 4<<10), 4<<20),
	}
	all := in.newSeen()
	err := blocks(ctx, src, o, in.block, func(s *seen) error { all.merge(s); return nil }, nil)
	if err != nil {
		return nil, err
	}
	if all.count == 0 {
		return nil, src.bad("was the download cut short?", "want rows under the header, got none")
	}
	return in.plan(all), nil
}

// inferrer is shared by the workers of the first pass.
type inferrer struct {
	src       *csvSource
	reader    cellReader
	rows      *rowReader
	forced    []Type
	wordBytes int           // bound of a column's dictionary
	many      []atomic.Bool // the column has too many words for a dictionary
}

// seen is what a run of rows says about the columns.
type seen struct {
	*inferrer
	count   int64
	first   int64 // line of the first row
	regular bool  // row i is line first+i
	largest []int64
	cols    []columnSeen
}

// columnSeen is what only other fields than plain integers tell.
type columnSeen struct {
	kinds     cellKind
	lo, hi    int64 // of the integers
	words     map[string]struct{}
	wordBytes int
}

func (in *inferrer) newSeen() *seen {
	s := &seen{inferrer: in, regular: true, largest: make([]int64, len(in.forced)), cols: make([]columnSeen, len(in.forced))}
	for i := range s.largest {
		s.largest[i] = -1
	}
	return s
}

func (in *inferrer) block(b csvblock.Block) (*seen, error) {
	s := in.newSeen()
	return s, rows(in.rows, b, s)
}

func (s *seen) plain(col int, v int64) { s.largest[col] = max(s.largest[col], v) }

func (s *seen) zeros(col int) {
	l := s.largest[col : col+4]
	l[0], l[1], l[2], l[3] = max(l[0], 0), max(l[1], 0), max(l[2], 0), max(l[3], 0)
}

func (s *seen) other(col int, text string, line int64) error {
	c := &s.cols[col]
	t := s.forced[col]
	if t == Text {
		if s.reader.null(text) {
			c.kinds |= nullCell
			return nil
		}
		c.kinds |= textCell
		s.word(col, text)
		return nil
	}
	v := s.reader.read(text)
	if t != Auto && v.kind != nullCell && !t.holds(v) {
		return s.src.misfit(line, col, t, text)
	}
	if v.kind == intCell {
		if c.kinds&intCell == 0 {
			c.lo, c.hi = v.i, v.i
		}
		c.lo, c.hi = min(c.lo, v.i), max(c.hi, v.i)
	}
	c.kinds |= v.kind
	if v.kind == textCell {
		s.word(col, text)
	}
	return nil
}

// word remembers a value for the column's dictionary.
func (s *seen) word(col int, text string) {
	c := &s.cols[col]
	if _, ok := c.words[text]; ok || s.many[col].Load() {
		return
	}
	if c.words == nil {
		c.words = map[string]struct{}{}
	}
	c.wordBytes += len(text) + 48 // and about what a map entry costs
	if len(c.words) >= maxWords || c.wordBytes > s.wordBytes {
		s.many[col].Store(true)
		c.words = nil
		return
	}
	c.words[strings.Clone(text)] = struct{}{}
}

func (s *seen) end(line int64) {
	if s.count == 0 {
		s.first = line
	}
	s.regular = s.regular && line == s.first+s.count
	s.count++
}

// merge adds what the next block says.
func (s *seen) merge(b *seen) {
	if b.count == 0 {
		return
	}
	if s.count == 0 {
		s.first = b.first
	}
	s.regular = s.regular && b.regular && b.first == s.first+s.count
	s.count += b.count
	for i := range s.cols {
		s.largest[i] = max(s.largest[i], b.largest[i])
		s.mergeColumn(i, &b.cols[i])
	}
}

func (s *seen) mergeColumn(col int, b *columnSeen) {
	a := &s.cols[col]
	if b.kinds&intCell != 0 {
		if a.kinds&intCell == 0 {
			a.lo, a.hi = b.lo, b.hi
		}
		a.lo, a.hi = min(a.lo, b.lo), max(a.hi, b.hi)
	}
	a.kinds |= b.kinds
	if s.many[col].Load() {
		a.words = nil
		return
	}
	for w := range maps.Keys(b.words) {
		s.word(col, w)
	}
}

// plan settles the types.
func (in *inferrer) plan(s *seen) *csvPlan {
	p := &csvPlan{rows: s.count}
	var fields []arrow.Field
	for i, name := range in.src.header {
		t, numbers := s.settle(i)
		var d *dictionary
		if t == Text && !numbers && !in.many[i].Load() && len(s.cols[i].words) > 0 {
			d = newDictionary(s.cols[i].words)
		}
		p.types = append(p.types, t)
		p.dicts = append(p.dicts, d)
		p.nulls = append(p.nulls, s.cols[i].kinds&nullCell != 0)
		fields = append(fields, arrow.Field{Name: name, Type: t.arrow(d != nil), Nullable: true})
	}
	keys, values := []string{metaSource}, []string{in.src.name}
	if s.regular {
		keys, values = append(keys, metaLine), append(values, strconv.FormatInt(s.first, 10))
	}
	meta := arrow.NewMetadata(keys, values)
	p.schema = arrow.NewSchema(fields, &meta)
	return p
}

// settle is the type of column i, and whether it has values beside words.
func (s *seen) settle(i int) (t Type, numbers bool) {
	c := s.cols[i]
	kinds, lo, hi := c.kinds&^nullCell, c.lo, c.hi
	if s.largest[i] >= 0 {
		if kinds&intCell == 0 {
			lo, hi = 0, s.largest[i]
		}
		kinds |= intCell
		lo, hi = min(lo, 0), max(hi, s.largest[i])
	}
	numbers = kinds&^textCell != 0
	switch {
	case s.forced[i] != Auto:
		return s.forced[i], numbers
	case kinds&textCell != 0, kinds&boolCell != 0 && kinds != boolCell:
		return Text, numbers
	case kinds == boolCell:
		return Bool, numbers
	case kinds == intCell:
		return narrowest(lo, hi), numbers
	}
	return Float64, numbers
}
