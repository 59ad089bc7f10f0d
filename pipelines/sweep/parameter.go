package sweep

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Parameter is a key of a spec and the values that are tried for it: Choices or a
// Range.
type Parameter struct {
	Key     string   `json:"key"` // as --set names it
	Choices []string `json:"choices,omitempty"`
	Range   *Range   `json:"range,omitempty"`
}

// Range is the numbers From..To, both ends with it.
type Range struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Whole bool    `json:"whole,omitempty"` // whole numbers only
	Log   bool    `json:"log,omitempty"`   // as many trials from 0.001 to 0.01 as from 0.01 to 0.1
}

// digits are those of a number that is drawn: a spec that people read, and a learning
// rate's fourth digit changes nothing.
const digits = 4

// parseParameter reads KEY=text; false: it is one value and does not vary.
func parseParameter(key, text string, byFactors bool) (p Parameter, varies bool, err error) {
	p.Key = key
	if from, to, ok := strings.Cut(text, ".."); ok {
		a, errA := strconv.ParseFloat(strings.TrimSpace(from), 64)
		b, errB := strconv.ParseFloat(strings.TrimSpace(to), 64)
		if errA == nil && errB == nil {
			p.Range, err = newRange(key, text, a, b, byFactors)
			return p, true, err
		}
	}
	p.Choices = splitChoices(text)
	if len(p.Choices) < 2 {
		return p, false, nil
	}
	for i, c := range p.Choices {
		switch {
		case c == "":
			return p, false, fault.New(fault.Usage, "such as "+key+"=1,2,3", "--set %s=%s: want a value between the commas, got nothing", key, text)
		case slices.Contains(p.Choices[:i], c):
			return p, false, fault.New(fault.Usage, "name each value once", "--set %s=%s: %s is there twice", key, text, c)
		}
	}
	return p, true, nil
}

func newRange(key, text string, from, to float64, byFactors bool) (*Range, error) {
	if math.IsInf(to-from, 0) || !(from < to) {
		return nil, fault.New(fault.Usage, "such as "+key+"=0.001..0.1", "--set %s=%s: want a range that rises between two numbers", key, text)
	}
	r := &Range{From: from, To: to}
	a, b, _ := strings.Cut(text, "..")
	r.Whole = isWhole(a) && isWhole(b) && to-from < maxSize
	r.Log = byFactors && !r.Whole && from > 0
	return r, nil
}

func isWhole(text string) bool {
	_, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return err == nil
}

// splitChoices cuts at the commas that are not in brackets, braces or quotes.
func splitChoices(text string) []string {
	var list []string
	depth, quote, from := 0, rune(0), 0
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth--
		case r == ',' && depth == 0:
			list, from = append(list, strings.TrimSpace(text[from:i])), i+1
		}
	}
	return append(list, strings.TrimSpace(text[from:]))
}

// Size is how many values there are, 0 for without end.
func (p Parameter) Size() int {
	switch {
	case p.Range == nil:
		return len(p.Choices)
	case p.Range.Whole:
		return int(p.Range.To-p.Range.From) + 1
	}
	return 0
}

// Ends are values that stand for all: every choice, or both ends of a range. What a
// spec says to them it says to those between.
func (p Parameter) Ends() []string {
	if p.Range == nil {
		return p.Choices
	}
	return []string{p.Range.text(p.Range.From), p.Range.text(p.Range.To)}
}

// nth is value n of a parameter that has an end.
func (p Parameter) nth(n int) string {
	if p.Range == nil {
		return p.Choices[n]
	}
	return p.Range.text(p.Range.From + float64(n))
}

// at is the value at u in [0, 1).
func (p Parameter) at(u float64) string {
	if n := p.Size(); n > 0 {
		return p.nth(min(int(u*float64(n)), n-1))
	}
	r := p.Range
	if r.Log {
		return r.text(math.Exp(math.Log(r.From) + u*(math.Log(r.To)-math.Log(r.From))))
	}
	return r.text(r.From + u*(r.To-r.From))
}

// unit is where in [0, 1] a value lies.
func (p Parameter) unit(value string) float64 {
	if p.Range == nil {
		return (float64(slices.Index(p.Choices, value)) + 0.5) / float64(len(p.Choices))
	}
	r := p.Range
	x, _ := strconv.ParseFloat(value, 64) // it came from text
	switch {
	case r.Whole:
		return (x - r.From + 0.5) / float64(p.Size())
	case r.Log:
		return math.Log(x/r.From) / math.Log(r.To/r.From)
	}
	return (x - r.From) / (r.To - r.From)
}

// text writes a number of the range, which rounding must not leave.
func (r *Range) text(x float64) string {
	if r.Whole {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	rounded = min(max(rounded, r.From), r.To)
	return strconv.FormatFloat(rounded, 'g', -1, 64)
}

// has reports whether a trial may have the value.
func (p Parameter) has(value string) bool {
	if p.Range == nil {
		return slices.Contains(p.Choices, value)
	}
	x, err := strconv.ParseFloat(value, 64)
	return err == nil && p.Range.From <= x && x <= p.Range.To
}
