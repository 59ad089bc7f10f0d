package ledger

import (
	"cmp"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// StatusSent is the status of a submission that no run of this machine made. The
// others are those of pipelines.Run.
const StatusSent = "sent"

// StatusDied is the status of a run that did not end, but whose process has.
const StatusDied = "died"

// StatusUnreadable is the status of a run whose run.json cannot be read; Note says
// why.
const StatusUnreadable = "unreadable"

// Row is a run with what became of its submission, or a submission that no run
// made. What is not known is nil, zero or empty.
type Row struct {
	RunID       string             `json:"run_id"` // "" of a submission that no run made
	Pipeline    string             `json:"pipeline"`
	Competition string             `json:"competition"`
	Server      string             `json:"server"` // kaggle or sandbox
	Status      string             `json:"status"`
	Started     time.Time          `json:"started"` // UTC; of a submission without a run: when it was sent
	Seconds     float64            `json:"seconds"`
	Metric      string             `json:"metric"`
	Direction   string             `json:"direction"` // max or min: which scores are better
	CV          *float64           `json:"cv"`
	Spread      *float64           `json:"cv_spread"` // standard deviation of the folds' scores
	Folds       []float64          `json:"cv_folds"`  // by the number of the fold
	Public      *float64           `json:"public_score"`
	Private     *float64           `json:"private_score"`
	Gap         *float64           `json:"gap"`        // CV - public score
	Rank        *int               `json:"rank"`       // of the public score when it came, as are the teams
	Teams       *int               `json:"teams"`      // on the board, the own one counted
	Percentile  *float64           `json:"percentile"` // 100 * rank / teams
	Late        bool               `json:"late"`       // sent after the deadline: scored, not ranked
	Ref         int64              `json:"ref"`        // the server's number of the submission
	Message     string             `json:"message"`
	Digest      string             `json:"digest"` // SHA-256 of the submission
	Seed        uint64             `json:"seed"`
	PeakMemory  int64              `json:"peak_memory"` // bytes
	Tool        string             `json:"tool"`
	Precision   string             `json:"precision"`
	Parent      string             `json:"parent"`
	Changes     []pipelines.Change `json:"changes"` // of the spec since the parent's
	Note        string             `json:"note"`    // what is wrong with the row's files, or what the run or server said

	file stamp // of run.json as it was read
}

// settle works out what follows from the other fields.
func (r *Row) settle() {
	if r.Folds == nil {
		r.Folds = []float64{}
	}
	if r.Changes == nil {
		r.Changes = []pipelines.Change{}
	}
	if m, err := metric.ByName(r.Metric); err == nil {
		r.Direction = "max"
		if m.LowerIsBetter {
			r.Direction = "min"
		}
	}
	if r.CV != nil && r.Public != nil {
		gap := *r.CV - *r.Public
		r.Gap = &gap
	}
	if r.Rank != nil && r.Teams != nil && *r.Teams > 0 {
		top := 100 * float64(*r.Rank) / float64(*r.Teams)
		r.Percentile = &top
	}
}

// take adds what the ledger knows of the row's submission: the server's last word
// goes before what the run had heard.
func (r *Row) take(s submissions.Record) {
	r.Server = cmp.Or(r.Server, s.Server)
	r.Ref, r.Message, r.Late = s.Ref, s.Message, s.Late
	r.Digest = cmp.Or(r.Digest, s.Digest)
	if p := number(s.Public); p != nil {
		r.Public = p
	}
	if p := number(s.Private); p != nil {
		r.Private = p
	}
	if s.Teams > 0 {
		r.Rank, r.Teams = &s.Rank, &s.Teams
	}
	if s.Error != "" {
		r.Note = "the server could not score it: " + s.Error
	}
}

// number is the server's text as a number, nil if it is none.
func number(text string) *float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &v
}

// Better reports whether score a beats score b for the row's metric; no score, and
// a metric that nobody knows, beat nothing.
func (r Row) Better(a, b *float64) bool {
	switch {
	case a == nil || r.Direction == "":
		return false
	case b == nil:
		return true
	case r.Direction == "min":
		return *a < *b
	}
	return *a > *b
}
