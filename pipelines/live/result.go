package live

import (
	"fmt"
	"strings"
)

// ResultText is what a step that is done has to say of itself: from its metrics and
// notes, one line, "" for nothing.
func ResultText(metrics map[string]float64, notes map[string]string) string {
	var parts []string
	for _, m := range []struct{ key, format string }{
		{"rows", "%.0f rows"}, {"images", "%.0f images"}, {"classes", "%.0f classes"}, {"groups", "%.0f groups"},
		{"clusters", "%.0f clusters"}, {"largest", "the largest of %.0f"},
		{"loss", "loss %.4f"}, {"iou", "IoU of boxes %.3f"}, {"heat_inside", "heat in a box: %.3f"},
		{"cv", "CV %.5f"}, {"public", "public %.5f"}, {"private", "private %.5f"},
	} {
		if x, ok := metrics[m.key]; ok {
			parts = append(parts, fmt.Sprintf(m.format, x))
		}
	}
	if stopped := notes["early_stop"]; stopped != "" {
		parts = append(parts, "stopped early, "+stopped)
	}
	if kept := notes["kept"]; kept != "" { // rows with pseudo-labels
		parts = append(parts, kept)
	}
	if chose := notes["chose"]; chose != "" { // of a blend; what a calibration chose is told at the end
		parts = append(parts, chose)
	}
	return strings.Join(parts, ", ")
}
