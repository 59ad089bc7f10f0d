package cpu

// kernelSet is the matrix kernels of one level.
type kernelSet struct{}

func kernelsFor(Level) *kernelSet { return &kernelSet{} }

// calls holds the arguments of the running call, see tasker.
type calls struct{}
