package cli

import (
	"fmt"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
	"github.com/seed-a5aa75a0/podium/pipelines/live"
)

// groups are the rows of all groups.
func (f frame) groups(r *live.Run) (rows []row) {
	var names []string
	for _, g := range r.Groups {
		names = append(names, g.Name)
	}
	width := f.nameWidth(names)
	for _, g := range r.Groups {
		rows = append(rows, f.entry("", g.Name, width, g.State(), g.Steps(), g.About()))
	}
	return rows
}

// parts are the rows of a group's parts.
func (f frame) parts(g *live.Group) (rows []row) {
	var names []string
	for _, p := range g.Parts {
		names = append(names, p.Name)
	}
	width := f.nameWidth(names)
	for _, p := range g.Parts {
		rows = append(rows, f.entry("  ", p.Name, width, p.State(), p.Steps, p.About()))
	}
	return rows
}

// entry is the row of a group or a part: mark, name and what is to be said of its steps.
func (f frame) entry(indent, name string, width int, state pipelines.State, steps []*live.Step, about string) row {
	mark, paint := f.marks[0], faint
	switch state {
	case pipelines.Running:
		mark, paint = f.marks[1], bold
	case pipelines.Done:
		mark, paint = f.marks[2], green
	case pipelines.Cached:
		mark = f.marks[2]
	case pipelines.Failed:
		mark, paint = f.marks[3], red
	case pipelines.Skipped:
		mark = f.marks[4]
	}
	line := row{{paint, indent + mark}, {namePaint(state), " " + padded(cut(name, width), width)}}
	switch state {
	case pipelines.Running:
		share := live.Share(steps)
		line = append(line.add("", "  "), f.bar(share, f.barWidth())...)
		line = line.add("", fmt.Sprintf(" %3.0f %%", 100*share))
		return line.addIf(f.columns-1, "", gap(about))
	case pipelines.Done:
		took := live.Seconds(steps)
		return line.add("", "  "+padded(durationText(time.Duration(took*float64(time.Second))), 6)).add(faint, gap(live.Said(steps, about)))
	case pipelines.Cached:
		return line.add(faint, "  "+padded("cached", 6)+gap(live.Said(steps, about)))
	case pipelines.Failed:
		return line.add(red, "  "+f.failed).add(faint, gap(about))
	case pipelines.Skipped:
		return line.add(faint, "  skipped")
	}
	return line.add(faint, gap(about))
}

func namePaint(s pipelines.State) string {
	switch s {
	case pipelines.Running:
		return bold
	case pipelines.Pending, pipelines.Skipped:
		return faint
	}
	return ""
}

func (f frame) barWidth() int {
	switch {
	case f.columns >= 100:
		return 24
	case f.columns >= 60:
		return 16
	case f.columns >= 32:
		return 8
	}
	return 4
}

// detail are the figures of the step at work, in the order of what must be in sight.
func (f frame) detail(s *live.Step) []row {
	if s.Ended() {
		return nil // between two steps
	}
	const indent = "      "
	line := row{{"", indent}}
	columns := f.columns - 1
	if loss, ok := s.Loss.Last(); ok {
		line = line.addIf(columns, "", fmt.Sprintf("loss %.4f", loss))
		if levels := s.Loss.Levels(f.barWidth()); levels != nil {
			line = line.addIf(columns, green, " "+f.curve(levels))
		}
	}
	for i, text := range s.Figures(f.now) {
		if i > 0 || len(line) > 1 {
			text = f.dot + text
		}
		line = line.addIf(columns, "", text)
	}
	if len(line) == 1 {
		return nil
	}
	return []row{line}
}
