//go:build unix && !linux

package pipelines

import (
	"runtime"
	"syscall"
)

// resetPeak does nothing: the mark cannot be reset here.
func resetPeak() {}

// readPeak is the largest resident set of the process so far, in bytes.
func readPeak() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) // bytes there, kibibytes elsewhere
	}
	return int64(u.Maxrss) << 10
}

// readAnonymous: not known here.
func readAnonymous() int64 { return 0 }
