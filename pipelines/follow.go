package pipelines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// ErrRunDied is the end of a run whose process ended without saying how: it was
// killed, or the machine went down.
var ErrRunDied = errors.New("its process ended without a word")

// followPoll is how often a run's file is asked for news, and lockAfter how many times
// without news it is asked whether its process still lives.
const (
	followPoll = 200 * time.Millisecond
	lockAfter  = 5
)

// Follow hands out the events of a run, first those that were written before and then
// each as it comes, until the run has ended, and returns its record: with ErrRunDied
// where its process ended before the run did. Lines that are torn or of another
// schema_version are passed over. id is a run's whole id.
func Follow(ctx context.Context, root, id string, on func(Event)) (Run, error) {
	dir := filepath.Join(root, "runs", id)
	f, err := os.Open(filepath.Join(dir, journalName))
	if errors.Is(err, fs.ErrNotExist) {
		return Run{}, fault.New(fault.Failed, "runs made by this version of podium have one", "run %s has no %s to follow", id, journalName)
	} else if err != nil {
		return Run{}, fmt.Errorf("follow run %s: %w", id, err)
	}
	defer f.Close()
	tick := time.NewTicker(followPoll)
	defer tick.Stop()
	var lines tail
	for quiet := 0; ; quiet++ {
		// Asked before the file is read: what was written until then is in it.
		run, ended, err := ending(root, id, quiet%lockAfter == 0)
		if err != nil && !errors.Is(err, ErrRunDied) {
			return run, err
		}
		events, rerr := lines.read(f)
		if rerr != nil {
			return run, fmt.Errorf("follow run %s: %w", id, rerr)
		}
		for _, e := range events {
			on(e)
		}
		if ended {
			return run, err
		}
		if len(events) > 0 {
			quiet = 0
		}
		select {
		case <-ctx.Done():
			return run, context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// ending reads the run's record when look says so, and reports whether the run has
// ended or, with ErrRunDied, its process.
func ending(root, id string, look bool) (Run, bool, error) {
	if !look {
		return Run{}, false, nil
	}
	lives := RunLives(root, id) // before the record is read: a run ends after its last word
	run, err := readRun(filepath.Join(root, "runs", id))
	switch {
	case err != nil:
		return run, true, fmt.Errorf("follow run %s: %w", id, err)
	case run.Status != RunRunning:
		return run, true, nil
	case !lives:
		return run, true, fmt.Errorf("run %s: %w", id, ErrRunDied)
	}
	return run, false, nil
}

// tail is what is read of a file that grows by lines.
type tail struct{ rest []byte }

// longestLine bounds what is kept of a line without an end. The longest of a run's is
// that of its plan.
const longestLine = 16 << 20

// read gives the events of the lines that have come to their ends since the last time.
func (t *tail) read(r io.Reader) ([]Event, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	t.rest = append(t.rest, b...)
	var events []Event
	for {
		line, rest, whole := bytes.Cut(t.rest, []byte("\n"))
		if !whole {
			break
		}
		t.rest = rest
		var e Event
		if json.Unmarshal(line, &e) == nil && e.SchemaVersion == EventVersion {
			events = append(events, e)
		}
	}
	if len(t.rest) > longestLine {
		t.rest = nil
	}
	t.rest = slices.Clone(t.rest)
	return events, nil
}
