package features

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/seed-a5aa75a0/podium/internal/seed"
)

// Mixture deals the rows of several sources into batches in which each source has
// the same share, as labelled and pseudo-labelled rows are learnt from side by side.
// Each source goes round: all its rows in a random order, then all in another one,
// on through the epochs, so that of a large source an epoch takes the rows that the
// epochs before have left.
type Mixture struct {
	Sources []Source
	Rows    int // in an epoch; see Once
}

// Source is some rows of a loader's images or features.
type Source struct {
	Rows  []int
	Share float64 // of every batch, above 0; the shares sum to 1
}

// Once is how many rows an epoch has that goes once through the first source, the
// training rows: their number over their share, rounded.
func (m *Mixture) Once() int {
	return int(math.Round(float64(len(m.Sources[0].Rows)) / m.Sources[0].Share))
}

// Counts are how many of n rows are of each source, by the largest remainder: the
// whole parts of n times the shares, and one more each for those that lose most by
// it, the first of equals.
func (m *Mixture) Counts(n int) []int {
	counts, left := make([]int, len(m.Sources)), n
	order := make([]int, len(m.Sources))
	lost := make([]float64, len(m.Sources))
	for i, s := range m.Sources {
		exact := s.Share*float64(n) + 1e-9 // 44/64 of 64 is 44
		counts[i] = int(exact)
		order[i], lost[i] = i, exact-float64(counts[i])
		left -= counts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(lost[b], lost[a]) })
	for _, i := range order[:max(left, 0)] {
		counts[i]++
	}
	return counts
}

// deal is the rows of an epoch, batch after batch, those of a batch in random order.
// It depends on nothing but the mixture, the seed and the arguments.
func (m *Mixture) deal(root uint64, epoch, batch int) []int {
	full, rest := m.Counts(batch), m.Counts(m.Rows%batch)
	rows := make([]int, m.Rows)
	for i, s := range m.Sources {
		r := round{source: s, seed: seed.Derive(root, "source", i)}
		r.skip(epoch * (m.Rows/batch*full[i] + rest[i]))
		for at := 0; at < m.Rows; at += batch {
			counts := full
			if m.Rows-at < batch {
				counts = rest
			}
			from := at
			for _, n := range counts[:i] {
				from += n
			}
			for j := range counts[i] {
				rows[from+j] = r.next()
			}
		}
	}
	for at := 0; at < m.Rows; at += batch {
		shuffle(seed.Rand(root, "batch", epoch, at), rows[at:min(at+batch, m.Rows)])
	}
	return rows
}

// round goes round a source, again and again.
type round struct {
	source Source
	seed   uint64
	number int   // of the round
	order  []int // of this round
	at     int   // in order
}

// skip goes n rows on from the beginning.
func (r *round) skip(n int) {
	r.number, r.at = n/len(r.source.Rows), n%len(r.source.Rows)
	r.shuffle()
}

func (r *round) next() int {
	if r.at == len(r.order) {
		r.number, r.at = r.number+1, 0
		r.shuffle()
	}
	r.at++
	return r.order[r.at-1]
}

func (r *round) shuffle() {
	r.order = append(r.order[:0], r.source.Rows...)
	shuffle(seed.Rand(r.seed, "round", r.number), r.order)
}

// check finds what is wrong before any work starts.
func (m *Mixture) check() error {
	sum := 0.0
	for i, s := range m.Sources {
		if len(s.Rows) == 0 || !(s.Share > 0) {
			return fmt.Errorf("mixture: source %d: want rows and a share above 0, got %d and %v", i, len(s.Rows), s.Share)
		}
		sum += s.Share
	}
	if math.Abs(sum-1) > 1e-6 || m.Rows < 1 {
		return fmt.Errorf("mixture: want shares that sum to 1 and at least a row an epoch, got %v and %d", sum, m.Rows)
	}
	return nil
}

// epochRows are the rows of an epoch of training in their order.
func epochRows(rows []int, shuffled bool, m *Mixture, root uint64, epoch, batch int) ([]int, error) {
	switch {
	case m != nil:
		if err := m.check(); err != nil {
			return nil, err
		}
		return m.deal(root, epoch, batch), nil
	case shuffled:
		rows = append([]int(nil), rows...)
		shuffle(seed.Rand(root, "shuffle", epoch), rows)
	}
	return rows, nil
}

// checkTargets: every row that is loaded is one of n and has probabilities.
func checkTargets(targets []float32, n, classes int, rows []int) error {
	if len(targets) != n*classes {
		return fmt.Errorf("targets: want %d x %d probabilities, got %d", n, classes, len(targets))
	}
	for _, r := range rows {
		if r < 0 || r >= n {
			return fmt.Errorf("targets: want rows in 0..%d, got %d", n-1, r)
		}
		sum := 0.0
		for _, p := range targets[r*classes : (r+1)*classes] {
			sum += float64(p)
		}
		if !(math.Abs(sum-1) < 1e-3) {
			return fmt.Errorf("targets: row %d: want probabilities that sum to 1, got %v", r, sum)
		}
	}
	return nil
}
