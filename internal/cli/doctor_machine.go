package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/seed-a5aa75a0/podium/internal/disk"
	"github.com/seed-a5aa75a0/podium/models/engine/cpu"
)

// Free space that is little, and that is too little for a real competition, in
// bytes.
const (
	littleSpace = 5 << 30
	noSpace     = 500 << 20
)

// machine looks at what every command needs.
func (d *doctor) machine() {
	v := buildVersion()
	d.ok("podium", "%s %s %s", v.Version, v.Go, v.Platform)
	home, err := d.e.home()
	if err != nil {
		d.failed("home", err, true)
		return
	}
	if err := writable(home.Dir); err != nil {
		d.bad("home", "PODIUM_HOME=FOLDER podium ...", "%s cannot be written to: %v", home.Dir, err)
	} else {
		d.ok("home", "%s can be written to", home.Dir)
	}
	switch free, known := disk.Free(home.Dir); {
	case !known:
		d.note("disk", "", "the system does not say how much is free under %s", home.Dir)
	case free < noSpace:
		d.bad("disk", "podium cache gc", "only %s free under %s", bytesText(free), home.Dir)
	case free < littleSpace:
		d.note("disk", "podium cache gc", "%s free under %s", bytesText(free), home.Dir)
	default:
		d.ok("disk", "%s free under %s", bytesText(free), home.Dir)
	}
	d.processor()
	d.gpu()
}

// writable tries to make a file in the folder, or in the nearest one above it
// that exists, because that is where the folder would be made.
func writable(dir string) error {
	for {
		f, err := os.CreateTemp(dir, ".podium-doctor-*")
		if err == nil {
			return errors.Join(f.Close(), os.Remove(f.Name()))
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || up == dir {
			var cause *fs.PathError
			if errors.As(err, &cause) {
				err = cause.Err
			}
			return err
		}
		dir = up
	}
}

func (d *doctor) processor() {
	e, err := cpu.New(cpu.Options{})
	if err != nil {
		d.failed("processor", err, true)
		return
	}
	defer e.Close()
	has := strings.Join(cpu.Features(), ", ")
	if has == "" {
		has = runtime.GOARCH + " without vector instructions that podium knows"
	}
	d.ok("processor", "%s; computing with %s on %d threads", has, e, e.Threads())
}
