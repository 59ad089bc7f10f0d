//go:build !unix

package cli

import "time"

// cpuTime is not known here without unsafe calls.
func cpuTime() (time.Duration, bool) { return 0, false }
