package pipelines

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// ListRuns reads the runs under root, newest first. Folders without a readable
// run.json are left out.
func ListRuns(root string) ([]Run, error) {
	ids, err := runIDs(root)
	if err != nil {
		return nil, err
	}
	var list []Run
	for _, id := range ids {
		if run, err := readRun(RunDir(root, id)); err == nil {
			list = append(list, run)
		}
	}
	return list, nil
}

// runIDs are the names of the folders of runs, newest first.
func runIDs(root string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, "runs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	var ids []string
	for _, e := range slices.Backward(entries) {
		if e.IsDir() {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

func readRun(dir string) (Run, error) {
	var run Run
	b, err := os.ReadFile(filepath.Join(dir, recordName))
	if err != nil {
		return run, err
	}
	if err := json.Unmarshal(b, &run); err != nil {
		return run, fmt.Errorf("read %s: %w", filepath.Join(dir, recordName), err)
	}
	if run.SchemaVersion != RecordVersion {
		return run, fmt.Errorf("read %s: want schema_version %d, got %d", filepath.Join(dir, recordName), RecordVersion, run.SchemaVersion)
	}
	return run, nil
}

func isRun(root, id string) bool {
	_, err := os.Stat(filepath.Join(RunDir(root, id), recordName))
	return err == nil
}

// LoadRun reads the run with this id, or the only one whose id contains it;
// "latest" is the newest. It reads no more runs than it must: there may be many.
func LoadRun(root, id string) (Run, error) {
	ids, err := runIDs(root)
	if err != nil {
		return Run{}, err
	}
	if slices.Contains(ids, id) {
		return readRun(RunDir(root, id))
	}
	var found []string
	for _, name := range ids {
		if id != "latest" && (id == "" || !strings.Contains(name, id)) {
			continue
		}
		if !isRun(root, name) {
			continue // a folder that is no run does not stand in the way of one that is
		}
		if id != "latest" {
			found = append(found, name)
		} else if run, err := readRun(RunDir(root, name)); err == nil {
			return run, nil
		}
	}
	switch len(found) {
	case 1:
		return readRun(RunDir(root, found[0]))
	case 0:
		ids = slices.DeleteFunc(ids, func(name string) bool { return !isRun(root, name) })
		return Run{}, fault.New(fault.Usage, newestRuns(ids), "no run %q%s", id, orNear(id, ids))
	}
	return Run{}, fault.New(fault.Usage, "the newest of them: "+found[0], "%d runs are called %q", len(found), id)
}

// newestRuns is a hint that names some runs.
func newestRuns(ids []string) string {
	const most = 4
	switch {
	case len(ids) == 0:
		return "podium run PIPELINE makes one"
	case len(ids) > most:
		return "the newest runs are " + strings.Join(ids[:most], ", ")
	}
	return "there are " + strings.Join(ids, ", ")
}

// RunDir is the folder of a run's files.
func RunDir(root, id string) string { return filepath.Join(root, "runs", id) }

// SpecFile is where a run's effective spec lies.
func SpecFile(root, id string) string { return filepath.Join(RunDir(root, id), specName) }
