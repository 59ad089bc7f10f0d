package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/digest"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Version is the schema_version of sweep.json and of a trial's file.
const Version = 1

// Design is what a sweep searches and how: all that its trials follow from. The same
// design is the same sweep.
type Design struct {
	Pipeline      string `json:"pipeline"`
	Competition   string `json:"competition"`
	Server        string `json:"server"`
	Spec          string `json:"spec"` // digest of the spec without the values that are searched
	Precision     string `json:"precision"`
	Metric        string `json:"metric"`
	LowerIsBetter bool   `json:"lower_is_better"`
	Space         Space  `json:"space"`
	Sampler       string `json:"sampler"`
	Prune         string `json:"prune"` // MedianRule, or "" for never
	Seed          uint64 `json:"seed"`
}

// Study is a sweep's folder, <root>/sweeps/<id>/: sweep.json with its design, and
// trials/0001.json and so on, each written when its trial has ended. It belongs to one
// process at a time.
type Study struct {
	Design
	dir     string
	sampler Sampler
	trials  []Trial
	lock    *flock.Flock
}

// Open begins the study of a design under root, or goes on with it.
func Open(root string, d Design) (*Study, error) {
	s := &Study{Design: d}
	var err error
	if s.sampler, err = newSampler(d); err != nil {
		return nil, err
	}
	if err := checkRule(d.Prune); err != nil {
		return nil, err
	}
	id := pipelines.Slug(d.Pipeline) + "-" + digest.JSON(d)[:8]
	s.dir = filepath.Join(root, "sweeps", id)
	if err := os.MkdirAll(filepath.Join(s.dir, "trials"), 0o755); err != nil {
		return nil, fault.Disk(fmt.Errorf("open sweep %s: %w", id, err), root)
	}
	s.lock = flock.New(filepath.Join(s.dir, "lock"))
	switch held, err := s.lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("open sweep %s: %w", id, err)
	case !held:
		s.lock.Close()
		return nil, fault.New(fault.Failed, "wait for it: the same command then goes on from there", "another process is at work on the sweep %s", id)
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close lets others at the study.
func (s *Study) Close() error { return s.lock.Close() }

// ID is the study's id, which the same design always has.
func (s *Study) ID() string { return filepath.Base(s.dir) }

// Dir is the study's folder.
func (s *Study) Dir() string { return s.dir }

// Trials are those that have ended, in their order.
func (s *Study) Trials() []Trial { return s.trials }

// load reads the trials, or writes down the design of a study that begins.
func (s *Study) load() error {
	if err := s.write("sweep.json", struct {
		SchemaVersion int `json:"schema_version"`
		Design
	}{Version, s.Design}); err != nil {
		return err
	}
	for {
		path := s.file(len(s.trials) + 1)
		b, err := os.ReadFile(filepath.Join(s.dir, path))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		var t Trial
		if err == nil {
			err = json.Unmarshal(b, &t)
		}
		if err == nil {
			err = s.check(t)
		}
		if err != nil {
			return fault.Wrap(err, fault.Failed, "remove it: the trial is made again", "read %s", filepath.Join(s.dir, path))
		}
		s.trials = append(s.trials, t)
	}
}

// check: a file that somebody edited must not lead the search astray.
func (s *Study) check(t Trial) error {
	switch {
	case t.SchemaVersion != Version:
		return fmt.Errorf("want schema_version %d, got %d", Version, t.SchemaVersion)
	case t.Number != len(s.trials)+1:
		return fmt.Errorf("want trial %d, got %d", len(s.trials)+1, t.Number)
	case len(t.Values) != len(s.Space):
		return fmt.Errorf("want %d values, got %d", len(s.Space), len(t.Values))
	case t.State != Finished && t.State != Pruned && t.State != Failed:
		return fmt.Errorf("want the state of a trial, got %q", t.State)
	case t.State == Finished && t.CV == nil:
		return errors.New("want the cv of a finished trial, got none")
	}
	for i, p := range s.Space {
		if !p.has(t.Values[i]) {
			return fmt.Errorf("want a value of %s, got %q", p.Key, t.Values[i])
		}
	}
	return nil
}

// file is where a trial is written, relative to the study's folder.
func (s *Study) file(number int) string {
	return filepath.Join("trials", fmt.Sprintf("%04d.json", number))
}

func (s *Study) write(name string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = atomicfile.WriteBytes(filepath.Join(s.dir, name), 0o644, append(b, '\n'))
	}
	if err != nil {
		return fault.Disk(fmt.Errorf("write sweep %s: %w", s.ID(), err), s.dir)
	}
	return nil
}

// Try makes a trial: it fills in what came of the values. An error is not the trial's
// but the sweep's, which ends with it; the trial then counts as never made.
type Try func(ctx context.Context, t Trial) (Trial, error)

// Run makes trials, one after another, until there are n with those of before, or
// until every combination was tried.
func (s *Study) Run(ctx context.Context, n int, try Try) error {
	for len(s.trials) < n {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		values, more := s.sampler.Next(s.trials)
		if !more {
			return nil
		}
		t, err := try(ctx, Trial{SchemaVersion: Version, Number: len(s.trials) + 1, Values: values, Nets: []Net{}})
		if err != nil {
			return err
		}
		if err := s.write(s.file(t.Number), t); err != nil {
			return err
		}
		s.trials = append(s.trials, t)
	}
	return nil
}
