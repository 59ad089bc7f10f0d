package pipelines

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// override applies one KEY=VALUE to the tree before it is decoded. KEY is a path
// of keys and list indexes; the index of a list with one entry may be left out.
// VALUE is YAML.
func override(top *node, set string) []Problem {
	at := position{file: "--set " + shorten(set)}
	path, text, ok := strings.Cut(set, "=")
	if !ok || path == "" {
		return []Problem{problemAt(at, "", "such as --set train.0.epochs=3", "want KEY=VALUE, got %q", shorten(set))}
	}
	if path == "use" {
		return []Problem{problemAt(at, "", "name the built-in in place of the file", "use cannot be set")}
	}
	segments := strings.Split(path, ".")
	value, problems := parseValue(at, text, len(segments))
	if len(problems) > 0 {
		return problems
	}
	cur, done := top, ""
	for i, seg := range segments {
		next, p := step(cur, done, seg, at, i == len(segments)-1)
		if p != nil {
			return []Problem{*p}
		}
		done = join(done, seg)
		cur = next
	}
	*cur = *value
	return nil
}

// parseValue reads the text behind the equals sign.
func parseValue(at position, text string, depth int) (*node, []Problem) {
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader([]byte(text))).Decode(&doc); err != nil || len(doc.Content) == 0 {
		if strings.TrimSpace(text) == "" {
			return nil, []Problem{problemAt(at, "", "", "want a value behind the =, got nothing")}
		}
		return nil, []Problem{problemAt(at, "", "put text with signs in it in quotes", "the value is not YAML: %q", shorten(text))}
	}
	c := converter{file: at.file}
	n := c.convert(doc.Content[0], depth)
	for i := range c.problems {
		c.problems[i].Line, c.problems[i].Column = 0, 0
	}
	n.place(at)
	return n, c.problems
}

// place gives n and all in it one position.
func (n *node) place(at position) {
	n.at = at
	for i := range n.keys {
		n.keys[i].at = at
	}
	for _, v := range n.values {
		v.place(at)
	}
}

// step goes from n, which is at path, to what seg names in it. A key that is not
// there is made when it is the last, or when it is a section of the language.
func step(n *node, path, seg string, at position, last bool) (*node, *Problem) {
	fail := func(hint, format string, args ...any) (*node, *Problem) {
		p := problemAt(at, path, hint, format, args...)
		return nil, &p
	}
	switch n.kind {
	case list:
		return item(n, path, seg, at, last)
	case scalar:
		return fail("", "want a mapping or a list to set %q in, got %s", seg, n.describe())
	}
	if i := n.find(seg); i >= 0 {
		return n.values[i], nil
	}
	known := n.keyNames()
	if path == "" {
		known = fieldNames(specTable(newSpec()))
	}
	if path == "" && nearest.Word(seg, known) == seg || path != "" && last {
		made := &node{kind: mapping, at: at}
		n.keys, n.values = append(n.keys, key{seg, at}), append(n.values, made)
		return made, nil
	}
	return fail("keys: "+strings.Join(known, ", "), "no key %q%s", seg, orNear(seg, known))
}

// item is step for a list.
func item(n *node, path, seg string, at position, last bool) (*node, *Problem) {
	i, err := strconv.Atoi(seg)
	if err == nil && i >= 0 && i < len(n.values) {
		return n.values[i], nil
	}
	var p Problem
	switch {
	case err != nil && len(n.values) == 1:
		return step(n.values[0], path+".0", seg, at, last)
	case err != nil:
		p = problemAt(at, path, fmt.Sprintf("%s.0.%s is the first", path, seg), "want which of the %d entries, got %q", len(n.values), seg)
	default:
		p = problemAt(at, path, "", "want an entry from 0 to %d, got %s", len(n.values)-1, seg)
	}
	return nil, &p
}
