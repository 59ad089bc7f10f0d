package cli

import (
	"io"
	"strconv"
	"strings"
	"time"
)

// printBoard is the board on the screen.
func printBoard(w io.Writer, p *Printer, rows []boardRow, o leaderboardOptions, teams, rank int) error {
	names := []string{">rank", "team", ">score", "date", ">top", ""}
	if o.download {
		names = []string{">rank", "team", ">score", "date", ">top", ">submissions", "members", ""}
	}
	t := newTable(names...)
	marked := false
	for _, r := range rows {
		date, top, mark := "-", "-", ""
		if r.Date != nil {
			date = timeText(*r.Date)
		}
		if r.Percentile != nil {
			top = strconv.FormatFloat(*r.Percentile, 'f', 1, 64) + " %"
		}
		if r.Own {
			mark, marked = "<- you", true
		}
		cells := []string{strconv.Itoa(r.Rank), r.Team, orDash(r.Score), date, top}
		if o.download {
			cells = append(cells, intOrDash(r.Submissions), orDash(strings.Join(r.Members, ", ")))
		}
		t.add(append(cells, mark)...)
	}
	if err := t.write(w); err != nil {
		return err
	}
	if !marked && rank > 0 && len(rows) > 0 {
		p.Say("you are at rank %d", rank)
	}
	if o.team == "" && len(rows) < teams {
		p.Say("%d of %d teams; --limit 0 shows all", len(rows), teams)
	}
	return nil
}

// boardColumns are the fields of boardRow, for CSV.
var boardColumns = []string{"rank", "team_id", "team", "score", "date", "percentile", "own", "submissions", "members"}

func boardCells(rows []boardRow) [][]string {
	cells := [][]string{}
	for _, r := range rows {
		date, top, count := "", "", ""
		if r.Date != nil {
			date = r.Date.Format(time.RFC3339)
		}
		if r.Percentile != nil {
			top = strconv.FormatFloat(*r.Percentile, 'g', 6, 64)
		}
		if r.Submissions != nil {
			count = strconv.Itoa(*r.Submissions)
		}
		cells = append(cells, []string{strconv.Itoa(r.Rank), strconv.FormatInt(r.TeamID, 10), r.Team, r.Score, date, top,
			strconv.FormatBool(r.Own), count, strings.Join(r.Members, ",")})
	}
	return cells
}

func intOrDash(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}
