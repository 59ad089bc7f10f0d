//go:build !amd64

package photo

// kernels: there are none for this processor.
var kernels *rowKernels
