package cli

import (
	"bytes"
	"os"
	"strconv"
)

// peakRSS is the most memory, in bytes, that the process held at any time
// (VmHWM of proc_pid_status(5)).
func peakRSS() (int64, bool) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, false
	}
	for line := range bytes.Lines(b) {
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "VmHWM:" {
			kib, err := strconv.ParseInt(string(fields[1]), 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

// resetPeakRSS has peakRSS count from now on (clear_refs of proc_pid_clear_refs(5)).
// Where that is not granted it goes on counting from the start of the process.
func resetPeakRSS() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }
