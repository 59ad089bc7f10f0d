package ledger

import (
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// StepWhy says why a step of a run did what it did.
type StepWhy struct {
	Step    string          `json:"step"`
	Op      string          `json:"op"`
	State   pipelines.State `json:"state"`
	Seconds float64         `json:"seconds"`
	// Why is what the run said of it: what differs from the nearest thing that the step
	// had made by then. Empty for what was there already.
	Why string `json:"why"`
	// Changes are what differs from what the step made in the run's parent; null where
	// that is not known, because there is no parent or its artifact was removed.
	Changes []pipelines.Change `json:"changes"`
	// From are the steps whose results are other than the parent's and which this one
	// reads.
	From []string `json:"from"`
}

// Explain says of each step of a run why it ran, in the order of the plan. parent is
// nil where there is none.
func Explain(store *pipelines.Store, run pipelines.Run, parent *pipelines.Run) []StepWhy {
	all := make([]StepWhy, 0, len(run.Steps))
	for _, s := range run.Steps {
		w := StepWhy{Step: s.ID, Op: s.Op, State: s.State, Seconds: s.Seconds, Why: s.Why, From: []string{}}
		if parent != nil {
			w.since(store, s, *parent)
		}
		all = append(all, w)
	}
	return all
}

// since compares what the step made with what it made in the parent.
func (w *StepWhy) since(store *pipelines.Store, s pipelines.RunStep, parent pipelines.Run) {
	i := slices.IndexFunc(parent.Steps, func(p pipelines.RunStep) bool { return p.ID == s.ID })
	if i < 0 || s.Key == "" || parent.Steps[i].Key == "" {
		return
	}
	if parent.Steps[i].Key == s.Key {
		w.Changes = []pipelines.Change{}
		return
	}
	was, err := store.Lookup(parent.Steps[i].Key)
	if err != nil || was == nil {
		return
	}
	now, err := store.Lookup(s.Key)
	if err != nil || now == nil {
		return
	}
	w.Changes = was.Manifest.Changes(now.Manifest)
	for _, in := range now.Manifest.Inputs {
		if !slices.Contains(was.Manifest.Inputs, in) && !slices.Contains(w.From, in.Step) {
			w.From = append(w.From, in.Step)
		}
	}
}

// Chain is the step and, behind it, the steps that its changes come from, each once:
// what was changed by hand stands at the ends.
func Chain(all []StepWhy, step string) ([]StepWhy, error) {
	byID, ids := map[string]StepWhy{}, []string{}
	for _, w := range all {
		byID[w.Step] = w
		ids = append(ids, w.Step)
	}
	if _, ok := byID[step]; !ok {
		hint := "podium runs why RUN names its steps"
		if near := nearest.Word(step, ids); near != "" {
			hint = "did you mean " + near + "?"
		}
		return nil, fault.New(fault.Usage, hint, "the run has no step %q", step)
	}
	var chain []StepWhy
	seen := map[string]bool{step: true}
	for next := []string{step}; len(next) > 0; next = next[1:] {
		w := byID[next[0]]
		chain = append(chain, w)
		for _, from := range w.From {
			if _, ok := byID[from]; ok && !seen[from] {
				seen[from] = true
				next = append(next, from)
			}
		}
	}
	return chain, nil
}
