package ledger

import (
	"strconv"
	"strings"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// column is a column of the table in files: its name, which is that of the field in
// JSON, and where its value lies in a row, as a pointer to one of the types that
// cell and arrow.go know.
type column struct {
	name string
	of   func(*Row) any
}

// columns are those of files, in their order. gap, percentile and direction follow
// from others, and are there for whoever reads the file.
var columns = []column{
	{"run_id", func(r *Row) any { return &r.RunID }},
	{"pipeline", func(r *Row) any { return &r.Pipeline }},
	{"competition", func(r *Row) any { return &r.Competition }},
	{"server", func(r *Row) any { return &r.Server }},
	{"status", func(r *Row) any { return &r.Status }},
	{"started", func(r *Row) any { return &r.Started }},
	{"seconds", func(r *Row) any { return &r.Seconds }},
	{"metric", func(r *Row) any { return &r.Metric }},
	{"direction", func(r *Row) any { return &r.Direction }},
	{"cv", func(r *Row) any { return &r.CV }},
	{"cv_spread", func(r *Row) any { return &r.Spread }},
	{"cv_folds", func(r *Row) any { return &r.Folds }},
	{"public_score", func(r *Row) any { return &r.Public }},
	{"private_score", func(r *Row) any { return &r.Private }},
	{"gap", func(r *Row) any { return &r.Gap }},
	{"rank", func(r *Row) any { return &r.Rank }},
	{"teams", func(r *Row) any { return &r.Teams }},
	{"percentile", func(r *Row) any { return &r.Percentile }},
	{"late", func(r *Row) any { return &r.Late }},
	{"ref", func(r *Row) any { return &r.Ref }},
	{"message", func(r *Row) any { return &r.Message }},
	{"digest", func(r *Row) any { return &r.Digest }},
	{"seed", func(r *Row) any { return &r.Seed }},
	{"peak_memory", func(r *Row) any { return &r.PeakMemory }},
	{"tool", func(r *Row) any { return &r.Tool }},
	{"precision", func(r *Row) any { return &r.Precision }},
	{"parent", func(r *Row) any { return &r.Parent }},
	{"changes", func(r *Row) any { return &r.Changes }},
	{"note", func(r *Row) any { return &r.Note }},
}

// cell is a value as text for CSV: empty for what is not known, entries of lists
// with "; " between them, times in RFC 3339.
func cell(v any) string {
	switch v := v.(type) {
	case *string:
		return *v
	case *time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format(time.RFC3339)
	case *float64:
		return decimal(*v)
	case **float64:
		if *v == nil {
			return ""
		}
		return decimal(**v)
	case **int:
		if *v == nil {
			return ""
		}
		return strconv.Itoa(**v)
	case *int64:
		if *v == 0 {
			return ""
		}
		return strconv.FormatInt(*v, 10)
	case *uint64:
		return strconv.FormatUint(*v, 10)
	case *bool:
		return strconv.FormatBool(*v)
	case *[]float64:
		return joined(*v, decimal)
	case *[]pipelines.Change:
		return joined(*v, pipelines.Change.String)
	}
	panic("ledger: a column of a type that no file has")
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func joined[T any](list []T, text func(T) string) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = text(v)
	}
	return strings.Join(parts, "; ")
}
