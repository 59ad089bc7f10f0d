package sandbox

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// grades are the two scores of a submission; a part without rows has none.
type grades struct {
	public, private *float64
}

// grader compares one submission with the solution. What it holds grows with
// the solution, never with the submission.
type grader struct {
	sol    *solution
	header []string // wanted
	metric metric.Metric
	seen   []bool
	marker marker
}

// marker is the part of grading that depends on the metric: it takes the
// answers of a row and, at the end, scores a choice of rows.
type marker interface {
	take(row int, answers []string) error
	score(rows []int) float64
}

// grade reads a submission and scores it. An error is for the participant: it
// names line and column.
func (c *competition) grade(sol *solution, submission io.Reader) (grades, error) {
	header, err := c.sampleHeader(sol)
	if err != nil {
		return grades{}, err
	}
	g := &grader{sol: sol, header: header, metric: c.metric, seen: make([]bool, len(sol.ids))}
	if g.marker, err = newMarker(c.metric, sol, header); err != nil {
		return grades{}, err
	}
	if err := g.read(submission); err != nil {
		return grades{}, err
	}
	var public, private []int
	for i, p := range sol.public {
		if p {
			public = append(public, i)
		} else {
			private = append(private, i)
		}
	}
	return grades{public: g.score(public), private: g.score(private)}, nil
}

func (g *grader) score(rows []int) *float64 {
	if len(rows) == 0 {
		return nil
	}
	s := g.marker.score(rows)
	return &s
}

func (g *grader) read(r io.Reader) error {
	t, err := openTable(r)
	if err != nil {
		return err
	}
	if !slices.Equal(t.header, g.header) {
		return fmt.Errorf("line 1: want columns %s, got %s", list(g.header), list(t.header))
	}
	count := 0
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		id := strings.TrimSpace(row[0])
		at, known := g.sol.index[id]
		switch {
		case !known:
			return fmt.Errorf("line %d: %s %.60q is not one of the test rows", t.line, g.header[0], id)
		case g.seen[at]:
			return fmt.Errorf("line %d: %s %.60q appears twice", t.line, g.header[0], id)
		}
		if err := g.marker.take(at, row[1:]); err != nil {
			return fmt.Errorf("line %d: %w", t.line, err)
		}
		g.seen[at] = true
		count++
	}
	if missing := slices.Index(g.seen, false); missing >= 0 {
		return fmt.Errorf("want %d rows, got %d: %s %q is missing", len(g.seen), count, g.header[0], g.sol.ids[missing])
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
