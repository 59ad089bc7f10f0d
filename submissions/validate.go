package submissions

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Report is what a good submission file holds.
type Report struct {
	Rows   int
	Values []Values // of each column after the id, as they were checked
}

// Validate checks the submission at path against the sample at samplePath with
// the kinds of values that the sample shows. See Check.File.
func Validate(path, samplePath string) error {
	_, err := Check{Sample: samplePath}.File(path)
	return err
}

// Check says what a submission must fit.
type Check struct {
	Sample string // path of sample_submission.csv
	Values Values // of all columns after the id; FromSample goes by the sample
}

// File checks the submission at path: the sample's columns in the sample's
// order, every id of the sample once and no other, no empty cell, no NaN or
// infinity, and values of the right kind.
//
// The order of rows is free: Kaggle joins a submission with its solution by id.
// The file is streamed; memory holds a digest for each id of the sample. The
// first thing that is wrong is the error: file, line, column, wanted and got.
func (c Check) File(path string) (Report, error) {
	sample, err := ReadSample(c.Sample)
	if err != nil {
		return Report{}, err
	}
	if c.Values != FromSample {
		for i := range sample.Values {
			sample.Values[i] = c.Values
		}
	}
	s, err := scan(path)
	if err != nil {
		return Report{}, err
	}
	defer s.Close()
	return sample.check(s)
}

func (p *Sample) check(s *scanner) (Report, error) {
	if err := p.checkHeader(s); err != nil {
		return Report{}, err
	}
	rows := 0
	for {
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Report{}, err
		}
		if err := p.checkID(s, row[0]); err != nil {
			return Report{}, err
		}
		for i, cell := range row[1:] {
			if err := p.checkCell(s, i+1, cell); err != nil {
				return Report{}, err
			}
		}
		rows++
	}
	if rows != p.Rows {
		return Report{}, p.missing(s.name, rows)
	}
	return Report{Rows: rows, Values: p.Values}, nil
}

func (p *Sample) checkHeader(s *scanner) error {
	if slices.Equal(s.header, p.Header) {
		return nil
	}
	return fault.New(fault.Failed, "make the first line: "+strings.Join(p.Header, ","),
		"read %s: line 1: want the columns %s, got %s", s.name, brief(p.Header), brief(s.header))
}

func (p *Sample) checkID(s *scanner, id string) error {
	if id == "" {
		return s.at(0, "", "the id is empty")
	}
	key := keyOf(id)
	twice, known := p.seen[key]
	switch {
	case !known:
		return s.at(0, "the ids are those of "+p.Path, "the id %q is not in the sample", id)
	case twice:
		return s.at(0, "every id needs exactly one row", "the id %q is there a second time", id)
	}
	p.seen[key] = true
	return nil
}

func (p *Sample) checkCell(s *scanner, col int, cell string) error {
	if cell == "" {
		return s.at(col, "every row needs a value", "the cell is empty")
	}
	if p.Values[col-1] == Text {
		return nil
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return s.at(col, "a model that gives such values has diverged: look at its loss", "want a finite number, got %q", cell)
	}
	switch p.Values[col-1] {
	case Labels:
		if _, whole := strconv.ParseInt(cell, 10, 64); whole != nil {
			return s.at(col, "the sample has whole numbers here", "want a whole number, got %q", cell)
		}
	case Probabilities:
		if err != nil || x < 0 || x > 1 {
			return s.at(col, "the sample has probabilities here", "want a number in [0, 1], got %q", cell)
		}
	default:
		if err != nil {
			return s.at(col, "the sample has numbers here", "want a number, got %q", cell)
		}
	}
	return nil
}

// missing names the first id of the sample that the file lacks. All ids that
// it has are known and different, so that there is one.
func (p *Sample) missing(name string, rows int) error {
	s, err := scan(p.Path)
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		row, err := s.next()
		if err != nil {
			return fmt.Errorf("read %s: want %d rows, got %d", name, p.Rows, rows)
		}
		if !p.seen[keyOf(row[0])] {
			return fault.New(fault.Failed, "the ids are those of "+p.Path,
				"read %s: want %d rows, got %d: the id %q is missing", name, p.Rows, rows, row[0])
		}
	}
}

// brief writes a header, shortened if it is long.
func brief(header []string) string {
	if len(header) > 6 {
		return fmt.Sprintf("%s,...,%s (%d)", strings.Join(header[:3], ","), header[len(header)-1], len(header))
	}
	return strings.Join(header, ",")
}
