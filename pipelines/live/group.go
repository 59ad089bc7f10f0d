package live

import (
	"regexp"
	"strings"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// Group is a branch of the tree: all downloads, or all folds of a model.
type Group struct {
	Name  string
	Parts []*Part
}

// Part is what a branch holds: a step, or the steps of one fold, one after the other.
type Part struct {
	Name  string // "" of a step that is its whole group
	Steps []*Step
}

var foldForm = regexp.MustCompile(`^fold\d+$`)

// place is the group and the part of a step. Of an id with a fold in it, such as
// train.cnn.fold0.copy1 or pseudo1.head.lite.fold0, the part is what begins there and
// the group what is before it, without the word for what the step does; of another,
// such as features.lite.train, the group is the first word.
func place(id, op string) (group, part string) {
	words := strings.Split(id, ".")
	for i, w := range words {
		if i == 0 || !foldForm.MatchString(w) {
			continue
		}
		var before []string
		for _, b := range words[:i] {
			if b == op {
				op = "" // a model may be called as the op is
				continue
			}
			before = append(before, b)
		}
		if len(before) == 0 {
			before = words[:i]
		}
		return strings.Join(before, "."), strings.Join(words[i:], ".")
	}
	return words[0], strings.Join(words[1:], ".")
}

func groupsOf(steps []*Step) (groups []*Group) {
	byName, parts := map[string]*Group{}, map[[2]string]*Part{}
	for _, s := range steps {
		name, part := place(s.ID, s.Op)
		g := byName[name]
		if g == nil {
			g = &Group{Name: name}
			groups, byName[name] = append(groups, g), g
		}
		p := parts[[2]string{name, part}]
		if p == nil {
			p = &Part{Name: part}
			g.Parts, parts[[2]string{name, part}] = append(g.Parts, p), p
		}
		p.Steps = append(p.Steps, s)
	}
	for _, g := range groups {
		g.shorten()
	}
	return groups
}

// shorten leaves out the first word of the parts' names where all have the same, as of
// the features of the only model, and more behind it.
func (g *Group) shorten() {
	first, _, _ := strings.Cut(g.Parts[0].Name, ".")
	for _, p := range g.Parts {
		if !strings.HasPrefix(p.Name, first+".") || g.Folds() {
			return
		}
	}
	for _, p := range g.Parts {
		p.Name = p.Name[len(first)+1:]
	}
}

// Folds reports whether the parts are folds.
func (g *Group) Folds() bool { return strings.HasPrefix(g.Parts[0].Name, "fold") }

// Steps are those of all parts.
func (g *Group) Steps() (all []*Step) {
	for _, p := range g.Parts {
		all = append(all, p.Steps...)
	}
	return all
}

// State is that of the group's parts together. Folds are made one after another: where
// some are made and others are not, the group is at work, also between two steps.
func (g *Group) State() pipelines.State {
	var states []pipelines.State
	for _, p := range g.Parts {
		states = append(states, p.State())
	}
	return together(states, g.Folds())
}

// Done counts the parts whose artifacts are there.
func (g *Group) Done() (n int) {
	for _, p := range g.Parts {
		if made(p.State()) {
			n++
		}
	}
	return n
}

// State is that of the part's steps together.
func (p *Part) State() pipelines.State {
	var states []pipelines.State
	for _, s := range p.Steps {
		states = append(states, s.State)
	}
	return together(states, true)
}

// together: one that failed or is at work says it for all; all have to end for the other
// states. In a row, one that is made and one that is not are at work.
func together(states []pipelines.State, row bool) pipelines.State {
	n := map[pipelines.State]int{}
	for _, s := range states {
		n[s]++
	}
	switch {
	case n[pipelines.Failed] > 0:
		return pipelines.Failed
	case n[pipelines.Running] > 0, row && n[pipelines.Pending] > 0 && n[pipelines.Done]+n[pipelines.Cached] > 0:
		return pipelines.Running
	case n[pipelines.Pending] > 0:
		return pipelines.Pending
	case n[pipelines.Skipped] > 0:
		return pipelines.Skipped
	case n[pipelines.Done] > 0:
		return pipelines.Done
	}
	return pipelines.Cached
}

// Share is the done part of some steps in [0, 1], each counted alike.
func Share(steps []*Step) float64 {
	sum := 0.0
	for _, s := range steps {
		sum += max(s.Share, 0)
	}
	return sum / float64(len(steps))
}

// Seconds is how long some steps took.
func Seconds(steps []*Step) (sum float64) {
	for _, s := range steps {
		sum += s.Seconds
	}
	return sum
}

// Loss is the mean loss of the nets that some steps trained.
func Loss(steps []*Step) (mean float64, ok bool) {
	n := 0.0
	for _, s := range steps {
		if s.final != nil {
			mean, n = mean+*s.final, n+1
		}
	}
	return mean / max(n, 1), n > 0
}
