package ledger

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes rows as CSV with a header; the columns are the fields of Row in
// JSON. What is not known is empty, entries of lists have "; " between them.
func WriteCSV(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	cells := make([]string, len(columns))
	for i, c := range columns {
		cells[i] = c.name
	}
	if err := out.Write(cells); err != nil {
		return err
	}
	for i := range rows {
		for j, c := range columns {
			cells[j] = cell(c.of(&rows[i]))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// WriteArrow writes rows as an Arrow IPC file (Feather v2) with the same columns:
// times in microseconds of UTC, scores and ranks null where they are not known,
// cv_folds a list of numbers, changes a list of structs of what, was and now.
func WriteArrow(w io.Writer, rows []Row) error { return writeArrow(w, columns, rows) }
