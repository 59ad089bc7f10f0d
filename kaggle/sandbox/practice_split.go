package sandbox

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/internal/seed"
	"github.com/seed-a5aa75a0/podium/kaggle/sandbox/stratify"
)

// split draws the hidden rows, the public ones among them and their order.
func (w *practiceWriter) split() error {
	v := &w.survey
	n := v.rows()
	want := int(float64(n)*w.Holdout + 0.5)
	if want < 2 {
		return fault.New(fault.Usage, fmt.Sprintf("--holdout %.2g hides two", min(0.5, 2/float64(n)+0.005)),
			"%d rows with --holdout %v hide %d: want at least one for each of the two scores", n, w.Holdout, want)
	}
	if v.group >= 0 {
		if v.grouped < 2 {
			return fault.New(fault.Usage, "choose another --group", "column %q: want at least 2 groups, got %d", v.header[v.group], v.grouped)
		}
		w.hidden = stratify.Groups(v.groups, v.grouped, want, seed.Rand(w.Seed, "practice", "groups"))
	} else if w.hidden = w.draw("holdout", nil, want); w.hidden == nil {
		return fault.New(fault.Usage, "hide fewer rows", "%d rows of %d classes with --holdout %v leave no row of some class to learn from", n, len(v.classes), w.Holdout)
	}
	for i, h := range w.hidden {
		if h {
			w.order = append(w.order, i)
		}
	}
	h := len(w.order)
	if h < 2 {
		return fault.New(fault.Usage, "hide more rows", "the hidden group holds %d row: want at least one for each of the two scores", h)
	}
	public := min(max(1, int(float64(h)*w.Public+0.5)), h-1)
	w.public = w.draw("public", w.hidden, public)
	seed.Rand(w.Seed, "practice", "order").Shuffle(h, func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
	w.made.Train, w.made.Public, w.made.Private = n-h, public, h-public
	w.made.Target, w.made.ID, w.made.Metric = v.header[v.target], w.idName, w.metric
	if w.metric.Kind != metric.Numbers {
		w.made.Classes = len(v.classes)
	}
	w.noteUnseen()
	return nil
}

// draw chooses n of the rows (nil: of all), of each class its share where the
// metric is of classes and there are enough rows of them.
func (w *practiceWriter) draw(what string, rows []bool, n int) []bool {
	v := &w.survey
	byClass := w.metric.Kind != metric.Numbers && v.classes != nil
	var class []int32
	var at []int
	for i := range v.rows() {
		if rows == nil || rows[i] {
			at = append(at, i)
			if c := int32(0); byClass {
				class = append(class, v.class[i])
			} else {
				class = append(class, c)
			}
		}
	}
	chosen := stratify.Rows(class, max(1, len(v.classes)), n, seed.Rand(w.Seed, "practice", what))
	if chosen == nil && (rows != nil || w.metric.Kind == metric.Lists || w.metric.Kind == metric.Ratings) {
		clear(class) // too many rare classes for that
		chosen = stratify.Rows(class, 1, n, seed.Rand(w.Seed, "practice", what))
	}
	if chosen == nil {
		return nil
	}
	all := make([]bool, v.rows())
	for i, in := range chosen {
		all[at[i]] = in
	}
	return all
}

// noteUnseen says which classes no training row shows: whole groups may take
// a class along.
func (w *practiceWriter) noteUnseen() {
	if w.made.Classes == 0 || w.survey.classes == nil {
		return
	}
	seen := make([]bool, len(w.survey.classes))
	for i, c := range w.survey.class {
		seen[c] = seen[c] || !w.hidden[i]
	}
	var unseen []string
	for c, name := range w.survey.classes {
		if !seen[c] {
			unseen = append(unseen, name)
		}
	}
	if len(unseen) > 0 {
		w.note("classes that no training row shows: %s", list(unseen))
	}
}
