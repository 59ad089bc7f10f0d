package steps

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/kaggle"
	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/pretrained"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// Settings are what a run needs beside its spec.
type Settings struct {
	Home   string         // folder of state: data/, artifacts/, runs/, ledger.jsonl
	Client *kaggle.Client // the server to download from and submit to
	Server string         // submissions.Kaggle or submissions.Sandbox

	Weights pretrained.Cache // of published weights
	Offline bool             // no weights are fetched into the cache

	Notes map[string]string // for the run's record beside those of its steps; may be nil

	Submit bool     // upload at the end
	Force  []string // steps to make again: ids or patterns
	Tool   string   // version of podium

	Precision  string // of the engine's products: fp32 or bf16; "" is fp32
	OpenEngine func() (engine.Engine, error)
	OnEvent    func(pipelines.Event) // may be nil
}

// Outcome is how a run ended: the last line of `podium run --json`, where
// schema_version goes before its fields. What does
// not apply is null.
type Outcome struct {
	Time        time.Time `json:"time"`
	Event       string    `json:"event"` // "finished"
	RunID       string    `json:"run_id"`
	Pipeline    string    `json:"pipeline"`
	Competition string    `json:"competition"`
	Server      string    `json:"server"`
	Status      string    `json:"status"` // ok, failed, interrupted
	Metric      string    `json:"metric"`
	CV          *float64  `json:"cv"`
	CVSpread    *float64  `json:"cv_spread"`
	CVBefore    *float64  `json:"cv_before_pseudo"` // of the same blend of nets that learnt from training rows alone
	// Blend and Post are what was chosen: weights, and corrections.
	Blend *submissions.BlendChoice       `json:"blend"`
	Post  *submissions.CalibrationReport `json:"post"`
	// Boxes and Heat are of the models that predict boxes and that have heat maps.
	Boxes      []FoundBoxes `json:"boxes,omitempty"`
	Heat       []HeatMaps   `json:"heat,omitempty"`
	Public     *float64     `json:"public_score"`
	Private    *float64     `json:"private_score"`
	Rank       *int         `json:"rank"`
	Teams      *int         `json:"teams"`
	Percentile *float64     `json:"percentile"`
	Seconds    float64      `json:"seconds"`
	Submission *string      `json:"submission"` // path of the file
	Warnings   []string     `json:"warnings"`   // of steps: what is wrong with the run
	Dir        string       `json:"dir"`        // folder of the run
	Error      *string      `json:"error"`
}

// precision is that of the engine's products, by its name.
func (s Settings) precision() string { return cmp.Or(s.Precision, "fp32") }

// deps are the parts of the settings that steps use.
func (s Settings) deps() *Deps {
	return &Deps{Client: s.Client, Server: s.Server, Home: s.Home, Weights: s.Weights, Offline: s.Offline, Precision: s.Precision, OpenEngine: s.OpenEngine}
}

// Inspect says what a run of spec would do, without doing it.
func Inspect(spec *pipelines.Spec, s Settings) (pipelines.View, error) {
	plan, err := Compile(spec, s.deps())
	if err != nil {
		return pipelines.View{}, err
	}
	store, err := pipelines.Open(s.Home)
	if err != nil {
		return pipelines.View{}, err
	}
	return pipelines.Inspect(plan, store)
}

