package cpu

// packPairs is packRow for kernels of pairs: it rounds a panel of numbers. Where
// a kernel row has an odd number of weights, a zero follows them. It meets the
// value behind the row's pixels, which therefore must be finite.
func (c *correlation) packPairs(w *worker, dst []float32, p, r int) {
	nr, run := c.ks.nr, c.s*c.c
	panel := w.own(ownFloats, run*nr)
	c.packRow(panel, p, r)
	c.ks.pairs.weaveRows(dst, panel, nr, nr, run, nr)
}

// weaveWeights is the task that packs rows of weights for all panels, where they fill
// the panels and no pair reaches from one kernel row into the next: some rows at a
// time, since read panel by panel, memory would be read in small pieces.
type weaveWeights correlation

const (
	weaveTask = 64 // rows of weights of a task
	weaveRows = 16 // at a time
)

// weaves says whether weaveWeights packs the weights.
func (c *correlation) weaves() bool {
	return c.ks.pairs != nil && !c.weights.backward && c.s*c.c%2 == 0 && c.k%c.ks.nr == 0
}

func (t *weaveWeights) task(_, i int) {
	c := (*correlation)(t)
	nr, rows, panel := c.ks.nr, c.r*c.s*c.c, c.panelFloats()
	for row := i * weaveTask; row < min((i+1)*weaveTask, rows); row += weaveRows {
		n := min(weaveRows, rows-row)
		for j := 0; j < c.k; j += nr {
			dst, src := c.packed[j/nr*panel+row/2*nr:][:n/2*nr], c.weights.w[row*c.k+j:][:(n-1)*c.k+nr]
			var factors *float32
			if c.scale != nil {
				factors = &c.scale[j:][:nr][0]
			}
			c.ks.pairs.weave(&dst[0], &src[0], factors, 4*nr, 4*c.k, n/2, nr/weaveLanes)
		}
	}
}

// inputPairs is input for kernels of pairs: a rounded copy of the band, whose
// columns outside of the image are zeros.
func (t *correlation) inputPairs(w *worker, image []float32, oh0, oh1 int) imageRows {
	ih0 := min(max(oh0*t.strideH-t.top, 0), t.h)
	ih1 := max(min((oh1-1)*t.strideH-t.top+t.r, t.h), ih0)
	in := imageRows{pitch: t.rowWidth * t.c, ih0: ih0}
	if t.c%2 == 1 {
		in.pitch = (in.pitch + 2) &^ 1 // a whole number of pairs, with a value behind
	}
	in.data = w.own(ownA, (ih1-ih0)*in.pitch/2)
	if t.left == 0 && in.pitch == t.w*t.c {
		t.ks.pairs.roundRow(in.data, image[ih0*t.w*t.c:ih1*t.w*t.c])
		return in
	}
	lo := min(max(t.left, 0), t.rowWidth)
	hi := min(max(t.left+t.w, lo), t.rowWidth)
	for ih := ih0; ih < ih1; ih++ {
		row := in.data[(ih-ih0)*in.pitch/2:][:in.pitch/2]
		clear(row[:(lo*t.c+1)/2])
		clear(row[hi*t.c/2:])
		if hi > lo {
			from := (ih*t.w + lo - t.left) * t.c
			t.ks.pairs.roundTo(row, lo*t.c, image[from:from+(hi-lo)*t.c])
		}
	}
	return in
}

// packPairsB is packB for kernels of pairs, blockK steps at a time.
func (c *gemmCall) packPairsB(w *worker, dst []float32, j, cols, k, kc int) {
	nr := c.ks.nr
	for end := k + kc; k < end; k += blockK {
		n := min(blockK, end-k)
		from := 2 * k
		rows := min(2*n, c.g.K-from)
		panel := w.own(ownFloats, 2*blockK*nr)
		c.packFloatsB(panel, j, cols, from, rows)
		c.ks.pairs.weaveRows(dst, panel, nr, nr, rows, nr)
		dst = dst[n*nr:]
	}
}

// packPairsA is packA for kernels of pairs.
func (c *gemmCall) packPairsA(dst []float32, i, m, k, kc int) (stride int) {
	from := 2 * k
	n := min(2*kc, c.g.K-from)
	if c.g.TransA {
		stride = m + rowPad
		c.ks.pairs.weaveRows(dst, c.a[from*c.lda+i:], stride, c.lda, n, m)
		return stride
	}
	stride = kc + rowPad
	for r := range m {
		c.ks.pairs.roundRow(dst[r*stride:][:kc], c.a[(i+r)*c.lda+from:][:n])
	}
	return stride
}
