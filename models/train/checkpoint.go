package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/models/engine"
	"github.com/seed-a5aa75a0/podium/models/weight"
)

// A checkpoint is one safetensors file, replaced atomically: at every moment the
// folder holds the last whole one. Its tensors are those of parts; its metadata
// hold the recipe and the position as JSON.
const (
	checkpointName   = "checkpoint.safetensors"
	checkpointFormat = "podium checkpoint 1"
	defaultEvery     = 30 * time.Second
)

// due says whether it is time for a checkpoint within an epoch. The clock
// decides this and nothing else.
func (r *run) due() bool {
	every := r.config.Every
	if every == 0 {
		every = defaultEvery
	}
	return every > 0 && r.config.Checkpoint != "" && r.at.Batch < r.epochSteps() && time.Since(r.saved) >= every
}

// save writes the checkpoint, if there is to be one.
func (r *run) save() error {
	if r.config.Checkpoint == "" {
		return nil
	}
	if r.trainer != nil {
		r.at.SolverSteps = r.trainer.solver.Steps()
	}
	if r.average != nil {
		r.at.AverageSteps = r.average.steps
	}
	recipe, errR := json.Marshal(r.recipe)
	position, errP := json.Marshal(r.at)
	if err := errors.Join(errR, errP); err != nil {
		return fmt.Errorf("train: save checkpoint: %w", err)
	}
	meta := map[string]string{"format": checkpointFormat, "recipe": string(recipe), "position": string(position),
		"engine": engineName(r.config.Engine), "threads": strconv.Itoa(r.config.Engine.Threads())}
	if err := weight.SaveFrom(filepath.Join(r.config.Checkpoint, checkpointName), sources(r.config.Engine, r.parts()), meta); err != nil {
		return fmt.Errorf("train: save checkpoint: %w", err)
	}
	r.saved = time.Now()
	return nil
}

// engineName tells engines apart whose results may differ: by what they say of
// themselves, such as the instruction set, or else by name.
func engineName(e engine.Engine) string {
	if s, ok := e.(fmt.Stringer); ok {
		return s.String()
	}
	return e.Name()
}

// parts are all tensors of the training: weights and running statistics, the
// solver's, the moving average's and the best epoch's, told apart by prefix. At the beginning of a
// phase the solver's are not there: they start anew.
func (r *run) parts() []named {
	var all []named
	for _, p := range partsOf(r.state, false) {
		all = append(all, named{"net/" + p.name, p.value})
	}
	if r.average != nil {
		for _, p := range partsOf(r.average.state, false) {
			all = append(all, named{"average/" + p.name, p.value})
		}
	}
	if r.best != nil {
		for _, p := range partsOf(r.best, false) {
			all = append(all, named{"best/" + p.name, p.value})
		}
	}
	if r.trainer != nil && r.at.phaseBegun() {
		for _, t := range r.trainer.solver.State() {
			all = append(all, named{"solver/" + t.Name, t.Value})
		}
	}
	return all
}
