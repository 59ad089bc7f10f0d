package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/submissions"
)

// figure is a number at the top of the page.
type figure struct{ Name, Value, Note string }

// fact is a line of a list.
type fact struct{ Name, Value string }

// summaryData is what the first section shows.
type summaryData struct {
	Status, Error, Hint string
	Figures             []figure
	Warnings            []string
	Facts               []fact
	Chosen              []fact // by the blend and the corrections
	Parent              string // the run before, "" for none
	Changes             []pipelines.Change
}

func summary(_ context.Context, m *maker) (any, error) {
	run := m.t.Run
	s := summaryData{Status: run.Status, Error: run.Error, Hint: run.Hint, Figures: m.figures()}
	for _, name := range slices.Sorted(maps.Keys(run.Notes)) {
		if strings.HasPrefix(name, pipelines.NoteWarning+".") {
			s.Warnings = append(s.Warnings, run.Notes[name])
		}
	}
	models := make([]string, len(m.t.Spec.Models))
	for i, model := range m.t.Spec.Models {
		models[i] = model.Name
	}
	s.Facts = []fact{{"pipeline", run.Pipeline}, {"competition", run.Competition}, {"server", m.row.Server},
		{"metric", m.metric.Name + ", " + direction(m.metric)}, {"split", strings.Trim(m.t.Spec.Split.String(), "{}")}, {"models", strings.Join(models, ", ")},
		{"nets", strconv.Itoa(len(m.t.Nets()))}, {"seed", strconv.FormatUint(m.t.Spec.Seed, 10)}, {"precision", run.Precision},
		{"took", duration(run.Seconds)}, {"peak memory", known(run.PeakMemory)}, {"podium", run.Tool}, {"submission", short(run.Digest)}}
	if run.Parent != "" {
		s.Parent, s.Changes = run.Parent, run.Changes
	}
	var blend submissions.BlendChoice
	if m.t.JSON("blend", "choice", &blend) {
		s.Chosen = append(s.Chosen, fact{"blend", blend.String()})
	}
	var post submissions.CalibrationReport
	if m.t.JSON("post", "choice", &post) {
		for _, c := range post.Steps {
			s.Chosen = append(s.Chosen, fact{c.Kind, c.String()})
		}
	}
	s.Facts = append(s.Facts, m.kept()...)
	return s, nil
}

// kept are the rows that rounds of pseudo-labels learnt from.
func (m *maker) kept() (out []fact) {
	for _, n := range m.t.Plan.Nodes() {
		if a := m.t.Artifact(n.ID); a != nil && a.Manifest.Notes["kept"] != "" {
			out = append(out, fact{n.ID, a.Manifest.Notes["kept"]})
		}
	}
	return out
}

// figures are the numbers that a run is judged by.
func (m *maker) figures() []figure {
	run := m.t.Run
	var out []figure
	cv, ok := run.Metrics["cv"]
	if ok {
		out = append(out, figure{"CV", metric.Format(cv), fmt.Sprintf("%s, spread over folds %s", m.metric.Name, metric.Format(run.Metrics["cv_spread"]))})
	}
	if before, there := run.Metrics["cv_before_pseudo"]; there {
		out = append(out, figure{"CV before pseudo-labels", metric.Format(before), "of nets that learnt from training rows alone"})
	}
	for _, model := range m.t.Spec.Models {
		if a := m.t.Artifact(m.t.Final("found." + model.Name)); a != nil {
			if iou, there := a.Manifest.Metrics["iou"]; there {
				out = append(out, figure{"Boxes of " + model.Name, fmt.Sprintf("%.3f", iou),
					fmt.Sprintf("mean IoU over %.0f photos; the mean box: %.3f", a.Manifest.Metrics["photos_with_box"], a.Manifest.Metrics["iou_mean_box"])})
			}
		}
	}
	r := m.row
	late := ""
	if r.Late {
		late = "late: the competition was over"
	}
	if r.Public != nil {
		note := late
		if r.Gap != nil {
			note = strings.TrimPrefix(late+"; ", "; ") + "CV - public: " + signed(*r.Gap)
		}
		out = append(out, figure{"Public score", metric.Format(*r.Public), note})
	}
	if r.Private != nil {
		out = append(out, figure{"Private score", metric.Format(*r.Private), late})
	}
	if r.Rank != nil && r.Percentile != nil {
		out = append(out, figure{"Place", fmt.Sprintf("%d of %d", *r.Rank, *r.Teams), fmt.Sprintf("top %.1f %%, %s", *r.Percentile, boardOf(r.Server))})
	}
	return out
}

func boardOf(server string) string {
	if server == submissions.Kaggle {
		return "on Kaggle's board when it was scored"
	}
	return "on the sandbox's board, which is not Kaggle's"
}

// known is a number of bytes, "" for none.
func known(n int64) string {
	if n == 0 {
		return ""
	}
	return size(n)
}

func direction(m metric.Metric) string {
	if m.LowerIsBetter {
		return "lower is better"
	}
	return "higher is better"
}
