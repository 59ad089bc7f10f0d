package pipelines

import (
	"fmt"
	"slices"
	"strings"
)

// This file holds the words of splits: which rows must not be parted.

// Clusters is the value of Split.By for groups of photos that look alike, which a
// step finds.
const Clusters = "clusters"

// Grouped says that rows of one group stay in one fold.
func (s Split) Grouped() bool { return strings.HasSuffix(s.Kind, groupSplit) }

// String is the split as a spec says it: {group_kfold: 5, by: subject}. A seed of 1,
// which is the language's, is left out.
func (s Split) String() string {
	text := fmt.Sprintf("{%s: %d", s.Kind, s.K)
	if s.By != "" {
		text += ", by: " + s.By
	}
	if s.Seed != 1 {
		text += fmt.Sprintf(", seed: %d", s.Seed)
	}
	return text + "}"
}

// groupSplit ends the name of a split that keeps groups together.
const groupSplit = "group_kfold"

// splits are the kinds of split.
var splits = []string{"stratified_kfold", "kfold", "group_kfold", "stratified_group_kfold"}

// split: one kind of split; one that keeps groups together says which.
func (d *decoder) split(s *Spec) {
	at := d.src.at["split"]
	var kinds []string
	for _, kind := range splits {
		if d.given("split." + kind) {
			kinds = append(kinds, kind)
		}
	}
	words := strings.Join(splits, ", ")
	switch by := d.given("split.by"); {
	case len(kinds) > 1:
		d.add(at, "split", "to put another kind in its place: --set 'split={kfold: 5}'", "want one of %s, got %s", words, strings.Join(kinds, " and "))
	case len(kinds) == 0:
		d.add(at, "split", "such as {stratified_kfold: 5}", "want one of %s, got none", words)
	case s.Split.Grouped() && !by:
		d.add(at, "split", "such as {"+kinds[0]+": 5, by: subject}", "want by: the column whose rows of one value %s keeps together", kinds[0])
	case by && !s.Split.Grouped():
		d.add(d.src.at["split.by"], "split.by", "to keep its rows together: {group_kfold: 5, by: "+s.Split.By+"}", "%s deals rows one by one and has no groups", kinds[0])
	case by:
		d.by(s)
	}
}

// by checks the column of groups as far as columns are known: those of a table are
// when it has come.
func (d *decoder) by(s *Spec) {
	at, by, columns := d.src.at["split.by"], s.Split.By, s.Data.Images.Columns()
	switch {
	case by == s.Target.Column:
		d.add(at, "split.by", "", "want another column than the target: a fold's nets would not know its classes")
	case by == Clusters && !s.Data.Photos():
		d.add(at, "split.by", "give a column of "+s.Data.Table, "clusters are of photos, and the rows are those of a table")
	case by == Clusters && slices.Contains(columns, Clusters):
		d.add(d.src.at["data.images"], "data.images", "another word does, such as {cluster}", "by: clusters stands for photos that look alike, not for the column {clusters}")
	case by == Clusters || !s.Data.Photos() || s.Data.Join != "":
	case !slices.Contains(columns, by):
		d.add(at, "split.by", "join: TABLE.csv in data adds columns; by: clusters groups photos that look alike",
			"want a column of data.images (%s) or clusters, got %q%s", strings.Join(columns, ", "), by, orNear(by, append([]string{Clusters}, columns...)))
	}
}
