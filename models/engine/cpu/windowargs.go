package cpu

// windowArgs are the arguments of the kernel of depthwise convolutions, which
// computes for each of some windows, and for each channel,
//
//	y = [y +] sum over rows and cols of x * w
//
// where x moves from window to window and w does not. Distances are in bytes and
// may be negative; channels are contiguous. internal/vecgen reads this file: the
// assembly follows the fields by name.
type windowArgs struct {
	y, x, w           *float32 // of the first window's first tap
	yNext, xNext      int      // between windows
	xRow, xCol        int      // between taps
	wRow, wCol        int
	rows, cols        int // taps, at least 1
	windows, channels int // at least 1
	add               int // not 0: add to what y holds
}
