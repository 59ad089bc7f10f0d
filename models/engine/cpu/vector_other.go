//go:build !amd64

package cpu

// levelVectors is nil for a level without loops of its own.
func levelVectors(Level) *vectorSet { return nil }
