package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/models/graph"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// leftover begins the names of the files that atomicfile has not finished.
const leftover = "." + checkpointName + ".tmp-"

// resume puts the run where its checkpoint is, or at the beginning if there is
// none. A checkpoint that cannot be used is told to Warn and then overwritten,
// but one of another training is an error.
func (r *run) resume() error {
	file, err := r.load()
	if err != nil {
		return err
	}
	if file != nil {
		defer file.Close()
		if err = r.restore(file); err == nil {
			return nil
		}
		r.warn(fmt.Errorf("train: %s does not fit, training starts anew: %w", file.Path(), err))
	}
	r.at, r.trainer, r.average, r.best = position{}, nil, nil, nil
	r.state, _, err = r.config.start()
	return err
}

// load opens the checkpoint file and compares its recipe; nil without one.
func (r *run) load() (*weight.Reader, error) {
	if r.config.Checkpoint == "" {
		return nil, nil
	}
	if err := prepare(r.config.Checkpoint); err != nil {
		return nil, fault.Wrap(err, fault.Failed, "name a folder that can be written to", "train: checkpoint folder")
	}
	file, err := weight.Open(filepath.Join(r.config.Checkpoint, checkpointName))
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.As(err, &pathError): // it may be good, but cannot be read now
		return nil, fmt.Errorf("train: load checkpoint: %w", err)
	case err != nil:
		r.warn(fmt.Errorf("train: the checkpoint is damaged, training starts anew: %w", err))
		return nil, nil
	}
	var old recipe
	if err := json.Unmarshal([]byte(file.Meta()["recipe"]), &old); err != nil || file.Meta()["format"] != checkpointFormat {
		r.warn(fmt.Errorf("train: %s is not a checkpoint of this version, training starts anew", file.Path()))
		return nil, file.Close()
	}
	if what := old.differs(r.recipe); what != "" {
		return nil, errors.Join(fault.New(fault.Failed, "remove the folder "+r.config.Checkpoint+" to train anew, or name another",
			"train: %s is of another training: %s", file.Path(), what), file.Close())
	}
	return file, nil
}

// restore builds the nets of the position in the file and fills all tensors.
func (r *run) restore(file *weight.Reader) error {
	r.at = position{}
	if err := json.Unmarshal([]byte(file.Meta()["position"]), &r.at); err != nil {
		return fmt.Errorf("position: %w", err)
	}
	if err := r.at.check(r.config.Phases, r.data.Len()); err != nil {
		return err
	}
	if err := r.rebuild(file); err != nil {
		return err
	}
	if err := upload(r.config.Engine, r.parts(), file); err != nil {
		return err
	}
	if r.trainer != nil {
		r.trainer.solver.SetSteps(r.at.SolverSteps)
	}
	if r.average != nil {
		r.average.steps = r.at.AverageSteps
	}
	e := r.config.Engine
	if was, is := file.Meta()["engine"]+" with "+file.Meta()["threads"]+" threads", fmt.Sprintf("%s with %d threads", engineName(e), e.Threads()); was != is {
		r.warn(fmt.Errorf("train: going on with engine %s where it was %s: the result may differ in its last digits from an uninterrupted training", is, was))
	}
	return nil
}

// rebuild makes state, average and trainer as they were, with any values.
func (r *run) rebuild(file *weight.Reader) error {
	r.state, r.trainer, r.average, r.best = graph.NewState(r.config.Engine, r.config.Seed), nil, nil, nil
	c := r.config
	if err := c.design().params(r.state); err != nil {
		return err
	}
	for _, t := range file.Infos() {
		if strings.HasPrefix(t.Name, "average/") {
			var err error
			if r.average, err = newAverage(r.state); err != nil {
				return err
			}
			break
		}
	}
	if r.at.Best != nil {
		var err error
		if r.best, err = r.state.Clone(); err != nil {
			return err
		}
	}
	if r.at.Phase == len(c.Phases) || !r.at.phaseBegun() {
		return nil
	}
	return r.begin()
}

func (r *run) warn(err error) {
	if r.config.Warn != nil {
		r.config.Warn(err)
	}
}

// prepare makes the folder, finds out now and not after the first epoch whether
// it can be written to, and removes the unfinished files of a run that was killed
// while it wrote a checkpoint.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(dir, leftover+"*")
	if err != nil {
		return err
	}
	probe.Close()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), leftover) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	return nil
}
