package pipelines

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

const journalName = "events.jsonl"

// journalPause is the shortest time between two lines of one step's progress.
const journalPause = time.Second

// journal writes the events of a run to events.jsonl, one line of JSON each, as they
// come. A line goes out in one write and is the kernel's from then on: a process that
// is killed loses nothing that it wrote. It is brought to the disk once, at the end.
type journal struct {
	f    *os.File
	told map[string]time.Time // when the last progress of a step was written
}

func newJournal(dir string) (*journal, error) {
	f, err := os.OpenFile(filepath.Join(dir, journalName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fault.Disk(fmt.Errorf("start run: %w", err), dir)
	}
	return &journal{f: f, told: map[string]time.Time{}}, nil
}

// write appends an event. Of a step's progress there is a line a second: the screen
// is told more often.
func (j *journal) write(e Event) error {
	if e.Event == EventStepProgress {
		if last, ok := j.told[e.Step]; ok && e.Time.Sub(last) < journalPause {
			return nil
		}
		j.told[e.Step] = e.Time
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write event %s of step %q: %w", e.Event, e.Step, err)
	}
	if _, err := j.f.Write(append(line, '\n')); err != nil {
		return fault.Disk(fmt.Errorf("write event: %w", err), filepath.Dir(j.f.Name()))
	}
	return nil
}

// close brings what was written to the disk.
func (j *journal) close() error {
	synced := j.f.Sync()
	if err := j.f.Close(); err != nil {
		return err
	}
	return synced
}
