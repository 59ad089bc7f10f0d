package features

import (
	"math"
	"path"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
)

// Type is the type of a CSV column. Without a rule in CSVOptions.Types it is
// found from all the values of the column that are not null:
//
//   - integers become Uint8 if all are in 0..255, else the narrowest of Int16,
//     Int32 and Int64 that holds them. An integer is written without leading
//     zeros: "007" is a name and stays text;
//   - decimal numbers, or integers among them, become Float64;
//   - the words true and false (also True, TRUE, ...) become Bool;
//   - a column that is all null becomes Float64;
//   - everything else is Text: integers beyond 64 bits too, so that long ids
//     survive. Text is dictionary-encoded when it repeats: no numbers among it,
//     at most 65,536 distinct values and a bounded size of the dictionary.
type Type int

// The types of columns. Auto finds the type from the values.
const (
	Auto Type = iota
	Uint8
	Int16
	Int32
	Int64
	Float64
	Bool
	Text
)

// ColumnType fixes the type of the columns whose names match Glob, in the
// syntax of path.Match: "pixel*". A value that does not fit is an error.
type ColumnType struct {
	Glob string
	Type Type
}

var typeNames = [...]string{"auto", "uint8", "int16", "int32", "int64", "float64", "bool", "text"}

func (t Type) String() string { return typeNames[t] }

// want says for errors what a column of type t holds.
func (t Type) want() string {
	if lo, hi, ok := t.bounds(); ok {
		return "an integer in " + strconv.FormatInt(lo, 10) + ".." + strconv.FormatInt(hi, 10)
	}
	switch t {
	case Float64:
		return "a number"
	case Bool:
		return "true or false"
	}
	return "text"
}

// bounds is the range of an integer type.
func (t Type) bounds() (lo, hi int64, ok bool) {
	switch t {
	case Uint8:
		return 0, math.MaxUint8, true
	case Int16:
		return math.MinInt16, math.MaxInt16, true
	case Int32:
		return math.MinInt32, math.MaxInt32, true
	case Int64:
		return math.MinInt64, math.MaxInt64, true
	}
	return 0, 0, false
}

// limit is the largest plain non-negative integer that a column of type t takes
// on the fast path; -1 sends every value down the slow one.
func (t Type) limit() int64 {
	if _, hi, ok := t.bounds(); ok {
		return hi
	}
	if t == Text || t == Bool {
		return -1
	}
	return math.MaxInt64
}

// holds tells whether a column of type t can hold c.
func (t Type) holds(c cell) bool {
	if lo, hi, ok := t.bounds(); ok {
		return c.kind == intCell && c.i >= lo && c.i <= hi
	}
	switch t {
	case Float64:
		return c.kind == intCell || c.kind == floatCell
	case Bool:
		return c.kind == boolCell
	}
	return true
}

// arrow is the Arrow type; text may come as a dictionary.
func (t Type) arrow(dictionary bool) arrow.DataType {
	switch t {
	case Uint8:
		return arrow.PrimitiveTypes.Uint8
	case Int16:
		return arrow.PrimitiveTypes.Int16
	case Int32:
		return arrow.PrimitiveTypes.Int32
	case Int64:
		return arrow.PrimitiveTypes.Int64
	case Float64:
		return arrow.PrimitiveTypes.Float64
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	}
	if dictionary {
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	}
	return arrow.BinaryTypes.String
}

// narrowest is the type for integers in lo..hi.
func narrowest(lo, hi int64) Type {
	for t := Uint8; t < Int64; t++ {
		if l, h, _ := t.bounds(); lo >= l && hi <= h {
			return t
		}
	}
	return Int64
}

// wantedType is what the rules say about the column, Auto if nothing.
func wantedType(rules []ColumnType, name string) (Type, error) {
	for _, r := range rules {
		ok, err := path.Match(r.Glob, name)
		if err != nil {
			return Auto, badGlob(r.Glob, err)
		}
		if ok {
			return r.Type, nil
		}
	}
	return Auto, nil
}
