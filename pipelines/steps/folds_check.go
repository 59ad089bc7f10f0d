package steps

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/pipelines"
)

// classNames are the words of the classes of training images: those of photos lie
// beside the images, rows of tables have numbers.
func classNames(spec *pipelines.Spec, in pipelines.Inputs, classes int) ([]string, error) {
	if !spec.Data.Photos() {
		return numbered(classes), nil
	}
	var names []string
	err := readJSON(filepath.Join(filepath.Dir(in.Path("images")), "classes.json"), &names)
	return names, err
}

// checkRare refuses, with the class's name, a stratified split of a class that has fewer
// rows than there are folds.
func checkRare(s pipelines.Split, labels []int, names []string) error {
	if !strings.HasPrefix(s.Kind, "stratified") {
		return nil
	}
	count := make([]int, len(names))
	for _, l := range labels {
		count[l]++
	}
	for class, n := range count {
		if n < s.K {
			other := pipelines.Split{Kind: strings.TrimPrefix(s.Kind, "stratified_"), K: s.K, By: s.By, Seed: s.Seed}
			return fault.New(fault.Usage, fmt.Sprintf("use fewer folds, merge rare classes, or deal them as they come: split: %s", other),
				"class %q: want at least %d rows for %d stratified folds, got %d", names[class], s.K, s.K, n)
		}
	}
	return nil
}

// unlearned warns of classes all rows of which are in one fold: those that hold it out
// have never seen the class, so that no net of theirs can tell it. "" if there is none.
func unlearned(s pipelines.Split, labels, folds []int, groups, names []string) string {
	type seen struct {
		rows, fold int
		group      string
		parted     bool // in two folds
		groups     bool // of two groups
	}
	classes := make([]seen, len(names))
	for row, l := range labels {
		c := &classes[l]
		if c.rows == 0 {
			c.fold = folds[row]
		}
		c.parted = c.parted || c.fold != folds[row]
		if groups != nil {
			c.groups = c.groups || c.rows > 0 && c.group != groups[row]
			c.group = groups[row]
		}
		c.rows++
	}
	var parts []string
	for l, c := range classes {
		if c.parted || c.rows == 0 {
			continue
		}
		where := "is"
		if groups != nil && !c.groups {
			where = fmt.Sprintf("has one %s, %s, and is", s.By, c.group)
		}
		parts = append(parts, fmt.Sprintf("class %q (%d of %d rows) %s in fold %d alone", names[l], c.rows, len(labels), where, c.fold))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + ": the nets that hold it out never see the class, and count as wrong on all of it in the CV; nets of the other folds learn it"
}
