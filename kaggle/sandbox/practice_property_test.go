package sandbox

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// randomTable draws a table for a metric: cells with everything that a CSV can
// hold, an id or none, groups or none, the target in any place, sorted by it or
// not.
func randomTable(r *rand.Rand, m metric.Metric) (rows [][]string, p Practice) {
	n := 40 + r.IntN(200)
	odd := []string{"", " ", "a,b", "say \"no\"", "two\nlines", "é", "NA", "0", " padded ", "1e5", "-"}
	p = Practice{Target: "the answer", Metric: m.Name, Holdout: 0.1 + 0.6*r.Float64(), Public: 0.2 + 0.6*r.Float64(), Seed: r.Uint64()}
	header := []string{"x", "the answer", "y,z"}
	if r.IntN(2) == 0 {
		header, p.ID = append(header, "key"), "key"
	}
	if r.IntN(2) == 0 {
		header, p.Group = append(header, "who"), "who"
	}
	r.Shuffle(len(header), func(i, j int) { header[i], header[j] = header[j], header[i] })
	for i := range n {
		row := make([]string, len(header))
		for c, h := range header {
			switch h {
			case "the answer":
				row[c] = randomAnswer(r, m, i)
			case "key":
				row[c] = fmt.Sprint("k", i*7919%n, " ")
			case "who":
				row[c] = odd[8] + strconv.Itoa(r.IntN(12))
			default:
				row[c] = odd[r.IntN(len(odd))]
			}
		}
		rows = append(rows, row)
	}
	return append([][]string{header}, rows...), p
}

func randomAnswer(r *rand.Rand, m metric.Metric, i int) string {
	switch {
	case m.Binary:
		return strconv.Itoa(i % 3 % 2)
	case m.Kind == metric.Ratings:
		return strconv.Itoa(r.IntN(5) - 1)
	case m.Kind == metric.Numbers:
		return strconv.FormatFloat(r.ExpFloat64()*1000, 'g', 1+r.IntN(6), 64)
	case m.Kind == metric.Lists:
		return strings.Join([]string{"w" + strconv.Itoa(r.IntN(9)), "v" + strconv.Itoa(r.IntN(3))}[:1+r.IntN(2)], " ")
	}
	return []string{"a", "b", "c d", "e,\"f\""}[(i%7)%4]
}

// TestPracticeProperties: whatever the table, nothing is lost and nothing told:
// labelled and hidden rows together are the table, ids are unique, no group is
// on both sides, the sample is a submission and the true answers score best.
func TestPracticeProperties(t *testing.T) {
	t.Parallel()
	for _, name := range metric.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, err := metric.ByName(name)
			if err != nil {
				t.Fatal(err)
			}
			for round := range uint64(12) {
				rows, p := randomTable(rand.New(rand.NewPCG(round, 5)), m)
				var b bytes.Buffer
				w := csv.NewWriter(&b)
				w.UseCRLF = round%3 == 0
				if err := w.WriteAll(rows); err != nil {
					t.Fatal(err)
				}
				text := b.String()
				if round%2 == 0 {
					text = "\ufeff" + strings.TrimRight(text, "\r\n")
				}
				made, c, err := practised(t, text, p)
				if err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
				checkPractised(t, rows, p, made, c)
			}
		})
	}
}

func checkPractised(t *testing.T, rows [][]string, p Practice, made Made, c *competition) {
	t.Helper()
	train, test, solution, sample := c.rowsOf(t, "data/train.csv"), c.rowsOf(t, "data/test.csv"), c.rowsOf(t, "solution.csv"), c.rowsOf(t, "data/sample_submission.csv")
	target, own := slices.Index(rows[0], p.Target), 0
	if p.ID == "" {
		own = 1 // the made id stands first
	}
	var union [][]string
	ids, sides := map[string]bool{}, map[string]string{}
	note := func(side string, row []string) {
		row = row[own:]
		union = append(union, row)
		if p.Group != "" {
			g := strings.TrimSpace(row[slices.Index(rows[0], p.Group)])
			if was := sides[g]; was != "" && was != side {
				t.Errorf("group %q is on both sides", g)
			}
			sides[g] = side
		}
	}
	idOf := func(header, row []string) string {
		id := strings.TrimSpace(row[slices.Index(header, made.ID)])
		if ids[id] {
			t.Errorf("id %q is there twice", id)
		}
		ids[id] = true
		return id
	}
	for _, row := range train[1:] {
		idOf(train[0], row)
		note("train", row)
	}
	if slices.Contains(test[0], p.Target) || !slices.Equal(train[0][own:], rows[0]) {
		t.Errorf("headers %q and %q", train[0], test[0])
	}
	for i, row := range test[1:] {
		id := idOf(test[0], row)
		if solution[i+1][0] != id || sample[i+1][0] != id {
			t.Fatalf("row %d: ids %q, %q and %q", i, id, solution[i+1][0], sample[i+1][0])
		}
		// the answer goes back where it was; spaces around answers are not kept
		note("test", slices.Insert(slices.Clone(row), target+own, solution[i+1][1]))
	}
	want := slices.Clone(rows[1:])
	slices.SortFunc(want, slices.Compare)
	slices.SortFunc(union, slices.Compare)
	if !slices.EqualFunc(want, union, func(a, b []string) bool { return slices.Equal(a, b) }) {
		t.Errorf("train and hidden rows together are not the table: %d and %d rows", len(union), len(want))
	}
	n := len(rows) - 1
	if made.Train != len(train)-1 || made.Public+made.Private != len(test)-1 || made.Train+made.Public+made.Private != n || made.Public == 0 || made.Private == 0 {
		t.Errorf("%+v of %d rows", made, n)
	}
	if hidden := len(test) - 1; p.Group == "" && math.Abs(float64(hidden)-p.Holdout*float64(n)) > 0.5 {
		t.Errorf("%d of %d rows hidden, want a share of %v", hidden, n, p.Holdout)
	}
	best := 1.0
	if made.Metric.LowerIsBetter {
		best = 0
	}
	if _, err := c.gradeText(t, sample); err != nil {
		t.Errorf("the sample: %v", err)
	}
	g, err := c.gradeText(t, c.truth(t))
	if err != nil || math.Abs(g.public-best) > 1e-12 || math.Abs(g.private-best) > 1e-12 {
		t.Errorf("the true answers score %v, %v (%v), want %v", g.public, g.private, err, best)
	}
}
