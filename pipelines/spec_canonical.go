package pipelines

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/digest"
)

// Canonical is the whole effective spec as YAML: every key of the language with
// its value, built-ins and overrides worked in. Decode takes it back to an equal
// Spec.
func (s *Spec) Canonical() []byte {
	top := showTable(specTable(s))
	for i := 1; i < len(top.Content); i += 2 {
		for _, child := range top.Content[i].Content {
			child.Style |= flowOf(child)
		}
		if name := top.Content[i-1].Value; name != "models" && name != "train" {
			top.Content[i].Style |= flowOf(top.Content[i])
		}
	}
	out := encode(top)
	if n, _ := countLines(out); n > maxLines {
		for _, child := range top.Content {
			child.Style |= flowOf(child)
		}
		out = encode(top)
	}
	return out
}

// flowOf is the {a: b} style for collections.
func flowOf(n *yaml.Node) yaml.Style {
	if n.Kind == yaml.ScalarNode {
		return 0
	}
	return yaml.FlowStyle
}

func encode(n *yaml.Node) []byte {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		panic("pipelines: " + err.Error()) // writing to memory, of our own nodes
	}
	return b.Bytes()
}

// showTable is a section as YAML, nil when there is nothing in it.
func showTable(table []field) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range table {
		if v := f.show(); v != nil {
			n.Content = append(n.Content, showText(f.name), v)
		}
	}
	if len(n.Content) == 0 {
		return nil
	}
	return n
}

// MarshalJSON gives the effective spec with the keys of the YAML, in its order.
func (s *Spec) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	writeJSON(&b, showTable(specTable(s)))
	return b.Bytes(), nil
}

// writeJSON writes n, whose scalars are those that show makes.
func writeJSON(b *bytes.Buffer, n *yaml.Node) {
	open, end := byte('['), byte(']')
	switch {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str":
		text, _ := json.Marshal(n.Value)
		b.Write(text)
		return
	case n.Kind == yaml.ScalarNode:
		b.WriteString(strings.TrimPrefix(n.Value, "+"))
		return
	case n.Kind == yaml.MappingNode:
		open, end = '{', '}'
	}
	b.WriteByte(open)
	for i, c := range n.Content {
		if i > 0 && (n.Kind != yaml.MappingNode || i%2 == 0) {
			b.WriteByte(',')
		} else if i > 0 {
			b.WriteByte(':')
		}
		writeJSON(b, c)
	}
	b.WriteByte(end)
}

// Digest names the effective spec by its content.
func (s *Spec) Digest() string { return digest.Bytes(s.Canonical()) }

// String is what the augmentation does, as a spec says it and without what it does
// not do: "rotate: 10, shift: 0.1, flip: horizontal", "none" for nothing.
func (a Augment) String() string {
	var parts []string
	for _, f := range augmentTable(&a) {
		v := f.show()
		if v == nil {
			continue
		}
		text := v.Value
		if v.Kind == yaml.SequenceNode {
			text = v.Content[0].Value
			if other := v.Content[1].Value; other != text {
				text = "[" + text + ", " + other + "]"
			}
		}
		if text != "0" && text != "false" {
			parts = append(parts, f.name+": "+text)
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
