package ledger_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// board has 100 teams with the log losses 0.01, 0.02 ... 1.
func board(tb testing.TB) ledger.Board {
	tb.Helper()
	m, err := metric.ByName("logloss")
	if err != nil {
		tb.Fatal(err)
	}
	b := ledger.Board{Metric: m, Medals: true}
	for i := range 100 {
		b.Entries = append(b.Entries, submissions.Entry{Team: fmt.Sprint("team ", i+1), Score: float64(i+1) / 100})
	}
	return b
}

func row(id string, cv, public, private *float64) ledger.Row {
	return ledger.Row{RunID: id, Metric: "logloss", Direction: "min", CV: cv, Public: public, Private: private}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	rows := []ledger.Row{
		row("unsent", ptr(0.495), nil, nil),
		row("sent", ptr(0.1), ptr(0.105), ptr(0.5)),
		{RunID: "other metric", Metric: "accuracy", CV: ptr(0.99)},
		row("failed", nil, nil, nil),
		{Message: "by hand", Public: ptr(0.005), Late: true},
	}
	b := board(t)
	type place struct {
		id, by   string
		estimate bool
		rank     int
		half     bool
		medal    submissions.Medal
	}
	check := func(b ledger.Board, want ...place) {
		t.Helper()
		var got []place
		for _, p := range b.Places(rows) {
			got = append(got, place{p.RunID + p.Message, p.By, p.Estimate, p.Rank, p.TopHalf, p.Medal})
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(place{})); d != "" {
			t.Errorf("final %v (-want +got):\n%s", b.Final, d)
		}
	}
	// 101 teams with the own one: gold to 10, silver to 20, bronze to 40.
	check(b, place{"by hand", "public", false, 1, true, submissions.Gold}, place{"sent", "public", false, 11, true, submissions.Silver},
		place{"unsent", "cv", true, 50, true, submissions.NoMedal})
	b.Final, b.Medals = true, false
	check(b, place{"by hand", "public", true, 1, true, ""}, place{"unsent", "cv", true, 50, true, ""}, place{"sent", "private", false, 51, false, ""})
	// The own team's row makes room for what it would have now.
	b.Team = "team 1"
	check(b, place{"by hand", "public", true, 1, true, ""}, place{"unsent", "cv", true, 49, true, ""}, place{"sent", "private", false, 50, true, ""})
}

func TestMarks(t *testing.T) {
	t.Parallel()
	b := board(t)
	want := []ledger.Mark{{Name: "top 50 %", Rank: 50, Score: 0.5}, {Name: "bronze", Rank: 40, Score: 0.4}, {Name: "silver", Rank: 20, Score: 0.2}, {Name: "gold", Rank: 10, Score: 0.1}}
	if d := cmp.Diff(want, b.Marks()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	b.Entries = nil
	if got := b.Marks(); len(got) != 0 {
		t.Errorf("an empty board: %v", got)
	}
}