// Run brings a spec to its end: everything that is not there yet is made, the
// submission is written into the run's folder and, with Settings.Submit,
// uploaded, scored and placed. The Outcome is whole also with an error.
func Run(ctx context.Context, spec *pipelines.Spec, s Settings) (out Outcome, err error) {
	start := time.Now()
	out = Outcome{Event: "finished", Pipeline: spec.Name, Competition: spec.Competition,
		Server: s.Server, Metric: spec.Target.Metric, Status: "failed", Warnings: []string{}}
	defer func() {
		out.Time, out.Seconds = time.Now(), time.Since(start).Seconds()
		switch {
		case err == nil:
			out.Status = "ok"
		case errors.Is(err, context.Canceled):
			out.Status = "interrupted"
		}
		if err != nil {
			text := err.Error()
			out.Error = &text
		}
	}()
	deps := s.deps()
	defer deps.Close()
	plan, err := Compile(spec, deps)
	if err != nil {
		return out, err
	}
	store, err := pipelines.Open(s.Home)
	if err != nil {
		return out, err
	}
	record, err := pipelines.StartRun(s.Home, spec, start)
	if err != nil {
		return out, err
	}
	out.RunID, out.Dir = record.ID(), record.Dir()
	defer func() { err = errors.Join(err, record.Finish(err, time.Now())) }()
	if err := record.Update(func(run *pipelines.Run) {
		run.Server, run.Precision, run.Tool = s.Server, s.precision(), s.Tool
		maps.Copy(run.Notes, s.Notes)
	}); err != nil {
		return out, err
	}

	runner := &pipelines.Local{Store: store, Tool: s.Tool}
	result, err := runner.Run(ctx, plan, pipelines.Options{RunID: out.RunID, Effects: s.Submit, Force: s.Force,
		OnEvent: func(e pipelines.Event) {
			record.Observe(e)
			if s.OnEvent != nil {
				s.OnEvent(e)
			}
		}})
	return out, errors.Join(err, out.learn(spec, result, record))
}

// learn takes scores and files out of the steps that are done.
func (o *Outcome) learn(spec *pipelines.Spec, result pipelines.Result, record *pipelines.Record) error {
	scores, metrics, files := map[string]float64{}, map[string]float64{}, map[string]string{}
	notes, digest := map[string]string{}, ""
	for _, r := range result.Steps {
		if r.Artifact == nil || r.Artifact.Manifest.Notes[pipelines.NoteWarning] == "" {
			continue
		}
		o.Warnings = append(o.Warnings, r.Artifact.Manifest.Notes[pipelines.NoteWarning])
		notes[pipelines.NoteWarning+"."+r.ID] = r.Artifact.Manifest.Notes[pipelines.NoteWarning]
	}
	for _, step := range []string{"blend", "post"} { // the later has the last word
		r, ok := result.Step(step)
		if !ok || r.Artifact == nil {
			continue
		}
		m := r.Artifact.Manifest.Metrics
		cv, spread := m["cv"], m["cv_spread"]
		o.CV, o.CVSpread = &cv, &spread
		for k, v := range m {
			if k == "cv" || k == "cv_spread" || strings.HasPrefix(k, "cv_fold") {
				metrics[k] = v
			}
		}
		maps.Copy(notes, r.Artifact.Manifest.Notes)
		if err := o.chose(step, r.Artifact.Dir); err != nil {
			return err
		}
	}
	blend, post := beforeRound(1)
	for _, step := range []string{blend, post} {
		if r, ok := result.Step(step); ok && r.Artifact != nil {
			cv := r.Artifact.Manifest.Metrics["cv"]
			o.CVBefore, metrics["cv_before_pseudo"] = &cv, cv
		}
	}
	if err := o.learnBoxes(spec, result, metrics, files); err != nil {
		return err
	}
	if r, ok := result.Step("write"); ok && r.Artifact != nil {
		path := filepath.Join(o.Dir, "submission.csv")
		// A copy, not a link: people edit what lies in a run's folder, and an
		// artifact must never change.
		if err := copyFile(filepath.Join(r.Artifact.Dir, "submission.csv"), path); err != nil {
			return err
		}
		o.Submission = &path
		files["submission"] = path
		digest = r.Artifact.Manifest.Notes["sha256"]
	}
	if r, ok := result.Step("submit"); ok && r.Artifact != nil {
		var p Placed
		if err := readJSON(filepath.Join(r.Artifact.Dir, "score.json"), &p); err != nil {
			return err
		}
		o.Public, o.Private, o.Rank, o.Teams, o.Percentile = p.Public, p.Private, p.Rank, p.Teams, p.Percentile
		for k, v := range r.Artifact.Manifest.Metrics {
			scores[k] = v
		}
	}
	return record.Update(func(run *pipelines.Run) {
		run.Metrics, run.Scores, run.Files, run.Digest = metrics, scores, files, digest
		maps.Copy(run.Notes, notes)
	})
}

// chose reads what the step chose, if it had a choice.
func (o *Outcome) chose(step, dir string) error {
	var err error
	switch step {
	case "blend":
		err = readJSON(filepath.Join(dir, "blend.json"), &o.Blend)
	case "post":
		err = readJSON(filepath.Join(dir, "post.json"), &o.Post)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
