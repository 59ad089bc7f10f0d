//go:build !amd64

package cpu

func pairKernels(Level) *kernelSet { return nil }

func levelKernels(Level) *kernelSet { return nil }
