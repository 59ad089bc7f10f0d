package report

import (
	"context"
	"encoding/json"
	"slices"
)

// licencesData is what the run was made of that others made.
type licencesData struct {
	Origins []string // of the data
	Weights []weightsUsed
}

// weightsUsed are published weights, or a file, that a net began with.
type weightsUsed struct{ Step, Net, Licence, URL, SHA256 string }

func licences(_ context.Context, m *maker) (any, error) {
	var d licencesData
	for _, n := range m.t.Plan.Nodes() {
		a := m.t.Artifact(n.ID)
		if a == nil {
			continue
		}
		for _, o := range a.Manifest.Origins {
			if !slices.Contains(d.Origins, o) {
				d.Origins = append(d.Origins, o)
			}
		}
		if n.Op.Name() != "weights" {
			continue
		}
		var p struct{ Net string }
		_ = json.Unmarshal(a.Manifest.Params, &p) // a file has no net
		w := weightsUsed{Step: n.ID, Net: p.Net, Licence: a.Manifest.Notes["licence"], URL: a.Manifest.Notes["url"], SHA256: a.Manifest.Notes["sha256"]}
		if w.Licence == "" {
			w.Licence = "not known: a file of yours"
			w.URL = a.Manifest.Notes["path"]
		}
		d.Weights = append(d.Weights, w)
	}
	slices.Sort(d.Origins)
	if d.Origins == nil && d.Weights == nil {
		return nil, nil
	}
	return d, nil
}

// planData is what was asked for and what it meant.
type planData struct {
	Spec  string
	Steps []plannedStep
}

type plannedStep struct {
	ID, Op, Params, Key string
	Version             int
	Inputs              []string
}

func plan(_ context.Context, m *maker) (any, error) {
	d := planData{Spec: string(m.t.Spec.Canonical())}
	keys := map[string]string{}
	for _, s := range m.t.Run.Steps {
		keys[s.ID] = s.Key
	}
	for _, n := range m.t.Plan.Nodes() {
		params, err := json.Marshal(n.Op.Params())
		if err != nil {
			return nil, err
		}
		s := plannedStep{ID: n.ID, Op: n.Op.Name(), Version: n.Op.Version(), Params: string(params), Key: keys[n.ID]}
		for _, e := range n.Inputs {
			s.Inputs = append(s.Inputs, e.From.String())
		}
		d.Steps = append(d.Steps, s)
	}
	return d, nil
}
