package metric

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// Names are the names that ByName takes; "map@5" stands for map@k with any k.
func Names() []string {
	names := make([]string, len(registry))
	for i, m := range registry {
		names[i] = m.Name
	}
	return names
}

// ByName is the metric with exactly this name. Another spelling of a name or
// Kaggle's title is an error (fault.Usage) whose hint gives the right name.
func ByName(name string) (Metric, error) {
	for _, m := range registry {
		if m.Name == name {
			return m, nil
		}
	}
	if m, ok := parseMap(name); ok {
		return m, nil
	}
	if strings.HasPrefix(name, mapPrefix) {
		return Metric{}, fault.New(fault.Usage, "map@5 looks at the first five labels of a list", "metric %q: want map@k with k a whole number above 0", name)
	}
	hint := "metrics are " + strings.Join(Names(), ", ") + " (or another k)"
	if near := suggest(name); near != "" {
		hint = fmt.Sprintf("did you mean %q? %s", near, hint)
	}
	return Metric{}, fault.New(fault.Usage, hint, "unknown metric %q", name)
}

// parseMap reads "map@5".
func parseMap(name string) (Metric, bool) {
	digits, ok := strings.CutPrefix(name, mapPrefix)
	k, err := strconv.Atoi(digits)
	if !ok || err != nil || k <= 0 || digits != strconv.Itoa(k) {
		return Metric{}, false
	}
	return mapAt(k), true
}

// ByTitle is the metric that Kaggle shows under this title. Case, spaces and
// punctuation do not count: Kaggle writes both "LogLoss" and "Log Loss". A
// title without the k of map@k, as "MAP@{K}", is none.
func ByTitle(title string) (Metric, bool) {
	if m, ok := parseMap(strings.ToLower(title)); ok {
		return m, true
	}
	for _, m := range registry {
		same := func(t string) bool { return letters(t) == letters(title) }
		if m.Kind != Lists && (same(m.Title) || slices.ContainsFunc(m.also, same)) {
			return m, true
		}
	}
	return Metric{}, false
}

// suggest is the name that was probably meant, "" if none is near.
func suggest(name string) string {
	got := letters(name)
	if got == "" {
		return ""
	}
	for _, m := range registry {
		if letters(m.Name) == got {
			return m.Name
		}
	}
	if m, ok := ByTitle(name); ok {
		return m.Name
	}
	if strings.HasPrefix(got, "map") {
		return mapPrefix + "5"
	}
	return nearest.Word(name, Names())
}

// letters is s in lower case with everything but ASCII letters and digits left
// out.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return -1
		}
		return r
	}, strings.ToLower(s))
}
