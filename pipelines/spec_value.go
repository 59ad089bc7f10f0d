package pipelines

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value reads one key of a spec into a variable and shows it again: decoding and
// Canonical use the same row.
type value struct {
	want  string   // "an integer from 1 to 9"
	words []string // the words allowed, for near-misses
	hint  string
	// read takes the scalar n, false when it is not what is wanted.
	read func(n *node) bool
	// deep reads mappings and lists in place of read.
	deep func(d *decoder, path string, n *node)
	// show is the value as YAML, nil to leave the key out.
	show func() *yaml.Node
}

// integer reads a whole number from lo to hi.
func integer(into *int, lo, hi int) value {
	return value{
		want: fmt.Sprintf("an integer from %d to %d", lo, hi),
		read: func(n *node) bool {
			i, err := strconv.Atoi(n.text)
			if n.tag != "!!int" || err != nil || i < lo || i > hi {
				return false
			}
			*into = i
			return true
		},
		show: func() *yaml.Node { return plain("!!int", strconv.Itoa(*into)) },
	}
}

// maxSeed keeps seeds exact in JSON, whose numbers many programs read as float64.
const maxSeed = 1<<53 - 1

func seedNumber(into *uint64) value {
	return value{
		want: fmt.Sprintf("an integer from 0 to %d", uint64(maxSeed)),
		read: func(n *node) bool {
			i, err := strconv.ParseUint(n.text, 10, 64)
			if n.tag != "!!int" || err != nil || i > maxSeed {
				return false
			}
			*into = i
			return true
		},
		show: func() *yaml.Node { return plain("!!int", strconv.FormatUint(*into, 10)) },
	}
}

// interval is a range of numbers with its wording.
type interval struct {
	lo, hi       float64
	noLow, noTop bool // lo, hi themselves are out
}

func (r interval) has(f float64) bool {
	return f >= r.lo && f <= r.hi && !(r.noLow && f == r.lo) && !(r.noTop && f == r.hi)
}

func (r interval) String() string {
	lo, hi := formatNumber(r.lo), formatNumber(r.hi)
	switch {
	case r.noLow && r.noTop:
		return "above " + lo + " and below " + hi
	case r.noLow:
		return "above " + lo + ", at most " + hi
	case r.noTop:
		return "from " + lo + " to below " + hi
	}
	return "from " + lo + " to " + hi
}

// number reads a number inside r; 1e-3 and 0.001 are the same.
func number(into *float64, r interval) value {
	return value{
		want: "a number " + r.String(),
		read: func(n *node) bool { return readNumber(n, into, r) },
		show: func() *yaml.Node { return showNumber(*into) },
	}
}

var numberForm = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

func readNumber(n *node, into *float64, r interval) bool {
	if n.kind != scalar || (n.tag != "!!int" && n.tag != "!!float") || !numberForm.MatchString(n.text) {
		return false
	}
	f, err := strconv.ParseFloat(n.text, 64)
	if err != nil || !r.has(f) {
		return false
	}
	*into = f + 0 // no negative zero
	return true
}

func showNumber(f float64) *yaml.Node {
	s := formatNumber(f)
	if strings.ContainsAny(s, ".e") {
		return plain("!!float", s)
	}
	return plain("!!int", s)
}

// formatNumber writes 0.001 rather than 1e-3, as long as that is readable.
func formatNumber(f float64) string {
	if a := math.Abs(f); a == 0 || a >= 1e-6 && a < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// oneOf reads one of words.
func oneOf(into *string, words ...string) value {
	return value{
		want:  "one of " + strings.Join(words, ", "),
		words: words,
		read: func(n *node) bool {
			for _, w := range words {
				if n.tag == "!!str" && n.text == w {
					*into = w
					return true
				}
			}
			return false
		},
		show: func() *yaml.Node { return showText(*into) },
	}
}

// text reads a word or line that form accepts.
func text(into *string, want string, form *regexp.Regexp) value {
	return value{
		want: want,
		hint: "text that looks like a number or a date needs quotes",
		read: func(n *node) bool {
			if n.tag != "!!str" || !form.MatchString(n.text) {
				return false
			}
			*into = n.text
			return true
		},
		show: func() *yaml.Node { return showText(*into) },
	}
}

func showText(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	n := &yaml.Node{}
	n.SetString(s)
	return n
}

// flag reads true or false.
func flag(into *bool) value {
	return value{
		want: "true or false",
		read: func(n *node) bool {
			if n.text != "true" && n.text != "false" || n.tag != "!!bool" {
				return false
			}
			*into = n.text == "true"
			return true
		},
		show: func() *yaml.Node { return plain("!!bool", strconv.FormatBool(*into)) },
	}
}

func plain(tag, s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: s}
}
