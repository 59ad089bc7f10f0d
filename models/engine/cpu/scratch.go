package cpu

// scratch is memory that calls reuse, so that a call in steady state allocates
// nothing. Each buffer grows to the largest call that used it.
type scratch struct {
	shared  [sharedBuffers][]float32
	workers [][workerBuffers][]float32
}

// The buffers that all threads see within a call.
const (
	packedB = iota // B cut into panels
	packedW        // weights of a convolution, flipped or cut into panels
	partial        // partial sums, reduced at the end of a call
	sharedBuffers
)

// The buffers that each worker has to itself.
const (
	packedA    = iota // rows of A, gathered
	paddedRows        // rows of an image with zeros around
	tile              // a result that does not fit the kernel's width
	workerBuffers
)

func (s *scratch) init(threads int) { s.workers = make([][workerBuffers][]float32, threads) }

// all is a shared buffer of n floats; what it holds is stale.
func (s *scratch) all(buffer, n int) []float32 { return grow(&s.shared[buffer], n) }

// own is a worker's buffer of n floats; what it holds is stale.
func (s *scratch) own(worker, buffer, n int) []float32 { return grow(&s.workers[worker][buffer], n) }

func grow(buf *[]float32, n int) []float32 {
	if len(*buf) < n {
		*buf = alignedFloats(n)
	}
	return (*buf)[:n]
}
