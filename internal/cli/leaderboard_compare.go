package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// comparedBoard is what `leaderboard --compare --json` prints.
type comparedBoard struct {
	Server      string         `json:"server"`
	Competition string         `json:"competition"`
	Board       string         `json:"board"` // public, private, or the path of the kept file
	Metric      string         `json:"metric"`
	Teams       int            `json:"teams"`  // on the board
	Medals      *bool          `json:"medals"` // whether the competition gives them; null where nobody was asked
	Marks       []ledger.Mark  `json:"marks"`
	Places      []ledger.Place `json:"places"` // best first
}

func runBoardCompare(ctx context.Context, e *env, p *Printer, o leaderboardOptions) error {
	switch {
	case o.download:
		return fault.New(fault.Usage, "podium leaderboard "+o.competition+" --download, then --compare --board FILE", "--compare: want no --download")
	case o.team != "":
		return fault.New(fault.Usage, "podium leaderboard "+o.competition+" --compare", "--compare: want no --team: it places your own runs")
	}
	comp, err := kaggle.Slug(o.competition)
	if err != nil {
		return err
	}
	table, err := e.table(p)
	if err != nil {
		return err
	}
	out := comparedBoard{Server: submissions.Kaggle, Competition: comp}
	if o.sandbox {
		out.Server = submissions.Sandbox
	}
	var board ledger.Board
	if o.board != "" {
		board, err = keptBoard(o.board, comp, table.Rows)
		out.Board = o.board
	} else {
		board, err = e.askedBoard(ctx, p, o, &out)
	}
	if err != nil {
		return err
	}
	rows := slices.DeleteFunc(table.Rows, func(r ledger.Row) bool { return r.Competition != comp || r.Server != out.Server })
	out.Metric, out.Teams, out.Marks, out.Places = board.Metric.Name, len(board.Entries), board.Marks(), board.Places(rows)
	if len(out.Places) == 0 {
		p.Say("no run or submission of %s on %s has a score yet", comp, out.Server)
	}
	all := len(out.Places)
	if o.limit > 0 && all > o.limit {
		out.Places = out.Places[:o.limit]
	}
	if o.csv {
		return p.CSV(placeColumns, placeCells(out.Places))
	}
	return p.Result(out, func(w io.Writer) error {
		if err := printPlaces(w, p, out); err != nil {
			return err
		}
		if len(out.Places) < all {
			p.Say("%d of %d runs and submissions; --limit 0 shows all", len(out.Places), all)
		}
		return nil
	})
}

// askedBoard gets the board from the server: the final one where the competition is
// over.
func (e *env) askedBoard(ctx context.Context, p *Printer, o leaderboardOptions, out *comparedBoard) (ledger.Board, error) {
	s, comp, err := e.connectTo(ctx, p, o.sandbox, o.competition)
	if err != nil {
		return ledger.Board{}, err
	}
	defer s.close()
	about, err := s.Client.Competition(ctx, comp)
	if err != nil {
		return ledger.Board{}, err
	}
	m, ok := metric.ByTitle(about.Metric)
	if !ok {
		return ledger.Board{}, fault.New(fault.Failed, "podium leaderboard "+comp+" shows the board", "%s is scored by %q: nobody here knows whether more of it is better", comp, about.Metric)
	}
	rows, _, err := s.Client.LeaderboardPart(ctx, comp, kaggle.LeaderboardOptions{Public: o.public})
	if err != nil {
		return ledger.Board{}, err
	}
	b := ledger.Board{Entries: steps.Entries(rows), Metric: m, Medals: about.Medals(),
		Final: !o.public && !about.Deadline.IsZero() && time.Now().After(about.Deadline)}
	if own := slices.IndexFunc(rows, ownPlace(ctx, s.Client, about)); own >= 0 {
		b.Team = rows[own].Team
	}
	out.Server, out.Board, out.Medals = s.nameFor(about), ledger.ByPublic, &b.Medals
	if b.Final {
		out.Board = ledger.ByPrivate
	}
	return b, nil
}

