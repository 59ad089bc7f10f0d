package live

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

//go:embed page.html page.css page.js
var files embed.FS

// page is the whole page; its template "run" is the part of it that changes.
var page = template.Must(template.ParseFS(files, "page.html"))

// shown is a Run as the page's template takes it.
type shown struct {
	Run     *Run
	Share   string
	Summary string
	Groups  []branch
}

// branch is a line of the tree with what is below it.
type branch struct {
	Name, About, Took, Wrong string
	State                    pipelines.State
	Running                  bool
	Share, Percent           string
	Figures                  *figures
	Branches                 []branch
}

// figures are what a step at work has to say, or the curve of a net that was trained.
type figures struct {
	Loss, Curve, Text string
	Now               bool // it is at work
}

// write renders the template called name.
func (r *Run) write(w io.Writer, name string, now time.Time) error {
	steps, took, left := r.Summary(now)
	line := []string{steps, took}
	if left != "" {
		line = append(line, left)
	}
	s := shown{Run: r, Share: number(Share(r.steps)), Summary: strings.Join(line, " · ")}
	for _, g := range r.Groups {
		s.Groups = append(s.Groups, g.branch(now))
	}
	return page.ExecuteTemplate(w, name, s)
}

func (g *Group) branch(now time.Time) branch {
	b := branchOf(g.Name, g.State(), g.Steps(), g.About())
	if len(g.Parts) == 1 {
		b.Figures = figuresOf(g.Steps(), now)
		return b
	}
	switch {
	case g.Folds() && (b.State != pipelines.Pending || g.Done() > 0):
	case b.State == pipelines.Running || b.State == pipelines.Failed:
		b.About = "" // the parts say their names
	default:
		return b
	}
	b.Wrong = "" // a part says it
	for _, p := range g.Parts {
		part := branchOf(p.Name, p.State(), p.Steps, p.About())
		part.Figures = figuresOf(p.Steps, now)
		b.Branches = append(b.Branches, part)
	}
	return b
}

func branchOf(name string, state pipelines.State, steps []*Step, about string) branch {
	b := branch{Name: name, State: state, About: about}
	switch state {
	case pipelines.Running:
		share := Share(steps)
		b.Running, b.Share, b.Percent = true, number(share), fmt.Sprintf("%.0f %%", 100*share)
	case pipelines.Done:
		b.Took, b.About = took(Seconds(steps)), Said(steps, about)
	case pipelines.Cached:
		b.Took, b.About = "cached", Said(steps, about)
	}
	for _, s := range steps {
		if s.State == pipelines.Failed {
			b.Wrong = s.Error
		}
	}
	return b
}

// figuresOf are those of the step at work; where none is, the curve of the net that was
// trained stays.
func figuresOf(steps []*Step, now time.Time) *figures {
	var f figures
	for _, s := range steps {
		if curve := points(s.Loss.Levels(120)); curve != "" {
			f.Curve = curve
		}
		if s.State != pipelines.Running {
			continue
		}
		f.Now, f.Text = true, strings.Join(s.Figures(now), " · ")
		if loss, ok := s.Loss.Last(); ok {
			f.Loss = fmt.Sprintf("%.4f", loss)
		}
	}
	if f == (figures{}) {
		return nil
	}
	return &f
}

// points are a curve in a box of 120 by 26, for SVG.
func points(levels []float64) string {
	var b strings.Builder
	for i, y := range levels {
		fmt.Fprintf(&b, "%.1f,%.1f ", 120*float64(i)/float64(len(levels)-1), 24-22*y)
	}
	return strings.TrimSpace(b.String())
}

// took writes how long steps took: most take no whole second.
func took(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.0fms", 1000*s)
	case s < 60:
		return fmt.Sprintf("%.1fs", s)
	}
	return Span(seconds(s))
}

// number writes a share for an attribute.
func number(x float64) string { return fmt.Sprintf("%.4f", x) }
