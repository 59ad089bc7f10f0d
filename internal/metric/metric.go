// Package metric scores predictions the way Kaggle does. It is a leaf: the
// sandbox grades uploads with it and submissions score out-of-fold predictions
// with it, so that a local figure and a graded one can never differ by
// definition.
//
// It knows numbers only: no files, no ids, no folds. Start at ByName and
// Metric.Score.
package metric

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Metric says what a score means.
type Metric struct {
	Name          string // as a spec and a competition.yaml write it
	Title         string // as Kaggle's API shows it in evaluationMetric
	LowerIsBetter bool   // true for losses
	NeedsProba    bool   // true: submissions hold probabilities, not labels
}

// registry is the whole list, in the order in which it is shown.
var registry = []Metric{
	{Name: "accuracy", Title: "Categorization Accuracy"},
	{Name: "logloss", Title: "Multi Class Log Loss", LowerIsBetter: true, NeedsProba: true},
	{Name: "logloss_binary", Title: "Log Loss", LowerIsBetter: true, NeedsProba: true},
}

// Names are the names that ByName takes.
func Names() []string {
	names := make([]string, len(registry))
	for i, m := range registry {
		names[i] = m.Name
	}
	return names
}

// ByName is the metric with exactly this name. Another spelling of a name or
// Kaggle's title is an error (fault.Usage) whose hint gives the right name.
func ByName(name string) (Metric, error) {
	for _, m := range registry {
		if m.Name == name {
			return m, nil
		}
	}
	hint := "metrics are " + strings.Join(Names(), ", ")
	if m, ok := nearest(name); ok {
		hint = fmt.Sprintf("did you mean %q? %s", m.Name, hint)
	}
	return Metric{}, fault.New(fault.Usage, hint, "unknown metric %q", name)
}

// ByTitle is the metric that Kaggle shows under this title. Case, spaces and
// punctuation do not count: Kaggle writes both "LogLoss" and "Log Loss".
func ByTitle(title string) (Metric, bool) {
	for _, m := range registry {
		if letters(m.Title) == letters(title) {
			return m, true
		}
	}
	return Metric{}, false
}

// nearest finds the metric whose name or title has the same letters as name,
// or else one whose name starts as name does or is part of it.
func nearest(name string) (Metric, bool) {
	got := letters(name)
	if got == "" {
		return Metric{}, false
	}
	for _, m := range registry {
		if letters(m.Name) == got || letters(m.Title) == got {
			return m, true
		}
	}
	for _, m := range registry {
		n := letters(m.Name)
		if strings.HasPrefix(n, got[:min(3, len(got))]) || strings.Contains(got, n) {
			return m, true
		}
	}
	return Metric{}, false
}

// letters is s in lower case with everything but ASCII letters left out.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// Better reports whether score a beats score b. A score that is not a number
// never beats another and is beaten by every number.
func (m Metric) Better(a, b float64) bool {
	switch {
	case math.IsNaN(a):
		return false
	case math.IsNaN(b):
		return true
	case m.LowerIsBetter:
		return a < b
	}
	return a > b
}

// Decimals is the number of decimals that Kaggle shows and ranks by.
const Decimals = 5

// Round rounds a score to Decimals, halves away from zero.
func Round(score float64) float64 { return math.Round(score*1e5) / 1e5 }

// Format writes a score with Decimals places, as "0.99628". A score that is
// not a number gives "NaN".
func Format(score float64) string {
	return strconv.FormatFloat(score, 'f', Decimals, 64)
}
