package cli

import (
	"fmt"
	"strings"
	"time"
)

// layout shares a line of the terminal: cells for the bar itself and rest for
// its share, times and, of a transfer, rate. What is left is for the
// step's name and text: on 80 columns its loss must be in sight. A longer line
// would wrap and never be cleared.
func layout(width int, bytes bool) (cells, rest int) {
	cells, rest = 24, 28
	if width < 110 {
		cells = 6
	}
	if bytes {
		rest = 44
	}
	return cells, rest
}

// cut shortens s to at most n runes, but to no less than 12.
func cut(s string, n int) string {
	r := []rune(s)
	if n = max(n, 12); len(r) <= n {
		return s
	}
	return strings.TrimSpace(string(r[:n-3])) + "..."
}

func gap(s string) string {
	if s == "" {
		return ""
	}
	return "  " + s
}

// durationText writes a span for a person: "320ms", "4.2s", "3m12s".
func durationText(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return d.Round(time.Second).String()
}
