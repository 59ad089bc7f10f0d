package pipelines

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// descend finds the run's parent, the latest run before it of the same pipeline
// and competition, and says what of the spec has changed since. It is written down
// when the run begins, so that it stays true when the parent's folder is removed.
// A parent whose spec can no longer be read has no changes.
func (r *Run) descend(root string, spec *Spec) {
	ids, err := runIDs(root)
	if err != nil {
		return // the run's own folder is there: a parent is no reason not to run
	}
	for _, id := range ids {
		if id >= r.ID || !strings.Contains(id, "-"+Slug(r.Pipeline)+"-") {
			continue
		}
		before, err := readRun(filepath.Join(root, "runs", id))
		if err != nil || before.Pipeline != r.Pipeline || before.Competition != r.Competition {
			continue
		}
		r.Parent = id
		if was, err := ReadSpec(root, id); err == nil {
			r.Changes = was.Changes(spec)
		}
		return
	}
}

// ReadSpec reads the effective spec of the run with this id.
func ReadSpec(root, id string) (*Spec, error) {
	file := SpecFile(root, id)
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Decode(file, src)
}

// Changes lists the keys of the effective spec that are other in now, sorted; a
// list's entries are told apart by their index, as in --set.
func (s *Spec) Changes(now *Spec) []Change { return changed(s.Leaves(), now.Leaves()) }

// Leaves is every value of the effective spec by its path: train.0.epochs is "3".
func (s *Spec) Leaves() map[string]string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("pipelines: " + err.Error()) // of our own nodes
	}
	return flatten(b)
}

// changed compares leaves by path.
func changed(was, now map[string]string) []Change {
	both := maps.Clone(was)
	maps.Copy(both, now)
	var changes []Change
	for _, k := range slices.Sorted(maps.Keys(both)) {
		if was[k] != now[k] {
			changes = append(changes, Change{k, was[k], now[k]})
		}
	}
	return changes
}
