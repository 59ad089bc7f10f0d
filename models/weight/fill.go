package weight

import (
	"fmt"
	"slices"
	"strings"
)

// Sink is a tensor that is elsewhere, such as on an engine: Write takes its
// values from number at on.
type Sink struct {
	Name  string
	Shape []int
	Write func(at int, src []float32) error
}

// Fill gives the file's tensors to those of want, by name and a part at a time.
// The file must hold exactly the tensors wanted, as float32 in the same shapes;
// otherwise nothing is written and the error names the first tensor that does not
// fit, or the names that are missing or too many.
func (r *Reader) Fill(want []Sink) error {
	if err := r.Fits(want); err != nil {
		return err
	}
	values := make([]float32, chunkSize/4)
	for _, w := range want {
		if err := r.pour(r.entries[r.byName[w.Name]], w, values); err != nil {
			return fmt.Errorf("read %s: %w", r.path, err)
		}
	}
	return nil
}

// Fits is the error that Fill would give before it writes anything; no Write is called.
func (r *Reader) Fits(want []Sink) error {
	if err := r.match(want); err != nil {
		return fmt.Errorf("read %s: %w", r.path, err)
	}
	return nil
}

// pour streams a tensor to where it is wanted.
func (r *Reader) pour(e entry, to Sink, values []float32) error {
	left := e.Elements()
	for at := 0; left > 0; at += len(values) {
		v := values[:min(len(values), left)]
		if err := r.stream(e, v); err != nil {
			return fmt.Errorf("tensor %q: %w", e.Name, err)
		}
		if err := to.Write(at, v); err != nil {
			return fmt.Errorf("tensor %q: %w", e.Name, err)
		}
		e.at += int64(len(v) * e.dtype.size)
		left -= len(v)
	}
	return nil
}

func (r *Reader) match(want []Sink) error {
	wanted := make(map[string]bool, len(want))
	var missing, extra []string
	for _, w := range want {
		wanted[w.Name] = true
		i, ok := r.byName[w.Name]
		if !ok {
			missing = append(missing, w.Name)
			continue
		}
		if got := r.entries[i]; !slices.Equal(w.Shape, got.Shape) {
			return fmt.Errorf("tensor %q: want shape %v, got %v", w.Name, w.Shape, got.Shape)
		} else if got.DType != "F32" || got.strides != nil {
			return fmt.Errorf("tensor %q: want dtype F32, got %s", w.Name, got.DType)
		}
	}
	for _, t := range r.entries {
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
