package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// errThere says that a competition of that name is there already.
var errThere = errors.New("it is there already")

// asidePrefix begins the names of folders in which competitions are made.
const asidePrefix = ".new-"

// install lets write fill a folder aside and puts it in place whole, under the
// journal's lock. With replace an older competition of that name goes, and its
// submissions are forgotten; otherwise the older one stays, which is errThere.
func (s *Sandbox) install(name string, replace bool, write func(dir string) error) error {
	aside, err := os.MkdirTemp(s.dir, asidePrefix+name+"-")
	if err != nil {
		return fault.Wrap(err, fault.Failed, "choose a folder that can be written to (PODIUM_HOME)", "make sandbox competition %s", name)
	}
	defer os.RemoveAll(aside) // what is left of it: all after a failure, the old one after a replacement
	fresh := filepath.Join(aside, "new")
	if err := os.MkdirAll(filepath.Join(fresh, "data"), 0o755); err != nil {
		return err
	}
	if err := write(fresh); err != nil {
		return fmt.Errorf("make sandbox competition %s: %w", name, fault.Disk(err, s.dir))
	}
	return s.journal.update(context.Background(), func(t *tx) error {
		there := s.exists(name)
		if there && !replace {
			return errThere
		}
		t.then(func() error {
			place := filepath.Join(s.dir, name)
			if err := os.Rename(place, filepath.Join(aside, "old")); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			if err := os.Rename(fresh, place); err != nil {
				if there { // else it would go with the folder aside
					err = errors.Join(err, os.Rename(filepath.Join(aside, "old"), place))
				}
				return err
			}
			return atomicfile.SyncDir(s.dir)
		})
		if !there {
			return nil
		}
		return t.add(event{Kind: kindReset, Time: s.now().UTC(), Competition: name})
	})
}

// Remove takes a competition away, with its data and submissions. An embedded
// one is made anew when it is next used.
func (s *Sandbox) Remove(name string) error {
	aside, err := os.MkdirTemp(s.dir, asidePrefix+"removed-")
	if err != nil {
		return fault.Disk(err, s.dir)
	}
	defer os.RemoveAll(aside)
	return s.journal.update(context.Background(), func(t *tx) error {
		if !s.exists(name) {
			return fault.Wrap(errNoCompetition, fault.Usage, "podium sandbox list", "sandbox competition %q", name)
		}
		t.then(func() error {
			if err := os.Rename(filepath.Join(s.dir, name), filepath.Join(aside, "old")); err != nil {
				return err
			}
			return atomicfile.SyncDir(s.dir)
		})
		return t.add(event{Kind: kindReset, Time: s.now().UTC(), Competition: name})
	})
}
