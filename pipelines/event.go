package pipelines

import "time"

// EventVersion is the schema_version of events.
const EventVersion = 1

// The values of Event.Event.
const (
	EventPlanReady    = "plan_ready"
	EventStepStarted  = "step_started"
	EventStepProgress = "step_progress"
	EventStepCached   = "step_cached"
	EventStepDone     = "step_done"
	EventStepFailed   = "step_failed"
	EventStepSkipped  = "step_skipped"
	EventRunFinished  = "run_finished"
)

// Event tells what happens in a run. Each marshals to one JSON object; what does
// not apply is left out.
type Event struct {
	SchemaVersion int       `json:"schema_version"`
	Time          time.Time `json:"time"`
	Event         string    `json:"event"`
	RunID         string    `json:"run_id,omitempty"`
	Pipeline      string    `json:"pipeline,omitempty"` // plan_ready

	Step string `json:"step,omitempty"`
	Op   string `json:"op,omitempty"`
	Key  string `json:"key,omitempty"`

	Steps []PlannedStep `json:"steps,omitempty"` // plan_ready: the plan's order

	Fraction *float64       `json:"fraction,omitempty"` // step_progress: [0, 1]; absent when not known
	Text     string         `json:"text,omitempty"`     // step_progress
	Fields   map[string]any `json:"fields,omitempty"`   // step_progress: figures such as loss

	Why        string             `json:"why,omitempty"`         // step_started, step_skipped
	Seconds    float64            `json:"seconds,omitempty"`     // step_done, step_failed, run_finished
	PeakMemory int64              `json:"peak_memory,omitempty"` // step_done: bytes, see Manifest.PeakMemory
	Bytes      int64              `json:"bytes,omitempty"`       // step_done, step_cached: size of the artifact
	Dir        string             `json:"dir,omitempty"`         // step_done, step_cached: the artifact's folder
	Metrics    map[string]float64 `json:"metrics,omitempty"`     // step_done, step_cached
	Notes      map[string]string  `json:"notes,omitempty"`       // step_done, step_cached
	Origins    []string           `json:"origins,omitempty"`     // step_done, step_cached

	Status string `json:"status,omitempty"` // run_finished: ok, failed, interrupted
	Error  string `json:"error,omitempty"`  // step_failed, run_finished
	Hint   string `json:"hint,omitempty"`   // step_failed, run_finished
	Stack  string `json:"stack,omitempty"`  // step_failed after a panic
}

// PlannedStep is a step in the plan_ready event.
type PlannedStep struct {
	ID     string `json:"id"`
	Op     string `json:"op"`
	Status Status `json:"status"`
	Why    string `json:"why,omitempty"`
	// LastSeconds is how long the step took when one like it was made before; 0: it
	// never was. Not of a cached one.
	LastSeconds float64 `json:"last_seconds,omitempty"`
}

// The values of Event.Status and of Run.Status, which also knows RunRunning.
const (
	RunOK          = "ok"
	RunFailed      = "failed"
	RunInterrupted = "interrupted"
	RunRunning     = "running" // also: the process died
)
