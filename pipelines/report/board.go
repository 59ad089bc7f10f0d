package report

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// boardData is the CV beside what the server says, of this run and of those before.
type boardData struct {
	Place *boardPlace
	Chart *chart
	Runs  []pastRun // newest first
	More  int       // runs that are not listed
}

// boardPlace is where the public score stood.
type boardPlace struct {
	submissions.Placement
	Board   string
	TopHalf bool
	Medal   submissions.Medal // where medals are awarded; none on a board that is not Kaggle's
	Marks   []mark            // last places of medals and of the upper half
}

type mark struct {
	Name string
	Rank int
	At   float64 // per cent of the teams
}

// pastRun is one run of the competition.
type pastRun struct {
	ID              string
	This            bool
	CV              float64
	Public, Private *float64
	Gap             *float64 // CV - public
}

const (
	drawnRuns  = 30
	listedRuns = 12
)

// board is left out without a CV or a score.
func board(_ context.Context, m *maker) (any, error) {
	var d boardData
	if r := m.row; r.Rank != nil && r.Percentile != nil {
		d.Place = placeOn(*r.Rank, *r.Teams, r.Server)
	}
	runs := m.alike()
	if len(runs) == 0 && d.Place == nil {
		return nil, nil
	}
	if len(runs) > 1 {
		c, err := m.drawRuns(runs[max(len(runs)-drawnRuns, 0):])
		if err != nil {
			return nil, err
		}
		d.Chart = &c
	}
	slices.Reverse(runs)
	d.Runs, d.More = runs[:min(len(runs), listedRuns)], max(len(runs)-listedRuns, 0)
	return d, nil
}

func placeOn(rank, teams int, server string) *boardPlace {
	p := &boardPlace{Placement: submissions.Placement{Rank: rank, Teams: teams, Percentile: 100 * float64(rank) / float64(teams)}, Board: boardOf(server)}
	p.TopHalf = p.Percentile <= 50
	marks := []mark{{Name: "top 50 %", Rank: teams / 2}}
	if server == submissions.Kaggle {
		p.Medal = p.Placement.Medal()
		gold, silver, bronze := submissions.MedalPositions(teams)
		marks = append([]mark{{Name: "gold", Rank: gold}, {Name: "silver", Rank: silver}, {Name: "bronze", Rank: bronze}}, marks...)
	}
	for _, k := range marks {
		k.At = 100 * float64(k.Rank) / float64(teams)
		p.Marks = append(p.Marks, k)
	}
	return p
}

// alike are the runs with a CV of the same competition, server and metric, this one
// among them, the oldest first.
func (m *maker) alike() []pastRun {
	var all []ledger.Row
	for _, r := range m.rows {
		if r.RunID != "" && r.CV != nil && r.Competition == m.row.Competition && r.Server == m.row.Server && r.Metric == m.row.Metric {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b ledger.Row) int { return a.Started.Compare(b.Started) })
	var out []pastRun
	for _, r := range all {
		out = append(out, pastRun{ID: r.RunID, This: r.RunID == m.row.RunID, CV: *r.CV, Public: r.Public, Private: r.Private, Gap: r.Gap})
	}
	return out
}

func (m *maker) drawRuns(runs []pastRun) (chart, error) {
	labels := make([]string, len(runs))
	lines := []line{{Name: "CV"}, {Name: "public"}, {Name: "private"}, {Name: "this run's CV", Dots: true}}
	scored := [4]bool{true, false, false, true}
	for i, r := range runs {
		labels[i] = fmt.Sprint(i + 1)
		values := [4]float64{r.CV, math.NaN(), math.NaN(), math.NaN()}
		if r.Public != nil {
			values[1], scored[1] = *r.Public, true
		}
		if r.Private != nil {
			values[2], scored[2] = *r.Private, true
		}
		if r.This {
			values[3] = r.CV
		}
		for j, v := range values {
			lines[j].Values = append(lines[j].Values, v)
		}
	}
	for j := 3; j >= 0; j-- {
		if !scored[j] {
			lines = slices.Delete(lines, j, j+1)
		}
	}
	return drawLines(axes{title: fmt.Sprintf("%s of the last %d runs, %s", m.metric.Name, len(runs), direction(m.metric)), x: "run", labels: labels}, lines)
}
