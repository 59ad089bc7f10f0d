package pipelines

// Status is where a step stands before a run.
type Status string

// The statuses of a View.
const (
	StatusCached  Status = "cached"
	StatusRun     Status = "run"     // must run
	StatusPending Status = "pending" // its key is known only when a source has run
	StatusEffect  Status = "effect"  // changes the world: runs only when allowed
)

// View is a plan held against a store: what is there, what must run and why.
// It marshals to JSON; DOT draws it.
type View struct {
	SchemaVersion int        `json:"schema_version"`
	Pipeline      string     `json:"pipeline"`
	Steps         []StepView `json:"steps"` // in the plan's order
}

// StepView is one step of a View.
type StepView struct {
	ID      string   `json:"id"`
	Op      string   `json:"op"`
	Version int      `json:"version"`
	Status  Status   `json:"status"`
	Key     string   `json:"key,omitempty"` // empty for pending
	Seed    uint64   `json:"seed,omitempty"`
	Params  any      `json:"params,omitempty"`
	Inputs  []Edge   `json:"inputs,omitempty"`
	Why     string   `json:"why,omitempty"` // one line: "never made", "lr 0.002 -> 0.003", "waits for download.train"
	Changes []Change `json:"changes,omitempty"`
}

// Change is one difference from the nearest artifact that the same step left.
type Change struct {
	What string `json:"what"` // "lr", "op version", "seed", "input folds"
	Was  string `json:"was,omitempty"`
	Now  string `json:"now,omitempty"`
}

// Inspect holds the plan against the store without running anything.
func Inspect(p *Plan, s *Store) (View, error) { panic("todo") }

// DOT draws the view in Graphviz's language.
func (v View) DOT() string { panic("todo") }
