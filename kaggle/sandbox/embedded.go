package sandbox

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/seed-a5aa75a0/podium/internal/atomicfile"
	"github.com/seed-a5aa75a0/podium/internal/disk"
	"github.com/seed-a5aa75a0/podium/internal/fault"
	"github.com/seed-a5aa75a0/podium/internal/metric"
)

// embedded is a competition that the program carries, or draws.
type embedded struct {
	name   string
	config Config
	board  func(w io.Writer) error // leaderboard.csv
	bytes  int64                   // about what its files take

	// files writes data/ and solution.csv into dir, and says now and then which
	// share is done.
	files func(ctx context.Context, dir string, progress func(share float64)) error
}

// Embedded are the names of the competitions that come with the program, each
// made when it is first used.
func Embedded() []string {
	names := []string{DigitRecognizer}
	for _, d := range Drawings() {
		names = append(names, d.Name)
	}
	return names
}

// carried is the embedded competition of a name, in its usual size.
func carried(name string) (embedded, bool) {
	if name == DigitRecognizer {
		return embeddedDigits(), true
	}
	if d, ok := drawingOf(name); ok {
		return d.make(d.Usual), true
	}
	return embedded{}, false
}

// Ensure makes an embedded competition in the state folder unless there is one
// of that name already. progress, which may be nil, hears the share that is
// done, from one goroutine, if there is work for more than a moment.
func (s *Sandbox) Ensure(ctx context.Context, name string, progress func(share float64)) error {
	s.making.Lock()
	defer s.making.Unlock()
	if s.exists(name) {
		return nil
	}
	e, ok := carried(name)
	if !ok {
		return fault.Wrap(errNoCompetition, fault.Usage, "podium sandbox list", "sandbox competition %q", name)
	}
	err := s.installEmbedded(ctx, e, false, progress)
	if errors.Is(err, errThere) {
		return nil // another process was faster
	}
	return err
}

func (s *Sandbox) installEmbedded(ctx context.Context, e embedded, replace bool, progress func(share float64)) error {
	if free, ok := disk.Free(s.dir); ok && free < e.bytes {
		return fault.New(fault.Failed, "make room, or choose another disk with PODIUM_HOME",
			"make sandbox competition %s: it takes about %d MB, and %s has room for %d MB", e.name, e.bytes>>20, s.dir, free>>20)
	}
	if progress == nil {
		progress = func(float64) {}
	}
	return s.install(e.name, replace, func(dir string) error { return e.write(ctx, dir, progress) })
}

// write writes the whole competition into dir.
func (e embedded) write(ctx context.Context, dir string, progress func(share float64)) error {
	if err := e.files(ctx, dir, progress); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{
		boardName:  e.board,
		configName: func(w io.Writer) error { return yaml.NewEncoder(w).Encode(e.config) },
	} {
		if err := atomicfile.Write(filepath.Join(dir, name), 0o644, write); err != nil {
			return err
		}
	}
	return nil
}

// unmade is what can be said of an embedded competition before it is made: all
// but its files.
func (e embedded) unmade() (*competition, error) {
	m, err := metric.ByName(e.config.Metric)
	return &competition{Config: e.config, name: e.name, metric: m, unmade: e.board}, err
}

// known is a competition to be listed: an embedded one is not made for that.
func (s *Sandbox) known(name string) (*competition, error) {
	if e, ok := carried(name); ok && !s.exists(name) {
		return e.unmade()
	}
	return s.find(name)
}

// isEmbedded says whether the program carries a competition of that name.
func isEmbedded(name string) bool { return slices.Contains(Embedded(), name) }
