package cpu

// lookAhead is rows of memory that later calls will read. Kernels ask for them
// while they compute, so that they are in the L2 cache when they are wanted: a call
// of as many steps as there are rows asks for a column of cache lines.
type lookAhead struct {
	x     []float32 // from the next column on
	ld    int       // elements between rows
	calls int       // columns that are left
}

// aheadRows is rows of cols elements that are ld apart.
func aheadRows(x []float32, ld, cols int) lookAhead {
	return lookAhead{x: x, ld: ld, calls: ceilDiv(cols, lineFloats)}
}

// next lets the call with arguments k ask for a column, if one is left.
func (l *lookAhead) next(k *kernelArgs) bool {
	if l.calls <= 0 || len(l.x) == 0 {
		k.ahead, k.aheadStep = nil, 0
		return false
	}
	k.ahead, k.aheadStep = &l.x[0], 4*l.ld
	l.x = l.x[min(lineFloats, len(l.x)):]
	l.calls--
	return true
}
