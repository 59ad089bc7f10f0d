package pipelines

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// NameValues are what the placeholders of Submit.Name stand for.
type NameValues struct {
	Run      string
	Pipeline string
	Metric   string
	CV       float64
	Seed     uint64
}

// placeholders is every placeholder and how it is written; format is empty or
// such as ".4f".
var placeholders = []struct {
	name  string
	float bool // takes a format
	write func(v NameValues, format string) string
}{
	{"run", false, func(v NameValues, _ string) string { return v.Run }},
	{"pipeline", false, func(v NameValues, _ string) string { return v.Pipeline }},
	{"metric", false, func(v NameValues, _ string) string { return v.Metric }},
	{"cv", true, func(v NameValues, format string) string {
		if format == "" {
			return strconv.FormatFloat(v.CV, 'g', -1, 64)
		}
		return fmt.Sprintf("%"+format, v.CV)
	}},
	{"seed", false, func(v NameValues, _ string) string { return strconv.FormatUint(v.Seed, 10) }},
}

var (
	placeholderForm = regexp.MustCompile(`\{[^{}]*\}|[{}]`)
	precisionForm   = regexp.MustCompile(`^\.[0-9]f$`)
)

// maxMessage is how much of a message Kaggle keeps on its submissions page.
const maxMessage = 500

// ExpandName fills the placeholders {run}, {pipeline}, {metric}, {cv} and {seed}
// of a submit.name. {cv} may carry a precision: {cv:.4f}. A name that Decode took
// expands without error.
func ExpandName(name string, v NameValues) (string, error) {
	var bad error
	out := placeholderForm.ReplaceAllStringFunc(name, func(p string) string {
		s, err := expand(p, v)
		if err != nil && bad == nil {
			bad = err
		}
		return s
	})
	return out, bad
}

// expand writes one placeholder with its braces.
func expand(p string, v NameValues) (string, error) {
	if len(p) < 2 {
		return "", fault.New(fault.Usage, "", "want braces in pairs, got a lone %s", p)
	}
	name, format, formatted := strings.Cut(p[1:len(p)-1], ":")
	names := make([]string, len(placeholders))
	for i, f := range placeholders {
		names[i] = f.name
	}
	i := slices.Index(names, name)
	if i < 0 {
		near := ""
		if w := nearest.Word(name, names); w != "" {
			near = fmt.Sprintf(", did you mean {%s}?", w)
		}
		return "", fault.New(fault.Usage, "placeholders: {"+strings.Join(names, "}, {")+"}", "unknown placeholder %s%s", shorten(p), near)
	}
	if formatted && !(placeholders[i].float && precisionForm.MatchString(format)) {
		return "", fault.New(fault.Usage, "", "want {%s} or, for cv, a precision such as {cv:.4f}, got %s", name, shorten(p))
	}
	return placeholders[i].write(v, format), nil
}

// submitName reads a name and tries its placeholders.
func submitName(into *string) value {
	v := text(into, "a line of text with placeholders such as {run} cv={cv:.4f}", titleForm)
	return value{
		deep: func(d *decoder, path string, n *node) {
			if n.kind != scalar || !v.read(n) || len(n.text) > maxMessage {
				d.add(n.at, path, v.hint, "want %s, got %s", v.want, n.describe())
			} else if _, err := ExpandName(n.text, NameValues{}); err != nil {
				d.add(n.at, path, fault.HintOf(err), "%s", err.Error())
			}
		},
		show: func() *yaml.Node { return showText(*into) },
	}
}
