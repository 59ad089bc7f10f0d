//go:build !amd64

package cpu

// available says whether the processor has l: there are kernels for amd64 only.
func (l Level) available() bool { return l == Portable }
