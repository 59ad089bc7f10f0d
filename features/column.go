package features

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
)

// Ints is a column of integers, or of another type as long as every value is
// written as one. What is not, and a null, is an error that names the first row
// concerned.
func (t *Table) Ints(name string) ([]int64, error) {
	out := make([]int64, 0, t.NumRows())
	err := t.column(name, func(a arrow.Array, start int64) error {
		get := intGetter(a)
		text, err := t.text(a, name)
		if err != nil {
			return err
		}
		for i := range a.Len() {
			if a.IsNull(i) {
				return t.bad(start+int64(i), name, "an integer", "nothing")
			}
			if get != nil {
				out = append(out, get(i))
				continue
			}
			v, ok := integer(text(i))
			if !ok {
				return t.bad(start+int64(i), name, "an integer", shown(text(i)))
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

// Floats is a column of numbers or booleans (1 and 0), or of text as long as
// every value is a number; a null is NaN. What is not a number is an error that
// names the first row concerned.
func (t *Table) Floats(name string) ([]float64, error) {
	out := make([]float64, 0, t.NumRows())
	err := t.column(name, func(a arrow.Array, start int64) error {
		get := floatGetter(a)
		text, err := t.text(a, name)
		if err != nil {
			return err
		}
		for i := range a.Len() {
			switch {
			case a.IsNull(i):
				out = append(out, math.NaN())
			case get != nil:
				out = append(out, get(i))
			default:
				c := cellReader{}.read(text(i))
				if !Float64.holds(c) {
					return t.bad(start+int64(i), name, "a number", shown(text(i)))
				}
				out = append(out, c.f+float64(c.i)) // one of them is zero
			}
		}
		return nil
	})
	return out, err
}

// Strings is any column as text; a null is "". Numbers are written in the
// shortest form that gives the same number back.
func (t *Table) Strings(name string) ([]string, error) {
	out := make([]string, 0, t.NumRows())
	err := t.column(name, func(a arrow.Array, _ int64) error {
		get, err := t.text(a, name)
		if err != nil {
			return err
		}
		for i := range a.Len() {
			if a.IsNull(i) {
				out = append(out, "")
			} else {
				out = append(out, strings.Clone(get(i))) // out of the map
			}
		}
		return nil
	})
	return out, err
}

// Nulls is the number of missing values in a column.
func (t *Table) Nulls(name string) (int, error) {
	n := 0
	err := t.column(name, func(a arrow.Array, _ int64) error { n += a.NullN(); return nil })
	return n, err
}

// column calls fn with the column's part of each record and its first row.
func (t *Table) column(name string, fn func(a arrow.Array, start int64) error) error {
	i, err := t.field(name)
	if err != nil {
		return err
	}
	var start int64
	for rec, err := range t.Records() {
		if err != nil {
			return err
		}
		if err := fn(rec.Column(i), start); err != nil {
			return err
		}
		start += rec.NumRows()
	}
	return nil
}

// text is the getter of a column's values as text.
func (t *Table) text(a arrow.Array, name string) (func(int) string, error) {
	get, err := textGetter(a)
	if err != nil {
		return nil, fmt.Errorf("read %s: column %q: %w", t.source(), name, err)
	}
	return get, nil
}

// intGetter reads values of an integer array, nil for another type.
func intGetter(a arrow.Array) func(int) int64 {
	switch a := a.(type) {
	case *array.Uint8:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int8:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Uint16:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int16:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Uint32:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int32:
		return func(i int) int64 { return int64(a.Value(i)) }
	case *array.Int64:
		return a.Value
	}
	return nil
}

// floatGetter reads values of a numeric or boolean array, nil for another type.
func floatGetter(a arrow.Array) func(int) float64 {
	switch a := a.(type) {
	case *array.Float64:
		return a.Value
	case *array.Float32:
		return func(i int) float64 { return float64(a.Value(i)) }
	case *array.Boolean:
		return func(i int) float64 {
			if a.Value(i) {
				return 1
			}
			return 0
		}
	}
	if get := intGetter(a); get != nil {
		return func(i int) float64 { return float64(get(i)) }
	}
	return nil
}

// textGetter reads values of any array that CSVToIPC makes as text.
func textGetter(a arrow.Array) (func(int) string, error) {
	switch a := a.(type) {
	case *array.String:
		return a.Value, nil
	case *array.Dictionary:
		if words, ok := a.Dictionary().(*array.String); ok {
			return func(i int) string { return words.Value(a.GetValueIndex(i)) }, nil
		}
	case *array.Boolean:
		return func(i int) string { return strconv.FormatBool(a.Value(i)) }, nil
	case *array.Float32:
		return func(i int) string { return strconv.FormatFloat(float64(a.Value(i)), 'g', -1, 32) }, nil
	case *array.Float64:
		return func(i int) string { return strconv.FormatFloat(a.Value(i), 'g', -1, 64) }, nil
	}
	if get := intGetter(a); get != nil {
		return func(i int) string { return strconv.FormatInt(get(i), 10) }, nil
	}
	return nil, fmt.Errorf("type %s cannot be read as text", a.DataType())
}
