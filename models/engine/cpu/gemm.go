package cpu

import (
	"fmt"

	"github.com/seed-a5aa75a0/podium/models/engine"
)

// A product c[M,N] = a b is cut into tiles that a kernel computes with all of C
// in registers, over blocks of K that keep a panel of B in the L1 cache. There
// are three ways to go about it. When M is large, B is packed into panels once
// and tasks are blocks of rows (gemm_tall.go). When M is small (a dense layer
// with a small batch), tasks are panels of columns and parts of K, which read B in
// place or pack what they use (gemm_wide.go); or, where B is stored transposed, the
// transpose of C is computed (gemm_flipped.go). How a product is cut depends on its
// shape only, so that results do not depend on the number of threads.
const (
	blockK = 256 // steps of a kernel call: a panel of B of 32 columns is 32 KiB

	// Tasks aimed at: enough to keep many threads busy and to even out what
	// others do on the machine.
	aimTasks = 16

	// tallTiles is the most tiles of a task's rows.
	tallTiles = 16

	// rowPad keeps packed rows of A off a power of two, where they would share
	// few sets of the cache.
	rowPad = 16

	// streamFloats is the least size of C that is written past the caches: 64 MiB,
	// which would not stay in them anyway, and would be read before it is written.
	streamFloats = 16 << 20

	// leastPairs is the fewest rows worth rounding B to pairs: for fewer, reading it
	// takes longer than computing in float32.
	leastPairs = 32

	// smallWork is the arithmetic below which waking the threads costs more than
	// it saves.
	smallWork = 400_000
)

// gemmCall is the running product.
type gemmCall struct {
	e       *Engine
	ks      *kernelSet
	g       engine.Gemm
	a, b, c []float32
	epilogue
	stream     bool // write C past the caches
	lda, ldb   int
	steps      int // of the whole product
	kernels    []func(*kernelArgs)
	tile       int // rows of a tile
	kc         int // steps of a block
	blocks     int // blocks of rows, when tall: as many tasks
	n0, n1     int // columns of the current round, when tall
	group      int // panels that are packed at a time, when wide
	groups     int // of panels
	chunks     int // parts of the groups
	splits     int // parts of K
	splitSteps int // steps of a part
	packed     []float32
	partial    []float32 // [splits][M][panels*nr] when K is split
}

// Gemm computes c = op(a) op(b) and then the epilogue.
func (e *Engine) Gemm(g engine.Gemm, a, b, c engine.T, ep engine.Epilogue) error {
	if g.M < 1 || g.N < 1 || g.K < 1 {
		return fmt.Errorf("gemm: sizes must be positive: %+v", g)
	}
	call := &e.calls.gemm
	*call = gemmCall{e: e, g: g, lda: g.K, ldb: g.N, ks: e.products}
	if g.M < leastPairs {
		call.ks = e.kernels
	}
	call.steps, call.kernels = call.ks.steps(g.K), call.ks.rows
	if g.TransA {
		call.lda, call.kernels = g.M, call.ks.columns
	}
	if g.TransB {
		call.ldb = g.K
	}
	var err error
	if call.a, err = e.data("gemm: a", a, g.M*g.K); err != nil {
		return err
	}
	if call.b, err = e.data("gemm: b", b, g.K*g.N); err != nil {
		return err
	}
	if call.c, err = e.data("gemm: c", c, g.M*g.N); err != nil {
		return err
	}
	if call.epilogue, err = e.epilogue("gemm", ep, g.N); err != nil {
		return err
	}
	call.run()
	return nil
}

func (c *gemmCall) run() {
	ks := c.ks
	if c.g.M >= leastPairs {
		c.a, c.b = c.e.emulate(roundedA, c.a), c.e.emulate(roundedB, c.b)
	}
	c.tile = ks.evenTile(c.g.M)
	blocks := ceilDiv(c.steps, blockK)
	c.kc = ceilDiv(c.steps, blocks)
	c.stream = c.g.M*c.g.N >= streamFloats && c.steps <= blockK && !c.add && c.g.N%lineFloats == 0 && onLine(c.c)
	if tiles := ceilDiv(c.g.M, ks.mr); tiles >= aimTasks*3/4 {
		c.blocks = min(ceilDiv(tiles, aimTasks*tallTiles)*aimTasks, tiles)
		c.tall()
	} else if c.flips() {
		c.flipped()
	} else {
		c.wide()
	}
	*c = gemmCall{} // drop the operands
}

// dispatch runs tasks, on this goroutine alone when there is little to do.
func (c *gemmCall) dispatch(n int, t tasker) {
	if c.g.FLOPs() < smallWork {
		for i := range n {
			t.task(0, i)
		}
		return
	}
	c.e.dispatch(n, t)
}

// packB packs steps [k, k+kc) of the panel that starts at column j.
func (c *gemmCall) packB(w *worker, dst []float32, j, cols, k, kc int) {
	if c.ks.pairs != nil {
		c.packPairsB(w, dst, j, cols, k, kc)
		return
	}
	c.packFloatsB(dst, j, cols, k, kc)
}

// packFloatsB packs them as numbers, one a step.
func (c *gemmCall) packFloatsB(dst []float32, j, cols, k, kc int) {
	if c.g.TransB {
		c.ks.packTransposed(dst, c.b[j*c.ldb+k:], c.ldb, kc, cols)
	} else {
		c.ks.packPanel(dst, c.b[k*c.ldb+j:], c.ldb, kc, cols)
	}
	c.scalePanel(c.e, dst, j, kc)
}

// packA gathers steps [k, k+kc) of m rows from row i on, and is the distance
// between rows of the result (between steps, if A is stored transposed).
func (c *gemmCall) packA(dst []float32, i, m, k, kc int) (stride int) {
	if c.ks.pairs != nil {
		return c.packPairsA(dst, i, m, k, kc)
	}
	if c.g.TransA {
		stride = m + rowPad
		copyRows(dst, c.a[k*c.lda+i:], stride, c.lda, kc, m)
		return stride
	}
	stride = kc + rowPad
	copyRows(dst, c.a[i*c.lda+k:], stride, c.lda, m, kc)
	return stride
}

// aTile points the kernel at row i of what packA made.
func (c *gemmCall) aTile(k *kernelArgs, packed []float32, i, stride int) {
	k.aRow = 4 * stride
	if c.g.TransA {
		k.a = &packed[i]
	} else {
		k.a = &packed[i*stride]
	}
}

// aim sets o to C at row i, column j, for the block of K that starts at step k.
func (c *gemmCall) aim(o *output, i, j, k, kc int) {
	o.c, o.ld, o.cols = c.c[i*c.g.N+j:], c.g.N, min(c.ks.nr, c.g.N-j)
	o.add = k > 0 || c.add
	o.bias = nil
	if k == 0 && c.bias != nil {
		o.bias = c.bias[j:]
	}
	o.relu, o.stream = c.relu && k+kc == c.steps, c.stream
}
