package pipelines

import (
	"time"
)

// RecordVersion is the schema_version of run.json.
const RecordVersion = 1

// Run is what run.json holds.
type Run struct {
	SchemaVersion int                `json:"schema_version"`
	ID            string             `json:"id"`
	Pipeline      string             `json:"pipeline"`
	Competition   string             `json:"competition,omitempty"`
	Status        string             `json:"status"` // running, ok, failed, interrupted
	Started       time.Time          `json:"started"`
	Seconds       float64            `json:"seconds"`
	Error         string             `json:"error,omitempty"`
	Hint          string             `json:"hint,omitempty"`
	Steps         []RunStep          `json:"steps"`
	Metrics       map[string]float64 `json:"metrics,omitempty"` // such as cv
	Scores        map[string]float64 `json:"scores,omitempty"`  // what the server said: public, private, rank, teams
	Files         map[string]string  `json:"files,omitempty"`   // such as submission: path
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
type Record struct{ dir string }

// StartRun makes the folder of a new run with the effective spec in it. The id
// is sortable and readable: 20261123-124501-digit-recognizer-4f2a, where the
// last part is the head of the effective spec's digest.
func StartRun(root string, spec *Spec, now time.Time) (*Record, error) { panic("todo") }

// ID is the run's id.
func (r *Record) ID() string { panic("todo") }

// Dir is the run's folder, for other files of the run.
func (r *Record) Dir() string { return r.dir }

// Observe takes an event of the run into run.json; a panic's stack becomes a
// file beside it. Write errors are kept for Finish. It fits Options.OnEvent.
func (r *Record) Observe(e Event) { panic("todo") }

// Update changes the record under its lock and writes run.json.
func (r *Record) Update(change func(*Run)) error { panic("todo") }

// Finish writes how the run ended: status from err (nil: ok; context.Canceled:
// interrupted), and returns the first error of writing the record.
func (r *Record) Finish(err error, now time.Time) error { panic("todo") }

// ListRuns reads the runs under root, newest first. Folders without a readable
// run.json are left out.
func ListRuns(root string) ([]Run, error) { panic("todo") }

// LoadRun reads the run with this id, or the only one that starts with it.
func LoadRun(root, id string) (Run, error) { panic("todo") }
