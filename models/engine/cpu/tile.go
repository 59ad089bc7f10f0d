package cpu

// output is where a kernel writes and what happens on the way.
type output struct {
	c    []float32 // from the tile's first element on
	ld   int       // elements between rows of c
	cols int       // columns that exist, at most the kernel's width
	add  bool      // add what c holds
	bias []float32 // what every row starts from, from the tile's first column on; nil for zeros
	relu bool

	// stream: write past the caches. Rows start on a cache line.
	stream bool

	// half: c is bfloat16, cols the kernel's width.
	half bool
}

// run computes a tile of m rows into o. The caller has set what A and B are in
// w.args. A tile that is wider than C goes through a spill buffer.
//
// o is passed by pointer, and its fields are set one by one, for a reason: a copy
// of the struct reads two fields at a time that were just written one at a time.
// The processor cannot forward that, and waits until every earlier store has
// left, among them the last tile of C. It cost 8 % of a product.
func (w *worker) run(kernels []func(*kernelArgs), nr, m int, o *output) {
	k := &w.args
	if o.cols < nr {
		w.runSpilled(kernels, nr, m, o)
		return
	}
	k.c, k.cRow, k.bias, k.add, k.relu, k.stream, k.half = &o.c[0], 4*o.ld, nil, 0, 0, 0, 0
	_ = o.c[(m-1)*o.ld+floats(nr, o.half)-1] // the kernel writes up to here
	if o.bias != nil {
		k.bias = &o.bias[:nr][0]
	}
	if o.add {
		k.add = 1
	}
	if o.relu {
		k.relu = 1
	}
	if o.stream {
		k.stream = 1
	}
	if o.half {
		k.half = 1
	}
	kernels[m](k)
}

func (w *worker) runSpilled(kernels []func(*kernelArgs), nr, m int, o *output) {
	k := &w.args
	tile := w.own(spill, m*nr)
	k.c, k.cRow, k.bias, k.add, k.relu, k.stream, k.half = &tile[0], 4*nr, nil, 0, 0, 0, 0
	kernels[m](k)
	for i := range m {
		finishRow(o.c[i*o.ld:][:o.cols], tile[i*nr:], o)
	}
}

// finishRow writes a row of sums to out and does what the kernel would have done.
func finishRow(out, sums []float32, o *output) {
	for j := range out {
		v := sums[j]
		if o.add {
			v += out[j]
		}
		if o.bias != nil {
			v += o.bias[j]
		}
		if o.relu {
			v = max(v, 0)
		}
		out[j] = v
	}
}
