package submissions

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// MixHows are the ways to mix files.
func MixHows() []string { return []string{"mean", "geometric", "rank", "vote"} }

// Mix says how submission files become one.
type Mix struct {
	How string // see MixHows
	// Weights is one a file, each at least 0 and not all 0; nil: equal.
	Weights []float64
	// Numbers takes whole numbers for quantities. Without it a file of nothing
	// but whole numbers holds labels, which only a vote can mix.
	Numbers bool
}

// Mixed is what a Mix made.
type Mixed struct {
	Rows, Columns int       // columns of answers
	Weights       []float64 // as they were used: they sum to one
}

// Files mixes the submissions at paths and writes the result to out in the form,
// with the header and in the order of rows of the first. Rows are matched by id
// and columns by name: their order is free, and they must be the same in all.
//
// "geometric" takes numbers of at least 0. Several columns whose rows sum to one
// in every file are rescaled to do so; a single column in [0, 1] counts as the
// probability of one of two classes, so that the mean is that of its odds. "rank"
// gives numbers in (0, 1), right for AUC and wrong for a log loss; see Combine.
// "vote" takes the answer, text or whole number, with the most weight for each
// row; of equals the one of the file that is named first.
func (m Mix) Files(paths []string, out string) (Mixed, error) {
	if err := m.check(len(paths)); err != nil {
		return Mixed{}, err
	}
	var files []*Answers
	for _, path := range paths {
		a, err := ReadAnswers(path)
		if err != nil {
			return Mixed{}, err
		}
		if len(files) > 0 {
			first := files[0]
			if a, err = a.like(first.Header, first.IDs, first.Path, func(i int) int { return first.Lines[i] }); err != nil {
				return Mixed{}, err
			}
		}
		files = append(files, a)
	}
	cells, err := m.mix(files)
	if err != nil {
		return Mixed{}, err
	}
	first, width := files[0], len(files[0].Header)-1
	err = write(out, first.Header, func(yield func(string, []string) error) error {
		for i, id := range first.IDs {
			if err := yield(id, cells[i*width:(i+1)*width]); err != nil {
				return err
			}
		}
		return nil
	})
	return Mixed{Rows: len(first.IDs), Columns: width, Weights: tidyWeights(m.weights(len(files)))}, fault.Disk(err, out)
}

func (m Mix) check(files int) error {
	if !slices.Contains(MixHows(), m.How) {
		hint := "ways to blend: " + strings.Join(MixHows(), ", ")
		if near := nearest.Word(m.How, MixHows()); near != "" {
			hint = "did you mean " + near + "? " + hint
		}
		return fault.New(fault.Usage, hint, "blend: unknown way %q", m.How)
	}
	if m.Weights == nil {
		return nil
	}
	if len(m.Weights) != files {
		return fault.New(fault.Usage, "one weight a file, in their order, such as --weights 2,1", "blend: want %d weights, one a file, got %d", files, len(m.Weights))
	}
	sum := 0.0
	for _, w := range m.Weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fault.New(fault.Usage, "", "blend: want weights of at least 0, got %v", w)
		}
		sum += w
	}
	if sum == 0 || math.IsInf(sum, 0) {
		return fault.New(fault.Usage, "", "blend: want a weight above 0, got %v", m.Weights)
	}
	return nil
}

func (m Mix) weights(files int) []float64 {
	if m.Weights != nil {
		return m.Weights
	}
	w := make([]float64, files)
	for i := range w {
		w[i] = 1
	}
	return w
}

// mix gives the cells of the result.
func (m Mix) mix(files []*Answers) ([]string, error) {
	w := tidyWeights(m.weights(len(files)))
	if m.How == "vote" {
		return vote(files, w)
	}
	var values [][]float64
	for _, a := range files {
		if !m.Numbers && a.whole() {
			return nil, fault.New(fault.Failed, "the majority of labels: --how vote; if they are quantities: --numbers",
				"read %s: every answer is a whole number: labels cannot be averaged", a.Path)
		}
		x, err := a.numbers()
		if err != nil {
			return nil, err
		}
		values = append(values, x)
	}
	if m.How == "geometric" {
		if err := checkNotNegative(files, values); err != nil {
			return nil, err
		}
	}
	if only := slices.Index(w, 1); only >= 0 {
		return files[only].Cells, nil // the one file that counts, as it stands
	}
	x := mixNumbers(m.How, values, w, len(files[0].Header)-1)
	cells := make([]string, len(x))
	for i, v := range x {
		cells[i] = formatAnswer(v)
	}
	return cells, nil
}

// formatAnswer writes 15 significant digits, which is what a float64 keeps of a
// decimal number: the mean of 0.1 and 0.2 is 0.15.
func formatAnswer(v float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'g', -1, 64)
}

// vote takes in every cell the answer with the most weight.
func vote(files []*Answers, w []float64) ([]string, error) {
	width := len(files[0].Header) - 1
	for _, a := range files {
		for i, cell := range a.Cells {
			_, whole := strconv.ParseInt(cell, 10, 64)
			if v, err := strconv.ParseFloat(cell, 64); whole != nil && err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
				return nil, a.at(i/width, i%width, "a mean of numbers: --how mean", "a vote wants labels, got the number %s", cell)
			}
		}
	}
	cells := make([]string, len(files[0].Cells))
	for i := range cells {
		best := 0.0
		for f, a := range files {
			total := 0.0
			for g, b := range files {
				if b.Cells[i] == a.Cells[i] {
					total += w[g]
				}
			}
			if f == 0 || total > best+1e-12 {
				best, cells[i] = total, a.Cells[i]
			}
		}
	}
	return cells, nil
}
