package sandbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/fault"
)

// Drawing is a competition whose photos podium draws, in any size.
type Drawing struct {
	Name  string
	Least int // photos to learn from: the fewest,
	Usual int // as many as it has when it is first used,
	Full  int // and as many as the real competition has

	make func(train int) embedded
	test func(train int) int
}

// Test is how many photos are to be predicted beside so many to learn from.
func (d Drawing) Test(train int) int { return d.test(train) }

// Bytes is about what the files take with so many photos to learn from.
func (d Drawing) Bytes(train int) int64 { return d.make(train).bytes }

// Drawings are the competitions that AddGenerated draws, by name.
func Drawings() []Drawing {
	return []Drawing{
		{Name: DogsVsCats, Least: leastPets, Usual: defaultPets, Full: fullPets, make: dogsVsCats, test: testPets},
		{Name: StateFarm, Least: leastDriving, Usual: defaultDriving, Full: fullDriving, make: stateFarm, test: testDriving},
		{Name: Fisheries, Least: leastFish, Usual: defaultFish, Full: fullFish, make: fisheries, test: testFish},
	}
}

// drawingOf is the drawing of a name.
func drawingOf(name string) (Drawing, bool) {
	all := Drawings()
	i := slices.IndexFunc(all, func(d Drawing) bool { return d.Name == name })
	if i < 0 {
		return Drawing{}, false
	}
	return all[i], true
}

// FullSize asks AddGenerated for the size of the real competition.
const FullSize = -1

// AddGenerated draws one of Drawings anew in another size: so many photos to
// learn from, FullSize for as many as the real one has. It takes the place of
// the one that is there, and of its submissions; where there are any it does so
// only with replace. The photos of a small one are among those of a large one.
func (s *Sandbox) AddGenerated(ctx context.Context, name string, size int, replace bool, progress func(share float64)) error {
	d, ok := drawingOf(name)
	if !ok {
		return fault.New(fault.Usage, "podium sandbox add "+DogsVsCats+" --size 5000", "%q is not drawn, so it has no other size", name)
	}
	if size == FullSize {
		size = d.Full
	}
	if size < d.Least || size > d.Full {
		return fault.New(fault.Usage, fmt.Sprintf("as many as the real one: --size full (%d)", d.Full), "size: want %d to %d photos, got %d", d.Least, d.Full, size)
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
	return s.installEmbedded(ctx, d.make(size), true, progress)
}
