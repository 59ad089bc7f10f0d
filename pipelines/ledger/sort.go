package ledger

import (
	"cmp"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/nearest"
)

// order is one way to sort.
type order struct {
	key string
	cmp func(a, b Row) int
}

// orders are the ways to sort rows, the best first; what is not known comes last.
var orders = []order{
	{"started", func(a, b Row) int { return b.Started.Compare(a.Started) }},
	{"cv", byScore(func(r Row) *float64 { return r.CV })},
	{"public", byScore(func(r Row) *float64 { return r.Public })},
	{"private", byScore(func(r Row) *float64 { return r.Private })},
	{"gap", func(a, b Row) int { return known(size(a.Gap), size(b.Gap)) }},
	{"top", func(a, b Row) int { return known(a.Percentile, b.Percentile) }},
	{"seconds", func(a, b Row) int { return cmp.Compare(a.Seconds, b.Seconds) }},
	{"memory", func(a, b Row) int { return cmp.Compare(a.PeakMemory, b.PeakMemory) }},
}

// SortKeys are the names that Sort knows.
func SortKeys() []string {
	var keys []string
	for _, o := range orders {
		keys = append(keys, o.key)
	}
	return keys
}

// Sort is the comparison of rows by a key: started (newest first), cv, public,
// private, gap (the smallest, of either sign), top, seconds or memory. An unknown key is a
// usage fault.
func Sort(key string) (func(a, b Row) int, error) {
	for _, o := range orders {
		if o.key == key {
			return o.cmp, nil
		}
	}
	hint := "--sort " + strings.Join(SortKeys(), ", ")
	if near := nearest.Word(key, SortKeys()); near != "" {
		hint = "--sort " + near
	}
	return nil, fault.New(fault.Usage, hint, "no way to sort by %q", key)
}

// byScore puts the better score first. Scores of different metrics have no order
// but that of the metrics' names.
func byScore(of func(Row) *float64) func(a, b Row) int {
	return func(a, b Row) int {
		x, y := of(a), of(b)
		switch {
		case x == nil || y == nil:
			return known(x, y)
		case a.Metric != b.Metric:
			return cmp.Compare(a.Metric, b.Metric)
		case a.Better(x, y):
			return -1
		case a.Better(y, x):
			return 1
		}
		return 0
	}
}

// known puts the smaller first, and what is not known last.
func known(x, y *float64) int {
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	}
	return cmp.Compare(*x, *y)
}

// size is a number without its sign.
func size(v *float64) *float64 {
	if v == nil || *v >= 0 {
		return v
	}
	plus := -*v
	return &plus
}

// league is the rows whose scores can be held against each other.
type league struct{ competition, server, metric string }

func (r Row) league() league { return league{r.Competition, r.Server, r.Metric} }

// Best says of each row what it leads in (cv, public, private), among the rows of
// its competition, server and metric; all of those that tie do. Who is alone leads
// in nothing.
func Best(rows []Row) [][]string {
	best := make([][]string, len(rows))
	for _, score := range []struct {
		name string
		of   func(Row) *float64
	}{{"cv", func(r Row) *float64 { return r.CV }}, {"public", func(r Row) *float64 { return r.Public }}, {"private", func(r Row) *float64 { return r.Private }}} {
		top, count := map[league]*float64{}, map[league]int{}
		for _, r := range rows {
			of, v := r.league(), score.of(r)
			if v == nil {
				continue
			}
			count[of]++
			if r.Better(v, top[of]) {
				top[of] = v
			}
		}
		for i, r := range rows {
			of, v := r.league(), score.of(r)
			if count[of] > 1 && v != nil && top[of] != nil && *v == *top[of] {
				best[i] = append(best[i], score.name)
			}
		}
	}
	return best
}
