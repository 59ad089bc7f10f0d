package submissions

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Uploader sends a file to a competition and gives the server's number for it.
type Uploader interface {
	Upload(ctx context.Context, competition, path, message string) (ref int64, err error)
}

// Board reads a competition's leaderboard, best first.
type Board interface {
	Board(ctx context.Context, competition string) ([]Entry, error)
}

// Request is one upload.
type Request struct {
	Competition string
	Server      string // Kaggle or Sandbox
	File        string
	Message     string
	RunID       string   // of the run that made the file, may be empty
	CV          *float64 // its out-of-fold score, may be nil
	Origins     []string // what the file descends from, as far as the caller knows
	Force       bool     // send a file again that was sent already
	Time        time.Time
}

// AlreadySentError says that the very same file went to the same server and
// competition before. It is a usage fault; a caller that wants the score of
// the earlier upload takes it from Record.
type AlreadySentError struct{ Record Record }

func (e *AlreadySentError) Error() string {
	score := ""
	if e.Record.Public != "" {
		score = fmt.Sprintf(" and scored %s", e.Record.Public)
	}
	return fmt.Sprintf("the same file was sent to %s on %s as submission %d%s",
		e.Record.Competition, e.Record.Time.Format(time.DateTime), e.Record.Ref, score)
}

// Unwrap makes it a usage fault with a hint.
func (e *AlreadySentError) Unwrap() error {
	return fault.New(fault.Usage, "add --force to spend another submission on it", "sent already")
}

// Upload sends a file once and records it. Before anything leaves the machine
// it refuses, as fault.Usage, a file that descends from data of outside Kaggle
// when it is to go to Kaggle (by the request's origins and by what the ledger
// knows of the same bytes), and, as *AlreadySentError, a file that was sent
// before and did not fail to be scored, unless Force is set.
//
// If the upload worked but could not be recorded, the record is returned with
// the error.
func Upload(ctx context.Context, up Uploader, ledger *Ledger, q Request) (Record, error) {
	if q.Server != Kaggle && q.Server != Sandbox {
		return Record{}, fmt.Errorf("upload %s: unknown server %q", q.File, q.Server)
	}
	sum, err := digest.File(q.File)
	if err != nil {
		return Record{}, fmt.Errorf("upload: %w", err)
	}
	origins, err := ledger.Origins(sum)
	if err != nil {
		return Record{}, err
	}
	for _, o := range q.Origins {
		if !slices.Contains(origins, o) {
			origins = append(origins, o)
		}
	}
	if err := checkOrigins(q.Competition, q.Server, origins); err != nil {
		return Record{}, err
	}
	if !q.Force {
		if err := checkUnsent(ledger, q, sum); err != nil {
			return Record{}, err
		}
	}
	ref, err := up.Upload(ctx, q.Competition, q.File, q.Message)
	if err != nil {
		return Record{}, fmt.Errorf("upload %s: %w", q.File, err)
	}
	r := Record{Event: Sent, Time: q.Time, Competition: q.Competition, Server: q.Server, File: q.File, Digest: sum,
		Origins: origins, RunID: q.RunID, Ref: ref, Message: q.Message, CV: q.CV}
	if r.Time.IsZero() {
		r.Time = time.Now().UTC()
	}
	return r, ledger.Append(r)
}

func checkUnsent(ledger *Ledger, q Request, sum string) error {
	sent, err := ledger.Submissions(Filter{Competition: q.Competition, Server: q.Server, Digest: sum})
	if err != nil {
		return err
	}
	for _, r := range sent {
		if r.Error == "" {
			return &AlreadySentError{Record: r}
		}
	}
	return nil
}
