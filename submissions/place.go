package submissions

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// Entry is one team on a board.
type Entry struct {
	Team  string
	Score float64
	Date  time.Time // of the submission that scored; zero if the board does not say
}

// Placement is where a score stands on a board.
type Placement struct {
	Rank       int     `json:"rank"`       // 1 is best
	Teams      int     `json:"teams"`      // on the board, the own one counted
	Percentile float64 `json:"percentile"` // 100 * Rank / Teams: "the top 12.5 %"
}

// Place ranks the own entry among the board's teams. Scores are compared at
// Kaggle's five decimals; of equal scores the earlier submission stands before
// the later one, so that an own entry without a date, or a board without
// dates, puts it behind all its equals. Entries of the own team are replaced
// by the own entry, not counted beside it.
func Place(own Entry, board []Entry, m metric.Metric) Placement {
	mine := metric.Round(own.Score)
	rank, teams := 1, 1
	for _, e := range board {
		if own.Team != "" && e.Team == own.Team {
			continue
		}
		teams++
		theirs := metric.Round(e.Score)
		if m.Better(theirs, mine) || theirs == mine && !later(e.Date, own.Date) {
			rank++
		}
	}
	return Placement{Rank: rank, Teams: teams, Percentile: 100 * float64(rank) / float64(teams)}
}

// later reports whether a is known to be after b.
func later(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }

// String is a phrase for a person: "rank 72 of 1181 (top 6.1 %)". The share is
// rounded up, so that no rank is ever in the top 0.0 %.
func (p Placement) String() string {
	return fmt.Sprintf("rank %d of %d (top %.1f %%)", p.Rank, p.Teams, math.Ceil(p.Percentile*10-1e-9)/10)
}
