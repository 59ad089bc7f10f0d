package sandbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// survey is what is held of a table after the first reading.
type survey struct {
	path   string
	header []string
	target int // column
	id     int // column; -1: ids are made
	group  int // column; -1: none

	ends    []int64   // where each row ends in the file
	class   []int32   // number of each row's target
	classes []string  // the targets by number; nil: more than maxClasses
	value   []float64 // each row's target as a number, NaN if it is none
	groups  []int32   // number of each row's group

	text     cellAt // first target that is no number
	fraction bool   // some target is no integer
	negative cellAt // first target below zero
	twice    cellAt // first id that is there a second time
	grouped  int    // different groups
}

// cellAt is a cell to be named in a message; line 0: there is none.
type cellAt struct {
	line int
	text string
}

// maxClasses bounds the different targets that are held.
const maxClasses = 100_000

// rows is the number of rows.
func (v *survey) rows() int { return len(v.ends) }

// start is where a row begins in the file, or the empty lines before it.
func (v *survey) start(row int, header int64) int64 {
	if row == 0 {
		return header
	}
	return v.ends[row-1]
}

// open opens the table; the offset is where its rows begin.
func (v *survey) open() (*os.File, *table, int64, error) {
	f, err := os.Open(v.path)
	if err != nil {
		return nil, nil, 0, fault.Wrap(err, fault.Usage, "", "read the table")
	}
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, 0, fault.New(fault.Usage, "copy it into a file", "read %s: want a regular file", v.path)
	}
	t, err := openTable(f)
	if err != nil {
		f.Close()
		return nil, nil, 0, v.wrong(err)
	}
	return f, t, t.end(), nil
}

func (v *survey) wrong(err error) error {
	return fault.Wrap(err, fault.Usage, "the table is a CSV file: a line of column names, commas between cells, UTF-8", "read %s", v.path)
}

// take reads the table once. columns chooses target, id and group by the
// header.
func (v *survey) take(ctx context.Context, columns func() error, progress func(done, size int64)) error {
	f, t, _, err := v.open()
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	v.header = t.header
	if err := columns(); err != nil {
		return err
	}
	classes, groups, ids := map[string]int32{}, map[string]int32{}, map[[16]byte]struct{}{}
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return v.wrong(err)
		}
		v.ends = append(v.ends, t.end())
		if err := v.see(t.line, row, classes, groups, ids); err != nil {
			return err
		}
		if v.rows()%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			progress(t.end(), info.Size())
		}
	}
	v.grouped = len(groups)
	return nil
}

// see takes in one row.
func (v *survey) see(line int, row []string, classes, groups map[string]int32, ids map[[16]byte]struct{}) error {
	cell := strings.TrimSpace(row[v.target])
	if cell == "" {
		return v.at(line, v.target, "take out the rows without an answer", "no value: every row needs its answer")
	}
	v.seeTarget(line, cell, classes)
	if v.group >= 0 {
		g := strings.TrimSpace(row[v.group])
		if g == "" {
			return v.at(line, v.group, "give every row a group", "no value: every row needs its group")
		}
		v.groups = append(v.groups, number32(groups, g))
	}
	if v.id >= 0 {
		id := strings.TrimSpace(row[v.id])
		sum := sha256.Sum256([]byte(id))
		key := [16]byte(sum[:16])
		if _, twice := ids[key]; (twice || id == "") && v.twice.line == 0 {
			v.twice = cellAt{line, id}
		}
		ids[key] = struct{}{}
	}
	return nil
}

func (v *survey) seeTarget(line int, cell string, classes map[string]int32) {
	n := len(classes)
	if c, ok := classes[cell]; ok || n < maxClasses {
		if !ok {
			c = number32(classes, cell)
			v.classes = append(v.classes, strings.Clone(cell))
		}
		v.class = append(v.class, c)
	} else if v.classes != nil {
		v.classes, v.class = nil, nil // from here on only numbers can be meant
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		x = math.NaN()
		if v.text.line == 0 {
			v.text = cellAt{line, strings.Clone(cell)}
		}
	}
	if _, err := strconv.Atoi(cell); err != nil {
		v.fraction = true
	}
	if x < 0 && v.negative.line == 0 {
		v.negative = cellAt{line, strings.Clone(cell)}
	}
	v.value = append(v.value, x)
}

// number32 is the number of a word, the next one if it is new.
func number32(words map[string]int32, word string) int32 {
	n, ok := words[word]
	if !ok {
		n = int32(len(words))
		words[strings.Clone(word)] = n
	}
	return n
}

// at is an error about a cell.
func (v *survey) at(line, column int, hint, format string, args ...any) error {
	return fault.New(fault.Usage, hint, "%s: line %d, column %q: %s", filepath.Base(v.path), line, v.header[column], fmt.Sprintf(format, args...))
}
