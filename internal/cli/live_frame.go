package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// frame draws a run as a tree on a terminal of a size: a line for each group of steps,
// below the one at work its parts, below the step at work its figures.
type frame struct {
	look
	columns, lines int // of the terminal
	now            time.Time
	foot           string // what to say at the end of the last line
	failed         string // the word for a step that did not come to its end
}

// draw gives the lines: always fewer than the terminal has, so that the cursor has one
// of its own.
func (f frame) draw(r *live.Run) []drawnLine {
	room := max(f.lines-1, 1)
	if f.failed = "failed"; r.Over() && r.Status != pipelines.RunFailed {
		f.failed = "stopped"
	}
	var rows []row
	if room > 5 {
		head := row{{bold, r.Pipeline}}
		if r.ID != "" {
			head = head.add(faint, "  "+r.ID)
		}
		rows, room = append(rows, head), room-1
	}
	rows = append(rows, f.tree(r, max(room-1, 1))...)
	if room > 1 {
		rows = append(rows, f.last(r))
	}
	out := make([]drawnLine, len(rows))
	for i, r := range rows {
		out[i] = r.line(f.columns-1, f.look) // the last column belongs to the cursor
	}
	return out
}

// tree shares n lines between the groups and what is below the one at work.
func (f frame) tree(r *live.Run, n int) []row {
	group, part, step := r.Focus()
	groups := f.groups(r)
	switch {
	case r.Over():
		return f.whole(r, n)
	case group == nil:
		return f.around(groups, 0, n, nil)
	}
	at := slices.Index(r.Groups, group)
	if group.State() != pipelines.Running {
		return f.around(groups, at, n, nil)
	}
	detail := f.detail(step)
	var parts []row
	if len(group.Parts) > 1 {
		parts = f.parts(group)
	}
	spare := n - min(len(groups), max(n-len(parts)-len(detail), min(3, n)))
	if spare < len(detail)+min(len(parts), 1) {
		detail = nil
	}
	below := detail
	if len(parts) > 0 && spare > 0 {
		below = f.around(parts, slices.Index(group.Parts, part), spare-len(detail), detail)
	}
	return f.around(groups, at, n-len(below), below)
}

// whole is the tree of a run that is over: with the folds, where there is room.
func (f frame) whole(r *live.Run, n int) (rows []row) {
	groups := f.groups(r)
	spare := n - len(groups)
	for i, g := range r.Groups {
		rows = append(rows, groups[i])
		if !g.Folds() && g.State() != pipelines.Failed || len(g.Parts) < 2 || len(g.Parts) > spare {
			continue
		}
		rows, spare = append(rows, f.parts(g)...), spare-len(g.Parts)
	}
	return f.around(rows, len(rows)-1, n, nil)
}

// around keeps n of the rows, those about the one at focus, and says how many are left
// out. What is below that one goes there and is not counted.
func (f frame) around(rows []row, focus, n int, below []row) (out []row) {
	from, to := window(focus, len(rows), n)
	indent := rows[0][0].text[:len(rows[0][0].text)-len(strings.TrimLeft(rows[0][0].text, " "))]
	if from > 0 && n > 2 {
		out = append(out, row{{faint, fmt.Sprintf("%s%s %d before", indent, f.marks[2], from)}})
	}
	for i := from; i < to; i++ {
		if out = append(out, rows[i]); i == focus {
			out = append(out, below...)
		}
	}
	if to < len(rows) && n > 1 {
		out = append(out, row{{faint, fmt.Sprintf("%s%s %d more", indent, f.marks[0], len(rows)-to)}})
	}
	return out
}

// window is the part of so many rows that n lines show, a line of which says what is
// left out at an end.
func window(focus, rows, n int) (from, to int) {
	from, to = focus, focus+1
	fits := func(from, to int) bool {
		return from >= 0 && to <= rows && to-from+min(from, 1)+min(rows-to, 1) <= n
	}
	for {
		switch {
		case fits(from, to+1):
			to++
		case fits(from-1, to):
			from--
		case fits(from-1, to+1): // both ends come into sight at once
			from, to = from-1, to+1
		default:
			return from, to
		}
	}
}

// last is the line of the whole run.
func (f frame) last(r *live.Run) row {
	steps, took, left := r.Summary(f.now)
	line := row{{"", steps}, {"", f.dot + took}}
	switch text := f.dot + left; {
	case r.Over():
		line = line.add("", f.dot).add(paintOf[r.Status], r.Status)
	case left != "" && line.width()+uniseg.StringWidth(text) < f.columns:
		line = line.add("", text)
	case left != "":
		line = line.addIf(f.columns-1, "", strings.NewReplacer("about ", "", "at least ", ">").Replace(text))
	}
	if f.foot == "" {
		return line
	}
	return line.addIf(f.columns-1, faint, f.dot+f.foot)
}

// paintOf colours how a run ended.
var paintOf = map[string]string{pipelines.RunOK: green, pipelines.RunFailed: red, pipelines.RunInterrupted: red, diedStatus: red}

// nameWidth is how wide a column of names is.
func (f frame) nameWidth(names []string) (n int) {
	for _, s := range names {
		n = max(n, uniseg.StringWidth(s))
	}
	return min(n, max(f.columns/3, 8))
}
