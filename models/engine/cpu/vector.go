package cpu

// vectorSet is the loops of one level that the passes run over their blocks.
// Lengths: the first argument's rules unless said otherwise; others are as long.
// In the loops over columns, the arguments of one value a column rule the number
// of columns, and x the number of rows.
type vectorSet struct {
	relu         func(y, x []float32)
	reluBackward func(dx, y, dy []float32)
	add          func(out, a, b []float32)

	// dropout keeps element i if the top 24 bits of SplitMix64's finaliser on
	// first + i*golden are at least limit; kept elements are scaled.
	dropout func(y, x []float32, first, limit uint64, scale float32)

	// columnSum: sum = sum over rows of x.
	columnSum func(sum, x []float32)
	// reluBackwardSum: dx = dy where y is positive, else 0; sum = sum over rows
	// of dx, which rules the number of rows. dx may be dy.
	reluBackwardSum func(sum, dx, y, dy []float32)
	// columnMoments: sum and squares of x - centre, over rows.
	columnMoments func(sum, squares, x, centre []float32)
	// scale: x = x*scale.
	scale func(x, scale []float32)
	// normalise: y = max(floor, (x - mean)*scale + shift); normaliseAdd adds
	// residual, which may be y, before the maximum.
	normalise    func(y, x, mean, scale, shift []float32, floor float32)
	normaliseAdd func(y, x, residual, mean, scale, shift []float32, floor float32)
	// gradSums: the sums over rows of dy and of dy*(x - mean). gradSumsReLU
	// takes dy as zero where y is not positive; gradSumsGate writes that to dres,
	// which may be dy.
	gradSums     func(sum, dot, x, dy, mean []float32)
	gradSumsReLU func(sum, dot, x, y, dy, mean []float32)
	gradSumsGate func(sum, dot, x, y, dy, dres, mean []float32)
	// gradInput: dx = a*dy + b*(x - mean) + c; gradInputReLU as gradSumsReLU.
	gradInput     func(dx, x, dy, mean, a, b, c []float32)
	gradInputReLU func(dx, x, y, dy, mean, a, b, c []float32)

	// maxPool2: a row of 2x2 windows with stride 2 over images of channels
	// channels. y rules; x0 and x1 are the two rows of x.
	maxPool2         func(y, x0, x1 []float32, channels int)
	maxPool2Backward func(dx0, dx1, x0, x1, y, dy []float32, channels int)

	// maxPool: windows of rows by cols pixels of channels channels, one for each
	// pixel of y. x begins at the first window's first pixel; a row of its image
	// is line elements, the next window is step elements on. maxPoolBackward
	// adds to dx.
	maxPool         func(y, x []float32, rows, cols, line, step, channels int)
	maxPoolBackward func(dx, x, y, dy []float32, rows, cols, line, step, channels int)

	adam     func(w, g, m, v []float32, f *adamFactors)
	momentum func(w, g, velocity []float32, f *sgdFactors)
	descent  func(w, g []float32, f *sgdFactors) // without momentum
	// ema: avg = decay*avg + rest*w.
	ema func(avg, w []float32, decay, rest float32)
}

var portableVectors = vectorSet{
	relu:             portableReLU,
	reluBackward:     portableReLUBackward,
	add:              portableAdd,
	dropout:          portableDropout,
	columnSum:        portableColumnSum,
	reluBackwardSum:  portableReLUBackwardSum,
	columnMoments:    portableColumnMoments,
	scale:            portableScale,
	normalise:        portableNormalise,
	normaliseAdd:     portableNormaliseAdd,
	gradSums:         portableGradSums,
	gradSumsReLU:     portableGradSumsReLU,
	gradSumsGate:     portableGradSumsGate,
	gradInput:        portableGradInput,
	gradInputReLU:    portableGradInputReLU,
	maxPool2:         portableMaxPool2,
	maxPool2Backward: portableMaxPool2Backward,
	maxPool:          portableMaxPool,
	maxPoolBackward:  portableMaxPoolBackward,
	adam:             portableAdam,
	momentum:         portableMomentum,
	descent:          portableDescent,
	ema:              portableEMA,
}

// vectors is the loops of the engine's level.
func (e *Engine) vectors() *vectorSet {
	if v := levelVectors(e.level); v != nil {
		return v
	}
	return &portableVectors
}
