package sandbox

import (
	"context"
	"errors"
	"fmt"
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
func Embedded() []string { return []string{DigitRecognizer, DogsVsCats} }

// carried is the embedded competition of a name, in its usual size.
func carried(name string) (embedded, bool) {
	switch name {
	case DigitRecognizer:
		return embeddedDigits(), true
	case DogsVsCats:
		return dogsVsCats(defaultPets), true
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

// AddGenerated draws an embedded competition anew in another size: so many
// photos to learn from, FullSize for as many as the real one has, and half as
// many to predict. It takes the place of the one that is there, and of its
// submissions; where there are any it does so only with replace. The photos of a
// small one are the first of a large one.
func (s *Sandbox) AddGenerated(ctx context.Context, name string, size int, replace bool, progress func(share float64)) error {
	if name != DogsVsCats {
		return fault.New(fault.Usage, "podium sandbox add "+DogsVsCats+" --size 5000", "%q is not drawn, so it has no other size", name)
	}
	if size == FullSize {
		size = fullPets
	}
	if size < leastPets || size > fullPets {
		return fault.New(fault.Usage, fmt.Sprintf("as many as the real one: --size full (%d)", fullPets), "size: want %d to %d photos, got %d", leastPets, fullPets, size)
	}
	if s.exists(name) && !replace {
		var n int
		if err := s.journal.view(func(st *state) { n = len(st.of(name)) }); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Usage, "add --force to do so", "%s is there: another size would forget its submissions (%d)", name, n)
		}
	}
	s.making.Lock()
	defer s.making.Unlock()
	return s.installEmbedded(ctx, dogsVsCats(size), true, progress)
}

// FullSize asks AddGenerated for the size of the real competition.
const FullSize = -1

// isEmbedded says whether the program carries a competition of that name.
func isEmbedded(name string) bool { return slices.Contains(Embedded(), name) }
