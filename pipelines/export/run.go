package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Run is what there is of a run for other tools.
type Run struct {
	pipelines.Run
	Params map[string]string // of the effective spec, by path
	Curves []Curve           // of the nets that it trained or found trained, in the plan's order
	Files  map[string]string // what lies in its folder, by name: paths
}

// Curve is the training of one net.
type Curve struct {
	Step   string // that trained it
	Began  time.Time
	Epochs []train.EpochStats
}

// Open reads the run that id names (see pipelines.LoadRun) under home. A net whose
// artifact is no longer there has no curve.
func Open(home, id string) (*Run, error) {
	record, err := pipelines.LoadRun(home, id)
	if err != nil {
		return nil, err
	}
	r := &Run{Run: record, Files: map[string]string{}}
	spec, err := pipelines.ReadSpec(home, r.ID)
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", r.ID, err)
	}
	r.Params = spec.Leaves()
	store, err := pipelines.Open(home)
	if err != nil {
		return nil, err
	}
	for _, s := range r.Steps {
		a, err := store.Lookup(s.Key)
		if err != nil {
			return nil, err
		}
		if a == nil {
			continue
		}
		epochs, err := history(a.Dir)
		if err != nil {
			return nil, fmt.Errorf("run %s, step %s: %w", r.ID, s.ID, err)
		}
		if epochs != nil {
			r.Curves = append(r.Curves, Curve{s.ID, a.Manifest.Started, epochs})
		}
	}
	return r, r.findFiles(filepath.Dir(pipelines.SpecFile(home, r.ID)))
}

// history reads the history of the net in an artifact, nil if it holds no net.
func history(dir string) ([]train.EpochStats, error) {
	b, err := os.ReadFile(filepath.Join(dir, "history.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var epochs []train.EpochStats
	if err := json.Unmarshal(b, &epochs); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Join(dir, "history.json"), err)
	}
	return epochs, nil
}

// findFiles lists the run's folder.
func (r *Run) findFiles(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			r.Files[e.Name()] = filepath.Join(dir, e.Name())
		}
	}
	return nil
}

// ended is when the run ended, the zero time while it runs.
func (r *Run) ended() time.Time {
	if r.Status == pipelines.RunRunning {
		return time.Time{}
	}
	return r.Started.Add(time.Duration(r.Seconds * float64(time.Second)))
}

// figures are the run's numbers at its end.
func (r *Run) figures() map[string]float64 {
	out := map[string]float64{"seconds": r.Seconds}
	for _, all := range []map[string]float64{r.Metrics, r.Scores} {
		for name, x := range all {
			out[name] = x
		}
	}
	if r.PeakMemory > 0 {
		out["peak_memory_bytes"] = float64(r.PeakMemory)
	}
	return out
}

// values are an epoch's figures, by name.
func values(e train.EpochStats) map[string]float64 {
	out := map[string]float64{"loss": e.Loss, "lr": e.LR, "seconds": e.Seconds}
	if e.Score != 0 {
		out["score"] = e.Score
	}
	return out
}

// times are when the epochs ended, from when the first began.
func times(began time.Time, epochs []train.EpochStats) []time.Time {
	out := make([]time.Time, len(epochs))
	for i, e := range epochs {
		began = began.Add(time.Duration(e.Seconds * float64(time.Second)))
		out[i] = began
	}
	return out
}
