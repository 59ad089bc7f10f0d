package steps

import (
	"context"
	"errors"
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
	score, err := Server{s.deps.Client}.Status(ctx, s.spec.Competition, placed.Ref)
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
	srv, ledger := Server{s.deps.Client}, Ledger(s.deps.Home)
	env.Progress(-1, "uploading", nil)
	record, err := s.send(ctx, srv, ledger, submissions.Request{
		Competition: s.spec.Competition, Server: s.deps.Server, File: in.Path("submission"), Message: message,
		RunID: env.RunID, CV: &cv.Score, Origins: originsOf(in), Note: in.One("cv").Artifact.Manifest.Notes[noteOfFile], Time: time.Now(),
	})
	if err != nil {
		return pipelines.Report{}, err
	}
	placed := Placed{Ref: record.Ref, Competition: s.spec.Competition, Server: s.deps.Server, Message: message}
	if s.spec.Submit.Wait {
		env.Progress(-1, "waiting for the score", nil)
		if err := s.wait(ctx, srv, &placed, record, ledger); err != nil {
			return pipelines.Report{}, err
		}
	}
	return placed.report(), writeJSON(env.Path("score"), placed)
}

// send uploads a file, or finds the earlier submission of the same bytes. One
// that the server no longer knows (a sandbox was thrown away) is sent again.
func (s submit) send(ctx context.Context, srv Server, ledger *submissions.Ledger, q submissions.Request) (submissions.Record, error) {
	record, err := submissions.Upload(ctx, srv, ledger, q)
	var sent *submissions.AlreadySentError
	if !errors.As(err, &sent) {
		return record, err
	}
	if _, err := srv.Submission(ctx, sent.Record.Ref); !errors.Is(err, kaggle.ErrNotFound) {
		return sent.Record, err
	}
	q.Force = true
	return submissions.Upload(ctx, srv, ledger, q)
}

// wait fills in scores and place.
func (s submit) wait(ctx context.Context, srv Server, p *Placed, record submissions.Record, ledger *submissions.Ledger) error {
	m, err := metric.ByName(s.spec.Target.Metric)
	if err != nil {
		return err
	}
	score, place, err := srv.Settle(ctx, ledger, record, &m, submissions.WaitOptions{First: 100 * time.Millisecond})
	p.Public, p.Private = number(score.Public), number(score.Private)
	if place != nil {
		p.Rank, p.Teams, p.Percentile = &place.Rank, &place.Teams, &place.Percentile
	}
	return err
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