// keptBoard reads the board in a file. What its scores are is known by the runs of
// the competition, whether they are the final ones by the name that Kaggle gave the
// file. Whether there are medals is not known: they are told.
func keptBoard(path, comp string, rows []ledger.Row) (ledger.Board, error) {
	f, err := os.Open(path)
	if err != nil {
		return ledger.Board{}, fault.Wrap(err, fault.Usage, "podium leaderboard "+comp+" --download keeps one", "leaderboard --board")
	}
	defer f.Close()
	kept, err := kaggle.ParseLeaderboard(f)
	if err != nil {
		return ledger.Board{}, fault.Wrap(err, fault.Usage, "podium leaderboard "+comp+" --download keeps one", "%s", path)
	}
	i := slices.IndexFunc(rows, func(r ledger.Row) bool { return r.Competition == comp && r.Metric != "" })
	if i < 0 {
		return ledger.Board{}, fault.New(fault.Usage, "podium run PIPELINE makes one", "no run of %s says what its scores are", comp)
	}
	m, err := metric.ByName(rows[i].Metric)
	final := strings.Contains(filepath.Base(path), "privateleaderboard")
	return ledger.Board{Entries: steps.Entries(kept), Metric: m, Medals: true, Final: final}, err
}

func printPlaces(w io.Writer, p *Printer, o comparedBoard) error {
	medals := o.Medals == nil || *o.Medals
	names := []string{">rank", ">top", "50 %", "run", ">score", "by"}
	if medals {
		names = slices.Insert(names, 3, "medal")
	}
	t := newTable(names...)
	estimates := false
	for _, x := range o.Places {
		half, by := "no", x.By
		if x.TopHalf {
			half = "yes"
		}
		if x.Estimate {
			by, estimates = x.By+" (estimate)", true
		}
		if x.Late {
			by += ", late"
		}
		cells := []string{strconv.Itoa(x.Rank), fmt.Sprintf("%.1f %%", x.Percentile), half, runName(x.RunID, x.Message), metric.Format(x.Score), by}
		if medals {
			cells = slices.Insert(cells, 3, orDash(string(x.Medal)))
		}
		t.add(cells...)
	}
	if err := t.write(w); err != nil {
		return err
	}
	if len(o.Marks) > 0 {
		marks := newTable(">to beat", ">rank", "")
		for _, m := range o.Marks {
			marks.add(metric.Format(m.Score), strconv.Itoa(m.Rank), m.Name)
		}
		fmt.Fprintln(w)
		if err := marks.write(w); err != nil {
			return err
		}
	}
	p.Say("%d teams on the board: %s", o.Teams, o.Board)
	if o.Server == submissions.Sandbox {
		p.Say("%s the board is the sandbox's, which is not Kaggle's", p.paint(bold, "note:"))
	}
	if estimates {
		p.Say("%s an estimate is the place that another score would have: the score of the board may differ", p.paint(bold, "note:"))
	}
	if o.Medals == nil {
		p.Say("%s medals are those of Featured and Research competitions", p.paint(bold, "note:"))
	}
	return nil
}

// runName is what a row is called: its run, or the message of a submission without
// one.
func runName(run, message string) string {
	return cmp.Or(run, "("+cmp.Or(message, "submission")+")")
}

// placeColumns are the fields of ledger.Place, for CSV.
var placeColumns = []string{"run_id", "message", "score", "by", "estimate", "rank", "teams", "percentile", "top_half", "medal", "late"}

func placeCells(places []ledger.Place) [][]string {
	cells := [][]string{}
	for _, x := range places {
		cells = append(cells, []string{x.RunID, x.Message, strconv.FormatFloat(x.Score, 'g', -1, 64), x.By, strconv.FormatBool(x.Estimate),
			strconv.Itoa(x.Rank), strconv.Itoa(x.Teams), strconv.FormatFloat(x.Percentile, 'g', 6, 64), strconv.FormatBool(x.TopHalf),
			string(x.Medal), strconv.FormatBool(x.Late)})
	}
	return cells
}
