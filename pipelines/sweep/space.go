package sweep

import (
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Space is what is searched: parameters in the order in which they were given.
type Space []Parameter

// ParseSpace reads what stands behind --set: KEY=A,B,C is a parameter of these values,
// KEY=FROM..TO one of all numbers between, both ends with it, whole ones where both
// ends are whole. Everything else is fixed and comes back as it was. Values are YAML:
// commas in brackets, braces and quotes belong to a value.
//
// byFactors searches ranges of fractions that begin above 0 on a logarithmic scale.
func ParseSpace(sets []string, byFactors bool) (space Space, fixed []string, err error) {
	for _, set := range sets {
		key, text, ok := strings.Cut(set, "=")
		if !ok || key == "" {
			fixed = append(fixed, set) // whoever decodes the spec says what is wrong with it
			continue
		}
		p, varies, err := parseParameter(key, strings.TrimSpace(text), byFactors)
		switch {
		case err != nil:
			return nil, nil, err
		case !varies:
			fixed = append(fixed, set)
			continue
		case slices.ContainsFunc(space, func(o Parameter) bool { return o.Key == key }):
			return nil, nil, fault.New(fault.Usage, "give all its values at once: "+key+"=A,B,C", "--set %s is there twice", key)
		}
		if err := searchable(key); err != nil {
			return nil, nil, err
		}
		space = append(space, p)
	}
	if len(space) == 0 {
		return nil, nil, fault.New(fault.Usage, "--set train.lr=0.001..0.1, or --set train.epochs=4,8,12", "nothing to search: no --set has several values")
	}
	return space, fixed, nil
}

// searchable refuses what makes CVs of other trials other things.
func searchable(key string) error {
	switch section, _, _ := strings.Cut(key, "."); section {
	case "competition", "target", "use":
		return fault.New(fault.Usage, "give "+section+" one value", "CVs of another %s do not compare: --set %s cannot vary", section, key)
	}
	return nil
}

// Size is how many combinations there are, 0 for without end.
func (s Space) Size() int {
	size := 1
	for _, p := range s {
		size *= p.Size()
		if size > maxSize {
			return 0 // as good as without end
		}
	}
	return size
}

// maxSize keeps products of sizes far from overflow.
const maxSize = 1 << 30

// Sets are the values of a trial as --set has them.
func (s Space) Sets(values []string) []string {
	sets := make([]string, len(s))
	for i, p := range s {
		sets[i] = p.Key + "=" + values[i]
	}
	return sets
}

// at is the point of the space at a point of the unit cube, whose coordinates are in
// [0, 1).
func (s Space) at(cube []float64) []string {
	values := make([]string, len(s))
	for i, p := range s {
		values[i] = p.at(cube[i])
	}
	return values
}

// units is the inverse of at: the middle of what becomes these values.
func (s Space) units(values []string) []float64 {
	cube := make([]float64, len(s))
	for i, p := range s {
		cube[i] = p.unit(values[i])
	}
	return cube
}
