//go:build !unix

package pipelines

import "runtime"

// resetPeak does nothing: there is no mark.
func resetPeak() {}

// readPeak is what Go has taken from the system so far, in bytes.
func readPeak() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// readAnonymous: not known here.
func readAnonymous() int64 { return 0 }
