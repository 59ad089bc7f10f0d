package report

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// words are how templates write values.
var words = template.FuncMap{
	"score":   metric.Format,
	"seconds": duration,
	"bytes":   size,
	"percent": func(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) },
	"moment":  func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") },
	"signed":  signed,
	"short":   short,
}

// duration is a time for a person: "0.31 s", "4 min 10 s", "2 h 5 min".
func duration(seconds float64) string {
	switch {
	case seconds < 10:
		return fmt.Sprintf("%.2f s", seconds)
	case seconds < 100:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min %d s", int(seconds)/60, int(seconds)%60)
	}
	return fmt.Sprintf("%d h %d min", int(seconds)/3600, int(seconds)%3600/60)
}

// signed is a difference of scores: "+0.00120".
func signed(v float64) string {
	if math.Abs(v) < 5e-6 {
		return "0.00000"
	}
	return fmt.Sprintf("%+.5f", v)
}

// short is the head of a digest.
func short(digest string) string { return digest[:min(len(digest), 12)] }

// size is a number of bytes for a person.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.2f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return strconv.FormatInt(n, 10) + " B"
}
