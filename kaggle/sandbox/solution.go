package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// solution is the truth about the hidden rows.
type solution struct {
	id      string   // name of the id column
	columns []string // of the answers
	index   map[string]int
	ids     []string
	answers [][]string // [row][answer column]
	usage   []string   // Public, Private or Ignored
}

// Which score a row of the solution counts for. An ignored one must be in a
// submission and counts for none.
const (
	usageColumn  = "Usage"
	usagePublic  = "Public"
	usagePrivate = "Private"
	usageIgnored = "Ignored"
)

// readSolution reads solution.csv: an id column, answer columns, and Usage.
// Without Usage each row is public with the competition's public share, drawn
// by its id alone, and else private.
func (c *competition) readSolution() (*solution, error) {
	path := filepath.Join(c.dir, "solution.csv")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := c.parseSolution(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

func (c *competition) parseSolution(r io.Reader) (*solution, error) {
	t, err := openTable(r)
	if err != nil {
		return nil, err
	}
	usage := slices.Index(t.header, usageColumn)
	s := &solution{id: t.header[0], index: map[string]int{}}
	for i, h := range t.header[1:] {
		if i+1 != usage {
			s.columns = append(s.columns, h)
		}
	}
	if usage == 0 || len(s.columns) == 0 {
		return nil, errors.New("want an id column first, then answers")
	}
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := s.add(c, t.line, row, usage); err != nil {
			return nil, err
		}
	}
	if len(s.rows(usagePublic))+len(s.rows(usagePrivate)) == 0 {
		return nil, errors.New("no rows that count")
	}
	return s, nil
}

func (s *solution) add(c *competition, line int, row []string, usage int) error {
	id := strings.Clone(strings.TrimSpace(row[0]))
	if _, twice := s.index[id]; twice {
		return fmt.Errorf("line %d: %s %q appears twice", line, s.id, id)
	}
	use := usagePrivate
	switch {
	case usage < 0:
		if seed.Rand(1, "sandbox", c.name, "usage", id).Float64() < c.PublicShare {
			use = usagePublic
		}
	case row[usage] == usagePublic:
		use = usagePublic
	case row[usage] == usageIgnored:
		use = usageIgnored
	case row[usage] != usagePrivate:
		return fmt.Errorf("line %d: %s: want Public, Private or Ignored, got %q", line, usageColumn, row[usage])
	}
	answers := make([]string, 0, len(s.columns))
	for i, v := range row[1:] {
		if i+1 != usage {
			answers = append(answers, strings.Clone(strings.TrimSpace(v)))
		}
	}
	s.index[id] = len(s.ids)
	s.ids, s.answers, s.usage = append(s.ids, id), append(s.answers, answers), append(s.usage, use)
	return nil
}

// rows are the rows of a usage.
func (s *solution) rows(usage string) []int {
	var rows []int
	for i, u := range s.usage {
		if u == usage {
			rows = append(rows, i)
		}
	}
	return rows
}

// sampleHeader is the header that a submission must have: that of the sample
// submission or, without one, of the solution less Usage.
func (c *competition) sampleHeader(s *solution) ([]string, error) {
	name := c.Sample
	if name == "" {
		name = "sample_submission.csv"
	}
	f, err := os.Open(filepath.Join(c.data(), name))
	if errors.Is(err, os.ErrNotExist) && c.Sample == "" {
		return append([]string{s.id}, s.columns...), nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := openTable(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Name(), err)
	}
	return t.header, nil
}
