package sandbox

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// writeSolution writes id, answer and Usage of the hidden rows.
func (w *practiceWriter) writeSolution(c *csv.Writer, rows []hiddenRow) error {
	if err := c.Write([]string{w.idName, w.made.Target, usageColumn}); err != nil {
		return err
	}
	for _, h := range rows {
		usage := usagePrivate
		if h.public {
			usage = usagePublic
		}
		if err := c.Write([]string{h.id, h.answer, usage}); err != nil {
			return err
		}
	}
	return nil
}

// writeSample writes a submission that anybody could make without looking at
// the test rows: what is most common or the mean of the training rows, or the
// same chance for every class.
func (w *practiceWriter) writeSample(c *csv.Writer, rows []hiddenRow) error {
	columns := []string{w.made.Target}
	var cells []string
	switch {
	case w.metric.Kind == metric.Numbers:
		cells = []string{decimal(w.mean())}
	case w.metric.Kind == metric.Lists:
		cells = []string{strings.Join(w.commonest(w.metric.K, strings.Fields), " ")}
	case w.metric.Binary && w.metric.Kind != metric.Labels:
		cells = []string{"0.5"}
	case w.metric.Kind == metric.Probabilities:
		columns = w.sortedClasses()
		cells = slices.Repeat([]string{decimal(1 / float64(len(columns)))}, len(columns))
	default:
		cells = w.commonest(1, func(class string) []string { return []string{class} })
	}
	if err := c.Write(append([]string{w.idName}, columns...)); err != nil {
		return err
	}
	for _, h := range rows {
		if err := c.Write(append([]string{h.id}, cells...)); err != nil {
			return err
		}
	}
	return nil
}

// decimal writes a number so that nobody takes it for an integer.
func decimal(x float64) string {
	s := strconv.FormatFloat(x, 'g', 6, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// mean is the mean target of the training rows.
func (w *practiceWriter) mean() float64 {
	mean := 0.0
	for i, x := range w.survey.value {
		if !w.hidden[i] {
			mean += x / float64(w.made.Train)
		}
	}
	return mean
}

// commonest are the n labels that most training rows have, by name if equal;
// a target may hold several.
func (w *practiceWriter) commonest(n int, labels func(target string) []string) []string {
	counts := map[string]int{}
	for i, c := range w.survey.class {
		if !w.hidden[i] {
			for _, l := range labels(w.survey.classes[c]) {
				counts[l]++
			}
		}
	}
	names := make([]string, 0, len(counts))
	for l := range counts {
		names = append(names, l)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return names[:min(n, len(names))]
}

// sortedClasses are the classes, by number if all are integers.
func (w *practiceWriter) sortedClasses() []string {
	classes := slices.Clone(w.survey.classes)
	slices.SortFunc(classes, func(a, b string) int {
		x, err1 := strconv.Atoi(a)
		y, err2 := strconv.Atoi(b)
		if errors.Join(err1, err2) == nil {
			return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
		}
		return cmp.Compare(a, b)
	})
	return classes
}

func (w *practiceWriter) config() Config {
	kind := "table"
	if w.images != nil {
		kind = "images of a folder"
	}
	return Config{
		Version: 1, Title: w.name + " (podium sandbox: practice on own data, not Kaggle's)", Metric: w.metric.Name,
		Category: "Practice", Reward: "Knowledge",
		Description: fmt.Sprintf("Predict %q. Made of the %s %s by podium sandbox add: %d labelled rows and %d hidden ones, drawn with seed %d. "+
			"The board holds who submits here and nobody else; it is not Kaggle's.",
			w.made.Target, kind, w.made.Table, w.made.Train, w.made.Public+w.made.Private, w.Seed),
		PublicShare: w.Public, RevealPrivate: true, Origin: w.made.Table + ", own data, not Kaggle's",
	}
}

// tryOut grades the sample, so that a competition that cannot score is not
// made: auc, for one, needs rows of both classes for both scores.
func (w *practiceWriter) tryOut() error {
	c := &competition{Config: w.config(), name: w.name, dir: w.dir, metric: w.metric}
	sol, err := c.readSolution()
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(c.data(), "sample_submission.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := c.grade(sol, f); err != nil {
		return fault.Wrap(err, fault.Usage, "hide more rows with --holdout, or take another metric", "the hidden rows cannot be scored")
	}
	return nil
}
