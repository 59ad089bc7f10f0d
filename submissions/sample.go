package submissions

import (
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Values says what the columns after the id hold.
type Values int

// The kinds of values. Kaggle does not publish which one a competition wants;
// FromSample goes by the sample's cells: all whole numbers are labels, all
// fractions in [0, 1] are probabilities, other numbers are numbers, the rest text.
const (
	FromSample    Values = iota
	Labels               // whole numbers
	Probabilities        // in [0, 1]
	Numbers              // any finite number
	Text                 // anything but nothing
)

// ValuesOf is what the columns of a submission that m scores hold. Labels may
// be numbers or text: that the sample says.
func ValuesOf(m metric.Metric) Values {
	switch m.Kind {
	case metric.Ratings:
		return Labels
	case metric.Probabilities:
		return Probabilities
	case metric.Scores, metric.Numbers:
		return Numbers
	case metric.Lists:
		return Text
	}
	return FromSample
}

// Sample is what sample_submission.csv asks of a submission.
type Sample struct {
	Path   string
	Header []string // the id's column first
	Values []Values // of each column after the id
	Rows   int

	// seen tells the ids by a digest each: 17 bytes a row however long they
	// are. The value says whether the file under test had it already.
	seen map[idKey]bool
}

type idKey [16]byte

func keyOf(id string) idKey {
	sum := sha256.Sum256([]byte(id))
	return idKey(sum[:16])
}

// ReadSample reads the sample at path, streamed. An empty sample, a ragged one
// or one that names an id twice is an error.
func ReadSample(path string) (*Sample, error) {
	s, err := scan(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return readSample(path, s)
}

func readSample(path string, s *scanner) (*Sample, error) {
	if len(s.header) < 2 {
		return nil, fault.New(fault.Failed, "is this the sample_submission.csv?", "read %s: want an id column and at least one more, got %d", path, len(s.header))
	}
	sample := &Sample{Path: path, Header: s.header, seen: map[idKey]bool{}}
	shapes := make([]shape, len(s.header)-1)
	for {
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		key := keyOf(row[0])
		if _, twice := sample.seen[key]; twice {
			return nil, s.at(0, "", "the id %q is there twice", row[0])
		}
		sample.seen[key] = false
		for i, cell := range row[1:] {
			shapes[i].see(cell)
		}
		sample.Rows++
	}
	if sample.Rows == 0 {
		return nil, fault.New(fault.Failed, "download it again", "read %s: a header but no rows", path)
	}
	for _, sh := range shapes {
		sample.Values = append(sample.Values, sh.values())
	}
	return sample, nil
}

// IDs reads the ids of the sample at path in their order: the order in which a
// submission is best written.
func IDs(path string) ([]string, error) {
	s, err := scan(path)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var ids []string
	for {
		row, err := s.next()
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, strings.Clone(row[0])) // not the whole row that it is a part of
	}
}

// shape gathers what the cells of a column have in common.
type shape struct{ text, fraction, outside bool }

func (s *shape) see(cell string) {
	if _, err := strconv.ParseInt(cell, 10, 64); err == nil {
		s.outside = s.outside || (cell != "0" && cell != "1")
		return
	}
	x, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		s.text = true
		return
	}
	s.fraction = true
	s.outside = s.outside || x < 0 || x > 1
}

func (s *shape) values() Values {
	switch {
	case s.text:
		return Text
	case !s.fraction:
		return Labels
	case s.outside:
		return Numbers
	}
	return Probabilities
}
