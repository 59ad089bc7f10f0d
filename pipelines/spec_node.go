package pipelines

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of the language: a spec is to be read at a glance.
const (
	maxLines = 40      // that are neither blank nor comments
	maxDepth = 4       // mappings and lists inside the top mapping
	maxBytes = 1 << 16 // of a file, so that a wrong path is refused early
)

// node is a piece of a spec's tree: YAML without what the language refuses.
type node struct {
	kind   nodeKind
	text   string // scalar
	tag    string // scalar: "!!str", "!!int", ...
	at     position
	keys   []key   // mapping
	values []*node // mapping: by key; list: the items
}

type nodeKind int

const (
	scalar nodeKind = iota
	list
	mapping
)

type key struct {
	name string
	at   position
}

// find is the index of the key called name, -1 when the mapping lacks it.
func (n *node) find(name string) int {
	for i, k := range n.keys {
		if k.name == name {
			return i
		}
	}
	return -1
}

func (n *node) keyNames() []string {
	names := make([]string, len(n.keys))
	for i, k := range n.keys {
		names[i] = k.name
	}
	return names
}

// describe is how messages call what was got.
func (n *node) describe() string {
	switch {
	case n.kind == list:
		return "a list"
	case n.kind == mapping:
		return "a mapping"
	case n.tag == "!!null":
		return "nothing"
	case n.tag == "!!str":
		return strconv.Quote(shorten(n.text))
	}
	return shorten(n.text)
}

// describeContent tells an empty list or mapping from one with something in it.
func (n *node) describeContent() string {
	if n.kind != scalar && len(n.values) == 0 {
		return "an empty one"
	}
	return n.describe()
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:37]) + "..."
	}
	return s
}

// parseTree reads one YAML document into a node of kind mapping.
func parseTree(file string, src []byte) (*node, []Problem) {
	fail := func(line int, hint, format string, args ...any) (*node, []Problem) {
		return nil, []Problem{{File: file, Line: line, Msg: fmt.Sprintf(format, args...), Hint: hint}}
	}
	if len(src) > maxBytes {
		return fail(0, "is it a spec at all?", "want at most %d bytes, got %d", maxBytes, len(src))
	}
	if n, line := countLines(src); n > maxLines {
		return fail(line, "comments and blank lines do not count; a mapping can be written {key: value, ...}",
			"want at most %d lines, got %d", maxLines, n)
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(src))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return fail(0, emptyHint, "want a mapping, got nothing")
	} else if err != nil {
		line, msg := yamlMessage(err)
		return fail(line, yamlHint, "%s", msg)
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil {
		return fail(more.Line, "", "want one document, got another")
	} else if !errors.Is(err, io.EOF) {
		line, msg := yamlMessage(err)
		return fail(line, yamlHint, "%s", msg)
	}
	c := converter{file: file}
	top := c.convert(doc.Content[0], 0)
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	if top.kind != mapping {
		return nil, []Problem{problemAt(top.at, "", emptyHint, "want a mapping, got %s", top.describe())}
	}
	return top, nil
}

const emptyHint = "start from one that works: use: digit-recognizer"

// countLines counts the lines that say something, and gives the number of the
// first one too many.
func countLines(src []byte) (n, over int) {
	for i, l := range strings.Split(string(src), "\n") {
		if l = strings.TrimSpace(l); l != "" && l[0] != '#' {
			if n++; n == maxLines+1 {
				over = i + 1
			}
		}
	}
	return n, over
}

// yamlHint is for the one mistake that the language's own words invite.
const yamlHint = "inside { } or [ ], text with braces or commas in it needs quotes"

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// yamlMessage takes the line out of an error of the YAML library.
func yamlMessage(err error) (line int, msg string) {
	msg = strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
	}
	return line, "not YAML: " + msg
}

// converter turns YAML nodes into ours and refuses what the language leaves out.
type converter struct {
	file     string
	problems []Problem
}

func (c *converter) add(at position, hint, format string, args ...any) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, problemAt(at, "", hint, format, args...))
	}
}

// problemAt makes a Problem.
func problemAt(at position, path, hint, format string, args ...any) Problem {
	return Problem{File: at.file, Line: at.line, Column: at.column, Path: path, Msg: fmt.Sprintf(format, args...), Hint: hint}
}

// convert makes a node of y, which stands depth collections deep.
func (c *converter) convert(y *yaml.Node, depth int) *node {
	n := &node{at: position{c.file, y.Line, y.Column}}
	if y.Anchor != "" || y.Kind == yaml.AliasNode {
		c.add(n.at, "write the value out", "anchors and aliases (&, *) are not part of the language")
		return n
	}
	if y.Style&yaml.TaggedStyle != 0 {
		c.add(n.at, "write the plain value", "tags (%s) are not part of the language", shorten(y.Tag))
		return n
	}
	if y.Kind == yaml.ScalarNode {
		n.text, n.tag = y.Value, y.ShortTag()
		return n
	}
	if depth > maxDepth {
		c.add(n.at, "", "nested deeper than %d", maxDepth)
		return n
	}
	if y.Kind == yaml.SequenceNode {
		n.kind = list
		for _, item := range y.Content {
			n.values = append(n.values, c.convert(item, depth+1))
		}
		return n
	}
	n.kind = mapping
	for i := 0; i+1 < len(y.Content); i += 2 {
		if k, ok := c.key(n, y.Content[i]); ok {
			n.keys = append(n.keys, k)
			n.values = append(n.values, c.convert(y.Content[i+1], depth+1))
		}
	}
	return n
}

// key checks a key of the mapping n.
func (c *converter) key(n *node, y *yaml.Node) (key, bool) {
	k := key{y.Value, position{c.file, y.Line, y.Column}}
	switch {
	case y.Kind == yaml.AliasNode || y.Anchor != "":
		c.add(k.at, "write the value out", "anchors and aliases (&, *) are not part of the language")
	case y.ShortTag() == "!!merge":
		c.add(k.at, "write the keys out, or take a built-in whole with use: NAME", "merge keys (<<) are not part of the language")
	case y.Kind != yaml.ScalarNode || y.ShortTag() != "!!str":
		c.add(k.at, "", "want a word as key, got %s", c.convert(y, maxDepth).describe())
	default:
		i := n.find(k.name)
		if i < 0 {
			return k, true
		}
		c.add(k.at, "", "key %q is given twice, first in line %d", shorten(k.name), n.keys[i].at.line)
	}
	return key{}, false
}
