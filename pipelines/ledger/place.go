package ledger

import (
	"cmp"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// The scores that a run is placed by.
const (
	ByPrivate = "private"
	ByPublic  = "public"
	ByCV      = "cv"
)

// Board is a leaderboard to place runs on.
type Board struct {
	Entries []submissions.Entry
	Metric  metric.Metric
	Final   bool   // private scores are on it, else public ones
	Team    string // one's own, which is replaced; "" if none is known
	Medals  bool   // the competition gives them
}

// Place is where a run or submission stands on a board.
type Place struct {
	RunID    string  `json:"run_id"` // "" of a submission that no run made
	Message  string  `json:"message"`
	Score    float64 `json:"score"`
	By       string  `json:"by"`       // private, public or cv
	Estimate bool    `json:"estimate"` // the score is not the one that the board ranks
	submissions.Placement
	TopHalf bool              `json:"top_half"` // the course's yardstick: among the best 50 %
	Medal   submissions.Medal `json:"medal"`    // "" for none
	Late    bool              `json:"late"`     // scored after the deadline: Kaggle does not rank it
}

// Places says where each row would stand, the best first. A row without the score
// that the board ranks is placed by the next best thing that is known of it, as an
// estimate; one without any, or of another metric, is left out.
func (b Board) Places(rows []Row) []Place {
	places := []Place{}
	for _, r := range rows {
		p, ok := b.score(r)
		if !ok {
			continue
		}
		p.Placement = submissions.Place(submissions.Entry{Team: b.Team, Score: p.Score}, b.Entries, b.Metric)
		p.TopHalf = p.Percentile <= 50
		if b.Medals {
			p.Medal = p.Placement.Medal()
		}
		places = append(places, p)
	}
	slices.SortStableFunc(places, func(x, y Place) int { return cmp.Compare(x.Rank, y.Rank) })
	return places
}

// score picks what a row is placed by.
func (b Board) score(r Row) (Place, bool) {
	p := Place{RunID: r.RunID, Message: r.Message, Late: r.Late}
	if r.Metric != "" && r.Metric != b.Metric.Name {
		return p, false
	}
	scores := []struct {
		by    string
		value *float64
	}{{ByPrivate, r.Private}, {ByPublic, r.Public}, {ByCV, r.CV}}
	if !b.Final { // private scores are of other rows than the board's
		scores = scores[1:]
	}
	for i, s := range scores {
		if s.value != nil && !math.IsNaN(*s.value) {
			p.By, p.Score, p.Estimate = s.by, *s.value, i > 0
			return p, true
		}
	}
	return p, false
}

// Mark is a rank that is worth something, and the score that has it.
type Mark struct {
	Name  string  `json:"name"` // top 50 %, bronze, silver, gold
	Rank  int     `json:"rank"` // the last that counts
	Score float64 `json:"score"`
}

// Marks are the scores to beat on the board as it is.
func (b Board) Marks() []Mark {
	sorted := slices.SortedStableFunc(slices.Values(b.Entries), func(x, y submissions.Entry) int {
		switch {
		case b.Metric.Better(x.Score, y.Score):
			return -1
		case b.Metric.Better(y.Score, x.Score):
			return 1
		}
		return 0
	})
	marks := []Mark{}
	add := func(name string, rank int) {
		if rank >= 1 && rank <= len(sorted) {
			marks = append(marks, Mark{name, rank, sorted[rank-1].Score})
		}
	}
	add("top 50 %", len(sorted)/2)
	if b.Medals {
		gold, silver, bronze := submissions.MedalPositions(len(sorted))
		add("bronze", bronze)
		add("silver", silver)
		add("gold", gold)
	}
	return marks
}
