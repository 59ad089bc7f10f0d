package features

import (
	"strconv"
	"strings"
	"unsafe"
)

// cellKind sorts the text of a field by what it can be.
type cellKind uint8

// The kinds are bits, so that a column's set of them is one byte.
const (
	nullCell cellKind = 1 << iota
	intCell
	floatCell
	boolCell
	textCell
)

// cell is a field and what it means.
type cell struct {
	kind cellKind
	i    int64   // of an intCell
	f    float64 // of a floatCell
	b    bool    // of a boolCell
}

// cellReader classifies fields.
type cellReader struct{ na map[string]bool }

func newCellReader(na []string) cellReader {
	r := cellReader{na: map[string]bool{}}
	for _, w := range na {
		r.na[w] = true
	}
	return r
}

// null tells whether the field stands for a missing value.
func (r cellReader) null(s string) bool { return s == "" || (len(r.na) > 0 && r.na[s]) }

// read classifies a field by the rules that Type documents.
func (r cellReader) read(s string) cell {
	if r.null(s) {
		return cell{kind: nullCell}
	}
	if i, ok := integer(s); ok {
		return cell{kind: intCell, i: i}
	}
	if f, ok := decimal(s); ok {
		return cell{kind: floatCell, f: f}
	}
	switch s {
	case "true", "True", "TRUE":
		return cell{kind: boolCell, b: true}
	case "false", "False", "FALSE":
		return cell{kind: boolCell}
	}
	return cell{kind: textCell}
}

// integer reads an optional sign and digits without leading zeros; "-0" is left
// to decimal, which keeps its sign.
func integer(s string) (int64, bool) {
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || len(digits) == 0 || len(digits) > 19 {
		return 0, false
	}
	if digits[0] == '0' && (len(digits) > 1 || s[0] == '-') || digits[0] > '9' || digits[0] < '0' {
		return 0, false
	}
	i, err := strconv.ParseInt(s, 10, 64)
	return i, err == nil
}

// decimal reads a number with a point or an exponent, or an infinity. What looks
// like an integer with leading zeros or more than 64 bits is not one.
func decimal(s string) (float64, bool) {
	switch s {
	case "inf", "-inf", "+inf", "Inf", "-Inf", "+Inf":
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil
	case "-0":
		f, err := strconv.ParseFloat(s, 64)
		return f, err == nil
	}
	if strings.Trim(s, "0123456789+-.eE") != "" || !strings.ContainsAny(s, ".eE") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

// view is b as a string without a copy: for as long as b's block lives.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
