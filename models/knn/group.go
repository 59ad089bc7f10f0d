package knn

import (
	"context"
	"math"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// group finds the neighbours of rows among themselves. The cosines of two blocks are
// computed once and looked at from both sides.
func (f *finder) group(ctx context.Context, rows []int) error {
	t := newTop(len(rows), f.K)
	for q := 0; q < len(rows); q += f.block {
		own := rows[q:min(q+f.block, len(rows))]
		if err := f.load(f.a, own); err != nil {
			return err
		}
		for o := q; o < len(rows); o += f.block {
			if err := ctx.Err(); err != nil {
				return err
			}
			others, b := rows[o:min(o+f.block, len(rows))], f.a
			if o > q {
				b = f.b
				if err := f.load(b, others); err != nil {
					return err
				}
			}
			cells, err := f.cosines(b, len(own), len(others))
			if err != nil {
				return err
			}
			if o == q {
				for i := range own { // nobody is a neighbour of itself
					cells[i*len(own)+i] = float32(math.Inf(-1))
				}
			}
			f.parallel(len(own), func(from, to int) { t.across(cells, len(others), from, to, q, o) })
			if o > q {
				f.parallel(len(others), func(from, to int) { t.down(cells, len(others), from, to, q, o) })
			}
			f.tell()
		}
	}
	for i, row := range rows {
		for j, at := range t.of[i*f.K : (i+1)*f.K] {
			if at >= 0 {
				f.found[row*f.K+j] = int32(rows[at])
			}
		}
	}
	return nil
}

func (f *finder) tell() {
	f.done++
	if f.Progress != nil {
		f.Progress(float64(f.done) / float64(f.total))
	}
}

// load hands rows of length one to the engine.
func (f *finder) load(into engine.T, rows []int) error {
	size := f.rows.Size
	f.parallel(len(rows), func(from, to int) {
		for i := from; i < to; i++ {
			values := f.values[i*size : (i+1)*size]
			f.rows.Row(rows[i], values)
			by := f.scale[rows[i]]
			for j, v := range values {
				values[j] = float32(float64(v) * by)
			}
		}
	})
	return f.Engine.Upload(into, f.values[:len(rows)*size])
}

// cosines are those of the m rows of f.a with the n of b, [m, n].
func (f *finder) cosines(b engine.T, m, n int) ([]float32, error) {
	g := engine.Gemm{TransB: true, M: m, N: n, K: f.rows.Size}
	if err := f.Engine.Gemm(g, f.a, b, f.c, engine.Epilogue{}); err != nil {
		return nil, err
	}
	cells := f.cells[:m*n]
	return cells, f.Engine.Download(cells, f.c)
}

// top are the nearest of some rows so far, each row's best first.
type top struct {
	k     int
	cos   []float32 // [rows, k], -Inf where none is
	of    []int32   // [rows, k], -1 where none is
	worst []float32 // of each row: the last of cos
}

func newTop(rows, k int) *top {
	t := &top{k: k, cos: make([]float32, rows*k), of: make([]int32, rows*k), worst: make([]float32, rows)}
	for i := range t.cos {
		t.cos[i], t.of[i] = float32(math.Inf(-1)), -1
	}
	for i := range t.worst {
		t.worst[i] = float32(math.Inf(-1))
	}
	return t
}

// across looks at lines from..to of cells, of n columns: row q+i has the cosine in
// line i and column j with row o+j.
func (t *top) across(cells []float32, n, from, to, q, o int) {
	for i := from; i < to; i++ {
		worst := t.worst[q+i]
		for j, v := range cells[i*n : (i+1)*n] {
			if v >= worst {
				t.add(q+i, o+j, v)
				worst = t.worst[q+i]
			}
		}
	}
}

// down is across for columns from..to, which are rows too.
func (t *top) down(cells []float32, n, from, to, q, o int) {
	worst := t.worst[o+from : o+to]
	for i := 0; (i+1)*n <= len(cells); i++ {
		for j, v := range cells[i*n+from : i*n+to] {
			if v >= worst[j] {
				t.add(o+from+j, q+i, v)
			}
		}
	}
}

// add puts row j in its place among the nearest of row i. The order in which rows
// come does not matter: equals stand by number.
func (t *top) add(i, j int, v float32) {
	cos, of := t.cos[i*t.k:(i+1)*t.k], t.of[i*t.k:(i+1)*t.k]
	at := t.k
	for at > 0 && (v > cos[at-1] || v == cos[at-1] && int32(j) < of[at-1]) {
		at--
	}
	if at == t.k || math.IsInf(float64(v), -1) {
		return
	}
	copy(cos[at+1:], cos[at:])
	copy(of[at+1:], of[at:])
	cos[at], of[at] = v, int32(j)
	t.worst[i] = cos[t.k-1]
}
