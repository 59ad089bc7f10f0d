package pipelines

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// RecordVersion is the schema_version of run.json.
const RecordVersion = 1

const (
	recordName = "run.json"
	specName   = "spec.yaml"
)

// Run is what run.json holds.
type Run struct {
	SchemaVersion int                `json:"schema_version"`
	ID            string             `json:"id"`
	Pipeline      string             `json:"pipeline"`
	Competition   string             `json:"competition,omitempty"`
	Server        string             `json:"server,omitempty"` // of the data, and of submissions: kaggle or sandbox
	Metric        string             `json:"metric,omitempty"` // what cv is
	Seed          uint64             `json:"seed,omitempty"`
	Precision     string             `json:"precision,omitempty"` // of products: fp32 or bf16
	Tool          string             `json:"tool,omitempty"`      // version of podium
	Parent        string             `json:"parent,omitempty"`    // the latest earlier run of the pipeline and competition
	Changes       []Change           `json:"changes,omitempty"`   // of the effective spec since the parent's
	Status        string             `json:"status"`              // RunOK, RunFailed, RunInterrupted, RunRunning
	Started       time.Time          `json:"started"`
	Seconds       float64            `json:"seconds"`
	PeakMemory    int64              `json:"peak_memory,omitempty"` // bytes: the most of a step that ran
	Error         string             `json:"error,omitempty"`
	Hint          string             `json:"hint,omitempty"`
	Steps         []RunStep          `json:"steps"`
	Metrics       map[string]float64 `json:"metrics,omitempty"` // such as cv
	Scores        map[string]float64 `json:"scores,omitempty"`  // what the server said: public, private, rank, teams
	Files         map[string]string  `json:"files,omitempty"`   // such as submission: path
	Digest        string             `json:"digest,omitempty"`  // SHA-256 of the submission
	Notes         map[string]string  `json:"notes,omitempty"`
}

// RunStep is a step in run.json.
type RunStep struct {
	ID         string             `json:"id"`
	Op         string             `json:"op"`
	State      State              `json:"state"`
	Key        string             `json:"key,omitempty"`
	Seconds    float64            `json:"seconds,omitempty"`
	PeakMemory int64              `json:"peak_memory,omitempty"`
	Metrics    map[string]float64 `json:"metrics,omitempty"`
	Why        string             `json:"why,omitempty"`
	Error      string             `json:"error,omitempty"`
}

// Record is a run's folder being written: <root>/runs/<id>/.
type Record struct {
	dir string

	mu     sync.Mutex
	run    Run
	events *journal
	err    error // first failure of writing from Observe

	lives *lock // held until Finish: the process that makes the run is there

	interrupted bool // the run's last event said so
}

// StartRun makes the folder of a new run with the effective spec in it. The id
// is sortable and readable: 20261123-124501-digit-recognizer-4f2a, where the
// time is UTC and the last part is the head of the effective spec's digest; a
// second run in the same second gets a number behind it.
func StartRun(root string, spec *Spec, now time.Time) (*Record, error) {
	runs := filepath.Join(root, "runs")
	if err := os.MkdirAll(runs, 0o755); err != nil {
		return nil, fault.Disk(fmt.Errorf("start run: %w", err), root)
	}
	base := fmt.Sprintf("%s-%s-%s", now.UTC().Format("20060102-150405"), Slug(spec.Name), spec.Digest()[:4])
	id := base
	for i := 2; ; i++ {
		err := os.Mkdir(filepath.Join(runs, id), 0o755)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fault.Disk(fmt.Errorf("start run: %w", err), root)
		}
		id = fmt.Sprintf("%s-%d", base, i)
	}
	r := &Record{dir: filepath.Join(runs, id), run: Run{SchemaVersion: RecordVersion, ID: id, Pipeline: spec.Name,
		Competition: spec.Competition,
		Metric:      spec.Target.Metric, Seed: spec.Seed, Status: RunRunning, Started: now.UTC(), Steps: []RunStep{}}}
	r.run.descend(root, spec)
	if err := atomicfile.WriteBytes(filepath.Join(r.dir, specName), 0o644, spec.Canonical()); err != nil {
		return nil, fault.Disk(fmt.Errorf("start run: %w", err), root)
	}
	var err error
	if r.events, err = newJournal(r.dir); err != nil {
		return nil, err
	}
	r.lives = lockRun(root, id)
	return r, r.Update(func(*Run) {})
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// Slug makes a name fit for a folder: lower-case letters, digits and hyphens, at most
// 40 of them, never none.
func Slug(name string) string {
	s := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(s) > 40 {
		s = strings.Trim(s[:40], "-")
	}
	if s == "" {
		return "run"
	}
	return s
}

// ID is the run's id.
func (r *Record) ID() string { return filepath.Base(r.dir) }

// Dir is the run's folder, for other files of the run.
func (r *Record) Dir() string { return r.dir }

// Run is the record as it stands.
func (r *Record) Run() Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.run
	c.Steps, c.Changes = slices.Clone(c.Steps), slices.Clone(c.Changes)
	for _, m := range []*map[string]float64{&c.Metrics, &c.Scores} {
		*m = maps.Clone(*m)
	}
	c.Files, c.Notes = maps.Clone(c.Files), maps.Clone(c.Notes)
	return c
}

// Update changes the record under its lock and writes run.json. change may fill
// the maps, which are never nil for it.
func (r *Record) Update(change func(*Run)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range []*map[string]float64{&r.run.Metrics, &r.run.Scores} {
		if *m == nil {
			*m = map[string]float64{}
		}
	}
	for _, m := range []*map[string]string{&r.run.Files, &r.run.Notes} {
		if *m == nil {
			*m = map[string]string{}
		}
	}
	change(&r.run)
	if err := writeJSONFile(filepath.Join(r.dir, recordName), r.run); err != nil {
		return fault.Disk(fmt.Errorf("write run %s: %w", r.run.ID, err), r.dir)
	}
	return nil
}

// Finish writes how the run ended: nil is ok, an error failed, or interrupted if
// the run's last event said so or it is the end of a context. It returns the first error of writing the record.
func (r *Record) Finish(err error, now time.Time) error {
	written := r.Update(func(run *Run) {
		run.Seconds = now.Sub(run.Started).Seconds()
		run.Status = RunOK
		for _, s := range run.Steps {
			if s.State != Cached { // whose memory was another run's
				run.PeakMemory = max(run.PeakMemory, s.PeakMemory)
			}
		}
		if err != nil {
			run.Status, run.Error, run.Hint = RunFailed, err.Error(), fault.HintOf(err)
		}
		if err != nil && (r.interrupted || errors.Is(err, context.Canceled)) {
			run.Status = RunInterrupted
		}
	})
	r.keep(written)
	r.keep(r.events.close())
	r.lives.release() // the last of all: who finds it free reads how the run ended
	return r.err
}
