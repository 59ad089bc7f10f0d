package submissions

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Uploader is the server's side of an upload.
type Uploader interface {
	// Upload sends a file to a competition.
	Upload(ctx context.Context, competition, path, message string) (Receipt, error)
	// Listed is what the server has of one's own submissions, at least the
	// newest of them.
	Listed(ctx context.Context, competition string) ([]Listed, error)
}

// Receipt is what the server gives for a file.
type Receipt struct {
	Ref  int64  // its number of the submission
	Note string // what a person should know of it, as that it comes too late to be ranked; may be empty
	Late bool   // it was sent after the deadline
}

// Listed is a submission that the server has. What it does not say is empty.
type Listed struct {
	Ref     int64
	Time    time.Time
	File    string // base name
	Bytes   int64
	Message string
	Public  string // the server's text
	Failed  bool   // it could not be scored
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
	Note        string   // on how it was made, for a person; may be empty
	Force       bool     // send a file again that was sent already
	Time        time.Time
}

// AlreadySentError says that the very same file went to the same server and
// competition before, by the ledger; or that the server has a submission of the
// same name, size and message that did not come from this machine, by its list
// (then Record has no digest). It is a usage fault; a caller that wants the
// score of the earlier upload takes it from Record.
type AlreadySentError struct{ Record Record }

func (e *AlreadySentError) Error() string {
	what, score := "the same file", ""
	if e.Record.Digest == "" {
		what = "a file of the same name, size and message"
	}
	if e.Record.Public != "" {
		score = fmt.Sprintf(" and scored %s", e.Record.Public)
	}
	return fmt.Sprintf("%s was sent to %s on %s as submission %d%s",
		what, e.Record.Competition, e.Record.Time.UTC().Format(time.DateTime), e.Record.Ref, score)
}

// Unwrap makes it a usage fault with a hint.
func (e *AlreadySentError) Unwrap() error {
	return fault.New(fault.Usage, "add --force to spend another submission on it", "sent already")
}

// Upload sends a file once and records it. Before anything leaves the machine
// it refuses, as fault.Usage, a file that descends from data of outside Kaggle
// when it is to go to Kaggle (by the request's origins and by what the ledger
// knows of the same bytes), and, as *AlreadySentError, a file that was sent
// before and did not fail to be scored, unless Force is set. The server's list
// is looked at too: an upload whose process was killed is in no ledger.
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
		if err := checkUnsent(ctx, up, ledger, q, sum); err != nil {
			return Record{}, err
		}
	}
	got, err := up.Upload(ctx, q.Competition, q.File, q.Message)
	if err != nil {
		return Record{}, fmt.Errorf("upload %s: %w", q.File, err)
	}
	r := Record{Event: Sent, Time: q.Time, Competition: q.Competition, Server: q.Server, File: q.File, Digest: sum,
		Origins: origins, RunID: q.RunID, Ref: got.Ref, Message: q.Message, Note: notes(q.Note, got.Note), CV: q.CV, Late: got.Late}
	if r.Time.IsZero() {
		r.Time = time.Now().UTC()
	}
	return r, ledger.Append(r)
}

// notes joins those that are there.
func notes(of ...string) string {
	return strings.Join(slices.DeleteFunc(of, func(n string) bool { return n == "" }), "; ")
}

func checkUnsent(ctx context.Context, up Uploader, ledger *Ledger, q Request, sum string) error {
	sent, err := ledger.Submissions(Filter{Competition: q.Competition, Server: q.Server})
	if err != nil {
		return err
	}
	for _, r := range sent {
		if r.Digest == sum && r.Error == "" {
			return &AlreadySentError{Record: r}
		}
	}
	info, err := os.Stat(q.File)
	if err != nil {
		return err
	}
	listed, err := up.Listed(ctx, q.Competition)
	if err != nil {
		return fmt.Errorf("upload %s: was it sent before? %w", q.File, err)
	}
	for _, l := range listed {
		ours := slices.ContainsFunc(sent, func(r Record) bool { return r.Ref == l.Ref })
		if !ours && !l.Failed && l.File == filepath.Base(q.File) && l.Bytes == info.Size() && l.Message == q.Message {
			return &AlreadySentError{Record: Record{Event: Sent, Time: l.Time, Competition: q.Competition, Server: q.Server,
				File: l.File, Ref: l.Ref, Message: l.Message, Public: l.Public}}
		}
	}
	return nil
}
