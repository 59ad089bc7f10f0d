package ledger

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
)

// indexName is the file in the home folder that remembers the rows of run.json
// files: a cache, that may be removed at any time.
const indexName = "runs.arrow"

// stamp tells whether a file is the one that was read: its time and size. The zero
// stamp is of no file.
type stamp struct {
	Modified int64 // Unix nanoseconds
	Bytes    int64
}

// settled is how long a file must have been left alone when it is read, so that its
// stamp says something: one that is written again within the same tick of the file
// system's clock keeps its stamp.
const settled = 2 * time.Second

func stampOf(path string, now time.Time) stamp {
	info, err := os.Stat(path)
	if err != nil || now.Sub(info.ModTime()) < settled {
		return stamp{}
	}
	return stamp{info.ModTime().UnixNano(), info.Size()}
}

// indexColumns are those of the index: the table's, and the stamp of run.json.
var indexColumns = append(slices.Clone(columns),
	column{"file_modified", func(r *Row) any { return &r.file.Modified }},
	column{"file_bytes", func(r *Row) any { return &r.file.Bytes }})

// readIndex is what the index remembers, by run. One that cannot be read, or was
// written by another version of podium with other columns, remembers nothing.
func readIndex(home string) map[string]Row {
	b, err := os.ReadFile(filepath.Join(home, indexName))
	if err != nil {
		return nil
	}
	rows, err := readArrow(b, indexColumns)
	if err != nil {
		return nil
	}
	known := make(map[string]Row, len(rows))
	for _, r := range rows {
		known[r.RunID] = r
	}
	return known
}

// writeIndex remembers the rows. Where it cannot be written, in a home that may only
// be read, the files are read again the next time.
func writeIndex(home string, rows []Row) {
	_ = atomicfile.Write(filepath.Join(home, indexName), 0o644, func(w io.Writer) error { return writeArrow(w, indexColumns, rows) })
}
