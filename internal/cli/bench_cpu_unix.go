//go:build unix

package cli

import (
	"syscall"
	"time"
)

// cpuTime is what the process has taken of all cores, in programs and in the system.
func cpuTime() (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}
