package submissions

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// String is one line for a person:
// "auto: cnn 0.7000, vgg 0.3000; logloss 0.03410, equal weights 0.03520".
func (c BlendChoice) String() string {
	var parts []string
	for _, m := range c.Members {
		if m.Weight != nil {
			parts = append(parts, fmt.Sprintf("%s %.4g", m.Name, *m.Weight))
		} else {
			parts = append(parts, m.Name)
		}
	}
	how := c.Weights
	if c.How == "stack" {
		how = fmt.Sprintf("stack (C %g) of", c.C)
	} else {
		how += ":"
	}
	s := fmt.Sprintf("%s %s; %s %s", how, strings.Join(parts, ", "), c.Metric, metric.Format(c.CV))
	if c.Kept != nil && !*c.Kept {
		return s + " (chosen ones were no better)"
	}
	if c.Weights != "equal" {
		s += ", equal weights " + metric.Format(c.CVEqual)
	}
	return s
}

// String is one line for a person: "1.321: logloss 0.03520 -> 0.03410", or why it
// is not kept.
func (s Corrected) String() string {
	var values []string
	for i, v := range s.Value {
		if i == maxShown {
			values = append(values, "...")
			break
		}
		values = append(values, strconv.FormatFloat(v, 'g', -1, 64))
	}
	change := fmt.Sprintf("%s -> %s", metric.Format(s.Before), metric.Format(s.After))
	if !s.Kept {
		return fmt.Sprintf("off: %s (%s: %s)", s.Why, strings.Join(values, " "), change)
	}
	if s.Transductive {
		values = append(values, "neighbours, transductive")
	}
	return fmt.Sprintf("%s: %s", strings.Join(values, " "), change)
}

// maxShown is how many class frequencies fit on a line.
const maxShown = 12
