package report

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/ledger"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// Options are what a page needs beside the run's own traces. The zero value is useful.
type Options struct {
	Rows []ledger.Row // the table of runs and submissions: scores and places of this run and of those beside it
	Now  time.Time    // when the page is made; not told if it is zero
}

// Write writes the page of a run. The same run, options and artifacts give the same
// bytes. What is not there leaves its section out; an artifact that cannot be read is
// told in its section and is no error.
func Write(ctx context.Context, w io.Writer, t *steps.Traces, o Options) (Contents, error) {
	c := Contents{Sections: []string{}, LeftOut: []string{}}
	m := &maker{t: t, rows: o.Rows, held: map[string]*steps.Held{}}
	var err error
	if m.metric, err = metric.ByName(t.Spec.Target.Metric); err != nil {
		return c, fmt.Errorf("report of %s: %w", t.Run.ID, err)
	}
	if i := slices.IndexFunc(o.Rows, func(r ledger.Row) bool { return r.RunID == t.Run.ID }); i >= 0 {
		m.row = o.Rows[i]
	}
	p := page{Run: t.Run, Now: o.Now, CSS: template.CSS(css), JS: template.JS(js)}
	for _, s := range chapters {
		if err := ctx.Err(); err != nil {
			return c, err
		}
		data, err := s.make(ctx, m)
		switch {
		case err != nil:
			p.Sections = append(p.Sections, section{ID: s.id, Title: s.title, Failed: err.Error()})
		case data == nil:
			p.Missing, c.LeftOut = append(p.Missing, s.title), append(c.LeftOut, s.id)
			continue
		default:
			var b bytes.Buffer
			if err := pages.ExecuteTemplate(&b, s.id, data); err != nil {
				return c, fmt.Errorf("report of %s: %w", t.Run.ID, err)
			}
			p.Sections = append(p.Sections, section{ID: s.id, Title: s.title, Body: template.HTML(b.String())})
		}
		c.Sections = append(c.Sections, s.id)
	}
	return c, pages.ExecuteTemplate(w, "page", p)
}

// Contents says what is on a page: ids of sections, in its order.
type Contents struct {
	Sections []string
	LeftOut  []string // the run has nothing for them, or it is gone
}

// page is what the outer template shows.
type page struct {
	Run      pipelines.Run
	Now      time.Time
	CSS      template.CSS
	JS       template.JS
	Sections []section
	Missing  []string // titles of sections that the run has nothing for
}

// section is one part of the page, with a link to it at the top.
type section struct {
	ID, Title string
	Body      template.HTML // made by a template of this package
	Failed    string        // why there is no body
}

// chapter is a section to be made: nil data leave it out.
type chapter struct {
	id, title string
	make      func(context.Context, *maker) (any, error)
}

// chapters are the sections in the order of the page. Each has a template of its id.
var chapters = []chapter{
	{"summary", "Summary", summary},
	{"folds", "Folds", folds},
	{"curves", "Training", curves},
	{"classes", "Classes", classes},
	{"photos", "Photos", photos},
	{"calibration", "Calibration", calibration},
	{"augmentation", "Augmentation", augmentation},
	{"pictures", "Heat maps and clusters", pictures},
	{"board", "CV and board", board},
	{"cost", "Time and memory", cost},
	{"licences", "Data and weights", licences},
	{"plan", "Spec and plan", plan},
}

// maker makes sections of a run.
type maker struct {
	t      *steps.Traces
	rows   []ledger.Row
	row    ledger.Row // of the run; empty if it is not in the table
	metric metric.Metric

	held map[string]*steps.Held // by step; what was read once
}

// oof is what the blend or the post step predicts of the training rows, nil where that
// is not there.
func (m *maker) oof(step string) (*steps.Held, error) {
	if h, ok := m.held[step]; ok {
		return h, nil
	}
	h, err := m.t.Held(step)
	if err != nil {
		return nil, err
	}
	m.held[step] = h
	return h, nil
}

// last is the step with the run's final predictions of training rows, and those.
func (m *maker) last() (step string, h *steps.Held, err error) {
	for _, step := range []string{"post", "blend"} {
		if h, err = m.oof(step); h != nil || err != nil {
			return step, h, err
		}
	}
	return "", nil, nil
}

var (
	//go:embed page.css
	css string
	//go:embed page.js
	js string
	//go:embed *.gohtml
	files embed.FS

	pages = template.Must(template.New("").Funcs(words).ParseFS(files, "*.gohtml"))
)
