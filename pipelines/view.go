package pipelines

import (
	"encoding/json"
	"slices"
	"strings"
)

// ViewVersion is the schema_version of a View.
const ViewVersion = 1

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
	ID      string          `json:"id"`
	Op      string          `json:"op"`
	Version int             `json:"version"`
	Status  Status          `json:"status"`
	Key     string          `json:"key,omitempty"` // empty while it is not known
	Seed    uint64          `json:"seed,omitempty"`
	Params  json.RawMessage `json:"params"`
	Inputs  []Edge          `json:"inputs"`
	Bytes   int64           `json:"bytes,omitempty"` // of a cached artifact
	// Why is one line: "never made", "lr 0.002 -> 0.003", "new input folds",
	// "waits for download.train". Empty for cached.
	Why     string   `json:"why,omitempty"`
	Changes []Change `json:"changes,omitempty"`
}

// Count is how many steps have the status.
func (v View) Count(s Status) int {
	n := 0
	for _, step := range v.Steps {
		if step.Status == s {
			n++
		}
	}
	return n
}

// Inspect holds the plan against the store without running anything.
func Inspect(p *Plan, s *Store) (View, error) {
	past, err := s.List()
	if err != nil {
		return View{}, err
	}
	v := View{SchemaVersion: ViewVersion, Pipeline: p.name}
	in := inspection{plan: p, store: s, past: past, keys: map[string]string{}, found: map[string]*Artifact{}}
	for _, n := range p.nodes {
		step, err := in.step(n)
		if err != nil {
			return View{}, err
		}
		v.Steps = append(v.Steps, step)
	}
	return v, nil
}

// inspection is what is known on the way through a plan.
type inspection struct {
	plan  *Plan
	store *Store
	past  history
	keys  map[string]string    // of steps whose key is known
	found map[string]*Artifact // of steps whose artifact is there
}

func (in *inspection) step(n *Node) (StepView, error) {
	v := StepView{ID: n.ID, Op: n.Op.Name(), Version: n.Op.Version(), Seed: n.Seed, Params: n.params,
		Inputs: slices.Concat([]Edge{}, n.Inputs), Status: StatusPending}
	var records []InputRecord
	var waits []string
	for _, e := range n.Inputs {
		r := inputRecord(n, e, in.plan.byID[e.From.Step], in.keys[e.From.Step], in.found[e.From.Step])
		if r != nil {
			records = append(records, *r)
		} else if !slices.Contains(waits, e.From.Step) {
			waits = append(waits, e.From.Step)
		}
	}
	if len(waits) > 0 {
		v.Why = "waits for " + strings.Join(waits, ", ")
	} else {
		v.Key = fingerprint(n.Op, n.params, n.Seed, records)
		a, err := in.store.Lookup(v.Key)
		if err != nil {
			return v, err
		}
		in.keys[n.ID], in.found[n.ID] = v.Key, a
		if a != nil {
			v.Status, v.Bytes = StatusCached, a.Bytes()
		} else {
			v.Status = StatusRun
			v.Why, v.Changes = in.past.explain(n, v.Key, records)
		}
	}
	if isEffect(n.Op) {
		if v.Status == StatusCached {
			v.Why = "done before; a run asks whether it still holds"
		}
		v.Status = StatusEffect
	}
	return v, nil
}
