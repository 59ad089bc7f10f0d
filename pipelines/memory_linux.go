package pipelines

import (
	"bytes"
	"os"
	"strconv"
)

// resetPeak sets VmHWM back to the present resident set: see clear_refs in
// https://man7.org/linux/man-pages/man5/proc.5.html. Where that is not allowed
// the mark stays, and peaks are those of the process so far.
func resetPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// readPeak is VmHWM in bytes, 0 when there is no /proc.
func readPeak() int64 { return readStatus("VmHWM:") }

// readAnonymous is RssAnon in bytes, resident now; 0 when there is no /proc.
func readAnonymous() int64 { return readStatus("RssAnon:") }

// readStatus is a size in proc_pid_status(5).
func readStatus(name string) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte(name))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return kib << 10
}
