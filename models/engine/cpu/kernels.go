package cpu

// kernelSet is the matrix kernels of one level.
type kernelSet struct {
	mr, nr    int                                                 // the largest tile
	rows      []func(*kernelArgs)                                 // rows[m] computes m rows of C; A in rows
	columns   []func(*kernelArgs)                                 // the same with A stored transposed
	pack      func(dst, src *float32, ld, rows int)               // copies a panel of nr columns; nil: Go does it
	transpose func(dst, src *float32, dstRow, srcRow, blocks int) // 8 rows of 8*blocks columns; nil: Go does it
	pairs     *pairSet                                            // for kernels whose elements are pairs of bfloat16, else nil
	tiles     tileSet
	depthwise depthwiseSet
	peak      func(turns int)
	peakFLOPs float64 // of a turn
}

// zeros is a row of a tile without sums.
var zeros [32]float32

func kernelsFor(l Level) *kernelSet {
	if k := levelKernels(l); k != nil {
		return k
	}
	return &portableKernels
}

// evenTile is the height of the tiles that cut n rows as evenly as the kernels
// allow: 26 rows are 13 and 13, not 14 and 12.
func (k *kernelSet) evenTile(n int) int {
	tiles := (n + k.mr - 1) / k.mr
	return (n + tiles - 1) / tiles
}

// panels is the number of panels of nr columns that hold n columns.
func (k *kernelSet) panels(n int) int { return (n + k.nr - 1) / k.nr }

// steps is how many elements of A or B hold n steps of a product: a pair holds two.
func (k *kernelSet) steps(n int) int {
	if k.pairs != nil {
		return (n + 1) / 2
	}
	return n
}

// values is how many steps of a product n elements of A or B hold.
func (k *kernelSet) values(n int) int {
	if k.pairs != nil {
		return 2 * n
	}
	return n
}

// bytes is the size of n values of A.
func (k *kernelSet) bytes(n int) int {
	if k.pairs != nil {
		return 2 * n
	}
	return 4 * n
}

// at is where value i of a row of A lies.
func (k *kernelSet) at(x []float32, i int) *float32 {
	if k.pairs != nil {
		return valueOf(x, i)
	}
	return &x[i]
}
