package report

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/seed-a5aa75a0/podium/models/train"
	"github.com/seed-a5aa75a0/podium/pipelines/steps"
)

// curvesData are the nets' trainings, a group for nets that are drawn together.
type curvesData struct{ Groups []curveGroup }

// curveGroup are the nets of one model in one round: heads on features, or whole nets.
type curveGroup struct {
	Title  string
	Charts []chart // none of a single epoch
	Nets   []trained
}

// trained is how a net's training ended.
type trained struct {
	Name      string
	Epochs    int
	Loss      float64
	BestScore *float64 // on the rows that early stopping watched
	Seconds   float64
	Note      string
}

// learnt is a net and its history.
type learnt struct {
	steps.Net
	history []train.EpochStats
}

// curves is left out where no net's history is there.
func curves(_ context.Context, m *maker) (any, error) {
	var groups []string
	of := map[string][]learnt{}
	for _, n := range m.t.Nets() {
		l := learnt{Net: n}
		if !m.t.JSON(n.Step, "history", &l.history) || len(l.history) == 0 {
			continue
		}
		title := n.Model
		if n.Head {
			title += ", head on features"
		}
		if n.Round > 0 {
			title += fmt.Sprintf(", round %d of pseudo-labels", n.Round)
		}
		if of[title] == nil {
			groups = append(groups, title)
		}
		of[title] = append(of[title], l)
	}
	if len(groups) == 0 {
		return nil, nil
	}
	var d curvesData
	for _, title := range groups {
		g, err := m.curveGroup(title, of[title])
		if err != nil {
			return nil, err
		}
		d.Groups = append(d.Groups, g)
	}
	return d, nil
}

func (m *maker) curveGroup(title string, nets []learnt) (curveGroup, error) {
	g := curveGroup{Title: title}
	epochs := 0
	for _, n := range nets {
		epochs = max(epochs, len(n.history))
		g.Nets = append(g.Nets, m.ended(n))
	}
	if epochs < 2 {
		return g, nil // a point is no curve
	}
	labels := make([]string, epochs)
	for i := range labels {
		labels[i] = strconv.Itoa(i + 1)
	}
	each := func(value func(train.EpochStats) float64) (lines []line) {
		for _, n := range nets {
			l := line{Name: n.Name, Values: make([]float64, epochs)}
			for i := range l.Values {
				l.Values[i] = math.NaN()
				if i < len(n.history) {
					l.Values[i] = value(n.history[i])
				}
			}
			lines = append(lines, l)
		}
		return lines
	}
	zero := 0.0
	loss, err := drawLines(axes{title: "training loss", x: "epoch", labels: labels, from: &zero}, each(func(e train.EpochStats) float64 { return e.Loss }))
	if err != nil {
		return g, err
	}
	g.Charts = append(g.Charts, loss)
	if slices.ContainsFunc(nets, learnt.watched) {
		score, err := drawLines(axes{title: m.metric.Name + " of the rows that were watched", x: "epoch", labels: labels}, each(func(e train.EpochStats) float64 {
			if e.Score == 0 {
				return math.NaN()
			}
			return e.Score
		}))
		if err != nil {
			return g, err
		}
		g.Charts = append(g.Charts, score)
	}
	rates := each(func(e train.EpochStats) float64 { return e.LR })
	if slices.IndexFunc(rates, func(l line) bool { return !sameValues(l.Values, rates[0].Values) }) < 0 {
		rates = rates[:1] // all nets had the same
		rates[0].Name = "all nets"
	}
	lr, err := drawLines(axes{title: "learning rate at the end of an epoch", x: "epoch", labels: labels, from: &zero}, rates)
	if err != nil {
		return g, err
	}
	g.Charts = append(g.Charts, lr)
	return g, nil
}

// watched reports whether early stopping watched the training.
func (l learnt) watched() bool {
	return slices.ContainsFunc(l.history, func(e train.EpochStats) bool { return e.Score != 0 })
}

// ended is the last line of a training.
func (m *maker) ended(n learnt) trained {
	last := n.history[len(n.history)-1]
	out := trained{Name: n.Name, Epochs: len(n.history), Loss: last.Loss}
	for _, e := range n.history {
		out.Seconds += e.Seconds
		if e.Score != 0 && (out.BestScore == nil || m.metric.Better(e.Score, *out.BestScore)) {
			best := e.Score
			out.BestScore = &best
		}
	}
	if a := m.t.Artifact(n.Step); a != nil {
		out.Note = a.Manifest.Notes["early_stop"]
	}
	return out
}

// sameValues reports whether two lines are one, NaN being NaN.
func sameValues(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}
