//go:build !linux

package cli

// peakRSS is not known here without cgo or unsafe calls.
func peakRSS() (int64, bool) { return 0, false }

func resetPeakRSS() {}
