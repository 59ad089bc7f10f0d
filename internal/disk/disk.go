// Package disk asks how much room there is before something large is written,
// and makes many files durable at once.
// It is not for writing files (internal/atomicfile), nor for what to say when
// the room ran out (fault.Disk).
package disk

import (
	"os"
	"path/filepath"
)

// Free is how many bytes this user may still write under dir, which need not
// exist yet: then it is asked of the nearest folder above it that does. It is
// false where the system does not say; a caller then goes on without knowing.
func Free(dir string) (bytes int64, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return 0, false
	}
	for {
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			return free(dir)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return 0, false
		}
		dir = up
	}
}
