package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-a5aa75a0/podium/pipelines"
)

// scan gives a row of every run's folder: those whose run.json has not changed out
// of the index, the others out of their files, as many at a time as there are cores.
func scan(home string, now time.Time) ([]Row, error) {
	dir := filepath.Join(home, "runs")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the runs: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	known := readIndex(home)
	rows := make([]Row, len(ids))
	var read atomic.Int64
	inParallel(len(ids), func(i int) {
		file := stampOf(filepath.Join(dir, ids[i], "run.json"), now)
		if r, ok := known[ids[i]]; ok && file != (stamp{}) && r.file == file {
			rows[i] = r
			return
		}
		read.Add(1)
		rows[i] = readRow(home, ids[i])
		rows[i].file = file
	})
	if read.Load() > 0 || len(known) != len(rows) {
		writeIndex(home, rows)
	}
	return rows, nil
}

// readRow reads the row of a run's folder.
func readRow(home, id string) Row {
	b, err := os.ReadFile(filepath.Join(home, "runs", id, "run.json"))
	if err != nil {
		return unreadable(id, err)
	}
	h, err := readHead(b)
	if err != nil {
		return unreadable(id, fmt.Errorf("run.json: %w", err))
	}
	h.id = id           // the folder has the last word: it may have been renamed
	if h.metric == "" { // of an older podium
		if spec, err := pipelines.ReadSpec(home, id); err == nil {
			h.metric, h.seed = spec.Target.Metric, spec.Seed
		}
	}
	return h.row()
}

// unreadable is the row of a folder of which only the name is known, which begins
// with a time.
func unreadable(id string, err error) Row {
	r := Row{RunID: id, Status: StatusUnreadable, Note: err.Error()}
	if len(id) >= 15 {
		if at, err := time.Parse("20060102-150405", id[:15]); err == nil {
			r.Started = at
		}
	}
	return r
}

// inParallel calls do with 0..n-1, shared out between the cores.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	all.Wait()
}
