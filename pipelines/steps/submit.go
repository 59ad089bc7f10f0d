package steps

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Placed is what the server said of a submission: score.json of a submit step.
// What is not known (yet) is null.
type Placed struct {
	Ref         int64    `json:"ref"`
	Competition string   `json:"competition"`
	Server      string   `json:"server"`
	Message     string   `json:"message"`
	Public      *float64 `json:"public_score"`
	Private     *float64 `json:"private_score"`
	// Rank is where the public score stands among the teams of the board, the
	// own team counted once.
	Rank       *int     `json:"rank"`
	Teams      *int     `json:"teams"`
	Percentile *float64 `json:"percentile"` // 100 * rank / teams
}

// submit uploads the submission, waits for its score and looks up its place. It
// is an effect: it runs only when asked for, and the same file is not sent twice.
type submit struct {
	op
	deps *Deps
	spec *pipelines.Spec
}

func newSubmit(d *Deps, spec *pipelines.Spec) submit {
	return submit{
		op: op{name: "submit", version: 1,
			params: map[string]any{"server": d.Server, "competition": spec.Competition, "name": spec.Submit.Name},
			in:     []pipelines.Port{{Name: "submission", Kind: kindSubmission}, {Name: "cv", Kind: kindScore}},
			out:    []pipelines.Port{{Name: "score", Kind: kindScore, File: "score.json"}}},
		deps: d, spec: spec,
	}
}

// StillHolds asks the server whether it still has the submission. (It forgets
// when a sandbox is reset.)
func (s submit) StillHolds(ctx context.Context, earlier *pipelines.Artifact) (bool, error) {
	var placed Placed
	if err := readJSON(filepath.Join(earlier.Dir, "score.json"), &placed); err != nil || placed.Public == nil {
		return false, nil
	}
	score, err := server{s.deps.Client}.Status(ctx, s.spec.Competition, placed.Ref)
	if errors.Is(err, kaggle.ErrNotFound) {
		return false, nil
	}
	return err == nil && score.Public == metric.Format(*placed.Public), err
}

// Run sends the file. If the very same bytes were sent before, the earlier
// submission's score counts and nothing is sent.
func (s submit) Run(ctx context.Context, env pipelines.Env, in pipelines.Inputs) (pipelines.Report, error) {
	var cv submissions.CV
	if err := readJSON(in.Path("cv"), &cv); err != nil {
		return pipelines.Report{}, err
	}
	message, err := pipelines.ExpandName(s.spec.Submit.Name, pipelines.NameValues{
		Run: env.RunID, Pipeline: s.spec.Name, Metric: s.spec.Target.Metric, CV: cv.Score, Seed: s.spec.Seed})
	if err != nil {
		return pipelines.Report{}, err
	}
	srv, ledger := server{s.deps.Client}, submissions.Ledger{Path: s.deps.Ledger}
	env.Progress(-1, "uploading", nil)
	record, err := submissions.Upload(ctx, srv, &ledger, submissions.Request{
		Competition: s.spec.Competition, Server: s.deps.Server, File: in.Path("submission"), Message: message,
		RunID: env.RunID, CV: &cv.Score, Origins: originsOf(in), Time: time.Now(),
	})
	var sent *submissions.AlreadySentError
	if errors.As(err, &sent) {
		record, err = sent.Record, nil
	}
	if err != nil {
		return pipelines.Report{}, err
	}
	placed := Placed{Ref: record.Ref, Competition: s.spec.Competition, Server: s.deps.Server, Message: message}
	if s.spec.Submit.Wait {
		env.Progress(-1, "waiting for the score", nil)
		if err := s.wait(ctx, srv, &placed, record, &ledger); err != nil {
			return pipelines.Report{}, err
		}
	}
	return placed.report(), writeJSON(env.Path("score"), placed)
}

// wait fills in scores and place, and tells the ledger.
func (s submit) wait(ctx context.Context, srv server, p *Placed, record submissions.Record, ledger *submissions.Ledger) error {
	score, err := submissions.Wait(ctx, srv, s.spec.Competition, p.Ref, submissions.WaitOptions{First: 100 * time.Millisecond})
	record.Event, record.Time = submissions.Scored, time.Now()
	if err != nil {
		if score.State == submissions.StateError {
			record.Error = score.Error
			err = errors.Join(err, ledger.Append(record))
		}
		return err
	}
	p.Public, p.Private = number(score.Public), number(score.Private)
	record.Public, record.Private = score.Public, score.Private
	if p.Public != nil {
		place, err := s.place(ctx, srv, p.Ref, *p.Public)
		if err != nil {
			return fmt.Errorf("the submission scored %s, but its place is not known: %w", score.Public, err)
		}
		p.Rank, p.Teams, p.Percentile = &place.Rank, &place.Teams, &place.Percentile
		record.Rank, record.Teams = place.Rank, place.Teams
	}
	return ledger.Append(record)
}

// place ranks the score among the teams on the board, of which the own one is
// known by the name that the server gives the submission's team.
func (s submit) place(ctx context.Context, srv server, ref int64, score float64) (submissions.Placement, error) {
	m, err := metric.ByName(s.spec.Target.Metric)
	if err != nil {
		return submissions.Placement{}, err
	}
	board, err := srv.Board(ctx, s.spec.Competition)
	if err != nil {
		return submissions.Placement{}, err
	}
	sub, err := srv.Client.Submission(ctx, ref)
	if err != nil {
		return submissions.Placement{}, err
	}
	return submissions.Place(submissions.Entry{Team: sub.Team, Score: score, Date: sub.Date}, board, m), nil
}

func (p Placed) report() pipelines.Report {
	r := pipelines.Report{Metrics: map[string]float64{}, Notes: map[string]string{
		"ref": strconv.FormatInt(p.Ref, 10), "message": p.Message}}
	for name, v := range map[string]*float64{"public": p.Public, "private": p.Private, "percentile": p.Percentile} {
		if v != nil {
			r.Metrics[name] = *v
		}
	}
	if p.Rank != nil {
		r.Metrics["rank"], r.Metrics["teams"] = float64(*p.Rank), float64(*p.Teams)
	}
	return r
}

// number is the server's text as a number, nil if it is none.
func number(text string) *float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return &v
}
