package pipelines

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Change is one difference from the nearest artifact that the same step left.
type Change struct {
	What string `json:"what"`          // "lr", "op version", "seed", "input folds"
	Was  string `json:"was,omitempty"` // empty: not there, or for an input
	Now  string `json:"now,omitempty"` // empty: not there, or for an input
}

// String is such as "lr 0.002 -> 0.003", "new ema 0.999", "no clip_norm (was 1)"
// or "new input folds".
func (c Change) String() string {
	switch {
	case c.Was == "" && c.Now == "":
		return "new " + c.What
	case c.Was == "":
		return fmt.Sprintf("new %s %s", c.What, c.Now)
	case c.Now == "":
		return fmt.Sprintf("no %s (was %s)", c.What, c.Was)
	}
	return fmt.Sprintf("%s %s -> %s", c.What, c.Was, c.Now)
}

// history is what the store holds, to explain why a step must run.
type history []*Artifact

// explain compares the step, as it would run now, with the nearest artifact that
// a step of this id and op left: the one with the fewest changes, of those the
// latest.
func (h history) explain(n *Node, key string, inputs []InputRecord) (why string, changes []Change) {
	var near *Artifact
	for _, a := range h {
		m := a.Manifest
		if m.Step != n.ID || m.Op != n.Op.Name() {
			continue
		}
		if m.Key == key {
			return "its artifact is damaged", nil
		}
		c := m.Changes(Manifest{OpVersion: n.Op.Version(), Params: n.params, Seed: n.Seed, Inputs: inputs})
		if near == nil || len(c) < len(changes) || len(c) == len(changes) && m.Started.After(near.Manifest.Started) {
			near, changes = a, c
		}
	}
	if near == nil {
		return "never made", nil
	}
	return sentence(changes), changes
}

// took is how many seconds a step took when one like it was made: of those of this id and
// op the one with the fewest other parameters, of those the latest. 0: there was none.
func (h history) took(n *Node) float64 {
	var near Manifest
	least := -1
	for _, a := range h {
		m := a.Manifest
		if m.Step != n.ID || m.Op != n.Op.Name() {
			continue
		}
		c := len(m.Changes(Manifest{OpVersion: n.Op.Version(), Params: n.params, Seed: m.Seed, Inputs: m.Inputs}))
		if least < 0 || c < least || c == least && m.Started.After(near.Started) {
			near, least = m, c
		}
	}
	return near.Seconds
}

// sentence names the first changes.
func sentence(changes []Change) string {
	const most = 4
	var words []string
	for i, c := range changes {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(changes)-most))
			break
		}
		words = append(words, c.String())
	}
	return strings.Join(words, ", ")
}

// Changes lists what differs between the step that made m and the one that made, or
// would make, now: of the op, its parameters, the seed and the inputs.
func (m Manifest) Changes(now Manifest) []Change {
	var changes []Change
	if m.OpVersion != now.OpVersion {
		changes = append(changes, Change{"op version", strconv.Itoa(m.OpVersion), strconv.Itoa(now.OpVersion)})
	}
	changes = append(changes, changed(flatten(m.Params), flatten(now.Params))...)
	if m.Seed != now.Seed {
		changes = append(changes, Change{"seed", strconv.FormatUint(m.Seed, 10), strconv.FormatUint(now.Seed, 10)})
	}
	return append(changes, compareInputs(m.Inputs, now.Inputs)...)
}

// compareInputs names each port whose inputs are not the same.
func compareInputs(was, now []InputRecord) []Change {
	var changes []Change
	seen := map[string]bool{}
	for _, in := range slices.Concat(now, was) {
		if seen[in.To] {
			continue
		}
		seen[in.To] = true
		if !slices.Equal(keysAt(was, in.To), keysAt(now, in.To)) {
			changes = append(changes, Change{What: "input " + in.To})
		}
	}
	return changes
}

func keysAt(records []InputRecord, port string) []string {
	var keys []string
	for _, r := range records {
		if r.To == port {
			keys = append(keys, r.Port+" "+r.Key)
		}
	}
	return keys
}

// flatten turns JSON into its leaves by path: {"a": {"b": [1]}} is a.b.0: 1.
func flatten(raw json.RawMessage) map[string]string {
	leaves := map[string]string{}
	var tree any
	if err := json.Unmarshal(raw, &tree); err == nil {
		flattenInto(leaves, "", tree)
	}
	return leaves
}

func flattenInto(leaves map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			flattenInto(leaves, join(path, k), e)
		}
	case []any:
		for i, e := range v {
			flattenInto(leaves, join(path, strconv.Itoa(i)), e)
		}
	case float64:
		leaves[path] = formatNumber(v)
	case nil:
	default:
		leaves[path] = fmt.Sprintf("%v", v)
	}
}
