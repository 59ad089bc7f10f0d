package cpu

// kernelArgs are the arguments of a micro-kernel, which computes a tile of at
// most MR rows by NR columns,
//
//	C = bias + sum over segments and steps of A[row] * B[columns],
//
// with all of C in registers. Distances are in bytes. Between steps A moves one
// element and B moves bStep; at the end of a segment both move a further skip.
// In the kernels of rows, row i of A is at a + i*aRow and its steps are
// contiguous. In the kernels of columns, A is stored transposed: row i is at
// a + 4*i and a step is aRow.
//
// A segment is a contiguous run of the contraction: a kernel row of a
// convolution, or a row of pixels. internal/asmgen reads this file: the
// assembly follows the fields by name.
type kernelArgs struct {
	a, b, c *float32
	bias    *float32 // NR values that each row starts from; nil for zeros
	steps   int      // steps a segment, at least 1
	segs    int      // segments, at least 1
	aRow    int
	bStep   int
	aSkip   int
	bSkip   int
	cRow    int
	add     int // not 0: add what C holds
	relu    int // not 0: write max(0, C)
	stream  int // not 0: write past the caches; C's rows start on a cache line
	half    int // not 0, kernels of pairs only: C is bfloat16

	// A kernel computes for as long as memory takes to answer some hundred times.
	// So each step also asks for a line that a later call will read, and ahead
	// moves on by aheadStep. nil: for none.
	ahead     *float32
	aheadStep int
}
