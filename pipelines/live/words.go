package live

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// About says what the group is made of: its parts by name, or how many folds are done.
func (g *Group) About() string {
	switch {
	case len(g.Parts) == 1:
		return g.Parts[0].Name
	case g.Folds() && g.State() == pipelines.Pending && g.Done() == 0:
		return fmt.Sprintf("%d nets", len(g.Parts))
	case g.Folds():
		return fmt.Sprintf("%d of %d", g.Done(), len(g.Parts))
	}
	var names []string
	for _, p := range g.Parts {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// About is the word for what a fold is at: the op of its step at work, or of the one
// that failed. Of a part that is one step there is nothing to say beside its name.
func (p *Part) About() string {
	for _, s := range p.Steps {
		if len(p.Steps) > 1 && (s.State == pipelines.Running || s.State == pipelines.Failed) {
			return s.Op
		}
	}
	return ""
}

// Said is what steps that are done have to say: one of itself, several their mean loss
// beside what they are about.
func Said(steps []*Step, about string) string {
	if len(steps) == 1 {
		return steps[0].Result
	}
	if loss, ok := Loss(steps); ok {
		return strings.TrimSpace(fmt.Sprintf("loss %.4f  %s", loss, about))
	}
	return about
}

// Figures are what the step at work has to say beside its loss, in the order of what
// must be in sight.
func (s *Step) Figures(now time.Time) (list []string) {
	if s.Text != "" {
		list = append(list, s.Text)
	}
	if left, ok := s.Left(now); ok {
		list = append(list, Span(left)+" to go")
	}
	if s.Speed > 0 {
		list = append(list, fmt.Sprintf("%.0f images/s", s.Speed))
	}
	return list
}

// Summary is the whole run in a line's parts: steps, the time that it has taken and what
// it has to go.
func (r *Run) Summary(now time.Time) (steps, took, left string) {
	done, all := r.Steps()
	end := r.At
	if !r.Over() && now.After(end) {
		end = now
	}
	steps, took = fmt.Sprintf("%d of %d steps", done, all), Span(end.Sub(r.Began))
	switch d, exact, ok := r.Left(now); {
	case r.Over() || !ok:
	case exact:
		left = "about " + Span(d) + " to go"
	default:
		left = "at least " + Span(d) + " to go"
	}
	return steps, took, left
}

// Span writes a time in whole seconds: "12s", "3m12s", "2h05m".
func Span(d time.Duration) string {
	d = d.Round(time.Second)
	if d >= time.Hour {
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return d.String()
}
