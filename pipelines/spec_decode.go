package pipelines

import (
	"fmt"
	"path"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// Decode reads a spec strictly. name is what errors call it (a path or a
// built-in's name); sets are overrides such as "models.cnn.copies=3" or
// "train.0.lr=0.001", applied before anything is checked. Errors are faults of
// kind Usage that name file, line and column of up to ten problems; SpecError
// holds them one by one.
func Decode(name string, src []byte, sets ...string) (*Spec, error) {
	top, problems := parseTree(name, src)
	if len(problems) == 0 {
		top, problems = expandUse(top)
	}
	for _, s := range sets {
		if len(problems) == 0 {
			problems = override(top, s)
		}
	}
	if len(problems) > 0 {
		return nil, specFault(problems)
	}
	s := newSpec()
	s.Name = strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	d := &decoder{src: &source{name: name, at: map[string]position{}}}
	d.mapping("", top, specTable(s))
	if len(d.problems) == 0 {
		d.finish(s)
	}
	if len(d.problems) > 0 {
		return nil, specFault(d.problems)
	}
	s.src = d.src
	return s, nil
}

// expandUse replaces the top-level keys of the built-in that use names.
func expandUse(top *node) (*node, []Problem) {
	i := top.find("use")
	if i < 0 {
		return top, nil
	}
	v := top.values[i]
	if v.kind != scalar || v.tag != "!!str" {
		return nil, []Problem{problemAt(v.at, "use", "", "want the name of a built-in, got %s", v.describe())}
	}
	src, ok := builtinSource(v.text)
	if !ok {
		names := builtinNames()
		return nil, []Problem{problemAt(v.at, "use", "built-ins: "+strings.Join(names, ", "),
			"no built-in called %s%s", v.describe(), orNear(v.text, names))}
	}
	base, problems := parseTree(v.text, src)
	if len(problems) > 0 {
		return nil, problems
	}
	for j, k := range top.keys {
		if j == i {
			continue
		}
		if at := base.find(k.name); at >= 0 {
			base.keys[at], base.values[at] = k, top.values[j]
		} else {
			base.keys, base.values = append(base.keys, k), append(base.values, top.values[j])
		}
	}
	base.at = top.at
	return base, nil
}

// decoder carries the tree into a Spec and collects what is wrong.
type decoder struct {
	src      *source
	problems []Problem
}

// field is a row of a section's table.
type field struct {
	name string
	need presence
	value
}

type presence bool

const (
	required presence = true
	optional presence = false
)

func (d *decoder) add(at position, path, hint, format string, args ...any) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, problemAt(at, path, hint, format, args...))
	}
}

// given reports whether the spec has a value at path.
func (d *decoder) given(path string) bool { _, ok := d.src.at[path]; return ok }

// mapping reads n, which is at path, by the rows of table.
func (d *decoder) mapping(path string, n *node, table []field) {
	if n.kind != mapping {
		d.add(n.at, path, keysHint(path, table), "want a mapping, got %s", n.describe())
		return
	}
	meant := map[string]bool{} // keys that are there, misspelt
	for i, k := range n.keys {
		if f := findField(table, k.name); f != nil {
			d.value(join(path, k.name), n.values[i], f.value)
			continue
		}
		names := fieldNames(table)
		meant[nearest.Word(k.name, names)] = true
		d.add(k.at, path, keysHint(path, table), "unknown key %q%s", shorten(k.name), orNear(k.name, names))
	}
	for _, f := range table {
		if f.need == required && n.find(f.name) < 0 && !meant[f.name] {
			d.add(n.at, path, keysHint(path, table), "key %q is missing", f.name)
		}
	}
}

// value reads n, which is at path, by one row.
func (d *decoder) value(path string, n *node, v value) {
	d.src.at[path] = n.at
	if v.deep != nil {
		v.deep(d, path, n)
		return
	}
	if n.kind == scalar && v.read(n) {
		return
	}
	near, hint := "", ""
	if n.kind == scalar && n.tag == "!!str" {
		near = orNear(n.text, v.words)
	} else if n.kind == scalar {
		hint = v.hint
	}
	d.add(n.at, path, hint, "want %s, got %s%s", v.want, n.describe(), near)
}

// items walks over the list n at path.
func (d *decoder) items(path string, n *node, want string, each func(path string, item *node)) {
	if n.kind != list || len(n.values) == 0 {
		d.add(n.at, path, "", "want %s, got %s", want, n.describeContent())
		return
	}
	for i, item := range n.values {
		p := fmt.Sprintf("%s.%d", path, i)
		d.src.at[p] = item.at
		each(p, item)
	}
}

// named walks over the mapping n at path, whose keys are names of the user's
// choice; at is where an item stands.
func (d *decoder) named(path string, n *node, hint, want string, each func(name, at string, item *node)) {
	if n.kind != mapping || len(n.keys) == 0 {
		d.add(n.at, path, hint, "want %s, got %s", want, n.describeContent())
		return
	}
	for i, k := range n.keys {
		at := join(path, k.name)
		if !nameForm.MatchString(k.name) {
			d.add(k.at, path, "", "want a name of lower-case letters, digits and _, got %q", shorten(k.name))
		}
		d.src.at[at] = k.at
		each(k.name, at, n.values[i])
	}
}

func findField(table []field, name string) *field {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

func fieldNames(table []field) []string {
	names := make([]string, len(table))
	for i, f := range table {
		names[i] = f.name
	}
	return names
}

func keysHint(path string, table []field) string {
	if path == "" {
		return "keys: " + strings.Join(fieldNames(table), ", ")
	}
	return "keys of " + path + ": " + strings.Join(fieldNames(table), ", ")
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
