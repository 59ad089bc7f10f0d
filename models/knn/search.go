package knn

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// Rows are vectors that are read when they are needed, each many times.
type Rows struct {
	N, Size int
	Row     func(i int, into []float32) // writes row i, [Size]; called by several goroutines at once
}

// Search says what is looked for.
type Search struct {
	K      int           // neighbours of each row
	Engine engine.Engine // computes the products; one of bf16 compares rows that are rounded to it
	// Groups, if not nil, are the groups of the rows: a row's neighbours are of its
	// own group.
	Groups   []int
	Progress func(done float64) // told the share that is done, up to 1; may be nil

	block int // rows of a block in the tests; else blockRows
}

// Nearest finds the K nearest rows of each row, itself left out: those of the
// largest cosine, [N, K], the nearest first, of equally near ones the first. Where a
// group has no more rows, -1 follows. A row of zeros has the cosine 0 with all.
// Values that are not finite are an error. What is found depends neither on the
// number of threads nor, where no two cosines are equal but for rounding, on the
// engine.
func (s Search) Nearest(ctx context.Context, rows Rows) ([]int32, error) {
	if s.K < 1 || rows.Size < 1 || rows.N > math.MaxInt32 {
		return nil, fmt.Errorf("nearest neighbours: want at least one neighbour and rows of at least one value, got %d and %d rows of %d", s.K, rows.N, rows.Size)
	}
	if s.Groups != nil && len(s.Groups) != rows.N {
		return nil, fmt.Errorf("nearest neighbours: want a group for each of %d rows, got %d", rows.N, len(s.Groups))
	}
	if s.block == 0 {
		s.block = blockRows(rows.Size)
	}
	f := finder{Search: s, rows: rows, found: make([]int32, rows.N*s.K), scale: make([]float64, rows.N)}
	for i := range f.found {
		f.found[i] = -1
	}
	if rows.N == 0 {
		return nil, nil
	}
	if err := f.lengths(); err != nil {
		return nil, err
	}
	groups, largest := s.groups(rows.N), 0
	for _, g := range groups {
		blocks := (len(g) + f.block - 1) / f.block
		f.total += blocks * (blocks + 1) / 2
		largest = max(largest, min(len(g), f.block))
	}
	f.a, f.b, f.c = s.Engine.Tensor(largest, rows.Size), s.Engine.Tensor(largest, rows.Size), s.Engine.Tensor(largest, largest)
	f.values, f.cells = make([]float32, largest*rows.Size), make([]float32, largest*largest)
	for _, g := range groups {
		if err := f.group(ctx, g); err != nil {
			return nil, err
		}
	}
	return f.found, nil
}

// blockRows is how many rows of so many values make a block: at most 2,048, whose
// cosines with as many take 16 MiB, and 32 MiB of values.
func blockRows(size int) int { return min(max((8<<20)/size, 16), 2048) }

// groups are the rows of each group, in their order.
func (s Search) groups(n int) [][]int {
	of := map[int][]int{}
	var names []int
	for i := range n {
		g := 0
		if s.Groups != nil {
			g = s.Groups[i]
		}
		if of[g] == nil {
			names = append(names, g)
		}
		of[g] = append(of[g], i)
	}
	slices.Sort(names)
	out := make([][]int, len(names))
	for i, g := range names {
		out[i] = of[g]
	}
	return out
}

// finder is a Nearest at work.
type finder struct {
	Search
	rows        Rows
	scale       []float64 // of each row: one over its length, 0 of zeros
	found       []int32
	done, total int // pairs of blocks

	a, b, c       engine.T // two blocks, [block, Size], and their cosines, [block, block]
	values, cells []float32
}

// lengths measures all rows.
func (f *finder) lengths() error {
	var wrong sync.Map
	f.parallel(f.rows.N, func(from, to int) {
		row := make([]float32, f.rows.Size)
		for i := from; i < to; i++ {
			f.rows.Row(i, row)
			sum := 0.0
			for _, v := range row {
				sum += float64(v) * float64(v)
			}
			switch {
			case math.IsNaN(sum) || math.IsInf(sum, 0):
				wrong.Store(i, true)
				return
			case sum > 0:
				f.scale[i] = 1 / math.Sqrt(sum)
			}
		}
	})
	first := f.rows.N
	wrong.Range(func(i, _ any) bool {
		first = min(first, i.(int))
		return true
	})
	if first < f.rows.N {
		return fmt.Errorf("nearest neighbours: row %d has a value that is not finite", first)
	}
	return nil
}

// parallel splits 0..n among as many goroutines as the engine has threads.
func (f *finder) parallel(n int, work func(from, to int)) {
	threads := max(f.Engine.Threads(), 1)
	var wg sync.WaitGroup
	for t := range threads {
		wg.Go(func() { work(n*t/threads, n*(t+1)/threads) })
	}
	wg.Wait()
}
