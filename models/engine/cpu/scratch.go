package cpu

// scratch is memory that calls reuse, so that a call in steady state allocates
// nothing. Each buffer grows to the largest call that used it.
type scratch struct {
	shared  [sharedBuffers][]float32
	workers []worker
}

// worker is what one thread has to itself.
type worker struct {
	args    kernelArgs // here, because an argument of a kernel must not move
	tile    tileArgs
	window  windowArgs
	buffers [workerBuffers][]float32
	_       [64]byte // keeps two workers off one cache line
}

// The buffers that all threads see within a call.
const (
	sharedA       = iota // rows of a matrix, gathered
	sharedB              // a matrix or weights, cut into panels of the kernel's width
	columnFactors        // of columns, for whole panels
	roundedA             // an operand, rounded
	roundedB             // the other
	partials             // partial sums, added up at the end of a call
	sharedBuffers
)

// The buffers of a worker.
const (
	ownA      = iota // rows of a matrix, or rows of an image with zeros around
	ownB             // a panel
	ownFloats        // a panel before it is rounded to pairs
	ownC             // products, before they are taken further
	ownTaps          // a panel of weights, turned around
	ownTile          // a tile between two transformations
	ownEdge          // a tile that hangs over the edge of its image
	spill            // a tile at the edge of C, wider than C
	workerBuffers
)

func (s *scratch) init(threads int) { s.workers = make([]worker, threads) }

// all is a shared buffer of n floats; what it holds is stale.
func (s *scratch) all(buffer, n int) []float32 { return grow(&s.shared[buffer], n) }

// own is a worker's buffer of n floats; what it holds is stale.
func (w *worker) own(buffer, n int) []float32 { return grow(&w.buffers[buffer], n) }

func grow(buf *[]float32, n int) []float32 {
	if len(*buf) < n {
		*buf = alignedFloats(n)
	}
	return (*buf)[:n]
}
