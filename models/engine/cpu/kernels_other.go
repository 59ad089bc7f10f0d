//go:build !amd64

package cpu

func levelKernels(Level) *kernelSet { return nil }
