package pipelines

import (
	"fmt"
	"strings"
)

// DOT draws the view in the language of Graphviz (https://graphviz.org): boxes
// for steps, filled when cached, dashed when it is not known yet whether they
// are, double for effects.
func (v View) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  rankdir=LR\n  node [shape=box fontname=\"sans-serif\"]\n", quote(v.Pipeline))
	for _, s := range v.Steps {
		label := s.ID
		if s.Why != "" {
			label += "\n" + s.Why
		}
		fmt.Fprintf(&b, "  %s [label=%s%s]\n", quote(s.ID), quote(label), dotStyle(s.Status))
	}
	for _, s := range v.Steps {
		for _, e := range s.Inputs {
			fmt.Fprintf(&b, "  %s -> %s [label=%s]\n", quote(e.From.Step), quote(s.ID), quote(e.To))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func dotStyle(s Status) string {
	switch s {
	case StatusCached:
		return ` style=filled fillcolor="#d5e8d4"`
	case StatusPending:
		return " style=dashed"
	case StatusEffect:
		return " peripheries=2"
	}
	return ""
}

var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func quote(s string) string { return `"` + dotEscapes.Replace(s) + `"` }
