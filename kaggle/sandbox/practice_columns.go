package sandbox

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// targetNames are the names of a column that is obviously the target.
var targetNames = []string{"target", "label", "class", "y"}

// columns finds the target, the id and the group in the header.
func (w *practiceWriter) columns() error {
	v := &w.survey
	if len(v.header) < 2 {
		return fault.New(fault.Usage, "the cells of a row stand between commas", "%s: want at least two columns, got %s", filepath.Base(v.path), list(v.header))
	}
	var err error
	if v.target, err = w.targetColumn(); err != nil {
		return err
	}
	v.group, v.id = -1, -1
	if w.Group != "" {
		if v.group, err = v.column("--group", w.Group); err != nil {
			return err
		}
	}
	if w.ID != "" {
		v.id, err = v.column("--id", w.ID)
	} else {
		v.id = slices.IndexFunc(v.header, v.looksLikeID)
	}
	switch {
	case err != nil:
		return err
	case v.target == v.group || v.target == v.id:
		return fault.New(fault.Usage, "choose another column", "the target %q cannot be the id or the group too", v.header[v.target])
	case v.header[v.target] == usageColumn || v.id >= 0 && v.header[v.id] == usageColumn:
		return fault.New(fault.Usage, "rename the column", "solutions keep the column %q for themselves", usageColumn)
	}
	return nil
}

func (w *practiceWriter) targetColumn() (int, error) {
	v := &w.survey
	if w.Target != "" {
		return v.column("--target", w.Target)
	}
	var found []int
	for i, h := range v.header {
		if slices.Contains(targetNames, strings.ToLower(h)) {
			found = append(found, i)
		}
	}
	if len(found) != 1 {
		last := v.header[len(v.header)-1]
		return 0, fault.New(fault.Usage, fmt.Sprintf("add --target and a column, perhaps --target %q", last),
			"%s: which column is to be predicted? There are %s", filepath.Base(v.path), list(v.header))
	}
	w.note("target: the column %q, by its name", v.header[found[0]])
	return found[0], nil
}

// looksLikeID goes by the name: id, PassengerId, image_id, ImageID.
func (v *survey) looksLikeID(name string) bool {
	at := slices.Index(v.header, name)
	return at != v.target && at != v.group &&
		(strings.EqualFold(name, "id") || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID") || strings.HasSuffix(name, "_id"))
}

// column is the place of a named column.
func (v *survey) column(flag, name string) (int, error) {
	at := slices.Index(v.header, name)
	if at < 0 {
		hint := "the columns are " + list(v.header)
		if near := nearest.Word(name, v.header); near != "" {
			hint = fmt.Sprintf("did you mean %q? %s", near, hint)
		}
		return 0, fault.New(fault.Usage, hint, "%s: %s has no column %q", flag, filepath.Base(v.path), name)
	}
	if slices.Contains(v.header[at+1:], name) {
		return 0, fault.New(fault.Usage, "rename one of them", "%s: %s has two columns %q", flag, filepath.Base(v.path), name)
	}
	return at, nil
}

// settle decides, after the first reading, on ids and the metric.
func (w *practiceWriter) settle() error {
	v := &w.survey
	if v.twice.line > 0 && w.ID != "" {
		return v.at(v.twice.line, v.id, "leave --id away: podium numbers the rows", "the id %.60q is empty or there a second time", v.twice.text)
	}
	if v.twice.line > 0 {
		v.id = -1
	}
	switch {
	case v.id < 0:
		if w.idName = w.madeID(); w.idName == "" {
			return fault.New(fault.Usage, "name the column that tells rows apart with --id", "%s has columns id and row_id, but neither tells its rows apart", filepath.Base(v.path))
		}
		w.note("id: no column tells the rows apart by its name, so they are numbered in a new column %q", w.idName)
	default:
		if w.idName = v.header[v.id]; w.ID == "" {
			w.note("id: the column %q, by its name and its values", w.idName)
		}
	}
	return w.chooseMetric()
}

// madeID is a name that no column has.
func (w *practiceWriter) madeID() string {
	for _, name := range []string{"id", "row_id"} {
		if !slices.ContainsFunc(w.survey.header, func(h string) bool { return strings.EqualFold(h, name) }) {
			return name
		}
	}
	return ""
}

// fewValues is up to how many different integers are taken for classes.
const fewValues = 20

func (w *practiceWriter) chooseMetric() error {
	v := &w.survey
	name, target := w.Metric, v.header[v.target]
	if name == "" {
		switch {
		case v.text.line > 0:
			name = "accuracy"
			w.note("metric: accuracy, as %q holds words", target)
		case !v.fraction && len(v.classes) > 0 && len(v.classes) <= fewValues:
			name = "accuracy"
			w.note("metric: accuracy, as %q holds %d different integers (--metric rmse takes them for numbers)", target, len(v.classes))
		default:
			name = "rmse"
			w.note("metric: rmse, as %q holds numbers", target)
		}
	}
	m, err := metric.ByName(name)
	if err != nil {
		return err
	}
	w.metric = m
	return w.checkTarget(m, target)
}

// checkTarget holds the target against the metric.
func (w *practiceWriter) checkTarget(m metric.Metric, target string) error {
	v := &w.survey
	n := len(v.classes)
	switch {
	case v.rows() < 3:
		return fault.New(fault.Usage, "some to learn from, some for the public and some for the private score", "%s: want at least 3 rows, got %d", filepath.Base(v.path), v.rows())
	case n == 1:
		return fault.New(fault.Usage, "choose a target that varies", "column %q: every row has the value %.60q", target, v.classes[0])
	case m.Kind == metric.Numbers && v.text.line > 0:
		return v.at(v.text.line, v.target, "accuracy and logloss take words", "%s wants numbers, got %.60q", m.Name, v.text.text)
	case m.NonNegative && v.negative.line > 0:
		return v.at(v.negative.line, v.target, "rmse takes numbers below 0", "%s wants numbers of at least 0, got %.60q", m.Name, v.negative.text)
	case m.Kind == metric.Numbers:
		return nil
	case m.Binary && !(n == 2 && slices.Contains(v.classes, "0") && slices.Contains(v.classes, "1")):
		return fault.New(fault.Usage, "accuracy, logloss and f1_macro take any classes; or write the target as 0 and 1",
			"%s wants a target of 0 and 1, column %q holds %s", m.Name, target, v.examples())
	case m.Kind == metric.Ratings && v.fraction:
		return fault.New(fault.Usage, "accuracy takes any classes, rmse numbers", "%s wants a target of whole numbers, column %q holds %s", m.Name, target, v.examples())
	case v.classes == nil, (m.Kind == metric.Labels || m.Kind == metric.Probabilities) && n > v.rows()/2:
		return fault.New(fault.Usage, "is another column the target? rmse is for numbers", "column %q: %s different values in %d rows are no classes", target, v.howMany(), v.rows())
	}
	return nil
}

func (v *survey) howMany() string {
	if v.classes == nil {
		return fmt.Sprintf("more than %d", maxClasses)
	}
	return fmt.Sprint(len(v.classes))
}

// examples shows the first targets.
func (v *survey) examples() string {
	if v.classes == nil {
		return "more than " + fmt.Sprint(maxClasses) + " different values"
	}
	return list(v.classes)
}
