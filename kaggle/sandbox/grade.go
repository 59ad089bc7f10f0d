package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// grades are the two scores of a submission. Where one part has no rows its
// score is that of the other.
type grades struct {
	public, private float64
}

// grade reads a submission and scores it. An error is for the participant: it
// names line and column. What is held grows with the solution, never with the
// submission.
func (c *competition) grade(sol *solution, submission io.Reader) (grades, error) {
	header, err := c.sampleHeader(sol)
	if err != nil {
		return grades{}, err
	}
	m, err := newMarker(c.metric, sol, header[1:])
	if err != nil {
		return grades{}, fmt.Errorf("the competition is not set up right: %w", err)
	}
	if err := m.read(submission, sol, header); err != nil {
		return grades{}, err
	}
	public, err1 := m.score(sol, usagePublic)
	private, err2 := m.score(sol, usagePrivate)
	switch {
	case public == nil:
		public = private
	case private == nil:
		private = public
	}
	if err := cmp.Or(err1, err2); err != nil {
		return grades{}, err
	}
	return grades{public: *public, private: *private}, nil
}

// read takes every row of a submission: the header's columns, each id of the
// solution once and no other.
func (m *marker) read(r io.Reader, sol *solution, header []string) error {
	t, err := openTable(r)
	if err != nil {
		return err
	}
	if !slices.Equal(t.header, header) {
		return fmt.Errorf("line 1: want columns %s, got %s", list(header), list(t.header))
	}
	seen, count := make([]bool, len(sol.ids)), 0
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		id := strings.TrimSpace(row[0])
		at, known := sol.index[id]
		switch {
		case !known:
			return fmt.Errorf("line %d: %s %.60q is not one of the test rows", t.line, header[0], id)
		case seen[at]:
			return fmt.Errorf("line %d: %s %.60q appears twice", t.line, header[0], id)
		}
		if err := m.take(at, row[1:]); err != nil {
			return fmt.Errorf("line %d: %w", t.line, err)
		}
		seen[at] = true
		count++
	}
	if missing := slices.Index(seen, false); missing >= 0 {
		return fmt.Errorf("want %d rows, got %d: %s %q is missing", len(seen), count, header[0], sol.ids[missing])
	}
	return nil
}

// list shows a header, not all of a long one.
func list(columns []string) string {
	if len(columns) > 12 {
		columns = append(slices.Clone(columns[:12]), fmt.Sprintf("... (%d in all)", len(columns)))
	}
	s := strings.Join(columns, ",")
	if len(s) > 300 {
		s = s[:300] + "..."
	}
	return strconv.Quote(s)
}

// number reads a finite number.
func number(column, text string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("column %q: want a finite number, got %.60q", column, text)
	}
	return v, nil
}
