package submissions_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/submissions"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC) }
	board := []submissions.Entry{
		{"ann", 0.99, day(1)}, {"bob", 0.98, day(2)}, {"cyd", 0.98, day(4)}, {"dan", 0.97, time.Time{}},
	}
	for _, c := range []struct {
		name        string
		metric      string
		own         submissions.Entry
		board       []submissions.Entry
		rank, teams int
	}{
		{"first", "accuracy", submissions.Entry{Score: 1}, board, 1, 5},
		{"last", "accuracy", submissions.Entry{Score: 0.1}, board, 5, 5},
		{"lower is better", "logloss", submissions.Entry{Score: 0.1}, board, 1, 5},
		{"lower is better, last", "logloss", submissions.Entry{Score: 2}, board, 5, 5},
		{"tie, no date: behind all", "accuracy", submissions.Entry{Score: 0.98}, board, 4, 5},
		{"tie, earlier than one", "accuracy", submissions.Entry{Score: 0.98, Date: day(3)}, board, 3, 5},
		{"tie at the same moment: behind", "accuracy", submissions.Entry{Score: 0.98, Date: day(2)}, board, 3, 5},
		{"tie at five decimals", "accuracy", submissions.Entry{Score: 0.9800049, Date: day(9)}, board, 4, 5},
		{"apart at five decimals", "accuracy", submissions.Entry{Score: 0.980006, Date: day(9)}, board, 2, 5},
		{"board without date", "accuracy", submissions.Entry{Score: 0.97, Date: day(1)}, board, 5, 5},
		{"own row replaced", "accuracy", submissions.Entry{Team: "ann", Score: 0.985}, board, 1, 4},
		{"alone", "accuracy", submissions.Entry{Score: 0.5}, nil, 1, 1},
	} {
		m, err := metric.ByName(c.metric)
		if err != nil {
			t.Fatal(err)
		}
		got := submissions.Place(c.own, c.board, m)
		want := submissions.Placement{Rank: c.rank, Teams: c.teams, Percentile: 100 * float64(c.rank) / float64(c.teams)}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, want)
		}
	}
}

func TestPlacementString(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]submissions.Placement{
		"rank 72 of 1181 (top 6.1 %)": {Rank: 72, Teams: 1181, Percentile: 100 * 72. / 1181},
		"rank 1 of 16172 (top 0.1 %)": {Rank: 1, Teams: 16172, Percentile: 100 / 16172.},
		"rank 1 of 8 (top 12.5 %)":    {Rank: 1, Teams: 8, Percentile: 12.5},
		"rank 3 of 3 (top 100.0 %)":   {Rank: 3, Teams: 3, Percentile: 100},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestMedals: Dogs vs. Cats Redux had 1,314 teams; the rest are the table's edges.
func TestMedals(t *testing.T) {
	t.Parallel()
	for teams, want := range map[int][3]int{
		0: {0, 0, 0}, 1: {1, 1, 1}, 9: {1, 1, 3}, 99: {9, 19, 39}, 100: {10, 20, 40}, 249: {10, 49, 99},
		250: {10, 50, 100}, 999: {11, 50, 100}, 1000: {12, 50, 100}, 1314: {12, 65, 131}, 2293: {14, 114, 229},
	} {
		g, s, b := submissions.MedalPositions(teams)
		if got := [3]int{g, s, b}; got != want {
			t.Errorf("%d teams: %v, want %v", teams, got, want)
		}
	}
	for rank, want := range map[int]submissions.Medal{
		0: submissions.NoMedal, 1: submissions.Gold, 12: submissions.Gold, 13: submissions.Silver, 65: submissions.Silver,
		66: submissions.Bronze, 131: submissions.Bronze, 132: submissions.NoMedal,
	} {
		if got := (submissions.Placement{Rank: rank, Teams: 1314}).Medal(); got != want {
			t.Errorf("rank %d of 1314: %q, want %q", rank, got, want)
		}
	}
}

func ExamplePlace() {
	m, err := metric.ByName("accuracy")
	if err != nil {
		panic(err)
	}
	board := []submissions.Entry{{Team: "ann", Score: 0.999}, {Team: "bob", Score: 0.996}, {Team: "cyd", Score: 0.982}}
	fmt.Println(submissions.Place(submissions.Entry{Team: "me", Score: 0.99742}, board, m))
	// Output: rank 2 of 4 (top 50.0 %)
}
