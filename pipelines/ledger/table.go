package ledger

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Table is every run and submission of a home, newest first.
type Table struct {
	Rows []Row
	Torn int // lines of ledger.jsonl that are no records
}

// Read reads the table of the home folder. A run whose files cannot be read has a
// row that says so.
func Read(home string) (Table, error) {
	var sent []submissions.Record
	var torn int
	var sentErr error
	var beside sync.WaitGroup
	beside.Go(func() {
		book := submissions.Ledger{Path: filepath.Join(home, "ledger.jsonl")}
		sent, torn, sentErr = book.Sent()
	})
	rows, err := scan(home, time.Now())
	beside.Wait()
	if err = errors.Join(err, sentErr); err != nil {
		return Table{}, err
	}
	rows = join(rows, sent)
	for i := range rows {
		if rows[i].Status == pipelines.RunRunning && !pipelines.RunLives(home, rows[i].RunID) {
			rows[i].Status = StatusDied
		}
		rows[i].settle()
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.RunID, a.RunID)) })
	return Table{rows, torn}, nil
}

// Run is the row of the run with this id.
func (t Table) Run(id string) (Row, bool) {
	i := slices.IndexFunc(t.Rows, func(r Row) bool { return id != "" && r.RunID == id })
	if i < 0 {
		return Row{}, false
	}
	return t.Rows[i], true
}

// whose names a submission: the file's digest in a competition of a server. The
// same bytes score the same, whichever run made them.
type whose struct{ competition, server, digest string }

// join gives each run what the ledger knows of its submission, of several the
// newest: those that were sent in its name, or else of the same bytes. What no run
// made gets a row of its own.
func join(rows []Row, sent []submissions.Record) []Row {
	byRun, byFile := map[string]*submissions.Record{}, map[whose]*submissions.Record{}
	for i := range slices.Backward(sent) { // the newest is written last
		s := &sent[i]
		if s.RunID != "" {
			byRun[s.RunID] = s
		}
		if s.Digest != "" {
			byFile[whose{s.Competition, s.Server, s.Digest}] = s
		}
	}
	runs, files := map[string]bool{}, map[whose]bool{}
	for i := range rows {
		r := &rows[i]
		file := whose{r.Competition, r.Server, r.Digest}
		runs[r.RunID] = true
		files[file] = r.Digest != ""
		if s := cmp.Or(byRun[r.RunID], byFile[file]); s != nil {
			r.take(*s)
		}
	}
	for _, s := range sent {
		if runs[s.RunID] || files[whose{s.Competition, s.Server, s.Digest}] {
			continue
		}
		r := Row{Competition: s.Competition, Status: StatusSent, Started: s.Time.UTC(), CV: s.CV, Note: s.Note}
		r.take(s)
		rows = append(rows, r)
	}
	return rows
}
