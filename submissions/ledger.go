package submissions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// Event says what a line of the ledger is about.
type Event string

// The events.
const (
	Made   Event = "made"   // a submission file was written; says what it descends from
	Sent   Event = "sent"   // it was uploaded
	Scored Event = "scored" // its score or its error came
	Reset  Event = "reset"  // the server forgot the competition's submissions (sandbox reset)
)

// The servers of a record.
const (
	Kaggle  = "kaggle"
	Sandbox = "sandbox"
)

// Record is one line of the ledger. What is not known is left out.
type Record struct {
	Event       Event     `json:"event"`
	Time        time.Time `json:"time"`
	Competition string    `json:"competition"`
	Server      string    `json:"server,omitempty"` // Kaggle or Sandbox
	File        string    `json:"file,omitempty"`   // path when it was sent
	Digest      string    `json:"digest,omitempty"` // SHA-256 of the file
	Origins     []string  `json:"origins,omitempty"`
	RunID       string    `json:"run_id,omitempty"`
	Ref         int64     `json:"ref,omitempty"` // the server's number of the submission
	Message     string    `json:"message,omitempty"`
	Note        string    `json:"note,omitempty"` // on the file or its upload, for a person
	CV          *float64  `json:"cv,omitempty"`
	Public      string    `json:"public,omitempty"`  // the server's text
	Private     string    `json:"private,omitempty"` // the server's text
	Error       string    `json:"error,omitempty"`   // why the server could not score it
	Rank        int       `json:"rank,omitempty"`
	Teams       int       `json:"teams,omitempty"`
	Late        bool      `json:"late,omitempty"` // sent after the deadline: scored, not ranked
}

// Ledger is the file of everything that was made, sent and scored: JSON lines,
// only ever appended to, each append fsynced. A line that a crash cut short is
// passed over when reading. The file is made by the first Append.
type Ledger struct{ Path string }

// Append writes r at the end. A record without time, event or competition is
// refused: it could never be found again.
func (l *Ledger) Append(r Record) (err error) {
	if r.Time.IsZero() || r.Event == "" || r.Competition == "" {
		return fmt.Errorf("ledger %s: a record needs an event, a time and a competition: %+v", l.Path, r)
	}
	r.Time = r.Time.UTC()
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("ledger %s: %w", l.Path, err)
	}
	if err := os.MkdirAll(filepath.Dir(l.Path), 0o755); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	f, err := os.OpenFile(l.Path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	torn, err := endsTorn(f)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if torn { // keep the half line apart from ours
		line = append([]byte{'\n'}, line...)
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return atomicfile.SyncDir(filepath.Dir(l.Path))
}

// endsTorn reports whether the last write to f was cut before its newline.
func endsTorn(f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, info.Size()-1); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return last[0] != '\n', nil
}

// Lines reads every record in the order of writing. torn counts lines that are
// no records, as a crash in an append leaves them. A ledger that is not there
// is empty.
func (l *Ledger) Lines() (records []Record, torn int, err error) {
	b, err := os.ReadFile(l.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("ledger: %w", err)
	}
	for line := range bytes.Lines(b) {
		var r Record
		if json.Unmarshal(line, &r) != nil || r.Event == "" {
			torn++
			continue
		}
		records = append(records, r)
	}
	return records, torn, nil
}

// Filter picks records; an empty field picks all.
type Filter struct{ Competition, Server, Digest, RunID string }

func (f Filter) picks(r Record) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.Competition, r.Competition) && is(f.Server, r.Server) && is(f.Digest, r.Digest) && is(f.RunID, r.RunID)
}

// Submissions lists what was sent, each with what was learnt of it since, the
// newest first. After a Reset the server's earlier submissions are left out.
func (l *Ledger) Submissions(f Filter) ([]Record, error) {
	sent, _, err := l.Sent()
	return slices.DeleteFunc(sent, func(r Record) bool { return !f.picks(r) }), err
}

// Sent is all Submissions, and how many lines are torn.
func (l *Ledger) Sent() (sent []Record, torn int, err error) {
	lines, torn, err := l.Lines()
	if err != nil {
		return nil, torn, err
	}
	for _, r := range lines {
		same := func(s Record) bool { return s.Competition == r.Competition && s.Server == r.Server }
		switch r.Event {
		case Sent:
			sent = append(sent, r)
		case Scored:
			for i := len(sent) - 1; i >= 0; i-- {
				if same(sent[i]) && sent[i].Ref == r.Ref {
					sent[i].learn(r)
					break
				}
			}
		case Reset:
			sent = slices.DeleteFunc(sent, same)
		}
	}
	slices.Reverse(sent)
	return sent, torn, nil
}

// learn takes over what a later record knows of the submission r.
func (r *Record) learn(later Record) {
	r.Event = later.Event
	r.Public, r.Private, r.Error = later.Public, later.Private, later.Error
	if later.Teams > 0 {
		r.Rank, r.Teams = later.Rank, later.Teams
	}
}

// Origins is every origin that a record of the file with this digest names,
// in order of first mention.
func (l *Ledger) Origins(digest string) ([]string, error) {
	lines, _, err := l.Lines()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, r := range lines {
		if r.Digest != digest {
			continue
		}
		for _, o := range r.Origins {
			if !slices.Contains(all, o) {
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// Inherit records that the file with the digest made was made of files with the
// digests of, where the ledger knows an origin of one of those: it has all of
// their origins then, wherever it goes. It gives them.
func (l *Ledger) Inherit(now time.Time, made string, of []string) ([]string, error) {
	lines, _, err := l.Lines()
	if err != nil {
		return nil, err
	}
	r := Record{Event: Made, Time: now, Digest: made}
	for _, known := range lines {
		if len(known.Origins) == 0 || !slices.Contains(of, known.Digest) {
			continue
		}
		r.Competition = known.Competition
		for _, o := range known.Origins {
			if !slices.Contains(r.Origins, o) {
				r.Origins = append(r.Origins, o)
			}
		}
	}
	if len(r.Origins) == 0 {
		return nil, nil
	}
	return r.Origins, l.Append(r)
}
