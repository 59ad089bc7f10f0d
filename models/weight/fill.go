package weight

import (
	"fmt"
	"slices"
	"strings"
)

// Fill copies the file's tensors into those of want, by name. The file must
// hold exactly the tensors wanted, in the same shapes; otherwise nothing is
// copied and the error names the first tensor that does not fit, or the names
// that are missing or too many.
func (f *File) Fill(want []Tensor) error {
	if err := f.match(want); err != nil {
		return fmt.Errorf("read %s: %w", f.Path, err)
	}
	have := f.byName()
	for _, w := range want {
		copy(w.Data, have[w.Name].Data)
	}
	return nil
}

func (f *File) match(want []Tensor) error {
	have := f.byName()
	wanted := make(map[string]bool, len(want))
	var missing, extra []string
	for _, w := range want {
		wanted[w.Name] = true
		got, ok := have[w.Name]
		if !ok {
			missing = append(missing, w.Name)
			continue
		}
		if !slices.Equal(w.Shape, got.Shape) {
			return fmt.Errorf("tensor %q: want shape %v, got %v", w.Name, w.Shape, got.Shape)
		}
		if len(w.Data) != len(got.Data) {
			return fmt.Errorf("tensor %q: want room for %d values, got %d", w.Name, len(got.Data), len(w.Data))
		}
	}
	for _, t := range f.Tensors {
		if !wanted[t.Name] {
			extra = append(extra, t.Name)
		}
	}
	switch {
	case len(missing) > 0 && len(extra) > 0:
		return fmt.Errorf("tensors missing: %s; not wanted: %s", list(missing), list(extra))
	case len(missing) > 0:
		return fmt.Errorf("tensors missing: %s", list(missing))
	case len(extra) > 0:
		return fmt.Errorf("tensors not wanted: %s", list(extra))
	}
	return nil
}

func (f *File) byName() map[string]Tensor {
	have := make(map[string]Tensor, len(f.Tensors))
	for _, t := range f.Tensors {
		have[t.Name] = t
	}
	return have
}

// list quotes a few names, in order, and counts the rest.
func list(names []string) string {
	const most = 5
	quoted := make([]string, 0, most)
	for _, n := range names[:min(len(names), most)] {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	s := strings.Join(quoted, ", ")
	if len(names) > most {
		s += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return s
}
