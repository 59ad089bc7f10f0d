package cpu

// lookAhead is a matrix in memory that later calls will read. Kernels ask for it
// while they compute, so that it is in the L2 cache when it is wanted: a call asks
// for one column of cache lines, a line a row.
type lookAhead struct {
	x    []float32 // from the first row's next line on
	ld   int       // elements between rows
	cols int       // elements of a row that nobody has asked for
}

// next lets the call with arguments k ask for a column, if one is left.
func (l *lookAhead) next(k *kernelArgs) bool {
	if l.cols <= 0 || len(l.x) == 0 {
		k.ahead, k.aheadStep = nil, 0
		return false
	}
	k.ahead, k.aheadStep = &l.x[0], 4*l.ld
	l.x, l.cols = l.x[min(lineFloats, len(l.x)):], l.cols-lineFloats
	return true
}
